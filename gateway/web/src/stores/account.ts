// Account of this browser. Nobody has to register: a guest is created when one is needed.
import { AccountService, type Account } from "../../gen/matchpoint/v1/account_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import { call } from "../api/client";
import { CookiesBlocked, Refused } from "../api/errors";
import { language } from "../i18n";
import { Signal } from "../lib/signal";
import { browserStorage, tabStorage } from "../lib/storage";

/** Account of this browser. undefined: not requested yet; null: none. */
export const account = new Signal<Account | null | undefined>(undefined);

/** Storage key of the account id, by which other tabs notice a change. Who it is only the server says, by cookie. */
const KEY = "matchpoint.known";

let accountRequest: Promise<Account | null> | undefined;

let known = "";

account.watch(() => {
  const who = account.value?.accountId ?? "";
  // Values of the tab, tickets too, belonged to the other account.
  if (known && who !== known) tabStorage.clear();
  known = who;
  if (who) browserStorage.set(KEY, who);
  else browserStorage.drop(KEY);
});

// Another tab of this browser has signed in or out: they share one cookie.
globalThis.addEventListener?.("storage", (event) => {
  if (event.key === KEY && event.newValue !== (account.value?.accountId ?? null))
    void refreshAccount().catch(() => undefined);
});

/** Asks once who this is; null when it is nobody yet. */
export function getAccount(): Promise<Account | null> {
  return accountRequest ?? refreshAccount();
}

/** Asks the server again, whatever is cached. */
export function refreshAccount(): Promise<Account | null> {
  accountRequest = call(AccountService.method.getMe, {}).then(
    (answer) => (account.value = answer.account ?? null),
    (error: unknown) => {
      if (error instanceof Refused && error.reason === Reason.UNAUTHENTICATED) return (account.value = null);
      accountRequest = undefined;
      throw error;
    },
  );
  return accountRequest;
}

/** The account of this browser; a new guest when there is none. Throws Refused, Unreachable, CookiesBlocked. */
export async function ensureAccount(name = ""): Promise<Account> {
  return (await getAccount()) ?? oneAtATime(() => newGuest(name));
}

async function newGuest(name: string): Promise<Account> {
  const here = await getAccount();
  if (here) return here;
  requireCookies();
  // The server creates no second guest for a request with a valid token.
  await call(AccountService.method.createGuest, { name, language: language.value });
  return confirmAccount();
}

/** Nobody is made whom nothing would be known by. Throws CookiesBlocked. */
function requireCookies(): void {
  if (blocked || !keepsCookies()) throw new CookiesBlocked();
}

/** Tests that a cookie is kept: `navigator.cookieEnabled` is true even where a site setting forbids it. */
function keepsCookies(): boolean {
  const name = "matchpoint-try";
  document.cookie = `${name}=1; SameSite=Strict; path=/`;
  const isKept = document.cookie.includes(`${name}=1`);
  document.cookie = `${name}=; max-age=0; SameSite=Strict; path=/`;
  return isKept;
}

/** Returns the account after the server has set a cookie. Throws CookiesBlocked if it was not kept. */
async function confirmAccount(): Promise<Account> {
  const here = await refreshAccount();
  if (here) return here;
  blocked = true;
  throw new CookiesBlocked();
}

/** A cookie that the server gave was not kept: until the page is loaded again nobody else is made. */
let blocked = false;
let making: Promise<unknown> = Promise.resolve();

/** Tabs that open together make one guest between them. */
function oneAtATime(make: () => Promise<Account>): Promise<Account> {
  let begun = false;
  const begin = (): Promise<Account> => {
    begun = true;
    return make();
  };
  const made = making.then(async () => {
    try {
      return await navigator.locks.request("matchpoint.guest", begin);
    } catch (error) {
      // There are no locks where nothing may be kept, nor on a page that is not secure.
      if (begun) throw error;
      return make();
    }
  });
  making = made.catch(() => undefined);
  return made;
}

/** Takes a name, for a new guest too. Throws Refused when it cannot be had. */
export async function rename(name: string): Promise<void> {
  if ((await ensureAccount(name)).name === name) return;
  account.value = (await call(AccountService.method.rename, { name })).account!;
}

/** Makes the guest of this browser, or a newcomer, an account that is kept by a password. Throws Refused. */
export async function register(name: string, password: string): Promise<void> {
  requireCookies();
  await call(AccountService.method.registerAccount, { name, password });
  await confirmAccount();
}

/** Throws Refused when name and password do not go together. */
export async function signIn(name: string, password: string): Promise<void> {
  requireCookies();
  await call(AccountService.method.signIn, { name, password });
  await confirmAccount();
}

/** Throws Refused when the old password is another. */
export async function changePassword(oldPassword: string, newPassword: string): Promise<void> {
  await call(AccountService.method.changePassword, { oldPassword, newPassword });
}

/** Deletes the account for good; a guest has no password. Nobody sits here after this. Throws Refused. */
export async function deleteAccount(name: string, password: string): Promise<void> {
  await call(AccountService.method.deleteAccount, { name, password });
  accountRequest = Promise.resolve(null);
  account.value = null;
}

/** Nobody sits here after this. */
export async function signOut(): Promise<void> {
  await call(AccountService.method.signOut, {});
  accountRequest = Promise.resolve(null);
  account.value = null;
}
