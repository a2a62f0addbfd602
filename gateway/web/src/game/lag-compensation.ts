// The temporal contour: the ball is in my present at my paddle and in the opponent's past at theirs, so that I meet it
// on time, and still see the opponent meet it. All times are match time in microseconds.
import type { Volley } from "./flight";

/** An incoming ball with less time than this left is drawn as a streak: no eye can follow it. */
export const STREAK = 120_000;

/** An outgoing flight takes the contour `delta` longer than it does: where on its own time it is drawn at `now`. */
export function outgoing(v: Volley, now: number, delta: number): number {
  const span = v.t1 - v.t0;
  return v.t0 + Math.min(1, Math.max(0, (now - v.t0) / (span + delta))) * span;
}

/** When the drawing of an incoming flight starts: not before it is known, nor before the opponent is seen to hit it. */
export function onset(v: Volley, delta: number, receipt: number): number {
  return Math.max(v.t0 + delta, receipt);
}

/** An incoming flight catches up, so that it arrives at t1 exactly: where on its own time it is drawn at `now`. */
export function incoming(v: Volley, now: number, from: number): number {
  if (now >= v.t1) return now;
  if (now <= from) return v.t0;
  return v.t0 + ((now - from) / (v.t1 - from)) * (v.t1 - v.t0);
}

/** How late decisions at the opponent's plane reach this page, from the ones that did; microseconds. */
export class LagEstimate {
  #seen: number[] = [];
  readonly #margin: number;
  readonly #most: number;

  constructor(margin = 12_000, most = 450_000) {
    this.#margin = margin;
    this.#most = most;
  }

  /** A decision at `t1` arrived at `now`. */
  add(t1: number, now: number): void {
    this.#seen.push(Math.max(0, now - t1));
    if (this.#seen.length > 8) this.#seen.shift();
  }

  /** What to expect of the next one. `guess` stands in until two were seen. */
  expect(guess: number): number {
    const worst =
      this.#seen.length < 2
        ? Math.max(guess, ...this.#seen)
        : [...this.#seen].sort((a, b) => b - a)[this.#seen.length > 5 ? 1 : 0]!;
    return Math.min(this.#most, worst + this.#margin);
  }
}
