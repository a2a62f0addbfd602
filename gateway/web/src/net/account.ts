// Who sits here. Nobody has to register: a guest is made when one is needed.
import { AccountService, type Account } from "../../gen/matchpoint/v1/account_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import { language } from "../i18n";
import { call } from "./api";
import { forBrowser, forTab } from "./kept";
import { Refused } from "./refused";
import { Store } from "./store";

/** undefined: not asked yet; null: nobody yet. */
export const account = new Store<Account | null | undefined>(undefined);

/** Somebody was known here before: only then is it worth asking. The cookie itself cannot be seen from a page. */
const KEY = "matchpoint.known";

let asked: Promise<Account | null> | undefined;

let known = "";

account.watch(() => {
  const who = account.value?.accountId ?? "";
  // What the tab kept, tickets too, was the other's.
  if (known && who !== known) forTab.clear();
  known = who;
  if (who) forBrowser.set(KEY, who);
  else forBrowser.drop(KEY);
});

// Another tab of this browser has signed in or out: they share one cookie.
globalThis.addEventListener?.("storage", (event) => {
  if (event.key === KEY && event.newValue !== (account.value?.accountId ?? null)) void askAgain().catch(() => undefined);
});

/** Asks once who this is; null when it is nobody yet. */
export function whoAmI(): Promise<Account | null> {
  if (!asked && !forBrowser.get(KEY)) asked = Promise.resolve((account.value = null));
  return asked ?? askAgain();
}

/** Asks anew, whatever was known. */
export function askAgain(): Promise<Account | null> {
  asked = call(AccountService.method.getMe, {}).then(
    (answer) => (account.value = answer.account ?? null),
    (error: unknown) => {
      if (error instanceof Refused && error.reason === Reason.UNAUTHENTICATED) return (account.value = null);
      asked = undefined;
      throw error;
    },
  );
  return asked;
}

/** The account of this browser; a new guest when there is none. */
export async function ensureAccount(name = ""): Promise<Account> {
  const here = await whoAmI();
  if (here) return here;
  const answer = await call(AccountService.method.createGuest, { name, language: language.value });
  return sitsHere(answer.account!);
}

function sitsHere(who: Account): Account {
  asked = Promise.resolve(who);
  return (account.value = who);
}

/** Takes a name, for a new guest too. Throws Refused when it cannot be had. */
export async function takeName(name: string): Promise<void> {
  if (!(await whoAmI())) {
    await ensureAccount(name);
    return;
  }
  sitsHere((await call(AccountService.method.rename, { name })).account!);
}

/** Makes the guest of this browser, or a newcomer, an account that is kept by a password. Throws Refused. */
export async function register(name: string, password: string): Promise<void> {
  sitsHere((await call(AccountService.method.registerAccount, { name, password })).account!);
}

/** Throws Refused when name and password do not go together. */
export async function signIn(name: string, password: string): Promise<void> {
  sitsHere((await call(AccountService.method.signIn, { name, password })).account!);
}

/** Throws Refused when the old password is another. */
export async function changePassword(oldPassword: string, newPassword: string): Promise<void> {
  await call(AccountService.method.changePassword, { oldPassword, newPassword });
}

/** Nobody sits here after this. */
export async function signOut(): Promise<void> {
  await call(AccountService.method.signOut, {});
  asked = Promise.resolve(null);
  account.value = null;
}
