import assert from "node:assert/strict";
import { test } from "node:test";
import { type Volley, ballAt, returned } from "../../gateway/web/src/game/flight";
import { LagEstimate, incoming, onset, outgoing } from "../../gateway/web/src/game/lag-compensation";

const flight: Volley = { t0: 1_000_000, x0: 5_000, y0: 45_000, vx: 150_000, vy: 20_000, s: 151_000, t1: 2_000_000 };
const back: Volley = { t0: 2_000_000, x0: 155_000, y0: 45_000, vx: -150_000, vy: 20_000, s: 163_000, t1: 3_000_000 };
const DELTA = 150_000;

test("an outgoing ball leaves my paddle now and reaches the opponent's plane in their past", () => {
  assert.equal(outgoing(flight, flight.t0, DELTA), flight.t0);
  assert.equal(outgoing(flight, flight.t1 + DELTA, DELTA), flight.t1);
  assert.ok(outgoing(flight, flight.t1, DELTA) < flight.t1);
});

test("an outgoing ball holds at the far plane until its fate is known", () => {
  assert.equal(outgoing(flight, flight.t1 + 3 * DELTA, DELTA), flight.t1);
});

test("an incoming ball leaves the far plane where the outgoing one arrived, and arrives at t1 exactly", () => {
  const from = onset(back, DELTA, back.t0 + 90_000);
  assert.equal(from, back.t0 + DELTA);
  assert.equal(incoming(back, from, from), back.t0);
  assert.equal(incoming(back, back.t1, from), back.t1);
});

test("a flight that is known late starts when it is known, and never moves its arrival", () => {
  const from = onset(back, DELTA, back.t0 + 400_000);
  assert.equal(incoming(back, back.t0 + 300_000, from), back.t0);
  assert.ok(incoming(back, back.t0 + 500_000, from) > back.t0);
  assert.equal(incoming(back, back.t1, from), back.t1);
});

test("the drawn ball never runs backwards within a flight", () => {
  for (const draw of [
    (t: number) => outgoing(flight, t, DELTA),
    (t: number) => incoming(back, t + 1_000_000, back.t0 + DELTA),
  ]) {
    let last = -Infinity;
    for (let t = 900_000; t < 2_400_000; t += 16_667) {
      const now = draw(t);
      assert.ok(now >= last);
      last = now;
    }
  }
});

test("a miss flies on at the speed of the ball", () => {
  assert.equal(incoming(back, back.t1 + 20_000, back.t0 + DELTA), back.t1 + 20_000);
});

test("the lag to expect is the worst of the last few but one, with a margin", () => {
  const lag = new LagEstimate(10_000);
  assert.equal(lag.expect(80_000), 90_000);
  for (const late of [50_000, 60_000, 55_000, 52_000, 300_000, 58_000]) lag.add(1_000_000, 1_000_000 + late);
  assert.equal(lag.expect(0), 70_000);
});

test("a return by the ported rules leaves where the ball was met", () => {
  const y = ballAt(flight, flight.t1).y;
  const next = returned(flight, y + 2_000, 7_500);
  assert.ok(next && next.vx < 0 && next.vy < 0);
  assert.deepEqual(ballAt(next, next.t0), { x: 155_000, y });
  assert.equal(returned(flight, y + 8_401, 7_500), undefined);
});
