import "./browser";
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { ClientMessageSchema } from "../../gateway/web/gen/matchpoint/v1/frames_pb";
import { type Pad, Gamepads } from "../../gateway/web/src/game/gamepads";
import { HeldInputs } from "../../gateway/web/src/game/held-inputs";
import { InputSender } from "../../gateway/web/src/game/input-sender";
import { MatchView } from "../../gateway/web/src/game/view";

/** What a server takes of one seat: so many inputs at once, and a second (gameserver/streaming/limits.py). */
const LIMIT = { burst: 200, perS: 40 };

const pad = (index: number, stick = 0, button?: number): Pad => ({
  index,
  connected: true,
  axes: [0, stick],
  buttons: Array.from({ length: 17 }, (_, n) => ({ pressed: n === button })),
});

test("of what is held for a seat the last press decides, and a release brings back the one before", () => {
  const held = new HeldInputs();
  held.press("KeyW", 0, -1);
  held.press("KeyS", 0, 1);
  assert.equal(held.dir(0), 1);
  assert.equal(held.release("KeyS"), 0);
  assert.equal(held.dir(0), -1);
  held.press("ArrowUp", 1, -1);
  assert.deepEqual(held.clear(), [0, 1]);
  assert.deepEqual([held.dir(0), held.dir(1), held.any], [0, 0, false]);
  assert.equal(held.release("KeyW"), undefined);
});

test("a pad that is pulled out lets go of what it held", () => {
  const pads = new Gamepads([1]);
  pads.poll([pad(0)]);
  assert.deepEqual(pads.poll([pad(0, -1)]), [{ source: "pad 0", seat: 1, dir: -1 }]);
  assert.deepEqual(pads.poll([null]), [{ source: "pad 0", seat: 1, dir: 0 }]);
  assert.deepEqual(pads.poll([]), []);
});

test("an idle pad does not keep another one from playing", () => {
  const pads = new Gamepads([0]);
  pads.poll([pad(0), null, pad(2)]);
  assert.deepEqual(pads.poll([pad(0), null, pad(2, 0, 13)]), [{ source: "pad 2", seat: 0, dir: 1 }]);
});

test("at one keyboard the first pad is the left side's and the second the right's, whichever moves first", () => {
  const pads = new Gamepads([0, 1]);
  pads.poll([pad(0), pad(1)]);
  assert.deepEqual(pads.poll([pad(0), pad(1, 1)]), [{ source: "pad 1", seat: 1, dir: 1 }]);
  assert.deepEqual(pads.poll([pad(0, 1), pad(1, 1)]), [{ source: "pad 0", seat: 0, dir: 1 }]);
});

test("a stick that hangs when the match begins counts only once it was seen at rest", () => {
  const pads = new Gamepads([0]);
  assert.deepEqual(pads.poll([pad(0, 1)]), []);
  assert.deepEqual(pads.poll([pad(0, 0)]), []);
  assert.equal(pads.poll([pad(0, 1)]).length, 1);
});

test("a stick that trembles around its threshold says one thing", () => {
  const pads = new Gamepads([0]);
  pads.poll([pad(0)]);
  let moves = 0;
  for (let frame = 0; frame < 600; frame++) moves += pads.poll([pad(0, frame % 2 ? 0.47 : 0.33)]).length;
  assert.equal(moves, 1);
});

/** Plays a minute of a device, and returns the times at which inputs went out, milliseconds. */
function minuteOf(t: TestContext, everyMs: number, act: (hands: InputSender, n: number, at: number) => void): number[] {
  let now = 0;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => now);
  const sent: number[] = [];
  const hands = new InputSender(new MatchView([0]), [0], (bytes) => {
    const { body } = fromBinary(ClientMessageSchema, bytes);
    if (body.case === "seat") for (const _ of body.value.inputs) sent.push(now);
    return true;
  });
  for (let n = 0; now < 60_000; n++) {
    act(hands, n, now);
    now += everyMs;
    t.mock.timers.tick(everyMs);
  }
  now += 1_000;
  t.mock.timers.tick(1_000);
  return sent;
}

/** Inputs beyond the server's limit. */
function beyond(sent: readonly number[]): number {
  let tokens = LIMIT.burst;
  let last = 0;
  let refused = 0;
  for (const at of sent) {
    tokens = Math.min(LIMIT.burst, tokens + ((at - last) / 1_000) * LIMIT.perS) - 1;
    last = at;
    if (tokens < 0) refused++;
  }
  return refused;
}

test("a direction that changes 60 times a second stays below the server's limit, and its last word is said", (t) => {
  const said: number[] = [];
  const sent = minuteOf(t, 1_000 / 60, (hands, n, at) => {
    const turn = n % 2 ? 1 : -1;
    const dir = n < 3_500 ? turn : 0;
    said.push(dir);
    hands.steer(0, dir, at);
  });
  assert.equal(beyond(sent), 0);
  assert.ok(sent.length > 1_000 && sent.length <= 60 * 30 + 31, String(sent.length));
});

test("a mouse that reports 1000 times a second stays below the server's limit", (t) => {
  const sent = minuteOf(t, 1, (hands, n, at) => hands.aim(0, 10_000 + ((n * 37) % 70_000), at));
  assert.equal(beyond(sent), 0);
  assert.ok(sent.length > 1_500 && sent.length <= 60 * 30 + 31, String(sent.length));
});

test("what had to wait for the pace is the last that was wanted", (t) => {
  let now = 0;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => now);
  const dirs: number[] = [];
  const hands = new InputSender(new MatchView([0]), [0], (bytes) => {
    const { body } = fromBinary(ClientMessageSchema, bytes);
    if (body.case === "seat")
      for (const { payload } of body.value.inputs)
        if (payload.case === "pong" && payload.value.intent.case === "dir") dirs.push(payload.value.intent.value);
    return true;
  });
  for (let n = 0; n < 200; n++) hands.steer(0, n % 2 ? 1 : -1, now);
  hands.steer(0, 0, now);
  const before = dirs.length;
  now = 500;
  t.mock.timers.tick(500);
  assert.equal(dirs.length, before + 1);
  assert.equal(dirs.at(-1), 0);
});

test("something follows an input after 25 ms, and one more word follows many", (t) => {
  let now = 0;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => now);
  const sent: { at: number; inputs: number }[] = [];
  const hands = new InputSender(new MatchView([0]), [0], (bytes) => {
    const { body } = fromBinary(ClientMessageSchema, bytes);
    if (body.case === "seat") sent.push({ at: now, inputs: body.value.inputs.length });
    return true;
  });
  const wait = (ms: number): void => {
    for (let n = 0; n < ms; n++) {
      now++;
      t.mock.timers.tick(1);
    }
  };
  hands.steer(0, 1, now);
  wait(200);
  assert.deepEqual(sent, [
    { at: 0, inputs: 1 },
    { at: 25, inputs: 0 },
  ]);
  sent.length = 0;
  for (let n = 0; n < 10; n++) {
    hands.steer(0, n % 2 ? 1 : -1, now);
    wait(15);
  }
  wait(200);
  assert.equal(sent.filter((message) => message.inputs === 0).length, 1);
});
