import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Reason } from "../../gateway/web/gen/matchpoint/v1/refusal_pb";
import { tournamentEn } from "../../gateway/web/src/features/tournament/labels-en";
import { tournamentKo } from "../../gateway/web/src/features/tournament/labels-ko";
import { en } from "../../gateway/web/src/i18n/en";
import { ko } from "../../gateway/web/src/i18n/ko";

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, path = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "object" && value !== null)
      for (const [k, v] of leaves(value as Tree, `${path}${key}.`)) found.set(k, v);
    else found.set(path + key, value);
  }
  return found;
}

const english = leaves({ ...en, tournament: tournamentEn });
const korean = leaves({ ...ko, tournament: tournamentKo });

test("both languages say the same things", () => {
  assert.deepEqual([...korean.keys()], [...english.keys()]);
  for (const [key, value] of english) assert.equal(typeof korean.get(key), typeof value, key);
});

test("nothing is empty, and nothing was left in English", () => {
  // What is the same in both: names of keys and units.
  const shared = new Set([
    "court.keysLocal",
    "result.speedUnit",
    "result.lengthUnit",
    "result.none",
    "tournament.nobody",
    "tournament.phases.0",
  ]);
  for (const [key, value] of korean) {
    if (typeof value !== "string") continue;
    if (key !== "tournament.phases.0") assert.ok(value.trim() && String(english.get(key)).trim(), key);
    if (!shared.has(key) && key !== "common.switchLanguage") assert.match(value, /[가-힣]/, `${key}: ${value}`);
    assert.doesNotMatch(String(english.get(key)).replace("한국어로 보기", ""), /[가-힣]/, key);
  }
});

test("what tournaments say of names and numbers is said in both languages", () => {
  for (const [key, value] of korean) {
    if (typeof value !== "function" || !key.startsWith("tournament.")) continue;
    const say = (words: Map<string, unknown>): string =>
      String((words.get(key) as (...values: unknown[]) => unknown)(...Array.from({ length: 3 }, (_, i) => i + 1)));
    if (key === "tournament.tiebreak") continue;
    assert.match(say(korean), key === "tournament.tiebreakLong" ? /1/ : /[가-힣]/, key);
    assert.doesNotMatch(say(english), /[가-힣]|undefined/, key);
    assert.doesNotMatch(say(korean), /undefined|(니다|한다|된다|이다)[.!]?$/, key);
  }
});

test("Korean speaks politely: no sentence ends in plain or formal style", () => {
  for (const [key, value] of korean) {
    if (typeof value === "string") assert.doesNotMatch(value, /(니다|한다|된다|이다)[.!]?$/, `${key}: ${value}`);
  }
});

test("each reason of the contract has its sentence in both languages", () => {
  for (const [name, reason] of Object.entries(Reason)) {
    if (typeof reason !== "number" || reason === Reason.UNSPECIFIED) continue;
    assert.ok((en.reasons as Record<number, string>)[reason], name);
    assert.ok((ko.reasons as Record<number, string>)[reason], name);
  }
});
