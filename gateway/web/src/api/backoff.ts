// Retry delays with full jitter, so that a thousand pages do not come back at one instant.
import { CLOSE_OVERLOADED, CLOSE_RESTART, CLOSE_TOO_MANY } from "./close-codes";

/** Milliseconds to wait before try number `attempt`, from 0, after a close with `code`. `random` is in [0, 1). */
export function retryDelayMs(attempt: number, code: number, random: number): number {
  if (code === CLOSE_OVERLOADED || code === CLOSE_TOO_MANY) return 5_000 + random * 5_000;
  if (code === CLOSE_RESTART && attempt === 0) return random * 3_000;
  return random * Math.min(10_000, 250 * 2 ** attempt);
}
