"""One topic and its viewers, without a network."""

import pytest
from matchpoint.v1.refusal_pb2 import Reason

from gateway.watch.frames import Cursor
from gateway.watch.topic import CURSORS_MAX, DURABLE_FRAMES_MAX, RECENT_FRAMES, REPLAY_FRAMES_MAX, FanoutTopic
from tests.support.fakes.gateway_peers import position
from tests.support.harnesses.fanout import FanoutHarness, FanoutViewer, Question, answer_all
from wire.refusal import Refused


def test_a_viewer_that_stalls_for_a_moment_gets_every_frame_that_it_missed() -> None:
    topic, browser = FanoutTopic("s", 1), FanoutViewer()
    court = FanoutHarness(topic)
    topic.join(browser)
    court.begin()
    court.move()
    browser.stalled = True
    topic.pause(browser)
    court.move(REPLAY_FRAMES_MAX - 1)
    court.goal()
    browser.stalled = False
    topic.resume(browser)
    court.move()
    assert browser.seqs == list(range(REPLAY_FRAMES_MAX + 3))


def test_a_viewer_that_stalls_for_long_gets_the_goals_and_then_a_snapshot_never_the_stale_rest() -> None:
    topic, browser = FanoutTopic("s", 1), FanoutViewer()
    court = FanoutHarness(topic)
    topic.join(browser)
    court.begin()
    browser.stalled = True
    topic.pause(browser)
    for _ in range(3):
        court.move(RECENT_FRAMES)
        court.goal()
    browser.stalled = False
    topic.resume(browser)
    assert topic.needs_snapshot
    answer_all(topic, court)
    court.move()
    kinds = [
        "snapshot" if frame.HasField("snapshot") else frame.events[0].WhichOneof("body") for frame in browser.frames
    ]
    assert kinds == ["snapshot", "goal", "goal", "goal", "snapshot", "volley"]
    assert browser.score() == 3


def test_a_viewer_that_missed_too_many_goals_is_closed_as_too_slow() -> None:
    topic, browser = FanoutTopic("s", 1), FanoutViewer()
    court = FanoutHarness(topic)
    topic.join(browser)
    court.begin()
    browser.stalled = True
    topic.pause(browser)
    for _ in range(DURABLE_FRAMES_MAX + 1):
        court.goal()
    browser.stalled = False
    topic.resume(browser)
    assert browser.slow


def test_a_stalled_viewer_costs_the_others_nothing() -> None:
    topic, slow, quick = FanoutTopic("s", 1), FanoutViewer(), FanoutViewer()
    court = FanoutHarness(topic)
    for browser in (slow, quick):
        topic.join(browser)
    court.begin()
    slow.stalled = True
    topic.pause(slow)
    court.move(1_000)
    assert quick.seqs == list(range(1_001))
    assert len(slow.frames) == 1


def test_a_viewer_that_stalls_or_leaves_inside_a_write_does_not_disturb_the_others() -> None:
    topic = FanoutTopic("s", 1)
    court = FanoutHarness(topic)

    class Leaver(FanoutViewer):
        def write(self, data: bytes) -> None:
            super().write(data)
            topic.leave(self)

    class Staller(FanoutViewer):
        def write(self, data: bytes) -> None:
            super().write(data)
            self.stalled = True
            topic.pause(self)

    viewers = [Leaver(), FanoutViewer(), Staller(), FanoutViewer()]
    court.begin()
    for viewer in viewers:
        topic.join(viewer)
    court.move(3)
    assert [len(viewer.frames) for viewer in viewers] == [2, 4, 1, 4] or [len(viewer.frames) for viewer in viewers] == [
        1,
        4,
        1,
        4,
    ]


def test_a_snapshot_from_ahead_of_the_stream_waits_until_the_stream_has_come_as_far() -> None:
    topic, early, late = FanoutTopic("s", 1), FanoutViewer(), FanoutViewer()
    court = FanoutHarness(topic)
    topic.join(early)
    court.begin()
    court.move(RECENT_FRAMES + 1)
    topic.join(late)
    assert topic.needs_snapshot
    court.held = True
    court.move(2)
    question = Question.asked(topic, court)
    assert question is not None
    question.answered()
    assert late.frames == []
    court.move()
    court.flow()
    assert late.seqs == [RECENT_FRAMES + 3, RECENT_FRAMES + 4]


def test_a_joiner_gets_the_snapshot_and_what_came_since_in_one_write() -> None:
    topic = FanoutTopic("s", 1)
    court = FanoutHarness(topic)
    court.begin()
    court.move(5)
    joiner = FanoutViewer()
    topic.join(joiner)
    assert joiner.seqs == [0, 1, 2, 3, 4, 5]


def test_somebody_who_has_everything_is_sent_nothing_and_then_goes_on() -> None:
    topic = FanoutTopic("s", 1)
    court = FanoutHarness(topic)
    court.begin()
    court.move(3)
    back = FanoutViewer()
    topic.join(back, position(3))
    court.move()
    assert back.seqs == [4]


@pytest.mark.parametrize("after", [position(0), position(2), position(5)])
def test_somebody_who_comes_back_goes_on_where_it_was(after: object) -> None:
    topic = FanoutTopic("s", 1)
    court = FanoutHarness(topic)
    court.begin()
    court.move(5)
    back = FanoutViewer()
    topic.join(back, after)  # type: ignore[arg-type]
    assert back.seqs == list(range(after.seq + 1, 6))  # type: ignore[attr-defined]


def test_after_a_restart_of_the_gateway_a_viewer_is_told_every_goal_since_where_it_was() -> None:
    browser = FanoutViewer()
    court = FanoutHarness(FanoutTopic("s", 1))
    court.topic.join(browser)
    court.begin()
    court.goal()
    court.move(2)
    court.topic.leave(browser)
    court.goal()
    court.move(3)
    topic = court.topic = FanoutTopic("s", 1)
    topic.join(browser, browser.place)
    court.begin()
    assert topic.needed_cursor == Cursor(1, 3)
    answer_all(topic, court)
    court.goal()
    assert browser.seqs == list(range(9))
    assert browser.goals() == [1, 2, 3]


def test_when_the_game_server_keeps_no_frames_as_old_the_goals_come_beside_a_snapshot() -> None:
    quick, slow = FanoutViewer(), FanoutViewer()
    court = FanoutHarness(FanoutTopic("s", 1))
    court.begin()
    for browser in (quick, slow):
        court.topic.join(browser)
    court.goal()
    court.topic.leave(slow)
    for _ in range(2):
        court.move(FanoutHarness.KEPT)
        court.goal()
    topic = court.topic = FanoutTopic("s", 1)
    for browser in (quick, slow):
        topic.join(browser, browser.place)
    court.begin()
    answer_all(topic, court)
    court.move()
    assert slow.goals() == quick.goals() == [1, 2, 3]
    assert slow.seqs == [0, 1, court.seq - 1, court.seq]
    assert quick.seqs == list(range(court.seq + 1))


def test_a_place_in_an_earlier_tenure_is_not_taken_for_one_in_this() -> None:
    court = FanoutHarness(FanoutTopic("s", 1))
    away, here = FanoutViewer(), FanoutViewer()
    for browser in (away, here):
        court.topic.join(browser)
    court.begin()
    court.goal()
    court.move(5)
    court.topic.leave(away)
    court.restart(unwritten=5)
    court.move(4)
    court.topic.join(away, away.place)
    assert court.topic.needed_cursor == Cursor(1, 6)
    answer_all(court.topic, court)
    assert (away.frames[-1].HasField("snapshot"), away.frames[-1].epoch, away.seqs[-1]) == (True, 2, 6)
    assert here.goals() == away.goals() == [1]


def test_who_is_ahead_of_the_stream_waits_for_it() -> None:
    court = FanoutHarness(FanoutTopic("s", 1))
    court.begin()
    court.held = True
    court.move(3)
    ahead = FanoutViewer()
    court.topic.join(ahead, position(2))
    court.flow()
    assert ahead.seqs == [3]
    assert court.topic.needed_cursor is None


def test_those_who_were_at_the_same_place_are_asked_for_once() -> None:
    court = FanoutHarness(FanoutTopic("s", 1))
    court.move(5)
    court.begin()
    crowd = [FanoutViewer() for _ in range(100)]
    for browser in crowd:
        court.topic.join(browser, position(2))
    question = Question.asked(court.topic, court)
    assert question is not None
    question.answered()
    assert court.topic.needed_cursor is None
    assert all(browser.seqs == [3, 4, 5] for browser in crowd)


def test_when_too_many_places_are_asked_for_one_more_is_turned_away_for_a_moment() -> None:
    topic = FanoutTopic("s", 1)
    for seq in range(CURSORS_MAX):
        topic.join(FanoutViewer(), position(seq))
    topic.join(FanoutViewer(), position(0))
    with pytest.raises(Refused) as refused:
        topic.join(FanoutViewer(), position(CURSORS_MAX))
    assert refused.value.reason == Reason.REASON_SERVER_FULL
    assert len(topic.viewers) == CURSORS_MAX + 1
