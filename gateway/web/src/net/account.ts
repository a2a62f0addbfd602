// Who sits here. Nobody has to register: a guest is made when one is needed.
import { AccountService, type Account } from "../../gen/matchpoint/v1/account_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import { language } from "../i18n";
import { call } from "./api";
import { forBrowser } from "./kept";
import { Refused } from "./refused";
import { Store } from "./store";

/** undefined: not asked yet; null: nobody yet. */
export const account = new Store<Account | null | undefined>(undefined);

/** Somebody was known here before: only then is it worth asking. The cookie itself cannot be seen from a page. */
const KEY = "matchpoint.known";

let asked: Promise<Account | null> | undefined;

account.watch(() => (account.value ? forBrowser.set(KEY, "yes") : forBrowser.drop(KEY)));

/** Asks once who this is; null when it is nobody yet. */
export function whoAmI(): Promise<Account | null> {
  if (!asked && !forBrowser.get(KEY)) asked = Promise.resolve((account.value = null));
  asked ??= call(AccountService.method.getMe, {}).then(
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
  const known = await whoAmI();
  if (known) return known;
  const answer = await call(AccountService.method.createGuest, { name, language: language.value });
  const made = answer.account!;
  asked = Promise.resolve(made);
  account.value = made;
  return made;
}

/** Takes a name, for a new guest too. Throws Refused when it cannot be had. */
export async function takeName(name: string): Promise<void> {
  if (!(await whoAmI())) {
    await ensureAccount(name);
    return;
  }
  const answer = await call(AccountService.method.rename, { name });
  account.value = answer.account ?? account.value;
  asked = Promise.resolve(account.value ?? null);
}

/** The server does not know this browser any more. */
export function forgetAccount(): void {
  asked = Promise.resolve(null);
  account.value = null;
}
