// One typed catalogue for each language; which one is shown is a matter of this browser alone.
import { BotStrength } from "../../gen/matchpoint/v1/frames_pb";
import { Reason } from "../../gen/matchpoint/v1/refusal_pb";
import { CookiesBlocked, Refused, Unreachable } from "../api/errors";
import { Signal } from "../lib/signal";
import { browserStorage } from "../lib/storage";
import { type Messages, en } from "./en";
import { isolating } from "./isolated";
import { ko } from "./ko";

export type Language = "en" | "ko";
export type { Messages as Words };

const KEY = "matchpoint.language";
export const catalogues: Record<Language, Messages> = { en: isolating(en), ko: isolating(ko) };

function preferred(): Language {
  const saved = browserStorage.get(KEY);
  if (saved === "en" || saved === "ko") return saved;
  return navigator.languages.find((l) => /^(en|ko)\b/.test(l))?.startsWith("ko") ? "ko" : "en";
}

export const language = new Signal<Language>(preferred());
document.documentElement.lang = language.value;

/** The words of the language that is shown. */
export const messages = (): Messages => catalogues[language.value];

export function setLanguage(chosen: Language): void {
  browserStorage.set(KEY, chosen);
  document.documentElement.lang = chosen;
  language.value = chosen;
}

/** Sentence that tells a person about an error. */
export function explain(error: unknown): string {
  const w = messages();
  if (error instanceof CookiesBlocked) return w.errors.cookies;
  if (error instanceof Refused) return sentenceOf(error.reason);
  return error instanceof Unreachable ? w.errors.unreachable : w.errors.unknown;
}

export function sentenceOf(reason: Reason): string {
  const w = messages();
  return reason === Reason.UNSPECIFIED ? w.errors.unknown : (w.reasons[reason] ?? w.errors.unknown);
}

/** A moment, milliseconds since 1970 UTC, as it is written where the page is read. */
export const dateTimeText = (unixMs: bigint): string =>
  new Date(Number(unixMs)).toLocaleString(language.value, { dateStyle: "medium", timeStyle: "short" });

/** A whole number with the language's separators. */
export const integerText = (n: number): string => Math.round(n).toLocaleString(language.value);

/** Minutes and seconds of a time in microseconds. */
export function durationText(us: number): string {
  const s = Math.round(us / 1_000_000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** Name in records of a deleted account; no account can take it. */
const DELETED = "Deleted player";

/** The name of somebody at a seat: bots have theirs in the language that is shown. */
export function nameOf(occupant: { name: string; bot: BotStrength; accountId?: string } | undefined): string {
  if (!occupant?.bot)
    return occupant?.name === DELETED && !occupant.accountId ? messages().deleted : (occupant?.name ?? "");
  const w = messages().bots;
  return { [BotStrength.EASY]: w.easy, [BotStrength.MEDIUM]: w.medium, [BotStrength.HARD]: w.hard }[occupant.bot];
}
