// Additions to the rules for drawing: contract messages as values of the rules, paddle tracks, returns.
import type { PaddleMove as Sent } from "../../gen/matchpoint/v1/pong_pb";
import { Side as SentSide } from "../../gen/matchpoint/v1/pong_pb";
import {
  H,
  LEFT,
  M,
  NO_TARGET,
  type PaddleMove,
  R,
  RIGHT,
  type Side,
  type Volley,
  W,
  bounce,
  crossingY,
  paddleAt,
  toward,
} from "./rules/pong";

export { H, PLANES, R, W, ballAt, goalTime, toward } from "./rules/pong";
export type { PaddleMove, Side, Volley } from "./rules/pong";

export const other = (side: Side): Side => (side === LEFT ? RIGHT : LEFT);
export const sideOf = (side: SentSide): Side => (side === SentSide.RIGHT ? RIGHT : LEFT);

export function segment(sent: Sent): PaddleMove {
  const { motion } = sent;
  return {
    side: sideOf(sent.side),
    t: sent.t,
    y: sent.y,
    inputSeq: sent.inputSeq,
    dir: motion.case === "dir" ? motion.value : 0,
    target: motion.case === "target" ? motion.value : NO_TARGET,
  };
}

/** A flight that begins at the middle of the court. */
export const isServe = (v: Volley): boolean => v.x0 === W / 2;

/** Number of walls that a flight has met by `t`. */
export function wallsBy(v: Volley, t: number): number {
  return Math.abs(Math.floor((v.y0 + (v.vy * Math.max(0, t - v.t0)) / M - R) / (H - 2 * R)));
}

/** Centre of a paddle of half height `half` at `t`, from its segments, oldest first. */
export function courseAt(course: readonly PaddleMove[], t: number, half: number): number {
  const move = course.findLast((m) => m.t <= t) ?? course[0];
  return move ? paddleAt(move, Math.max(t, move.t), half) : H / 2;
}

/** The return of a flight that is met at its plane by a paddle centred at `y`; undefined when it is missed. */
export function returned(v: Volley, y: number, half: number): Volley | undefined {
  const off = crossingY(v) - y;
  return Math.abs(off) <= half + R ? bounce(v, off, half + R) : undefined;
}

/** The side that has more points in `now` than in `before`; undefined when neither has. */
export function scorerOf(before: readonly [number, number], now: readonly [number, number]): Side | undefined {
  if (now[LEFT] > before[LEFT]) return LEFT;
  return now[RIGHT] > before[RIGHT] ? RIGHT : undefined;
}

/** The side that a flight goes away from. */
export const sender = (v: Volley): Side => other(toward(v));
