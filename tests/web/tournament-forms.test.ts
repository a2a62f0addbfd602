// Forms of a tournament's settings, and tables of its numbers.
import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { TournamentRoomSchema } from "../../gateway/web/gen/matchpoint/v1/lobby_pb";
import { GrandFinal, Seeding, Stage, TournamentSpecSchema } from "../../gateway/web/gen/matchpoint/v1/tournament_pb";
import { FORMATS, type Spec, choosable, formatOf } from "../../gateway/web/src/features/tournament/formats";
import { roundName, roundsOf } from "../../gateway/web/src/features/tournament/match-lengths";
import { capacityOf, changed, specOf, startOf } from "../../gateway/web/src/features/tournament/settings-form";
import { fraction } from "../../gateway/web/src/features/tournament/tables";
import { setLanguage } from "../../gateway/web/src/i18n";
import { form } from "./forms";

setLanguage("en");

const NOW = 1_000_000;

test("halves and quarters are written as people write them", () => {
  const written = [
    [0, 2],
    [1, 2],
    [2, 2],
    [5, 2],
    [1, 4],
    [3, 4],
    [10, 4],
    [12, 4],
  ].map(([parts, of]) => fraction(parts!, of as 2 | 4));
  assert.deepEqual(written, ["0", "½", "1", "2½", "0.25", "0.75", "2½", "3"]);
});

test("negative halves keep their sign and their size", () => {
  assert.deepEqual([fraction(-1, 2), fraction(-5, 2), fraction(-4, 2)], ["−½", "−2½", "−2"]);
});

test("each format of the form becomes that format, with its own settings and no other's", () => {
  const common = {
    title: "  The Cup ",
    bestOf: "3",
    seeding: String(Seeding.RANDOM),
    checkIn: "180",
    call: "30",
    rest: "5",
    delay: "10",
    third: "on",
    grandFinal: String(GrandFinal.SIMPLE),
    rounds: "4",
    groups: "2",
    advance: "3",
  };
  const values = {
    single_elimination: { thirdPlace: true },
    double_elimination: { grandFinal: GrandFinal.SIMPLE },
    round_robin: {},
    swiss: { rounds: 4 },
    groups: { groups: 2, advance: 3, thirdPlace: true },
  };
  for (const [format, value] of Object.entries(values)) {
    const spec = specOf(form({ ...common, format }));
    assert.equal(formatOf(spec), format);
    // What the form has no field for is left to the server.
    const { $typeName: _, ...made } = spec.format!.kind!.value as { $typeName: string };
    assert.deepEqual(made, { ...Object.fromEntries(Object.keys(made).map((key) => [key, 0])), ...value });
    assert.deepEqual(
      [spec.title, spec.bestOf, spec.seeding, spec.checkInS, spec.callS, spec.restS, spec.delayS],
      ["The Cup", 3, Seeding.RANDOM, 180, 30, 5, 10],
    );
  }
});

/** What a form with these rows says of rounds: of each its stage, its place counted from either end, and its length. */
function rows(
  format: string,
  chosen: readonly (readonly [at: string, best?: number])[],
  more: Record<string, string> = {},
): unknown[] {
  const made = form({ title: "x", format, bestOf: "1", ...more });
  for (const [at, best] of chosen) {
    made.append("lengthAt", at);
    if (best) made.append("lengthBest", String(best));
  }
  return (specOf(made).bestOfRounds ?? []).map(({ stage, round, beforeLast, bestOf }) => [
    Stage[stage!],
    beforeLast === undefined ? round : `last but ${beforeLast}`,
    bestOf,
  ]);
}

test("a final is named from the end, so that it is one however many take part", () => {
  const final = `${Stage.KNOCKOUT}/-1`;
  assert.deepEqual(rows("single_elimination", [[final, 5], [`${Stage.KNOCKOUT}/-2`, 3], [""]]), [
    ["KNOCKOUT", "last but 0", 5],
    ["KNOCKOUT", "last but 1", 3],
  ]);
  assert.deepEqual(
    rows("swiss", [
      [`${Stage.SWISS}/2`, 3],
      [`${Stage.SWISS}/-1`, 5],
    ]),
    [
      ["SWISS", 2, 3],
      ["SWISS", "last but 0", 5],
    ],
  );
  assert.deepEqual(rows("double_elimination", [[`${Stage.WINNERS}/0`, 3]]), [["WINNERS", 0, 3]]);
});

test("a round that has only just been chosen is longer than the others", () => {
  const chosen = [[`${Stage.GROUP}/2`, 1], [`${Stage.GROUP}/-1`]] as const;
  assert.deepEqual(rows("round_robin", chosen), [
    ["GROUP", 2, 1],
    ["GROUP", "last but 0", 3],
  ]);
  assert.deepEqual(rows("round_robin", chosen, { bestOf: "3" })[1], ["GROUP", "last but 0", 5]);
});

test("rounds of another format, and of what is not played, are left out", () => {
  const all = [Stage.KNOCKOUT, Stage.THIRD_PLACE, Stage.WINNERS, Stage.GRAND_FINAL, Stage.SWISS].map(
    (stage) => [`${stage}/-1`, 3] as const,
  );
  const stages = (format: string, more: Record<string, string> = {}): unknown[] =>
    rows(format, all, more).map((row) => (row as unknown[])[0]);
  assert.deepEqual(stages("single_elimination"), ["KNOCKOUT"]);
  assert.deepEqual(stages("groups", { third: "on" }), ["KNOCKOUT", "THIRD_PLACE"]);
  assert.deepEqual(stages("double_elimination", { grandFinal: String(GrandFinal.NONE) }), ["WINNERS"]);
  assert.deepEqual(stages("double_elimination", { grandFinal: String(GrandFinal.DOUBLE) }), ["WINNERS", "GRAND_FINAL"]);
  // A row that is left out takes no other's length with it.
  assert.deepEqual(
    rows("swiss", [
      [`${Stage.WINNERS}/-1`, 5],
      [`${Stage.SWISS}/1`, 1],
    ]),
    [["SWISS", 1, 1]],
  );
});

test("the form offers every round of a format by a plain name, each once", () => {
  const names = (format: string, places: number, more: Record<string, string> = {}): string[] => {
    const spec = specOf(form({ title: "x", format, ...more }));
    return roundsOf(spec, places).map((place) => roundName(place, formatOf(spec)));
  };
  assert.deepEqual(names("single_elimination", 16, { third: "on" }), [
    "Final",
    "Semi-finals",
    "Quarter-finals",
    "Round of 16",
    "Third place",
  ]);
  assert.deepEqual(names("double_elimination", 8, { grandFinal: String(GrandFinal.SIMPLE) }), [
    "Grand final",
    "Winners final",
    "Losers final",
    "Whole winners bracket",
    "Whole losers bracket",
    "Winners round 1",
    "Winners round 2",
    "Losers round 1",
    "Losers round 2",
    "Losers round 3",
  ]);
  assert.deepEqual(names("swiss", 8), ["Last round", "Round 1", "Round 2"]);
  assert.deepEqual(names("swiss", 8, { rounds: "5" }).length, 5);
  assert.deepEqual(names("round_robin", 4), ["Last round", "Round 1", "Round 2"]);
  assert.deepEqual(names("groups", 8), [
    "Whole knockout",
    "Final",
    "Semi-finals",
    "Groups · Round 1",
    "Groups · Round 2",
    "Groups · Round 3",
  ]);
  for (const format of FORMATS)
    for (const places of choosable(format)) {
      const all = names(format, places, { third: "on", grandFinal: String(GrandFinal.DOUBLE) });
      assert.equal(new Set(all).size, all.length, `${format} of ${places}`);
    }
});

test("places go as far as the format does", () => {
  assert.deepEqual(choosable("swiss"), [2, 4, 8, 16, 32, 64, 128, 256]);
  assert.deepEqual(choosable("groups"), [4, 8, 16, 32, 64]);
  assert.deepEqual(
    ["swiss", "single_elimination", "groups"].map((format) => capacityOf(form({ format, capacity: "256" }))),
    [256, 64, 64],
  );
  assert.equal(capacityOf(form({ format: "groups", capacity: "2" })), 4);
});

test("a start is by hand, some minutes from now, or at a time where the page is", () => {
  const at = (entries: Record<string, string>): number => Number(startOf(form(entries), NOW).at);
  assert.deepEqual([at({ start: "0" }), at({ start: "+15" })], [0, NOW + 900_000]);
  assert.equal(at({ start: "at", startAt: "2031-05-04T20:30" }), new Date(2031, 4, 4, 20, 30).getTime());
  // Before a time is chosen one is proposed, within a day or two.
  const proposed = at({ start: "at" });
  assert.ok(proposed > NOW && proposed <= NOW + 48 * 3_600_000);
  assert.deepEqual([new Date(proposed).getHours(), new Date(proposed).getMinutes()], [20, 0]);
});

test("a change of one setting leaves every other as it was, to the millisecond", () => {
  const starts = BigInt(NOW + 12_345);
  const spec = create(TournamentSpecSchema, {
    title: "Cup",
    format: { kind: { case: "swiss", value: { rounds: 5 } } },
    bestOf: 3,
    callS: 47,
    restS: 11,
    seeding: Seeding.GIVEN,
    bestOfRounds: [{ stage: Stage.SWISS, round: 9, bestOf: 5 }],
  });
  const before = create(TournamentRoomSchema, { spec, capacity: 24, startsUnixMs: starts });
  // The form shows a minute, and what it can show of the rest.
  const shown = form({
    title: "Cup",
    format: "swiss",
    rounds: "5",
    bestOf: "1",
    call: "60",
    rest: "10",
    seeding: String(Seeding.RANDOM),
    capacity: "16",
    start: "at",
    startAt: "2031-05-04T20:30",
  });
  const after = changed(before, "bestOf", shown, NOW);
  assert.equal(after.startsUnixMs, starts);
  assert.equal(after.capacity, 24);
  assert.deepEqual(after.spec, create(TournamentSpecSchema, { ...spec, bestOf: 1 }));
  assert.deepEqual(changed(before, "nothing we know", shown, NOW), { spec, capacity: 24, startsUnixMs: starts });
  assert.deepEqual(changed(before, "startAt", shown, NOW), {
    spec,
    capacity: 24,
    startsUnixMs: BigInt(new Date(2031, 4, 4, 20, 30).getTime()),
  });
  // Nor has the form a field for the rules by which ties are broken.
  const rules = create(TournamentRoomSchema, {
    spec: { title: "Cup", format: { kind: { case: "swiss", value: { rounds: 5, tiebreakRules: 1 } } } },
  });
  const kind = changed(rules, "rounds", form({ title: "Cup", format: "swiss", rounds: "4" }), NOW).spec?.format?.kind;
  assert.ok(kind?.case === "swiss");
  assert.deepEqual([kind.value.rounds, kind.value.tiebreakRules], [4, 1]);
  assert.equal(changed(before, "capacity", shown, NOW).capacity, 16);
  assert.deepEqual(changed(before, "start", form({ start: "0" }), NOW).startsUnixMs, 0n);
});

test("a format that takes fewer has no more places than it takes", () => {
  const before = create(TournamentRoomSchema, {
    spec: { title: "Cup", format: { kind: { case: "swiss", value: {} } } },
    capacity: 256,
  });
  const after = changed(
    before,
    "format",
    form({ title: "Cup", format: "groups", groups: "2", advance: "2", third: "on" }),
    NOW,
  );
  assert.equal(after.capacity, 64);
  assert.equal(formatOf(after.spec as Spec), "groups");
});
