// What is said to entrants and when, and what forms and tables make of numbers.
import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Side } from "../../gateway/web/gen/matchpoint/v1/pong_pb";
import { EntrantState, GrandFinal, PairingKind, PairingState, Seeding, Stage, TournamentPhase } from "../../gateway/web/gen/matchpoint/v1/tournament_pb";
import { setLanguage } from "../../gateway/web/src/i18n";
import { hearTime, unixNow } from "../../gateway/web/src/net/time";
import { type Call, callOf, callOfAll } from "../../gateway/web/src/tournament/call";
import { Tournament } from "../../gateway/web/src/tournament/model";
import { formatOf, specOf, startOf } from "../../gateway/web/src/tournament/settings";
import { fraction } from "../../gateway/web/src/tournament/tables";
import { double, single } from "./brackets";

setLanguage("en");

const NOW = 1_000_000;
const later = (seconds: number): bigint => BigInt(NOW + seconds * 1000);

/** A single elimination of four, changed, and what it says to an entrant; everybody is `n0` to `n3`. */
function said(change: (t: Tournament) => void, me = 0): Call | undefined {
  const t = new Tournament();
  t.replace(single(4));
  for (const entrant of t.entrants.values()) entrant.name = `n${entrant.entrant}`;
  change(t);
  return callOf(t, t.entrants.get(me)!, NOW);
}

test("whoever is expected is asked to check in, loudly, and is told how long there is", () => {
  const call = said((t) => {
    t.status!.phase = TournamentPhase.CHECK_IN;
    t.status!.deadlineUnixMs = later(75);
    t.entrants.get(0)!.state = EntrantState.EXPECTED;
  });
  assert.deepEqual([call?.urgent, call?.checkIn, call?.big], [true, true, "Check in within 1:15"]);
});

test("whoever has checked in is not asked again", () => {
  const call = said((t) => (t.status!.phase = TournamentPhase.CHECK_IN));
  assert.deepEqual([call?.urgent, call?.checkIn], [false, false]);
});

test("whoever has withdrawn before the draw is not told to be checked in", () => {
  const call = said((t) => {
    t.status!.phase = TournamentPhase.CHECK_IN;
    t.entrants.get(0)!.state = EntrantState.WITHDRAWN;
  });
  assert.equal(call?.big, "You have withdrawn.");
});

test("while the draw is shown nobody is told whom they meet", () => {
  const call = said((t) => (t.status!.phase = TournamentPhase.DRAWN));
  assert.doesNotMatch(`${call?.big} ${call?.small}`, /n\d/);
});

test("the next opponent is named as soon as there is one", () => {
  assert.match(said(() => undefined)!.big, /n3/);
  const open = said((t) => {
    Object.assign(t.pairings.get(1)!, { state: PairingState.DECIDED, kind: PairingKind.PLAYED, winner: Side.LEFT });
    t.pairings.get(3)!.left = { ...t.pairings.get(3)!.left!, who: { case: "entrant", value: 0 } };
  });
  assert.deepEqual([open?.urgent, open?.big], [false, "You play the winner of another match next."]);
});

test("a call is loud, counts down to the start, and then waits for the other", () => {
  const call = (starts: number): Call => said((t) => Object.assign(t.pairings.get(1)!, { state: PairingState.CALLED, startsUnixMs: later(starts), deadlineUnixMs: later(40) }))!;
  assert.deepEqual([call(5).urgent, call(5).big, call(5).small], [true, "Your match against n3", "begins in 5 s"]);
  assert.equal(call(-1).small, "waiting for n3, 40 s left");
  // The same call is heard once, however its countdown stands.
  assert.equal(call(5).key, call(-1).key);
});

test("a call is said even while the organiser pauses; what is not called yet waits", () => {
  const paused = (state: PairingState): Call => said((t) => {
    t.status!.paused = true;
    t.pairings.get(1)!.state = state;
  })!;
  assert.equal(paused(PairingState.CALLED).urgent, true);
  assert.equal(paused(PairingState.READY).big, "Paused by the organiser");
});

test("who is out is told how, who waits for what, and the champion is cheered", () => {
  const out = (state: EntrantState): string => said((t) => (t.entrants.get(0)!.state = state))!.big;
  const texts = [EntrantState.ELIMINATED, EntrantState.ABSENT, EntrantState.DISQUALIFIED, EntrantState.WITHDRAWN, EntrantState.WAITING].map(out);
  assert.equal(new Set(texts).size, texts.length);
  const over = (champion: number): Call | undefined => said((t) => {
    t.status!.phase = TournamentPhase.OVER;
    t.result = { hasChampion: true, champion } as typeof t.result;
  });
  assert.deepEqual([over(0)?.key, over(0)?.urgent], ["won", true]);
  assert.equal(over(1), undefined);
});

test("at one keyboard the two who are called are named; who plays is left alone", () => {
  const t = new Tournament();
  t.replace(single(4));
  for (const entrant of t.entrants.values()) entrant.name = `n${entrant.entrant}`;
  assert.deepEqual([callOfAll(t, NOW)?.urgent, callOfAll(t, NOW)?.big], [false, "Next: n0 – n3"]);
  Object.assign(t.pairings.get(2)!, { state: PairingState.CALLED, startsUnixMs: later(3) });
  assert.deepEqual([callOfAll(t, NOW)?.urgent, callOfAll(t, NOW)?.big], [true, "Next: n1 – n2"]);
  t.pairings.get(2)!.state = PairingState.PLAYING;
  t.pairings.get(1)!.state = PairingState.DECIDED;
  assert.equal(callOfAll(t, NOW), undefined);
});

test("a bot is called what the language calls it; a person with such a name is not", () => {
  const t = new Tournament();
  t.replace(single(4));
  Object.assign(t.entrants.get(0)!, { name: "Bot (hard) 3", bot: true });
  t.entrants.get(1)!.name = "Bot (hard) 4";
  setLanguage("ko");
  assert.deepEqual([t.nameOf(0), t.nameOf(1)], ["어려움 봇 3", "Bot (hard) 4"]);
  setLanguage("en");
  assert.deepEqual([t.nameOf(0), t.nameOf(undefined)], ["Hard bot 3", undefined]);
});

test("a score that came before the result does not outlive it", () => {
  const t = new Tournament();
  t.replace(single(4));
  t.score({ scores: [{ match: 1, pairing: 1, left: 2, right: 1, viewers: 0 }], featured: 1, viewers: 0 } as never);
  assert.equal(t.live(1)?.left, 2);
  t.pairings.get(1)!.state = PairingState.DECIDED;
  assert.equal(t.live(1), undefined);
});

test("rounds are counted from the end of their part of the bracket", () => {
  const t = new Tournament();
  t.replace(double(8));
  const after = [...t.pairings.values()].map((pairing) => `${Stage[pairing.stage]} ${pairing.round}: ${t.roundsAfter(pairing)}`);
  for (const line of ["WINNERS 1: 2", "WINNERS 3: 0", "LOSERS 1: 3", "LOSERS 4: 0", "GRAND_FINAL 1: 1"]) assert.ok(after.includes(line), line);
});

test("halves and quarters are written as people write them", () => {
  const written = [[0, 2], [1, 2], [2, 2], [5, 2], [1, 4], [3, 4], [10, 4], [12, 4]].map(([parts, of]) => fraction(parts!, of as 2 | 4));
  assert.deepEqual(written, ["0", "½", "1", "2½", "0.25", "0.75", "2½", "3"]);
});

test("negative halves keep their sign and their size", () => {
  assert.deepEqual([fraction(-1, 2), fraction(-5, 2), fraction(-4, 2)], ["−½", "−2½", "−2"]);
});

function form(entries: Record<string, string>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(entries)) made.set(name, value);
  return made;
}

test("each format of the form becomes that format, with its own settings and no other's", () => {
  const common = { title: "  The Cup ", bestOf: "3", seeding: String(Seeding.RANDOM), checkIn: "180", call: "30", rest: "5", delay: "10", third: "on", grandFinal: String(GrandFinal.SIMPLE), rounds: "4", groups: "2", advance: "3" };
  const values = {
    single_elimination: { thirdPlace: true }, double_elimination: { grandFinal: GrandFinal.SIMPLE }, round_robin: {}, swiss: { rounds: 4 }, groups: { groups: 2, advance: 3, thirdPlace: true },
  };
  for (const [format, value] of Object.entries(values)) {
    const spec = specOf(form({ ...common, format }));
    assert.equal(formatOf(spec), format);
    const { $typeName: _, ...made } = spec.format!.kind!.value as { $typeName: string };
    assert.deepEqual(made, value);
    assert.deepEqual([spec.title, spec.bestOf, spec.seeding, spec.checkInS, spec.callS, spec.restS, spec.delayS], ["The Cup", 3, Seeding.RANDOM, 180, 30, 5, 10]);
  }
});

test("a longer end is for formats that have one", () => {
  const rounds = (format: string, lastBestOf: string): unknown => specOf(form({ title: "x", format, lastBestOf })).bestOfRounds;
  assert.deepEqual(rounds("double_elimination", "5"), [{ stage: Stage.GRAND_FINAL, round: 0, bestOf: 5 }]);
  assert.deepEqual(rounds("groups", "3"), [{ stage: Stage.KNOCKOUT, round: 0, bestOf: 3 }]);
  for (const [format, best] of [["double_elimination", "0"], ["swiss", "3"], ["single_elimination", "3"]] as const) assert.deepEqual(rounds(format, best), []);
});

test("a start is by hand, some minutes from now, or the time that was set already", () => {
  assert.deepEqual(["0", "+15", "1234567890123"].map((start) => startOf(form({ start }), NOW)), [0n, BigInt(NOW + 900_000), 1_234_567_890_123n]);
});

test("a browser whose clock is wrong counts with the server's, and a blur of seconds changes nothing", () => {
  const now = Date.now();
  hearTime(new Date(now + 600_000).toUTCString(), now);
  assert.ok(Math.abs(unixNow() - Date.now() - 600_000) < 2_000);
  hearTime("no date");
  assert.ok(Math.abs(unixNow() - Date.now() - 600_000) < 2_000);
  hearTime(new Date(now).toUTCString(), now);
  assert.ok(Math.abs(unixNow() - Date.now()) < 100);
});
