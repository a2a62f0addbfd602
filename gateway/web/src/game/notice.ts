// Notices over the court about the state of a match. Text only: the page decides when it is drawn and spoken.
import { ClockCause } from "../../gen/matchpoint/v1/frames_pb";
import { Side as SentSide } from "../../gen/matchpoint/v1/pong_pb";
import { nameOf, messages } from "../i18n";
import { type Side, sideOf } from "./flight";
import type { MatchView, Scene } from "./view";

/** A big numeral, a line, and something small beneath; empty is nothing. Compared by value. */
export interface Notice {
  big: string;
  line: string;
  small: string;
}

/** Delay after which a decision is not on its way, milliseconds: the referee's patience and jitter are less. */
const SILENT = 1_000;

const NONE: Notice = { big: "", line: "", small: "" };

/** The names of both sides. */
export const namesOf = ({ card }: MatchView): [string, string] => [nameOf(card?.left), nameOf(card?.right)];

/** Whole seconds until the clock runs, while a countdown is on; otherwise 0. */
export const secondsToGo = (view: MatchView, now: number): number =>
  Math.ceil(view.clock.countdown(view.server.at(now)) / 1000);

/** Notice for a viewer with `seats` at page time `now`, milliseconds. */
export function noticeOf(view: MatchView, scene: Scene, seats: readonly Side[], now: number): Notice {
  const w = messages().court;
  const clock = view.clock.latest;
  if (scene.ended) return { ...NONE, line: w.over };
  if (!clock) return NONE;
  const until = secondsToGo(view, now);
  if (until > 0) {
    const first = clock.cause === ClockCause.START;
    return {
      big: String(until),
      line: first ? w.starting : w.resuming,
      small: first ? w.to(view.card?.ruleset?.pointsToWin || 11) : "",
    };
  }
  if (!clock.rate) {
    const left = clock.forfeitInMs
      ? Math.max(0, Math.ceil((clock.forfeitInMs - (view.server.at(now) - clock.serverMs)) / 1000))
      : 0;
    const small = left ? w.forfeitIn(left) : "";
    switch (clock.cause) {
      case ClockCause.WAITING:
        return { ...NONE, line: seats.length === 1 ? w.waiting : w.waitingBoth };
      case ClockCause.RESTORE:
        return { ...NONE, line: w.restoring, small };
      case ClockCause.PAUSE:
        return {
          ...NONE,
          line: clock.absent === SentSide.UNSPECIFIED ? w.pausedBoth : w.paused(namesOf(view)[sideOf(clock.absent)]),
          small,
        };
    }
  }
  if (view.overdue(now) > SILENT) return { ...NONE, line: w.silent };
  return scene.serveIn > 0 ? { ...NONE, small: view.suddenDeath ? w.suddenDeath : w.serve } : NONE;
}
