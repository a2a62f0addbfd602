import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { BotStrength, ClockCause, type ClockSchema, FrameSchema } from "../../gateway/web/gen/matchpoint/v1/frames_pb";
import { Side as SentSide } from "../../gateway/web/gen/matchpoint/v1/pong_pb";
import { Outcome } from "../../gateway/web/gen/matchpoint/v1/result_pb";
import { noticeOf } from "../../gateway/web/src/game/notice";
import { MatchView } from "../../gateway/web/src/game/view";
import { setLanguage } from "../../gateway/web/src/i18n";

setLanguage("en");

/** A view at page time 1,000 that has just learned of this clock; the server's clock shows the same time. */
function viewWith(clock: MessageInitShape<typeof ClockSchema>, over = false): MatchView {
  const view = new MatchView([0]);
  const volley = { t0: 1_500_000, x0: 80_000, y0: 45_000, vx: 110_000, vy: 0, s: 110_000, t1: 2_181_819 };
  const snapshot = {
    card: { left: { name: "Mina" }, right: { name: "Bot", bot: BotStrength.HARD }, ruleset: { pointsToWin: 7 } },
    clock: { epoch: 1, ...clock },
    game: { case: "pong" as const, value: { volley } },
    ...(over ? { result: { outcome: Outcome.FORFEIT, winner: SentSide.LEFT } } : {}),
  };
  view.fold(create(FrameSchema, { epoch: 1, serverMs: 1000, snapshot }), 1000, () => undefined);
  return view;
}

const said = (view: MatchView, now = 1000) => noticeOf(view, view.scene(now), [0], now);

test("before everybody is there, it says who is waited for", () => {
  assert.equal(said(viewWith({ cause: ClockCause.WAITING })).line, "Waiting for the opponent");
});

test("a countdown counts whole seconds and says how many points win", () => {
  const view = viewWith({ cause: ClockCause.START, rate: 1, serverMs: 3_500 });
  assert.deepEqual(said(view), { big: "3", line: "Get ready", small: "First to 7" });
  assert.equal(said(view, 3_400).big, "1");
  assert.equal(said(view, 3_600).big, "");
});

test("a pause names who is away and how long there is left", () => {
  const view = viewWith({
    cause: ClockCause.PAUSE,
    serverMs: 1000,
    matchT: 9_000_000,
    absent: SentSide.RIGHT,
    forfeitInMs: 30_000,
  });
  assert.deepEqual(said(view, 11_000), { big: "", line: "Paused: waiting for Hard bot", small: "Forfeit in 20 s" });
});

test("a serve is announced, a flying ball is not", () => {
  const view = viewWith({ cause: ClockCause.START, rate: 1, serverMs: 1000 });
  assert.equal(said(view, 2_000).small, "Serve");
  assert.deepEqual(said(view, 2_600), { big: "", line: "", small: "" });
});

test("the end is said, whatever the clock shows", () => {
  assert.equal(
    said(viewWith({ cause: ClockCause.END, matchT: 5_000_000, serverMs: 900 }, true)).line,
    "The match is over",
  );
});

test("a decision that is long overdue is said, not played over", () => {
  const view = viewWith({ cause: ClockCause.START, rate: 1, serverMs: 1000 });
  // The ball reaches its plane at 2.18 s of match time: 3,182 on the server's clock.
  assert.equal(said(view, 4_100).line, "");
  assert.equal(said(view, 4_300).line, "Waiting for the server. Nothing is lost.");
});
