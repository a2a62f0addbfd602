// View of a match: a viewer's knowledge, folded from frames, and the scene at an instant.
import type { Attendance, Frame, MatchCard, Snapshot } from "../../gen/matchpoint/v1/frames_pb";
import type { Goal, Miss } from "../../gen/matchpoint/v1/pong_pb";
import type { Result } from "../../gen/matchpoint/v1/result_pb";
import { MatchClock, ServerClock } from "./clock";
import {
  H,
  type PaddleMove,
  type Side,
  type Volley,
  ballAt,
  courseAt,
  goalTime,
  isServe,
  other,
  returned,
  segment,
  sender,
  sideOf,
  toward,
  wallsBy,
} from "./flight";
import { LagEstimate, STREAK, incoming, onset, outgoing } from "./lag-compensation";

/** Duration for which a correction is blended, milliseconds. */
const BLEND = 120;
/** A spectator sees the match so much later than the server, milliseconds: room for a jittery route. */
export const SPECTATOR_DELAY = 350;

interface Known {
  flight: Volley;
  /** Match time at which it became known. */
  receipt: number;
}

/** Contents of a drawing at one instant. Positions in units of the court. */
export interface Scene {
  ball: { x: number; y: number } | undefined;
  /** The flight that is shown, and the moment of it. */
  flight: Volley | undefined;
  virtual: number;
  streak: boolean;
  paddles: [number, number];
  score: [number, number];
  /** Milliseconds until the serve that is shown leaves; 0 in flight. */
  serveIn: number;
  /** Match time that the viewer is in, microseconds. */
  t: number;
  walls: number;
  /** The match has been seen to its end. */
  ended: boolean;
}

export class MatchView {
  readonly server = new ServerClock();
  readonly clock = new MatchClock();
  card: MatchCard | undefined;
  attendance: Attendance | undefined;
  result: Result | undefined;
  suddenDeath = false;
  viewers = 0;
  /** Round-trip times as the server knows them, milliseconds; undefined before it has said so. */
  latency: readonly [number, number] | undefined;
  /** Last frame that was folded. */
  epoch = 0;
  seq = 0;

  readonly #mine: readonly Side[];
  #flights: Known[] = [];
  #misses: Miss[] = [];
  #goals: Goal[] = [];
  #base: [number, number] = [0, 0];
  #tracks: [PaddleMove[], PaddleMove[]] = [[], []];
  #own: [PaddleMove[], PaddleMove[]] = [[], []];
  #horizon = 0;
  #lag = new LagEstimate();
  #delta = { from: -1, value: 0 };
  #remote = { at: 0, value: 0 };
  #blend = { at: -Infinity, ball: { x: 0, y: 0 }, paddles: [0, 0] as [number, number] };
  #shown = -Infinity;

  /** `mine`: the sides that are played here; none for a spectator. */
  constructor(mine: readonly Side[]) {
    this.#mine = mine;
  }

  get half(): number {
    return this.card?.ruleset?.paddleHalfHeight || 7_500;
  }

  get spectator(): boolean {
    return this.#mine.length === 0;
  }

  /** Match time at page time `now`, microseconds, as it is on the server. */
  time(now: number): number {
    return this.clock.at(this.server.at(now));
  }

  /** For how long the server has owed this page a decision, milliseconds: something on the way to it is down. */
  overdue(now: number): number {
    const { flight } = this;
    if (!flight || this.result) return 0;
    const missed = this.#misses.some((m) => m.tGoal === goalTime(flight));
    return Math.max(0, (this.time(now) - (missed ? goalTime(flight) : flight.t1)) / 1000 - this.server.rtt);
  }

  /** The flight whose crossing is next at one of my planes, after `t`. */
  get flight(): Volley | undefined {
    return this.#flights.at(-1)?.flight;
  }

  /** Segments that the server knows of a side, oldest first. */
  track(side: Side): readonly PaddleMove[] {
    return this.#tracks[side];
  }

  /** The course of an own paddle, unacknowledged inputs included. */
  setOwn(side: Side, track: PaddleMove[]): void {
    this.#own[side] = track;
  }

  /** Folds a frame that arrived at page time `now`. `replay` reapplies own inputs to what the server says. */
  fold(frame: Frame, now: number, replay: () => void): void {
    this.server.frame(frame.serverMs, now);
    const before = this.card && !frame.snapshot ? this.scene(now) : undefined;
    if (frame.snapshot) this.#reset(frame.snapshot);
    const t = this.time(now);
    for (const { body } of frame.events) {
      switch (body.case) {
        case "clock":
          this.clock.add(body.value);
          break;
        case "attendance":
          this.attendance = body.value;
          break;
        case "volley":
          this.#met(body.value, t);
          this.#flights.push({ flight: body.value, receipt: t });
          if (this.#flights.length > 5) this.#flights.shift();
          break;
        case "paddleMove":
          this.#move(sideOf(body.value.side), segment(body.value));
          break;
        case "miss": {
          const flight = this.flight;
          if (flight && !this.#mine.includes(sideOf(body.value.side))) this.#lag.add(flight.t1, t);
          this.#misses.push(body.value);
          if (this.#misses.length > 3) this.#misses.shift();
          break;
        }
        case "goal":
          this.#goals.push(body.value);
          break;
        case "result":
          this.result = body.value;
          break;
      }
    }
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.#horizon = frame.horizonT;
    replay();
    if (before) this.#soften(before, now);
  }

  /** Reapplies own inputs and blends what that changes. */
  revise(now: number, change: () => void): void {
    const before = this.card ? this.scene(now) : undefined;
    change();
    if (before) this.#soften(before, now);
  }

  #reset(snapshot: Snapshot): void {
    this.card = snapshot.card;
    if (snapshot.clock) this.clock.add(snapshot.clock);
    this.attendance = snapshot.attendance;
    this.result = snapshot.result;
    const state = snapshot.game.case === "pong" ? snapshot.game.value : undefined;
    this.#tracks = [[], []];
    this.#goals = [];
    this.#misses = state?.miss ? [state.miss] : [];
    this.#flights = state?.volley ? [{ flight: state.volley, receipt: state.volley.t0 }] : [];
    this.#base = [state?.left ?? 0, state?.right ?? 0];
    this.suddenDeath = state?.suddenDeath ?? false;
    for (const move of state?.paddles ?? []) this.#tracks[sideOf(move.side)].push(segment(move));
    this.#blend.at = -Infinity;
    this.#shown = -Infinity;
  }

  /** A return at the opponent's plane tells how late their decisions reach this page. */
  #met(volley: Volley, t: number): void {
    if (!isServe(volley) && this.#mine.length === 1 && !this.#mine.includes(sender(volley))) {
      this.#lag.add(volley.t0, t);
    }
  }

  #move(side: Side, made: PaddleMove): void {
    const track = this.#tracks[side];
    while (track.length && track.at(-1)!.t >= made.t) track.pop();
    track.push(made);
    if (track.length > 64) track.shift();
  }

  /** The contour of the exchange that the outgoing flight at `from` opened: latched there, changed only there. */
  #stretch(from: number): number {
    if (this.#mine.length !== 1) return 0;
    if (this.#delta.from < from) {
      const theirs = this.latency?.[other(this.#mine[0]!)];
      const guess = (theirs ? theirs / 2 + 25 : 0) + this.server.rtt / 2;
      this.#delta = { from, value: this.#lag.expect(guess * 1000) };
    }
    return this.#delta.value;
  }

  /** Scene at page time `now`, milliseconds. */
  scene(now: number): Scene {
    const scene = this.spectator ? this.#spectated(now) : this.#played(now);
    const age = (now - this.#blend.at) / BLEND;
    if (age < 1) {
      const rest = (1 - age) * (1 - age);
      if (scene.ball)
        scene.ball = { x: scene.ball.x + this.#blend.ball.x * rest, y: scene.ball.y + this.#blend.ball.y * rest };
      scene.paddles = [
        scene.paddles[0] + this.#blend.paddles[0] * rest,
        scene.paddles[1] + this.#blend.paddles[1] * rest,
      ];
    }
    return scene;
  }

  #soften(before: Scene, now: number): void {
    this.#blend.at = -Infinity;
    const after = this.scene(now);
    const ball = { x: 0, y: 0 };
    // A serve is a new ball, not a correction of the old one.
    if (before.ball && after.ball && !(before.flight !== after.flight && after.flight && isServe(after.flight))) {
      ball.x = before.ball.x - after.ball.x;
      ball.y = before.ball.y - after.ball.y;
    }
    const paddles: [number, number] = [before.paddles[0] - after.paddles[0], before.paddles[1] - after.paddles[1]];
    if (ball.x || ball.y || paddles[0] || paddles[1]) this.#blend = { at: now, ball, paddles };
  }

  #spectated(now: number): Scene {
    const delayed = this.clock.at(this.server.at(now) - SPECTATOR_DELAY);
    const end = this.result ? Infinity : this.#horizon || Infinity;
    // It never runs back: a frozen clock stops it, a horizon holds it.
    const t = Math.max(this.#shown, Math.min(delayed, end));
    this.#shown = t;
    const shown = this.#flights.findLast((k, i) => i === 0 || this.#begins(k, 0) <= t) ?? this.#flights[0];
    const goals = this.#goals.filter((g) => g.t <= t);
    const paddles: [number, number] = [
      courseAt(this.#tracks[0], t, this.half),
      courseAt(this.#tracks[1], t, this.half),
    ];
    return this.#compose(shown?.flight, t, t, paddles, goals, false);
  }

  /** When a flight takes the place of the one before it on the screen. */
  #begins(k: Known, delta: number): number {
    const { flight } = k;
    if (isServe(flight)) {
      const goal = this.#goals.findLast((g) => g.t <= flight.t0);
      if (!goal) return -Infinity;
      return goal.t + (this.#mine.includes(other(sideOf(goal.scorer))) ? 0 : delta);
    }
    return this.#mine.includes(sender(flight)) || this.spectator ? flight.t0 : flight.t0 + delta;
  }

  #played(now: number): Scene {
    const t = this.time(now);
    const half = this.half;
    let delta = this.#delta.value;
    let known = this.#flights.findLast((k, i) => i === 0 || this.#begins(k, delta) <= t) ?? this.#flights[0];
    // Own hits launch at once, by the rules; the server's word replaces this one without a seam.
    const newest = known === this.#flights.at(-1);
    for (let i = 0; known && newest && i < 3; i++) {
      const to = toward(known.flight);
      if (!this.#mine.includes(to) || t < known.flight.t1) break;
      if (this.#misses.some((m) => m.tGoal === goalTime(known!.flight))) break;
      const next = returned(known.flight, courseAt(this.#own[to], known.flight.t1, half), half);
      if (!next) break;
      known = { flight: next, receipt: next.t0 };
      if (this.#mine.length === 1) break;
    }
    let virtual = t;
    let streak = false;
    if (known) {
      const { flight } = known;
      const to = toward(flight);
      if (this.#mine.includes(to)) {
        if (!this.#mine.includes(other(to)) && !isServe(flight)) {
          const from = onset(flight, delta, known.receipt);
          streak = t < flight.t1 && flight.t1 - from < STREAK;
          virtual = incoming(flight, t, from);
        }
      } else {
        delta = this.#stretch(flight.t0);
        const missed = this.#misses.some((m) => m.tGoal === goalTime(flight));
        virtual = outgoing(flight, t, delta);
        if (missed && t > flight.t1 + delta) virtual = t - delta;
      }
    }
    const remote = t - this.#ease(delta, now);
    const paddles = ([0, 1] as const).map((side) =>
      this.#mine.includes(side) ? courseAt(this.#own[side], t, half) : courseAt(this.#tracks[side], remote, half),
    ) as [number, number];
    const goals = this.#goals.filter((g) => g.t + (this.#mine.includes(other(sideOf(g.scorer))) ? 0 : delta) <= t);
    return this.#compose(known?.flight, virtual, t, paddles, goals, streak);
  }

  /** The remote paddle follows a changed contour without a jump: 50 µs a millisecond. */
  #ease(delta: number, now: number): number {
    const passed = Math.min(100, Math.max(0, now - this.#remote.at));
    const gap = delta - this.#remote.value;
    this.#remote = { at: now, value: this.#remote.value + Math.sign(gap) * Math.min(Math.abs(gap), passed * 50) };
    return this.#remote.value;
  }

  #compose(
    flight: Volley | undefined,
    virtual: number,
    t: number,
    paddles: [number, number],
    goals: Goal[],
    streak: boolean,
  ): Scene {
    const last = goals.at(-1);
    const ended = !!this.result && goals.length === this.#goals.length;
    const out = flight !== undefined && virtual >= goalTime(flight);
    return {
      ball: !flight || out || ended ? undefined : ballAt(flight, virtual),
      flight,
      virtual,
      streak,
      paddles: this.card ? paddles : [H / 2, H / 2],
      score: last ? [last.left, last.right] : [...this.#base],
      serveIn: flight && t < flight.t0 ? (flight.t0 - t) / 1000 : 0,
      t,
      walls: flight ? wallsBy(flight, virtual) : 0,
      ended,
    };
  }
}
