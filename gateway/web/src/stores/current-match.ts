// Matches of this tab: tickets, endings, and the current one. They outlive a reload, not the tab. No URL has a ticket.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { DirectoryService, type Entry } from "../../gen/matchpoint/v1/directory_pb";
import { BotStrength, type MatchCard, MatchCardSchema } from "../../gen/matchpoint/v1/frames_pb";
import { Side } from "../../gen/matchpoint/v1/pong_pb";
import { type Result, ResultSchema } from "../../gen/matchpoint/v1/result_pb";
import { call } from "../api/client";
import { language, messages } from "../i18n";
import { browserStorage, tabStorage } from "../lib/storage";
import { ensureAccount } from "./account";
import { go } from "./router";

/** Offer of the result page; `level` asks for a bot whose reaction time follows the player's results. */
export type Rematch =
  { kind: "bot"; strength: BotStrength; level?: boolean } | { kind: "local" } | { kind: "room"; code: string };

interface SavedEntry {
  ticket: string;
  seats: number[];
  again?: Rematch;
}

export interface Ending {
  card: MatchCard;
  result: Result;
  seats: readonly number[];
}

const entryKey = (session: string): string => `matchpoint.entry.${session}`;
const endKey = (session: string): string => `matchpoint.end.${session}`;

export function saveEntry(entry: Entry, again?: Rematch): void {
  const saved: SavedEntry = {
    ticket: entry.ticket,
    seats: [...entry.seats],
    ...((again ?? entryOf(entry.sessionId)?.again) ? { again: (again ?? entryOf(entry.sessionId)?.again)! } : {}),
  };
  tabStorage.set(entryKey(entry.sessionId), JSON.stringify(saved));
}

export const entryOf = (session: string): SavedEntry | undefined =>
  tabStorage.json(entryKey(session), (value) => {
    const { ticket, seats, again } = value as SavedEntry;
    if (typeof ticket !== "string" || !Array.isArray(seats)) throw new TypeError("no entry");
    return { ticket, seats, ...(again ? { again } : {}) };
  });

/** The ticket for a session: the kept one, or a new one. Throws Refused when there is none to have. */
export async function ticketFor(session: string, fresh: boolean): Promise<SavedEntry> {
  const saved = entryOf(session);
  if (saved?.ticket && !fresh) return saved;
  await ensureAccount();
  const { entry } = await call(DirectoryService.method.issueTicket, { sessionId: session });
  if (entry) saveEntry(entry);
  return entryOf(session) ?? { ticket: "", seats: [] };
}

const CURRENT = "matchpoint.current";
const LAST = "matchpoint.last";

/** Address of the match or tournament that this tab has a seat in, while it is on. */
export const currentMatch = (): string =>
  /^\/(?:play|tournament)\/[^/]+$/.exec(tabStorage.get(CURRENT) ?? "")?.[0] ?? "";
export const setCurrentMatch = (path: string): void => {
  tabStorage.set(CURRENT, path);
  browserStorage.set(LAST, path);
};
/** True if the last seat that was taken in this browser is in that match. */
export const wasCurrentMatch = (path: string): boolean => browserStorage.get(LAST) === path;
export const clearCurrentMatch = (path: string): void => {
  if (currentMatch() === path) tabStorage.drop(CURRENT);
};

/** Added to the mean reaction time of a bot at one's own level, milliseconds: its steps, and how far they go. */
const LEVEL = { key: "matchpoint.level", step: 10, least: -60, most: 120 };

const level = (): number => {
  const saved = Math.round(Number(browserStorage.get(LEVEL.key)) / LEVEL.step) * LEVEL.step;
  return Math.min(LEVEL.most, Math.max(LEVEL.least, saved || 0));
};

/** Makes the next bot quicker after a win, slower after a loss. */
function adjustBotLevel(session: string, { result, seats }: Ending): void {
  const again = entryOf(session)?.again;
  if (again?.kind !== "bot" || !again.level || !result.winner || tabStorage.get(endKey(session))) return;
  const won = (result.winner === Side.LEFT ? 0 : 1) === seats[0];
  browserStorage.set(LEVEL.key, String(level() + (won ? -LEVEL.step : LEVEL.step)));
}

export function saveEnding(session: string, ending: Ending): void {
  adjustBotLevel(session, ending);
  const card = base64Encode(toBinary(MatchCardSchema, ending.card));
  const result = base64Encode(toBinary(ResultSchema, ending.result));
  tabStorage.set(endKey(session), JSON.stringify({ card, result, seats: ending.seats }));
}

export const endingOf = (session: string): Ending | undefined =>
  tabStorage.json(endKey(session), (value) => {
    const { card, result, seats } = value as { card: string; result: string; seats: number[] };
    if (!Array.isArray(seats)) throw new TypeError("no ending");
    return {
      card: fromBinary(MatchCardSchema, base64Decode(card)),
      result: fromBinary(ResultSchema, base64Decode(result)),
      seats,
    };
  });

/** Starts a match that needs no room, and goes there. Throws Refused, Unreachable. */
export async function playNow(again: Exclude<Rematch, { kind: "room" }>): Promise<void> {
  await ensureAccount();
  const kind =
    again.kind === "bot"
      ? { case: "bot" as const, value: { strength: again.strength, reactionMs: again.level ? level() : 0 } }
      : { case: "local" as const, value: { rightName: language.value === "ko" ? "플레이어 2" : "", leftName: "" } };
  const { entry } = await call(DirectoryService.method.startSession, { kind });
  if (!entry) throw new Error(messages().errors.unknown);
  saveEntry(entry, again);
  go(`/play/${entry.sessionId}`);
}
