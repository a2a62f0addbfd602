// Lag compensation (local perception filter): the ball is drawn in the player's present at their own paddle and in the
// opponent's past at the other one, so that both are seen to meet it. All times are match time in microseconds.
import type { Volley } from "./flight";

/** An incoming ball with less time than this left is drawn as a streak: no eye can follow it. */
export const STREAK = 120_000;

/** Time on an outgoing flight at which it is drawn at `now`: it is stretched by `delta`. */
export function outgoing(v: Volley, now: number, delta: number): number {
  const span = v.t1 - v.t0;
  return v.t0 + Math.min(1, Math.max(0, (now - v.t0) / (span + delta))) * span;
}

/** Start of drawing an incoming flight: once it is known and the opponent has been seen to hit it. */
export function onset(v: Volley, delta: number, receipt: number): number {
  return Math.max(v.t0 + delta, receipt);
}

/** Time on an incoming flight at which it is drawn at `now`: it catches up, to arrive at t1 exactly. */
export function incoming(v: Volley, now: number, from: number): number {
  if (now >= v.t1) return now;
  if (now <= from) return v.t0;
  return v.t0 + ((now - from) / (v.t1 - from)) * (v.t1 - v.t0);
}

/** Estimate of the delay of decisions at the opponent's plane, from observed ones; microseconds. */
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

  /** Expected delay of the next decision, microseconds. `guess` is used until two were observed. */
  expect(guess: number): number {
    const worst =
      this.#seen.length < 2
        ? Math.max(guess, ...this.#seen)
        : [...this.#seen].sort((a, b) => b - a)[this.#seen.length > 5 ? 1 : 0]!;
    return Math.min(this.#most, worst + this.#margin);
  }
}
