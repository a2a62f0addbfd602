// "You play next", which cannot be missed: what an entrant has to know and do now.
import { type TemplateResult, html, nothing } from "lit";
import {
  type Entrant,
  EntrantState,
  type Pairing,
  PairingState,
  TournamentPhase,
} from "../../../gen/matchpoint/v1/tournament_pb";
import { messages } from "../../i18n";
import { tournamentMessages } from "./labels";
import { type Tournament, entrantAt, isDecided } from "./model";

/** Announcement to an entrant at a moment. An `urgent` one makes a sound too, once for each `key`. */
export interface Announcement {
  key: string;
  big: string;
  small: string;
  urgent: boolean;
  checkIn: boolean;
}

const secondsTo = (unixMs: bigint, now: number): number => Math.max(0, Math.ceil((Number(unixMs) - now) / 1000));

/** Minutes and seconds left until a time, at `now`. */
export const clockTo = (unixMs: bigint, now: number): string => clockOf(secondsTo(unixMs, now));

export const clockOf = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

const calm = (key: string, big: string, small = ""): Announcement => ({
  key,
  big,
  small,
  urgent: false,
  checkIn: false,
});

const urgent = (key: string, big: string, small = "", checkIn = false): Announcement => ({
  key,
  big,
  small,
  urgent: true,
  checkIn,
});

const nameAt = (tournament: Tournament, side: Pairing["left"]): string | undefined =>
  tournament.nameOf(entrantAt(side));

/** Announcement for an entrant at `now`, milliseconds since 1970 UTC; undefined if there is none. Pure. */
export function announcementFor(tournament: Tournament, me: Entrant, now: number): Announcement | undefined {
  const w = tournamentMessages();
  const { status } = tournament;
  // The page announces that to everybody, in one place.
  if (status?.phase === TournamentPhase.REVIEW) return undefined;
  if (status?.phase === TournamentPhase.OVER) {
    const won = tournament.result?.hasChampion && tournament.result.champion === me.entrant;
    return won ? urgent("won", w.youWon) : undefined;
  }
  if (me.state === EntrantState.WAITING) return calm("waiting", w.youWait, w.youWaitHint);
  if (!tournament.isIn(me.entrant))
    return calm(
      "out",
      {
        [EntrantState.ABSENT]: w.youAbsent,
        [EntrantState.DISQUALIFIED]: w.youDisqualified,
        [EntrantState.WITHDRAWN]: w.youWithdrew,
      }[me.state as number] ?? w.youOut,
    );
  if (status?.phase === TournamentPhase.CHECK_IN) {
    if (me.state !== EntrantState.EXPECTED) return calm("in", w.checkedIn);
    return urgent("check-in", w.checkInTill(clockTo(status.deadlineUnixMs, now)), "", true);
  }
  if (status?.phase === TournamentPhase.DRAWN) return calm("draw", w.drawing);
  const pairing = tournament.nextOf(me.entrant);
  if (!pairing) return status?.phase === TournamentPhase.PLAYING ? calm("through", w.nextUnknown) : undefined;
  const name = nameAt(tournament, entrantAt(pairing.left) === me.entrant ? pairing.right : pairing.left);
  const key = `${pairing.pairing}.${pairing.matches.length}`;
  if (pairing.state === PairingState.CALLED && name !== undefined) {
    const starts = secondsTo(pairing.startsUnixMs, now);
    return urgent(
      `called.${key}`,
      w.calledTo(name),
      starts ? w.startsIn(starts) : w.waitsFor(name, secondsTo(pairing.deadlineUnixMs, now)),
    );
  }
  if (pairing.state === PairingState.PLAYING) return undefined;
  if (status?.paused) return calm("paused", w.paused);
  return name === undefined ? calm(`open.${key}`, w.nextOpen) : calm(`next.${key}`, w.next(name), w.nextHint);
}

/** Announcement of a running match, where it cannot be seen. */
export const matchBegunAnnouncement = (match: number): Announcement =>
  urgent(`on.${match}`, tournamentMessages().hasBegun);

/** Announcement at one keyboard: the two who play next. Pure. */
export function announcementForAll(tournament: Tournament, now: number): Announcement | undefined {
  const w = tournamentMessages();
  if (tournament.status?.phase !== TournamentPhase.PLAYING) return undefined;
  if (tournament.status.paused) return calm("paused", w.paused);
  const known = [...tournament.pairings.values()].filter(
    (pairing) =>
      !isDecided(pairing) &&
      nameAt(tournament, pairing.left) !== undefined &&
      nameAt(tournament, pairing.right) !== undefined,
  );
  const pairing = known.find(({ state }) => state === PairingState.CALLED) ?? known[0];
  if (!pairing || pairing.state === PairingState.PLAYING) return undefined;
  const big = w.together(nameAt(tournament, pairing.left)!, nameAt(tournament, pairing.right)!);
  const key = `${pairing.pairing}.${pairing.matches.length}`;
  if (pairing.state !== PairingState.CALLED) return calm(`next.${key}`, big, w.togetherHint);
  const starts = secondsTo(pairing.startsUnixMs, now);
  return urgent(
    `called.${key}`,
    big,
    [starts ? w.startsIn(starts) : "", messages().court.keysLocal].filter(Boolean).join(" · "),
  );
}

/** The banner; `checkIn` is what its button does. */
export function banner(call: Announcement, checkIn: () => void): TemplateResult {
  const w = tournamentMessages();
  return html`<div class=${call.urgent ? "banner urgent" : "banner"} data-testid="call">
    <p
      ><b role=${call.urgent ? "alert" : "status"}>${call.big}</b
      >${call.small ? html` <span>${call.small}</span>` : nothing}</p
    >
    ${
      call.checkIn
        ? html`<button class="button strong" data-testid="check-in" @click=${checkIn}>${w.checkIn}</button>`
        : nothing
    }
  </div>`;
}
