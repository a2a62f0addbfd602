// A whole match as one player sees it: the real view and the real input sender over a simulated network, against a
// referee of the ported rules with deferred commit. Time is simulated; nothing here waits.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type MessageInitShape, create, fromBinary } from "@bufbuild/protobuf";
import {
  ClientMessageSchema,
  ClockCause,
  type EventSchema,
  type FrameSchema,
  FrameSchema as Frame,
} from "../../gateway/web/gen/matchpoint/v1/frames_pb";
import { Side as SentSide } from "../../gateway/web/gen/matchpoint/v1/pong_pb";
import { isServe, returned, toward } from "../../gateway/web/src/game/flight";
import { InputSender } from "../../gateway/web/src/game/input-sender";
import { LEFT, Pong, type PongEvent, RIGHT, type Rules, crossingY } from "../../gateway/web/src/game/rules/pong";
import { MatchView, SPECTATOR_DELAY, type Scene } from "../../gateway/web/src/game/view";

const RULES: Rules = {
  pointsToWin: 3,
  startSpeed: 110_000,
  paddleHalfHeight: 7_500,
  timeLimitS: 1_800,
  suddenDeathS: 120,
};
const REACH = RULES.paddleHalfHeight + 900;
/** The server's clock is so far ahead of the page's, milliseconds. */
const OFFSET = 70_000;
const START = 500;
const GRACE = 130_000;

type SentEvent = MessageInitShape<typeof EventSchema>;
const sent = (side: number): SentSide => (side === LEFT ? SentSide.LEFT : SentSide.RIGHT);

function message(event: PongEvent): SentEvent {
  switch (event.kind) {
    case "volley":
      return { body: { case: "volley", value: event } };
    case "paddle": {
      const motion =
        event.target >= 0
          ? { case: "target" as const, value: event.target }
          : { case: "dir" as const, value: event.dir };
      return {
        body: {
          case: "paddleMove",
          value: { side: sent(event.side), t: event.t, y: event.y, inputSeq: event.inputSeq, motion },
        },
      };
    }
    case "miss":
      return { body: { case: "miss", value: { side: sent(event.side), tGoal: event.tGoal } } };
    case "goal":
      return { body: { case: "goal", value: { ...event, scorer: sent(event.scorer) } } };
  }
}

/** A referee with the left side played through a network and the right side by a machine that sometimes misses. */
class World {
  now = 0;
  readonly game = new Pong(RULES, 12345);
  readonly decided: PongEvent[] = [];
  /** How late each crossing of the left side was decided, microseconds. */
  readonly late: number[] = [];
  #mail: { at: number; order: number; open: () => void }[] = [];
  #order = 0;
  #mark = -1;
  #last = 0;
  #seq = 0;
  #aimed = -1;
  #volleys = 0;
  readonly #oneWay: () => number;
  readonly #read: (frame: MessageInitShape<typeof FrameSchema>) => void;
  #latest = [0, 0];
  pong: (t0: number, t1: number, t2: number) => void = () => undefined;

  constructor(oneWay: () => number, read: (frame: MessageInitShape<typeof FrameSchema>) => void) {
    this.#oneWay = oneWay;
    this.#read = read;
  }

  get t(): number {
    return Math.max(0, this.now - START) * 1000;
  }

  /** Puts something on the way; a connection keeps the order. */
  post(way: 0 | 1, open: () => void): void {
    const at = Math.max(this.#latest[way]!, this.now + this.#oneWay());
    this.#latest[way] = at;
    this.#mail.push({ at, order: this.#order++, open });
  }

  begin(): void {
    const { volley } = this.game;
    const still = (side: SentSide) => ({ side, t: 0, y: 45_000, motion: { case: "dir" as const, value: 0 } });
    const snapshot = {
      card: { sessionId: "simulated", match: 1, ruleset: RULES },
      clock: { epoch: 1, matchT: 0, serverMs: OFFSET + START, rate: 1, cause: ClockCause.START },
      attendance: { left: true, right: true },
      game: { case: "pong" as const, value: { volley, paddles: [still(SentSide.LEFT), still(SentSide.RIGHT)] } },
    };
    this.#announce([], snapshot);
  }

  #announce(events: PongEvent[], snapshot?: NonNullable<MessageInitShape<typeof FrameSchema>["snapshot"]>): void {
    this.decided.push(...events);
    this.#seq += events.length;
    const frame = {
      topic: 1,
      epoch: 1,
      seq: this.#seq,
      serverMs: OFFSET + this.now,
      horizonT: this.game.due?.t ?? 0,
      events: events.map(message),
      ...(snapshot ? { snapshot } : {}),
    };
    this.post(1, () => this.#read(frame));
  }

  /** What the page sends. */
  send(bytes: Uint8Array): void {
    const { body } = fromBinary(ClientMessageSchema, bytes);
    if (body.case !== "seat") return;
    const { inputs, marks, ping } = body.value;
    this.post(0, () => {
      if (ping) {
        const at = OFFSET + this.now;
        this.post(1, () => this.pong(ping.t0, at, at));
      }
      for (const { t, seq, payload } of inputs) {
        const te = Math.max(t, this.#last);
        assert.ok(this.t - te <= GRACE && te <= this.t + 60_000, "an input is dated when it happened");
        this.#last = te;
        const intent = payload.value!.intent;
        const made = this.game.admit(
          LEFT,
          intent.case === "target" ? { target: intent.value } : { dir: intent.value! },
          te,
          seq,
        );
        if (made) this.#announce([{ kind: "paddle", ...made }]);
        this.#mark = Math.max(this.#mark, te - 1);
      }
      for (const mark of marks) this.#mark = Math.max(this.#mark, mark.t);
    });
  }

  /** One millisecond. */
  step(): void {
    this.now++;
    for (;;) {
      const due = this.#mail.filter((m) => m.at <= this.now).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!due) break;
      this.#mail.splice(this.#mail.indexOf(due), 1);
      due.open();
    }
    for (let due = this.game.due; due; due = this.game.due) {
      const ready = due.side === LEFT ? this.#mark >= due.t || this.t >= due.t + GRACE : this.t >= due.t;
      if (!ready) break;
      if (due.side === LEFT) this.late.push(this.t - due.t);
      this.#announce(this.game.decide());
      if (this.game.due) this.#last = Math.max(this.#last, due.side === LEFT ? due.t : 0);
    }
    const { volley } = this.game;
    if (this.game.due?.side === RIGHT && volley.t0 !== this.#aimed && this.t > volley.t0 + 200_000) {
      this.#aimed = volley.t0;
      const astray = ++this.#volleys % 5 === 0 ? 30_000 : 2_000;
      const y = crossingY(volley) > 45_000 ? crossingY(volley) - astray : crossingY(volley) + astray;
      const made = this.game.admit(RIGHT, { target: Math.round(y) }, this.t, 1);
      if (made) this.#announce([{ kind: "paddle", ...made }]);
    }
  }
}

interface Seen {
  scene: Scene;
  t: number;
}

/** Plays a match at a one-way delay of `oneWay` milliseconds, and returns what was seen every 4 ms. */
function play(oneWay: () => number): { seen: Seen[]; world: World; view: MatchView; predicted: Map<number, boolean> } {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  try {
    const view = new MatchView([LEFT]);
    const world: World = new World(oneWay, (frame) => view.fold(create(Frame, frame), world.now, () => hands.replay()));
    Object.defineProperty(performance, "now", { configurable: true, value: () => world.now });
    const hands = new InputSender(view, [LEFT], (bytes) => {
      world.send(bytes);
      return true;
    });
    world.pong = (t0, t1, t2) => view.server.pong(t0, t1, t2, world.now);
    hands.start();
    world.begin();
    const seen: Seen[] = [];
    const predicted = new Map<number, boolean>();
    let after = 0;
    while (after < 1_000 && world.now < 400_000) {
      world.step();
      mock.timers.tick(1);
      if (!world.game.due) after++;
      if (!view.card || world.now % 4) continue;
      const scene = view.scene(world.now);
      const t = view.time(world.now);
      seen.push({ scene, t });
      const flight = view.flight;
      if (!flight || world.now % 16) continue;
      // A player who goes for the ball, and now and then is too late.
      const lazy = Math.floor(flight.t0 / 1000) % 7 === 0;
      const off = toward(flight) === LEFT && !lazy ? crossingY(flight) - 3_000 - scene.paddles[0] : 0;
      const dir = Math.abs(off) < 2_000 ? 0 : Math.sign(off);
      view.revise(world.now, () => hands.steer(LEFT, dir, world.now));
    }
    hands.stop();
    assert.ok(!world.game.due, "the match came to its end");
    return { seen, world, view, predicted };
  } finally {
    mock.timers.reset();
  }
}

const jitter = (least: number, most: number): (() => number) => {
  let state = 7;
  return () => {
    state = (state * 16807) % 2147483647;
    return least + (state / 2147483647) * (most - least);
  };
};

for (const [name, oneWay, longest] of [
  ["on this machine", () => 1, 1],
  ["at 100 ms with jitter", jitter(45, 60), 60],
  ["at 200 ms with jitter", jitter(90, 115), 115],
] as const) {
  test(`${name}: the ball never jumps`, () => {
    const { seen } = play(oneWay);
    let worst = 0;
    for (let i = 1; i < seen.length; i++) {
      const [a, b] = [seen[i - 1]!.scene, seen[i]!.scene];
      if (!a.ball || !b.ball || !b.flight || (b.flight !== a.flight && isServe(b.flight))) continue;
      worst = Math.max(worst, Math.abs(b.ball.x - a.ball.x));
    }
    // 260,000 units a second are 1,040 in 4 ms; catching up makes an incoming ball at most twice as fast.
    assert.ok(worst < 2_100, `${worst} units in 4 ms`);
  });

  test(`${name}: the ball is at my plane when it is there by the rules`, () => {
    const { seen, world } = play(oneWay);
    let crossings = 0;
    for (const event of world.decided) {
      if (event.kind !== "volley" || toward(event) !== LEFT) continue;
      const at = seen.findIndex((s) => s.t >= event.t1);
      if (at < 1) continue;
      crossings++;
      const { scene, t } = seen[at - 1]!;
      const left = ((event.t1 - t) / 1_000_000) * 260_000 * 2;
      assert.ok(
        scene.ball && Math.abs(scene.ball.x - 5_000) <= left + 50,
        `${scene.ball?.x} with ${event.t1 - t} µs to go`,
      );
    }
    assert.ok(crossings > 5, `${crossings} crossings`);
  });

  test(`${name}: my own screen and the referee agree on every one of my hits`, () => {
    const { seen, world } = play(oneWay);
    let hits = 0;
    for (const event of world.decided) {
      if (event.kind !== "volley" || isServe(event) || toward(event) !== RIGHT) continue;
      // At once, not a round trip later.
      const first = seen.find((s) => s.t >= event.t0 + 8_000)!;
      assert.equal(first.scene.flight?.t0, event.t0);
      assert.deepEqual([first.scene.flight?.vx, first.scene.flight?.vy], [event.vx, event.vy]);
      hits++;
    }
    assert.ok(hits > 5, `${hits} hits`);
  });

  test(`${name}: the opponent is seen to meet the balls that they met`, () => {
    const { seen } = play(oneWay);
    let met = 0;
    for (let i = 1; i < seen.length; i++) {
      const [a, b] = [seen[i - 1]!.scene, seen[i]!.scene];
      if (!b.flight || !b.ball || b.flight.t0 === a.flight?.t0 || isServe(b.flight) || toward(b.flight) !== LEFT)
        continue;
      met++;
      assert.ok(Math.abs(b.ball.y - b.paddles[1]) <= REACH + 700, `${b.ball.y} is met by a paddle at ${b.paddles[1]}`);
    }
    assert.ok(met > 3, `${met} returns`);
  });

  test(`${name}: after the first exchange the ball does not stand at the far plane to wait for news`, () => {
    const { seen } = play(oneWay);
    let standing = 0;
    let worst = 0;
    let serves = 0;
    for (let i = 1; i < seen.length; i++) {
      const [a, b] = [seen[i - 1]!.scene, seen[i]!.scene];
      if (b.flight !== a.flight && b.flight && isServe(b.flight)) serves++;
      standing = b.ball && a.ball && b.ball.x === a.ball.x && b.ball.x === 155_000 ? standing + 4 : 0;
      if (serves > 1) worst = Math.max(worst, standing);
    }
    assert.ok(worst <= 24, `${worst} ms`);
  });

  test(`${name}: the opponent's paddle is seen to move as paddles move`, () => {
    const { seen } = play(oneWay);
    let fast = 0;
    for (let i = 1; i < seen.length; i++) {
      const way = Math.abs(seen[i]!.scene.paddles[1] - seen[i - 1]!.scene.paddles[1]);
      // 90,000 units a second, and a little more while the contour is eased.
      if (way > 90 * 4 * 1.15) fast++;
    }
    assert.ok(fast <= seen.length / 200, `${fast} of ${seen.length}`);
  });

  test(`${name}: the mark of my crossing is sent when it happens`, () => {
    const { world } = play(oneWay);
    assert.ok(world.late.length > 5);
    assert.ok(Math.max(...world.late) <= (longest + 12) * 1000, `${Math.max(...world.late)} µs`);
  });
}

test("the score is shown when the ball is seen to leave, and at the end it is the referee's", () => {
  const { seen, world } = play(jitter(45, 60));
  const last = seen.at(-1)!.scene;
  assert.deepEqual(last.score, world.game.score);
  for (const event of world.decided) {
    if (event.kind !== "goal") continue;
    const shown = seen.find((s) => s.scene.score[0] + s.scene.score[1] >= event.left + event.right)!;
    assert.ok(shown.t >= event.t && shown.t - event.t < 400_000, `${shown.t - event.t} µs after the goal`);
  }
});

test("a spectator sees only what is decided, in order, without going back", () => {
  const view = new MatchView([]);
  const world: World = new World(jitter(10, 60), (frame) =>
    view.fold(create(Frame, frame), world.now, () => undefined),
  );
  world.begin();
  let last = -Infinity;
  let lead = 0;
  while (world.now < 30_000) {
    world.step();
    if (!view.card || world.now % 4) continue;
    const scene = view.scene(world.now);
    assert.ok(scene.t >= last);
    last = scene.t;
    assert.ok(scene.t <= (world.game.due?.t ?? Infinity));
    if (world.now > 5_000 && world.game.due) lead = Math.max(lead, world.t - scene.t);
  }
  assert.ok(lead < (SPECTATOR_DELAY + 150) * 1000, `${lead} µs behind`);
});

test("a return that the rules give is the same volley that the referee sends", () => {
  const game = new Pong(RULES, 99);
  while (game.due && game.due.side === -1) game.decide();
  const { volley } = game;
  const side = toward(volley);
  game.admit(side, { target: Math.max(7_500, Math.min(82_500, crossingY(volley))) }, 0, 1);
  const mine = returned(volley, game.paddle(side, volley.t1), RULES.paddleHalfHeight);
  const [theirs] = game.decide();
  assert.ok(theirs?.kind === "volley");
  const { kind: _, ...plain } = theirs;
  assert.deepEqual(mine, plain);
});
