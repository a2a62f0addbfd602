// Rules of Pong, equal to gameserver/domain/pong/rules.py: the same integers, so the same match. Match time is in
// microseconds, 1 unit is 0.01 px of a 1600 x 900 court. Every product stays below 2^53, where a double is exact and
// trunc(a / b) is the exact quotient. tests/gameserver/domain/pong/test_typescript.py compares whole matches.
import { number } from "./chance";

export const M = 1_000_000;
export const W = 160_000;
export const H = 90_000;
/** The ball's radius. */
export const R = 900;
/** The contact planes of the ball's centre, by side. */
export const PLANES = [5_000, W - 5_000] as const;
/** Speed of a paddle; what each hit adds to the ball's speed; the most it can have. */
export const VP = 90_000;
export const DS = 12_000;
export const SMAX = 260_000;
/** From the start of the match, or from a goal, to the launch of the serve. */
export const SERVE_AFTER = 1_500_000;
const L = H - 2 * R;

export type Side = 0 | 1;
export const LEFT: Side = 0;
export const RIGHT: Side = 1;
export const NOBODY = -1;
export const NO_TARGET = -1;

/** Settings of a ruleset that the rules depend on; every default filled in. */
export interface Rules {
  pointsToWin: number;
  startSpeed: number;
  paddleHalfHeight: number;
  timeLimitS: number;
  suddenDeathS: number;
}

/** One flight of the ball between contacts; walls fold the position, not `vy`. */
export interface Volley {
  t0: number;
  x0: number;
  y0: number;
  vx: number;
  vy: number;
  s: number;
  t1: number;
}

/** A segment of a paddle's movement: by `dir`, or toward `target` unless NO_TARGET. */
export interface PaddleMove {
  side: Side;
  t: number;
  y: number;
  dir: number;
  target: number;
  inputSeq: number;
}

export type Intent = { dir: number } | { target: number };

export type PongEvent =
  | ({ kind: "volley" } & Volley)
  | ({ kind: "paddle" } & PaddleMove)
  | { kind: "miss"; side: Side; tGoal: number }
  | { kind: "goal"; t: number; left: number; right: number; scorer: Side; rallyHits: number };

/** The next event: at `t`, depending on the inputs of `side` up to and including `t`; NOBODY's when on none. */
export interface Due {
  t: number;
  side: Side | typeof NOBODY;
}

/** Enough to join a match, and with its seed to go on simulating it. */
export interface PongState {
  /** Count of random numbers drawn; in a match with a 32-bit seed, the state of its xorshift32. */
  randomState: number;
  volley: Volley;
  miss: { side: Side; tGoal: number } | null;
  paddles: PaddleMove[];
  left: number;
  right: number;
  rallyHits: number;
  suddenDeath: boolean;
  over: boolean;
  winner: number;
}

const clamp = (low: number, y: number, high: number): number => Math.min(Math.max(y, low), high);
/** Quotient truncated toward zero; -0 is made 0, since the two print alike but hash apart. */
export const sdiv = (a: number, b: number): number => Math.trunc(a / b) + 0;

/** Height of a ball at unfolded height `y`, after all wall bounces. */
export function fold(y: number): number {
  const m = (((y - R) % (2 * L)) + 2 * L) % (2 * L);
  return R + (m <= L ? m : 2 * L - m);
}

/** Centre of the ball at `t`; before `t0` it waits at its start. */
export function ballAt(v: Volley, t: number): { x: number; y: number } {
  const dt = Math.max(0, t - v.t0);
  return { x: v.x0 + sdiv(v.vx * dt, M), y: fold(v.y0 + sdiv(v.vy * dt, M)) };
}

/** Microseconds to go `distance` units along x, rounded up. */
export const timeTo = (distance: number, vx: number): number => Math.ceil((distance * M) / Math.abs(vx));

export const toward = (v: Volley): Side => (v.vx > 0 ? RIGHT : LEFT);

/** When a ball that is missed leaves the court. */
export const goalTime = (v: Volley): number => v.t0 + timeTo(Math.abs((v.vx > 0 ? W : 0) - v.x0), v.vx);

/** The flight of a ball that leaves (x0, y0) at `t0` with speed `s` toward side `to`, met `off` from the centre. */
export function launch(t0: number, x0: number, y0: number, off: number, reach: number, s: number, to: Side): Volley {
  const q = 7 * reach;
  const p = 4 * off;
  const d = q * q + p * p;
  const speed = Math.floor((s * (q * q - p * p)) / d);
  const vx = to === LEFT ? -speed : speed;
  return { t0, x0, y0, vx, vy: sdiv(2 * s * p * q, d), s, t1: t0 + timeTo(Math.abs(PLANES[to] - x0), vx) };
}

/** Height at which a volley meets its plane, at `t1`. */
export const crossingY = (v: Volley): number => fold(v.y0 + sdiv(v.vy * (v.t1 - v.t0), M));

/** The flight after a hit at `v.t1`, `off` units from the paddle's centre. */
export function bounce(v: Volley, off: number, reach: number): Volley {
  const side = toward(v);
  return launch(v.t1, PLANES[side], crossingY(v), off, reach, Math.min(SMAX, v.s + DS), side === LEFT ? RIGHT : LEFT);
}

/** The next state of the generator, which is the next number too. */
export function xorshift32(state: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

/** Centre of a paddle of half height `half` at `t`, not before the segment's start. */
export function paddleAt(move: PaddleMove, t: number, half: number): number {
  const way = Math.floor((VP * (t - move.t)) / M);
  const y = move.target === NO_TARGET ? move.y + move.dir * way : move.y + clamp(-way, move.target - move.y, way);
  return clamp(half, y, H - half);
}

/** Centre of a paddle at `t` by its segments, oldest first. */
export function paddleOf(moves: readonly PaddleMove[], t: number, half: number): number {
  for (let i = moves.length - 1; i >= 0; i--) {
    const move = moves[i]!;
    if (move.t <= t) return paddleAt(move, t, half);
  }
  throw new RangeError(`no segment at or before ${t}`);
}

/** The segment that an intent at `t` makes after `last`, or null when it is held already. */
export function steer(last: PaddleMove, intent: Intent, t: number, inputSeq: number, half: number): PaddleMove | null {
  const dir = "dir" in intent ? intent.dir : 0;
  const target = "dir" in intent ? NO_TARGET : clamp(half, intent.target, H - half);
  if (last.target === target && last.dir === dir) return null;
  return { side: last.side, t, y: paddleAt(last, t, half), dir, target, inputSeq };
}

/** A match of Pong. */
export class Pong {
  due: Due | null = null;
  score: [number, number] = [0, 0];
  rallyHits = 0;
  suddenDeath = false;
  /** The side that won, NOBODY for a draw; meaningful once nothing is due. */
  winner: Side | typeof NOBODY = NOBODY;
  volley!: Volley;
  private miss: { side: Side; tGoal: number } | null = null;
  private random: number;
  private limit: number;
  private readonly reach: number;
  private readonly paddles: [PaddleMove[], PaddleMove[]];

  /** `seed` is a secret; in journals of before there was one, 32 bits. */
  constructor(
    readonly rules: Rules,
    private readonly seed: number | Uint8Array,
  ) {
    this.reach = rules.paddleHalfHeight + R;
    this.random = typeof seed === "number" ? seed >>> 0 || 1 : 0;
    this.limit = rules.timeLimitS * M;
    const start = (side: Side): PaddleMove[] => [{ side, t: 0, y: H / 2, dir: 0, target: NO_TARGET, inputSeq: 0 }];
    this.paddles = [start(LEFT), start(RIGHT)];
    this.serve(SERVE_AFTER, this.draw() & 1 ? RIGHT : LEFT);
  }

  /** Apply an input of `side` at match time `te`, not before its last one. Null when the intent is held already. */
  admit(side: Side, intent: Intent, te: number, inputSeq: number): PaddleMove | null {
    const moves = this.paddles[side];
    const last = moves[moves.length - 1]!;
    if (te < last.t) throw new RangeError(`an input at ${te} after one at ${last.t}`);
    const move = steer(last, intent, te, inputSeq, this.rules.paddleHalfHeight);
    if (!move) return null;
    if (!this.due || te <= this.due.t) this.paddles[side] = [move];
    else if (last.t === te) moves[moves.length - 1] = move;
    else moves.push(move);
    return move;
  }

  /** Let the due event happen. */
  decide(): PongEvent[] {
    const { due, miss } = this;
    if (!due) throw new RangeError("the game is over");
    if (due.t === this.limit && due.side === NOBODY && miss?.tGoal !== due.t) return this.timeLimit();
    if (miss) return this.goal(miss);
    return this.crossing(due.side as Side);
  }

  /** Centre of a side's paddle at `t`. */
  paddle(side: Side, t: number): number {
    return paddleOf(this.paddles[side], t, this.rules.paddleHalfHeight);
  }

  snapshot(): PongState {
    return {
      randomState: this.random,
      volley: this.volley,
      miss: this.miss,
      paddles: [...this.paddles[LEFT], ...this.paddles[RIGHT]],
      left: this.score[LEFT],
      right: this.score[RIGHT],
      rallyHits: this.rallyHits,
      suddenDeath: this.suddenDeath,
      over: !this.due,
      winner: this.winner,
    };
  }

  static restore(rules: Rules, state: PongState, seed: number | Uint8Array): Pong {
    const game = new Pong(rules, seed);
    game.random = state.randomState;
    game.volley = state.volley;
    game.miss = state.miss;
    game.score = [state.left, state.right];
    game.rallyHits = state.rallyHits;
    game.suddenDeath = state.suddenDeath;
    game.winner = state.winner as Side | typeof NOBODY;
    game.limit = (rules.timeLimitS + (state.suddenDeath ? rules.suddenDeathS : 0)) * M;
    for (const side of [LEFT, RIGHT]) game.paddles[side] = state.paddles.filter((move) => move.side === side);
    if (state.over) game.due = null;
    else game.awaitFlight();
    return game;
  }

  private crossing(side: Side): PongEvent[] {
    const off = crossingY(this.volley) - this.paddle(side, this.volley.t1);
    if (Math.abs(off) > this.reach) {
      this.miss = { side, tGoal: goalTime(this.volley) };
      this.awaitFlight();
      return [{ kind: "miss", ...this.miss }];
    }
    this.rallyHits++;
    this.volley = bounce(this.volley, off, this.reach);
    this.awaitFlight();
    return [{ kind: "volley", ...this.volley }];
  }

  private goal(miss: { side: Side; tGoal: number }): PongEvent[] {
    const scorer: Side = miss.side === LEFT ? RIGHT : LEFT;
    this.score[scorer]++;
    const [left, right] = this.score;
    const goal: PongEvent = { kind: "goal", t: miss.tGoal, left, right, scorer, rallyHits: this.rallyHits };
    this.miss = null;
    if (this.suddenDeath || this.score[scorer] >= this.rules.pointsToWin) {
      this.due = null;
      this.winner = scorer;
      return [goal];
    }
    this.rallyHits = 0;
    this.serve(miss.tGoal + SERVE_AFTER, scorer);
    return [goal, { kind: "volley", ...this.volley }];
  }

  private timeLimit(): PongEvent[] {
    const [left, right] = this.score;
    if (left === right && !this.suddenDeath) {
      this.suddenDeath = true;
      this.limit += this.rules.suddenDeathS * M;
      this.awaitFlight();
    } else {
      this.due = null;
      const leader = left > right ? LEFT : RIGHT;
      this.winner = left === right ? NOBODY : leader;
    }
    return [];
  }

  private serve(t0: number, to: Side): void {
    const off = (this.draw() % (this.reach + 1)) - Math.floor(this.reach / 2);
    const y0 = H / 4 + (this.draw() % (H / 2));
    this.volley = launch(t0, W / 2, y0, off, this.reach, this.rules.startSpeed, to);
    this.awaitFlight();
  }

  private awaitFlight(): void {
    const [t, side] = this.miss ? [this.miss.tGoal, NOBODY as typeof NOBODY] : [this.volley.t1, toward(this.volley)];
    // A crossing or a goal at the very instant of the limit comes first.
    this.due = t <= this.limit ? { t, side } : { t: this.limit, side: NOBODY };
    for (const moves of this.paddles) while (moves.length > 1 && moves[1]!.t <= this.due.t) moves.shift();
  }

  private draw(): number {
    if (typeof this.seed !== "number") return number(this.seed, ++this.random);
    return (this.random = xorshift32(this.random));
  }
}

/** FNV-1a (32 bit) over the state's numbers as little-endian 32-bit words; equal in Python and TypeScript. */
export function stateHash(s: PongState): number {
  const v = s.volley;
  const words = [s.randomState, v.t0, v.x0, v.y0, v.vx, v.vy, v.s, v.t1, s.miss?.side ?? NOBODY, s.miss?.tGoal ?? 0];
  words.push(s.left, s.right, s.rallyHits, s.suddenDeath ? 1 : 0);
  for (const move of s.paddles) words.push(move.side, move.t, move.y, move.dir, move.target, move.inputSeq);
  let h = 0x811c9dc5;
  for (const word of words) {
    for (let shift = 0; shift < 32; shift += 8) h = Math.imul(h ^ ((word >>> shift) & 0xff), 0x01000193);
  }
  return h >>> 0;
}
