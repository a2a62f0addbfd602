// Sender of a player's inputs and marks, which also applies the inputs to the player's own paddle at once.
import { create, toBinary } from "@bufbuild/protobuf";
import {
  ClientMessageSchema,
  type Input,
  InputSchema,
  type Mark,
  MarkSchema,
  PingSchema,
  SeatMessageSchema,
} from "../../gen/matchpoint/v1/frames_pb";
import { PongInputSchema } from "../../gen/matchpoint/v1/pong_pb";
import { type PaddleMove, type Side, toward } from "./flight";
import { metronome } from "./metronome";
import { Pacer } from "./pacer";
import { steer } from "./rules/pong";
import type { MatchView } from "./view";

/** Something is sent at least this often, milliseconds: silence is taken for absence. */
const HEARTBEAT = 200;
/** Targets follow each other at this distance, milliseconds: those between them would be seen by nobody. */
const TARGET_EVERY = 34;
/** After an input something more is sent so soon, milliseconds: TCP then sees by it that the input was lost. */
const PROBE_AFTER = 25;

interface Pending {
  seq: number;
  t: number;
  dir: number;
  target: number;
}

/** Intent for a paddle: a direction (-1, 0, 1), or a target; -1 is none. */
interface Intent {
  dir: number;
  target: number;
}

interface SeatInput extends Intent {
  seat: Side;
  seq: number;
  /** Time of the last input or mark, match time: what is sent never goes back. */
  last: number;
  pending: Pending[];
  targetSent: number;
  /** Runs while something waits for the pace to allow it: the last word only, whatever was wanted meanwhile. */
  waiting: ReturnType<typeof setTimeout> | undefined;
  readonly pacer: Pacer;
}

/** Sends what the own seats do. `send` hands bytes to the connection, or drops them when there is none. */
export class InputSender {
  readonly #view: MatchView;
  readonly #send: (bytes: Uint8Array) => boolean;
  readonly #topic: number;
  #seatInputs: SeatInput[];
  #numbered = false;
  #epoch = -1;
  #crossed = -1;
  #sent = -Infinity;
  #crossing: ReturnType<typeof setTimeout> | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #beat: (() => void) | undefined;
  #ping: ReturnType<typeof setTimeout> | undefined;
  #pings = 0;

  /** `topic` is the match in a tournament; 0 in a duel. */
  constructor(view: MatchView, seats: readonly Side[], send: (bytes: Uint8Array) => boolean, topic = 0) {
    this.#view = view;
    this.#send = send;
    this.#topic = topic;
    this.#seatInputs = seats.map((seat) => ({
      seat,
      seq: 0,
      dir: 0,
      target: -1,
      last: 0,
      pending: [],
      targetSent: -Infinity,
      waiting: undefined,
      pacer: new Pacer(),
    }));
  }

  /** The connection stands: learn the clock at once. */
  start(): void {
    this.stop();
    this.#pings = 0;
    this.#askClock();
    this.#beat = metronome(() => this.#heartbeat());
  }

  stop(): void {
    this.#beat?.();
    this.#beat = undefined;
    clearTimeout(this.#ping);
    clearTimeout(this.#crossing);
    clearTimeout(this.#probe);
  }

  /** Resigns the match; at one keyboard for the side that gives up. */
  resign(seat?: Side): void {
    this.#say([], [], { resign: true, seat });
  }

  /** Moves a seat's paddle by direction, as of page time `at`. */
  steer(seat: Side, dir: number, at: number): void {
    const seatInput = this.#seatInputs.find((h) => h.seat === seat);
    if (seatInput) this.#want(seatInput, { dir, target: -1 }, at);
  }

  /** Moves a seat's paddle toward `y`, as of page time `at`. */
  aim(seat: Side, y: number, at: number): void {
    const seatInput = this.#seatInputs.find((h) => h.seat === seat);
    if (!seatInput) return;
    this.#want(
      seatInput,
      { dir: 0, target: Math.round(Math.max(this.#view.half, Math.min(90_000 - this.#view.half, y))) },
      at,
    );
  }

  /** Says it now, or when the pace allows. */
  #want(seatInput: SeatInput, intent: Intent, at: number): void {
    clearTimeout(seatInput.waiting);
    if (intent.dir === seatInput.dir && intent.target === seatInput.target) return;
    const wait = Math.max(seatInput.pacer.wait(at), intent.target < 0 ? 0 : seatInput.targetSent + TARGET_EVERY - at);
    if (wait > 0) {
      seatInput.waiting = setTimeout(() => this.#want(seatInput, intent, performance.now()), Math.ceil(wait));
      return;
    }
    if (intent.target >= 0) seatInput.targetSent = at;
    this.#act(seatInput, intent, at);
  }

  /** The connection was lost: what it had not said is void, the server held the paddle. */
  lost(): void {
    for (const seatInput of this.#seatInputs) seatInput.pending = [];
    this.#epoch = -1;
  }

  /** The server's word on own paddles came in: drop what it acknowledges, replay the rest on it. */
  replay(): void {
    for (const seatInput of this.#seatInputs) {
      const track = this.#view.track(seatInput.seat);
      const acknowledged = track.reduce((most, s) => Math.max(most, s.inputSeq), 0);
      if (!this.#numbered) seatInput.seq = this.#firstNumber();
      seatInput.seq = Math.max(seatInput.seq, acknowledged);
      const stale = this.#view.time(performance.now()) - 3_000_000;
      seatInput.pending = seatInput.pending.filter((p) => p.seq > acknowledged && p.t > stale);
      this.#view.setOwn(seatInput.seat, this.#course(track, seatInput.pending));
    }
    this.#numbered = true;
    const clock = this.#view.clock;
    if (clock.epoch !== this.#epoch) {
      this.#epoch = clock.epoch;
      this.#hold();
    }
    this.#watchCrossing();
  }

  /** A page that was loaded in mid-match numbers on from beyond all that the one before it can have used. */
  #firstNumber(): number {
    const t = this.#view.clock.latest?.matchT ?? 0;
    const now = Math.max(t, this.#view.time(performance.now()));
    return this.#view.clock.waiting || now <= 0 ? 0 : Math.floor(now / 20_000) + 256;
  }

  #course(track: readonly PaddleMove[], pending: readonly Pending[]): PaddleMove[] {
    const course = [...track];
    for (const p of pending) {
      const last = course.at(-1);
      if (!last) break;
      const intent = p.target >= 0 ? { target: p.target } : { dir: p.dir };
      const made = steer(last, intent, Math.max(p.t, last.t), p.seq, this.#view.half);
      if (made) course.push(made);
    }
    return course;
  }

  #act(seatInput: SeatInput, { dir, target }: Intent, at: number): void {
    seatInput.pacer.take(at);
    seatInput.dir = dir;
    seatInput.target = target;
    const t = Math.max(seatInput.last, Math.floor(this.#view.time(at)));
    seatInput.last = t;
    const pending = { seq: ++seatInput.seq, t, dir, target };
    seatInput.pending.push(pending);
    if (seatInput.pending.length > 128) seatInput.pending.shift();
    this.#view.setOwn(seatInput.seat, this.#course(this.#view.track(seatInput.seat), seatInput.pending));
    this.#say([this.#input(seatInput, pending)], []);
    this.#followUp(target < 0 ? PROBE_AFTER : TARGET_EVERY + 10);
  }

  /** Something behind an input, unless it is followed anyway: a lost packet is missed once a later one has arrived. */
  #followUp(wait: number): void {
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => {
      if (performance.now() - this.#sent > wait / 2) this.#say([], []);
    }, wait);
  }

  #input(seatInput: SeatInput, p: Pending): Input {
    const intent =
      p.target >= 0 ? { case: "target" as const, value: p.target } : { case: "dir" as const, value: p.dir };
    return create(InputSchema, {
      seat: seatInput.seat,
      seq: p.seq,
      t: p.t,
      payload: { case: "pong", value: create(PongInputSchema, { intent }) },
    });
  }

  /** A new clock began with paddles at rest: say again what is held. */
  #hold(): void {
    for (const seatInput of this.#seatInputs) {
      seatInput.last = Math.max(0, Math.floor(this.#view.time(performance.now())));
      const rest = this.#view.track(seatInput.seat).at(-1);
      seatInput.pending = [];
      const { dir, target } = seatInput;
      if (rest && rest.dir === dir && rest.target === target) continue;
      this.#act(seatInput, { dir, target }, performance.now());
    }
  }

  /** The mark of a crossing goes out when it happens, not at the next drawing. */
  #watchCrossing(): void {
    clearTimeout(this.#crossing);
    const flight = this.#view.flight;
    if (!flight || flight.t1 <= this.#crossed || !this.#seatInputs.some((h) => h.seat === toward(flight))) return;
    const { clock, server } = this.#view;
    const now = performance.now();
    const wait = clock.when(flight.t1) - server.at(now);
    if (!Number.isFinite(wait)) return;
    this.#crossing = setTimeout(
      () => {
        if (this.#view.time(performance.now()) < flight.t1) return this.#watchCrossing();
        this.#crossed = flight.t1;
        const seatInput = this.#seatInputs.find((h) => h.seat === toward(flight))!;
        seatInput.last = Math.max(seatInput.last, flight.t1);
        this.#say([], [create(MarkSchema, { seat: seatInput.seat, t: seatInput.last })]);
      },
      Math.max(0, Math.ceil(wait)),
    );
  }

  #heartbeat(): void {
    const now = performance.now();
    if (now - this.#sent < HEARTBEAT - 50 || !this.#view.card) return;
    const t = Math.floor(this.#view.time(now));
    const marks = this.#seatInputs.map((seatInput) => {
      seatInput.last = Math.max(seatInput.last, t);
      return create(MarkSchema, { seat: seatInput.seat, t: seatInput.last });
    });
    this.#say([], marks);
  }

  #askClock(): void {
    this.#say([], [], { ping: true });
    this.#pings++;
    this.#ping = setTimeout(() => this.#askClock(), this.#pings < 12 ? 80 : 2000);
  }

  #say(inputs: Input[], marks: Mark[], more: { ping?: boolean; resign?: boolean; seat?: Side | undefined } = {}): void {
    const seat = create(SeatMessageSchema, {
      inputs,
      marks,
      clockEpoch: this.#view.clock.epoch,
      resign: more.resign ?? false,
      topic: this.#topic,
    });
    if (more.seat !== undefined) seat.resignSeat = more.seat;
    if (more.ping) seat.ping = create(PingSchema, { t0: performance.now() });
    const message = create(ClientMessageSchema, { body: { case: "seat", value: seat } });
    if (this.#send(toBinary(ClientMessageSchema, message))) this.#sent = performance.now();
  }
}
