// A journal as a referee writes it, played again by the page. The browser test does the same with a real one.
import "./browser";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import { ClockCause } from "../../gateway/web/gen/matchpoint/v1/frames_pb";
import { type JournalRecord, JournalRecordSchema } from "../../gateway/web/gen/matchpoint/v1/journal_pb";
import { digestOf, isDigest } from "../../gateway/web/src/game/journal-digest";
import { Differs, Replay } from "../../gateway/web/src/game/replay";
import { commitment } from "../../gateway/web/src/game/rules/chance";
import { LEFT, Pong, RIGHT, type Rules, ballAt, crossingY, stateHash } from "../../gateway/web/src/game/rules/pong";

const RULES: Rules = {
  pointsToWin: 3,
  startSpeed: 110_000,
  paddleHalfHeight: 7_500,
  timeLimitS: 1_800,
  suddenDeathS: 120,
};
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
type Body = JournalRecord["body"];

/** Both sides go where the ball will come, three balls long; the fourth is let go. */
function journal(): {
  records: JournalRecord[];
  game: Pong;
  seen: { t: number; y: [number, number]; score: [number, number] }[];
} {
  const game = new Pong(RULES, SECRET);
  const opening = { sessionId: "s", match: 1, ruleset: RULES, secret: SECRET, commitment: commitment(SECRET) };
  const bodies: unknown[] = [{ case: "opened", value: { ...opening, left: { name: "A" }, right: { name: "B" } } }];
  const seen: { t: number; y: [number, number]; score: [number, number] }[] = [];
  let [seq, decided, end] = [0, 0, 0];
  while (game.due) {
    const { side, t } = game.due;
    if (side !== -1) {
      const te = game.volley.t0 + 40_000;
      const target = game.rallyHits < 3 ? crossingY(game.volley) : 0;
      game.admit(side, { target }, te, ++seq);
      bodies.push({
        case: "input",
        value: { seat: side, seq, te, payload: { case: "pong", value: { intent: { case: "target", value: target } } } },
      });
    }
    seen.push({ t, y: [game.paddle(LEFT, t), game.paddle(RIGHT, t)], score: [...game.score] });
    const events = game.decide();
    bodies.push({ case: "decided", value: { seq: ++decided, t1: t } });
    end = t;
    if (events.some((e) => e.kind === "goal") && game.due) {
      bodies.push({ case: "checkpoint", value: { t, pong: { stateHash: stateHash(game.snapshot()) } } });
      if (game.score[0] + game.score[1] === 1)
        bodies.push({ case: "clock", value: { clock: { epoch: 3, matchT: t, cause: ClockCause.PAUSE } } });
    }
  }
  bodies.push({ case: "ended", value: { result: { left: game.score[0], right: game.score[1], durationUs: end } } });
  return { records: bodies.map((body) => create(JournalRecordSchema, { body: body as never })), game, seen };
}

const altered = (
  records: readonly JournalRecord[],
  which: (body: Body) => boolean,
  change: (body: never) => void,
): JournalRecord[] =>
  records.map((record) => {
    if (!which(record.body)) return record;
    const other = structuredClone(record);
    change(other.body.value as never);
    return other;
  });

test("a replay shows what was played: paddles, ball and score at each decision", () => {
  const { records, game, seen } = journal();
  const replay = new Replay(records);
  assert.equal(replay.points.length, game.score[0] + game.score[1]);
  assert.deepEqual(replay.score(replay.end), game.score);
  for (const { t, y, score } of seen) {
    const scene = replay.scene(t - 1);
    assert.deepEqual(scene.score, score, `score before ${t}`);
    assert.deepEqual(replay.scene(t).paddles, y, `paddles at ${t}`);
    if (scene.ball) assert.deepEqual(scene.ball, ballAt(scene.flight!, t - 1));
  }
  assert.equal(replay.scene(0).serveIn, 1_500);
  assert.equal(replay.scene(replay.end).ended, true);
});

test("points follow one another without a gap, and a pause is where it was", () => {
  const replay = new Replay(journal().records);
  replay.points.reduce((before, point) => {
    assert.equal(point.from, before);
    assert.ok(point.t > point.from);
    assert.equal(replay.played(point.t - 1) + 1, replay.played(point.t));
    return point.t;
  }, 0);
  assert.deepEqual(replay.pauses, [replay.points[0]!.t]);
});

test("the digest of a journal that the game server wrote is that of its file", () => {
  const file = readFileSync(new URL("../../../../tests/vectors/duel.journal", import.meta.url));
  const records: JournalRecord[] = [];
  for (let at = "matchpoint journal 1\n".length; at < file.length;) {
    const length = file.readUInt32LE(at);
    records.push(fromBinary(JournalRecordSchema, file.subarray(at + 12, at + 12 + length)));
    at += 12 + length;
  }
  const digest = createHash("sha256").update(file).digest();
  assert.deepEqual(Buffer.from(digestOf(records)), digest);
  assert.ok(isDigest(records, digest));
  assert.ok(!isDigest(records.slice(1), digest));
  assert.equal(new Replay(records).points.length, 2, "and it plays");
});

test("a journal that was tampered with is not shown as the match", () => {
  const { records } = journal();
  const first = records.findIndex((r) => r.body.case === "input");
  const forged = {
    "another secret": altered(
      records,
      (b) => b.case === "opened",
      (o: { secret: Uint8Array }) => (o.secret[0]! ^= 1),
    ),
    "another secret, and a commitment to it": altered(
      records,
      (b) => b.case === "opened",
      (o: { secret: Uint8Array; commitment: Uint8Array }) => {
        o.secret = new Uint8Array(32);
        o.commitment = commitment(o.secret);
      },
    ),
    "an input that is missing": records.filter((_, i) => i !== first),
    "an input that was moved": altered(
      records,
      (b) => b === records[first]!.body,
      (i: { te: number }) => (i.te += 400_000),
    ),
    "a better score": altered(
      records,
      (b) => b.case === "ended",
      (e: { result: { left: number } }) => (e.result.left += 1),
    ),
    "another state": altered(
      records,
      (b) => b.case === "checkpoint",
      (c: { pong: { stateHash: number } }) => (c.pong.stateHash ^= 1),
    ),
    "no end": records.slice(0, -1),
    "no opening": records.slice(1),
    nothing: [],
  };
  for (const [what, journal] of Object.entries(forged)) assert.throws(() => new Replay(journal), Differs, what);
});
