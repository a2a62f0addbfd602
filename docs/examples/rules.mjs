// The rules of Pong as far as a player and a viewer need them; docs/protocol.md has the formulas. All numbers are whole
// and stay below 2^53, where a double is exact.
export const W = 160_000, H = 90_000, R = 900, VP = 90_000, DS = 12_000, SMAX = 260_000, M = 1_000_000;
export const PLANES = [5_000, W - 5_000];

const clamp = (low, y, high) => Math.min(Math.max(y, low), high);
/** The quotient, truncated toward zero; never -0. */
const sdiv = (a, b) => Math.trunc(a / b) + 0;

/** Where a ball at this unfolded height is after all bounces on the walls. */
export function fold(y) {
  const way = 2 * (H - 2 * R);
  const m = (((y - R) % way) + way) % way;
  return R + Math.min(m, way - m);
}

/** The ball's centre at t; before v.t0 it waits. */
export function ballAt(v, t) {
  const dt = Math.max(0, t - v.t0);
  return { x: v.x0 + sdiv(v.vx * dt, M), y: fold(v.y0 + sdiv(v.vy * dt, M)) };
}

/** The flight after a hit at v.t1, `off` from the paddle's centre. */
export function bounce(v, off, reach) {
  const p = 4 * off, q = 7 * reach, s = Math.min(SMAX, v.s + DS), side = v.vx > 0 ? 1 : 0;
  const d = q * q + p * p;
  const speed = Math.floor((s * (q * q - p * p)) / d);
  const t1 = v.t1 + Math.ceil(((PLANES[1] - PLANES[0]) * M) / speed);
  return { t0: v.t1, x0: PLANES[side], y0: ballAt(v, v.t1).y, vx: side ? -speed : speed, vy: sdiv(2 * s * p * q, d), s, t1 };
}

/** The paddle's centre at t, not before the segment's start. A segment has a `target` or a `dir`. */
export function paddleAt(move, t, half) {
  const way = Math.floor((VP * (t - move.t)) / M);
  const going = move.target === undefined ? (move.dir ?? 0) * way : clamp(-way, move.target - move.y, way);
  return clamp(half, move.y + going, H - half);
}
