// Where a bracket is drawn, and what its fold knows.
import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { FrameSchema } from "../../gateway/web/gen/matchpoint/v1/frames_pb";
import { Side } from "../../gateway/web/gen/matchpoint/v1/pong_pb";
import { PairingState, Stage } from "../../gateway/web/gen/matchpoint/v1/tournament_pb";
import { BOX, layout, neighbour } from "../../gateway/web/src/features/tournament/bracket-layout";
import { Tournament, isBye } from "../../gateway/web/src/features/tournament/model";
import { double, seedOrder, single } from "./brackets";

const SIZES = Array.from({ length: 63 }, (_, i) => i + 2);

for (const [name, make] of [
  ["single", single],
  ["double", double],
] as const) {
  test(`no two boxes of a ${name} elimination overlap, whatever its size, and all is inside the drawing`, () => {
    for (const size of SIZES) {
      const { boxes, width, height } = layout(make(size).pairings);
      const placed = [...boxes.values()];
      assert.equal(placed.length, make(size).pairings.filter((p) => !isBye(p)).length);
      for (const [i, a] of placed.entries()) {
        assert.ok(
          a.x >= 0 && a.y >= 0 && a.x + BOX.width <= width && a.y + BOX.height <= height,
          `${size}: pairing ${a.pairing} is outside`,
        );
        for (const b of placed.slice(i + 1)) {
          const apart = Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height;
          assert.ok(apart, `${size}: ${a.pairing} and ${b.pairing} overlap`);
        }
      }
    }
  });

  test(`every line of a ${name} elimination leads to the right, and where the winner really goes`, () => {
    for (const size of SIZES) {
      const state = make(size);
      const { boxes, lines } = layout(state.pairings);
      for (const { from, to } of lines) {
        assert.ok(boxes.get(from)!.x < boxes.get(to)!.x);
        const target = state.pairings[to - 1]!;
        const sources = [target.left, target.right].flatMap((side) =>
          side?.who.case === "winnerOf" || side?.who.case === "loserOf" ? [side.who.value] : [],
        );
        assert.ok(sources.includes(from), `${size}: ${from} does not feed ${to}`);
      }
    }
  });
}

test("the headings name each round once", () => {
  const { headings } = layout(double(16).pairings);
  const names = headings.map(({ stage, round }) => `${Stage[stage]} ${round}`);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes("LOSERS 6") && names.includes("GRAND_FINAL 2") && names.includes("WINNERS 4"));
});

test("with the arrow keys every pairing can be reached from the first one", () => {
  for (const make of [single, double]) {
    const drawn = layout(make(21).pairings);
    const seen = new Set([1]);
    const start = drawn.boxes.keys().next().value!;
    const queue = [start];
    seen.clear();
    seen.add(start);
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] as const) {
        const next = neighbour(drawn, at, key);
        if (next !== undefined && !seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    assert.equal(seen.size, drawn.boxes.size);
  }
});

test("the order of seeds is the standard one", () => {
  assert.deepEqual(seedOrder(16), [1, 16, 8, 9, 4, 13, 5, 12, 2, 15, 7, 10, 3, 14, 6, 11]);
});

test("an event replaces one thing, and what was folded already is not folded again", () => {
  const tournament = new Tournament();
  tournament.fold(create(FrameSchema, { epoch: 1, seq: 5, snapshot: { tournament: single(4) } }));
  const changed = { ...single(4).pairings[0]!, state: PairingState.DECIDED, winner: Side.LEFT };
  const frame = create(FrameSchema, { epoch: 1, seq: 6, events: [{ body: { case: "pairing", value: changed } }] });
  assert.equal(tournament.fold(frame), true);
  assert.equal(tournament.pairings.get(1)!.state, PairingState.DECIDED);
  assert.equal(tournament.fold(frame), false);
  assert.equal(tournament.seq, 6);
});

test("whoever is called plays that next, before what waits for them", () => {
  const tournament = new Tournament();
  const state = single(4);
  state.pairings[1]!.state = PairingState.CALLED;
  tournament.replace(state);
  assert.equal(tournament.nextOf(1)?.pairing, 2);
  assert.equal(tournament.nextOf(0)?.pairing, 1);
});
