// "You play next", which cannot be missed: what an entrant has to know and do now.
import { type TemplateResult, html, nothing } from "lit";
import { type Entrant, EntrantState, type Pairing, PairingState, TournamentPhase } from "../../gen/matchpoint/v1/tournament_pb";
import { type Tournament, entrantAt } from "./model";
import { tournamentWords } from "./words";

/** What is to be said to an entrant, as of a moment. `urgent` is heard too, once for each `key`. */
export interface Call {
  key: string;
  big: string;
  small: string;
  urgent: boolean;
  checkIn: boolean;
}

const secondsTo = (unixMs: bigint, now: number): number => Math.max(0, Math.ceil((Number(unixMs) - now) / 1000));

export const clockOf = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function opponent(tournament: Tournament, pairing: Pairing, me: number): string | undefined {
  const other = entrantAt(pairing.left) === me ? pairing.right : pairing.left;
  const number = entrantAt(other);
  return number === undefined ? undefined : tournament.entrants.get(number)?.name;
}

/** What to say to an entrant at `now`, milliseconds since 1970 UTC; undefined when there is nothing. Pure. */
export function callOf(tournament: Tournament, me: Entrant, now: number): Call | undefined {
  const w = tournamentWords();
  const { status } = tournament;
  const calm = (key: string, big: string, small = ""): Call => ({ key, big, small, urgent: false, checkIn: false });
  if (status?.phase === TournamentPhase.OVER) {
    const won = tournament.result?.hasChampion && tournament.result.champion === me.entrant;
    return won ? { key: "won", big: w.youWon, small: "", urgent: true, checkIn: false } : undefined;
  }
  if (status?.phase === TournamentPhase.CHECK_IN) {
    if (me.state !== EntrantState.EXPECTED) return calm("in", w.checkedIn);
    const left = clockOf(secondsTo(status.deadlineUnixMs, now));
    return { key: "check-in", big: w.checkInTill(left), small: "", urgent: true, checkIn: true };
  }
  if (!tournament.isIn(me.entrant)) return calm("out", w.youOut);
  const pairing = tournament.nextOf(me.entrant);
  if (!pairing) return undefined;
  const name = opponent(tournament, pairing, me.entrant);
  const key = `${pairing.pairing}.${pairing.matches.length}`;
  if (pairing.state === PairingState.CALLED && name !== undefined) {
    const starts = secondsTo(pairing.startsUnixMs, now);
    const small = starts ? w.startsIn(starts) : w.waitsFor(name, secondsTo(pairing.deadlineUnixMs, now));
    return { key: `called.${key}`, big: w.calledTo(name), small, urgent: true, checkIn: false };
  }
  if (pairing.state === PairingState.PLAYING) return undefined;
  if (status?.paused) return calm("paused", w.paused);
  return name === undefined ? calm(`open.${key}`, w.nextOpen) : calm(`next.${key}`, w.next(name), w.nextHint);
}

/** The banner; `checkIn` is what its button does. */
export function banner(call: Call, checkIn: () => void): TemplateResult {
  const w = tournamentWords();
  return html`<div class=${call.urgent ? "banner urgent" : "banner"} role=${call.urgent ? "alert" : "status"} data-testid="call">
    <p><b>${call.big}</b>${call.small ? html` <span>${call.small}</span>` : nothing}</p>
    ${call.checkIn ? html`<button class="button strong" data-testid="check-in" @click=${checkIn}>${w.checkIn}</button>` : nothing}
  </div>`;
}
