// A journal being watched: the match is played again here from its accepted inputs, by the same rules in the same
// integers, and each point is held against what the referee wrote. Times are match time in microseconds.
import { ClockCause } from "../../gen/matchpoint/v1/frames_pb";
import type { JournalInput, JournalOpened, JournalRecord } from "../../gen/matchpoint/v1/journal_pb";
import type { Result } from "../../gen/matchpoint/v1/result_pb";
import { isServe, wallsBy } from "./flight";
import { commitment } from "./rules/chance";
import {
  H,
  type Intent,
  LEFT,
  NO_TARGET,
  type PaddleMove,
  Pong,
  type PongEvent,
  RIGHT,
  type Side,
  type Volley,
  ballAt,
  goalTime,
  paddleAt,
  stateHash,
} from "./rules/pong";
import type { Scene } from "./view";

/** A point, with its rally: from the point before to the goal. */
export interface Point {
  from: number;
  t: number;
  left: number;
  right: number;
  scorer: Side;
  rallyHits: number;
}

/** A flight, and from when on it is what one sees: a serve is seen waiting. */
interface Shown {
  from: number;
  flight: Volley;
}

/** The journal does not hold together, or is of another match than it says. */
export class Differs extends Error {}

/** The last element whose time is not after `t`, of a list in the order of time; the first when all are after it. */
function lastBy<T>(list: readonly T[], t: number, of: (element: T) => number): number {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (of(list[middle]!) <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}

export class Replay {
  readonly opened: JournalOpened;
  readonly result: Result;
  readonly points: readonly Point[];
  /** When the clock stood still for somebody. */
  readonly pauses: readonly number[];
  readonly end: number;
  readonly half: number;
  readonly #flights: readonly Shown[];
  readonly #moves: readonly [readonly PaddleMove[], readonly PaddleMove[]];

  /** Plays the records of a match that is over, `opened` first. Throws Differs when they do not make that match. */
  constructor(records: readonly JournalRecord[]) {
    const opened = records[0]?.body;
    if (opened?.case !== "opened" || !opened.value.ruleset) throw new Differs("it does not begin with its opening");
    this.opened = opened.value;
    this.half = opened.value.ruleset.paddleHalfHeight;
    const { secret, seed } = opened.value;
    if (secret.length && !same(commitment(secret), opened.value.commitment))
      throw new Differs("its chance is another than was settled before");
    const game = new Pong(opened.value.ruleset, secret.length ? secret : seed);
    const start = (side: Side): PaddleMove[] => [{ side, t: 0, y: H / 2, dir: 0, target: NO_TARGET, inputSeq: 0 }];
    const moves: [PaddleMove[], PaddleMove[]] = [start(LEFT), start(RIGHT)];
    const flights: Shown[] = [{ from: 0, flight: game.volley }];
    const points: Point[] = [];
    const pauses: number[] = [];
    let result: Result | undefined;
    const happened = (event: PongEvent): void => {
      const before = points.at(-1)?.t ?? 0;
      if (event.kind === "volley") flights.push({ from: isServe(event) ? before : event.t0, flight: event });
      if (event.kind === "goal") points.push({ from: before, ...event });
    };
    for (const { body } of records.slice(1)) {
      if (body.case === "input") {
        const move = admit(game, body.value);
        const track = moves[body.value.seat === 1 ? RIGHT : LEFT];
        if (move && track.at(-1)!.t === move.t) track.pop();
        if (move) track.push(move);
      } else if (body.case === "decided") {
        if (game.due?.t !== body.value.t1) throw new Differs(`it decides ${body.value.t1}, but ${game.due?.t} is due`);
        game.decide().forEach(happened);
      } else if (body.case === "checkpoint") {
        if (stateHash(game.snapshot()) !== body.value.pong?.stateHash)
          throw new Differs(`the state at ${body.value.t} is another`);
      } else if (body.case === "clock" && body.value.clock) {
        const { cause, matchT } = body.value.clock;
        if ((cause === ClockCause.PAUSE || cause === ClockCause.RESTORE) && pauses.at(-1) !== matchT)
          pauses.push(matchT);
      } else if (body.case === "ended") result = body.value.result;
    }
    if (!result) throw new Differs("it has no end");
    if (result.left !== game.score[LEFT] || result.right !== game.score[RIGHT]) {
      throw new Differs(`it says ${result.left}:${result.right}, but was played to ${game.score.join(":")}`);
    }
    this.result = result;
    this.end = result.durationUs;
    this.points = points;
    this.pauses = pauses;
    this.#flights = flights;
    this.#moves = moves;
  }

  /** The score at `t`. */
  score(t: number): [number, number] {
    const point = this.points[lastBy(this.points, t, (p) => p.t)];
    return point && point.t <= t ? [point.left, point.right] : [0, 0];
  }

  /** Number of points that were over at `t`. */
  played(t: number): number {
    const last = lastBy(this.points, t, (p) => p.t);
    return this.points.length && this.points[last]!.t <= t ? last + 1 : 0;
  }

  /** Scene at `t`, from 0 to `end`. */
  scene(t: number): Scene {
    const { flight } = this.#flights[lastBy(this.#flights, t, (f) => f.from)]!;
    const gone = t >= goalTime(flight) || t >= this.end;
    return {
      ball: gone ? undefined : ballAt(flight, t),
      flight,
      virtual: t,
      streak: false,
      paddles: [this.#paddle(LEFT, t), this.#paddle(RIGHT, t)],
      score: this.score(t),
      serveIn: t < flight.t0 ? (flight.t0 - t) / 1000 : 0,
      t,
      walls: wallsBy(flight, t),
      ended: t >= this.end,
    };
  }

  #paddle(side: Side, t: number): number {
    const track = this.#moves[side];
    return paddleAt(track[lastBy(track, t, (m) => m.t)]!, t, this.half);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function admit(game: Pong, { seat, te, seq, payload }: JournalInput): PaddleMove | null {
  const intent = payload.case === "pong" ? payload.value.intent : undefined;
  if (!intent?.case) throw new Differs("an input says nothing");
  const wanted: Intent = intent.case === "dir" ? { dir: intent.value } : { target: intent.value };
  try {
    return game.admit(seat === 1 ? RIGHT : LEFT, wanted, te, seq);
  } catch (cause) {
    throw new Differs("an input comes after a later one", { cause });
  }
}
