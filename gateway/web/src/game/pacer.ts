// Rate limit of outgoing inputs: a token bucket for each seat.

/** Inputs of a seat in a second in the long run, and at once: well below the server's limits of 40 and 200. */
const PER_S = 30;
const BURST = 30;

/** Allows BURST at once, and PER_S a second. Times are page times, milliseconds. */
export class Pacer {
  /** When everything that was taken is paid for. */
  #paid = -Infinity;

  /** Time until the next input may go out, milliseconds. */
  wait(now: number): number {
    return Math.max(0, this.#paid - now - ((BURST - 1) * 1_000) / PER_S);
  }

  /** One goes out. */
  take(now: number): void {
    this.#paid = Math.max(this.#paid, now) + 1_000 / PER_S;
  }
}
