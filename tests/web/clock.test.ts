import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { ClockCause, ClockSchema } from "../../gateway/web/gen/matchpoint/v1/frames_pb";
import { MatchClock, ServerClock } from "../../gateway/web/src/game/clock";

test("the server's clock is told by a symmetric exchange to the millisecond", () => {
  const clock = new ServerClock();
  clock.pong(1000, 51_020, 51_021, 1041);
  assert.equal(clock.rtt, 40);
  assert.equal(clock.at(2000), 52_000);
});

test("the pings with the shortest way decide, whatever the others say", () => {
  const clock = new ServerClock();
  for (let i = 0; i < 12; i++) {
    const t0 = i * 80;
    const stuck = i % 4 ? 300 : 0;
    clock.pong(t0, 5000 + t0 + 20 + stuck, 5000 + t0 + 20 + stuck, t0 + 40 + stuck);
  }
  assert.ok(Math.abs(clock.at(100_000) - 105_000) < 0.001);
});

test("a later correction slews by at most 1 % of the time that passes", () => {
  const clock = new ServerClock();
  for (let i = 0; i < 4; i++) clock.pong(i * 100, 1000 + i * 100 + 10, 1000 + i * 100 + 10, i * 100 + 20);
  const before = clock.at(1000);
  for (let i = 0; i < 3; i++) clock.pong(980, 2030, 2030, 982);
  assert.ok(Math.abs(clock.at(1000) - before) <= 0.2);
  let last = clock.at(1000);
  for (let t = 1001; t < 9000; t++) {
    const now = clock.at(t);
    assert.ok(now > last && now - last <= 1.011 && now - last >= 0.989, `${now - last}`);
    last = now;
  }
  assert.ok(Math.abs(clock.at(9000) - 10_049) < 0.5);
});

test("a pong that came before its ping counts for nothing", () => {
  const clock = new ServerClock();
  clock.pong(100, 5, 5, 90);
  assert.equal(clock.set, false);
});

test("a spectator takes the frame with the least delay as having none", () => {
  const clock = new ServerClock();
  clock.frame(5000, 1080);
  clock.frame(5100, 1130);
  clock.frame(5200, 1290);
  assert.equal(clock.at(2000), 5970);
});

const clockAt = (epoch: number, matchT: number, serverMs: number, rate: number, cause: ClockCause) =>
  create(ClockSchema, { epoch, matchT, serverMs, rate, cause });

test("match time runs from the instant that was published, and stands before it", () => {
  const clock = new MatchClock();
  clock.add(clockAt(1, 0, 5000, 1, ClockCause.START));
  assert.equal(clock.at(4000), 0);
  assert.equal(clock.countdown(4000), 1000);
  assert.equal(clock.at(5250.5), 250_500);
  assert.equal(clock.when(250_500), 5250.5);
});

test("a delayed viewer still sees the time before a pause run", () => {
  const clock = new MatchClock();
  clock.add(clockAt(1, 0, 1000, 1, ClockCause.START));
  clock.add(clockAt(2, 2_000_000, 3000, 0, ClockCause.PAUSE));
  assert.equal(clock.at(2650), 1_650_000);
  assert.equal(clock.at(9000), 2_000_000);
  assert.equal(clock.when(2_500_000), Infinity);
});

test("an older clock than the newest is dropped", () => {
  const clock = new MatchClock();
  clock.add(clockAt(3, 7, 10, 0, ClockCause.PAUSE));
  clock.add(clockAt(2, 5, 10, 1, ClockCause.START));
  assert.equal(clock.epoch, 3);
});
