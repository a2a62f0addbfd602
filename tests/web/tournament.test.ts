// Announcements to entrants, and what people may do in a tournament.
import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Side } from "../../gateway/web/gen/matchpoint/v1/pong_pb";
import {
  EntrantState,
  PairingKind,
  PairingState,
  Stage,
  TournamentPhase,
} from "../../gateway/web/gen/matchpoint/v1/tournament_pb";
import { setServerTime, unixNow } from "../../gateway/web/src/api/server-time";
import {
  type Announcement,
  announcementFor,
  announcementForAll,
} from "../../gateway/web/src/features/tournament/announcement";
import { Tournament } from "../../gateway/web/src/features/tournament/model";
import { canCorrect, acceptsLateEntrants, correctionKindsOf } from "../../gateway/web/src/features/tournament/policy";
import { specOf } from "../../gateway/web/src/features/tournament/settings-form";
import { setLanguage } from "../../gateway/web/src/i18n";
import { double, single } from "./brackets";
import { form } from "./forms";

setLanguage("en");

const NOW = 1_000_000;
const later = (seconds: number): bigint => BigInt(NOW + seconds * 1000);

/** A single elimination of four, changed, and what it says to an entrant; everybody is `n0` to `n3`. */
function said(change: (t: Tournament) => void, me = 0): Announcement | undefined {
  const t = new Tournament();
  t.replace(single(4));
  for (const entrant of t.entrants.values()) entrant.name = `n${entrant.entrant}`;
  change(t);
  return announcementFor(t, t.entrants.get(me)!, NOW);
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
  const call = (starts: number): Announcement =>
    said((t) =>
      Object.assign(t.pairings.get(1)!, {
        state: PairingState.CALLED,
        startsUnixMs: later(starts),
        deadlineUnixMs: later(40),
      }),
    )!;
  assert.deepEqual([call(5).urgent, call(5).big, call(5).small], [true, "Your match against n3", "begins in 5 s"]);
  assert.equal(call(-1).small, "waiting for n3, 40 s left");
  // The same call is heard once, however its countdown stands.
  assert.equal(call(5).key, call(-1).key);
});

test("a call is said even while the organiser pauses; what is not called yet waits", () => {
  const paused = (state: PairingState): Announcement =>
    said((t) => {
      t.status!.paused = true;
      t.pairings.get(1)!.state = state;
    })!;
  assert.equal(paused(PairingState.CALLED).urgent, true);
  assert.equal(paused(PairingState.READY).big, "Paused by the organiser");
});

test("who is out is told how, who waits for what, and the champion is cheered", () => {
  const out = (state: EntrantState): string => said((t) => (t.entrants.get(0)!.state = state))!.big;
  const texts = [
    EntrantState.ELIMINATED,
    EntrantState.ABSENT,
    EntrantState.DISQUALIFIED,
    EntrantState.WITHDRAWN,
    EntrantState.WAITING,
  ].map(out);
  assert.equal(new Set(texts).size, texts.length);
  const over = (champion: number): Announcement | undefined =>
    said((t) => {
      t.status!.phase = TournamentPhase.OVER;
      t.result = { hasChampion: true, champion } as typeof t.result;
    });
  assert.deepEqual([over(0)?.key, over(0)?.urgent], ["won", true]);
  assert.equal(over(1), undefined);
});

test("while results are reviewed nobody is told to have won, or to be out", () => {
  for (const state of [EntrantState.IN, EntrantState.ELIMINATED]) {
    assert.equal(
      said((t) => {
        t.status!.phase = TournamentPhase.REVIEW;
        t.entrants.get(0)!.state = state;
      }),
      undefined,
    );
  }
});

test("before there is a result the champion is who is first alone for good, and the result has the last word", () => {
  const t = new Tournament();
  t.replace(single(4));
  const table = (
    ...places: (readonly [entrant: number, place: number, group?: number, final?: boolean])[]
  ): number | undefined => {
    t.standings = {
      lines: places.map(([entrant, place, group = 0, final = true]) => ({ entrant, place, group, final })),
    } as typeof t.standings;
    return t.champion;
  };
  assert.deepEqual(
    [table([2, 1], [0, 2]), table([2, 1], [0, 1]), table([2, 1, 0, false]), table([2, 2], [0, 2]), table([2, 1, 1])],
    [2, undefined, undefined, undefined, undefined],
  );
  table([2, 1]);
  t.result = { hasChampion: false, champion: 0 } as typeof t.result;
  assert.equal(t.champion, undefined);
  t.result = { hasChampion: true, champion: 3 } as typeof t.result;
  assert.equal(t.champion, 3);
});

test("a result can be given to who is known and does not play; a draw only where it is a result", () => {
  const t = new Tournament();
  t.replace(single(4));
  const first = t.pairings.get(1)!;
  const can = (state: PairingState): boolean => canCorrect({ ...first, state });
  assert.deepEqual(
    [PairingState.READY, PairingState.CALLED, PairingState.PLAYING, PairingState.DECIDED, PairingState.SKIPPED].map(
      can,
    ),
    [true, true, false, true, false],
  );
  assert.equal(canCorrect(t.pairings.get(3)!), false);
  const ways = (stage: Stage, winner: Side): string[] =>
    correctionKindsOf({ ...first, stage }, winner).map((kind) => PairingKind[kind]);
  for (const stage of [Stage.KNOCKOUT, Stage.GROUP])
    assert.deepEqual(ways(stage, Side.RIGHT), ["PLAYED", "FORFEIT", "WALKOVER"]);
  assert.deepEqual(ways(Stage.LOSERS, Side.UNSPECIFIED), ["DOUBLE_FORFEIT", "CANCELLED"]);
  for (const stage of [Stage.GROUP, Stage.SWISS])
    assert.deepEqual(ways(stage, Side.UNSPECIFIED), ["PLAYED", "DOUBLE_FORFEIT", "CANCELLED"]);
});

test("somebody can come in late while people check in, and in the first half of a Swiss", () => {
  const takes = (
    format: string,
    entrants: number,
    status: { phase: TournamentPhase; roundsDrawn?: number; rounds?: number },
    waitingFrom = 0,
  ): boolean => {
    const t = new Tournament();
    t.replace(single(entrants));
    t.spec = { ...specOf(form({ title: "x", format })), waitingFrom } as typeof t.spec;
    Object.assign(t.status!, { roundsDrawn: 0, rounds: 0, ...status });
    return acceptsLateEntrants(t);
  };
  const checkIn = { phase: TournamentPhase.CHECK_IN };
  assert.deepEqual(
    [takes("round_robin", 63, checkIn), takes("round_robin", 64, checkIn), takes("round_robin", 64, checkIn, 32)],
    [true, false, true],
  );
  const swiss = (roundsDrawn: number, phase = TournamentPhase.PLAYING): boolean =>
    takes("swiss", 8, { phase, roundsDrawn, rounds: 4 });
  assert.deepEqual(
    [
      swiss(0, TournamentPhase.DRAWN),
      swiss(2),
      swiss(3),
      swiss(1, TournamentPhase.REVIEW),
      swiss(1, TournamentPhase.OVER),
    ],
    [true, true, false, true, false],
  );
  assert.equal(takes("single_elimination", 8, { phase: TournamentPhase.DRAWN }), false);
});

test("at one keyboard the two who are called are named; who plays is left alone", () => {
  const t = new Tournament();
  t.replace(single(4));
  for (const entrant of t.entrants.values()) entrant.name = `n${entrant.entrant}`;
  assert.deepEqual([announcementForAll(t, NOW)?.urgent, announcementForAll(t, NOW)?.big], [false, "Next: n0 – n3"]);
  Object.assign(t.pairings.get(2)!, { state: PairingState.CALLED, startsUnixMs: later(3) });
  assert.deepEqual([announcementForAll(t, NOW)?.urgent, announcementForAll(t, NOW)?.big], [true, "Next: n1 – n2"]);
  t.pairings.get(2)!.state = PairingState.PLAYING;
  t.pairings.get(1)!.state = PairingState.DECIDED;
  assert.equal(announcementForAll(t, NOW), undefined);
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
  const after = [...t.pairings.values()].map(
    (pairing) => `${Stage[pairing.stage]} ${pairing.round}: ${t.roundsAfter(pairing)}`,
  );
  for (const line of ["WINNERS 1: 2", "WINNERS 3: 0", "LOSERS 1: 3", "LOSERS 4: 0", "GRAND_FINAL 1: 1"])
    assert.ok(after.includes(line), line);
});

test("a browser whose clock is wrong counts with the server's, and a blur of seconds changes nothing", () => {
  const now = Date.now();
  setServerTime(new Date(now + 600_000).toUTCString(), now);
  assert.ok(Math.abs(unixNow() - Date.now() - 600_000) < 2_000);
  setServerTime("no date");
  assert.ok(Math.abs(unixNow() - Date.now() - 600_000) < 2_000);
  setServerTime(new Date(now).toUTCString(), now);
  assert.ok(Math.abs(unixNow() - Date.now()) < 100);
});
