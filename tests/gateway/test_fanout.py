"""One topic and its viewers, without a network."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matchpoint.v1.frames_pb2 import Frame, ServerMessage, Snapshot

from gateway.fanout import DURABLE, RECENT, REPLAY, Topic
from tests.gateway.standins import goal, position, volley
from wire.refusal import Refused


@dataclass(eq=False)
class Browser:
    """A viewer that understands what it is sent."""

    json: bool = False
    stalled: bool = False
    frames: list[Frame] = field(default_factory=list)
    slow: bool = False

    def write(self, data: bytes) -> None:
        assert not self.stalled
        while data:
            size, begin = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4]), 4)
            message = ServerMessage.FromString(data[begin : begin + size])
            if message.HasField("frame"):
                self.frames.append(message.frame)
            data = data[begin + size :]

    def too_slow(self) -> None:
        self.slow = True

    def over(self) -> None:
        pass

    def refused(self, refused: Refused) -> None:
        raise refused

    @property
    def seqs(self) -> list[int]:
        return [frame.seq for frame in self.frames]

    def score(self) -> int:
        """The left side's score as it was seen: by goals, or by a snapshot."""
        score = 0
        for frame in self.frames:
            if frame.HasField("snapshot"):
                score = frame.snapshot.pong.left
            for event in frame.events:
                score = event.goal.left if event.HasField("goal") else score
        return score


class Court:
    """What a game server would send of a topic."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.seq = 0
        self.score = 0

    def move(self, count: int = 1) -> None:
        for _ in range(count):
            self.seq += 1
            self._publish(Frame(topic=1, epoch=1, seq=self.seq, events=[volley(self.seq)]))

    def goal(self) -> None:
        self.seq += 1
        self.score += 1
        self._publish(Frame(topic=1, epoch=1, seq=self.seq, events=[goal(self.score, 0)]))

    def snapshot(self) -> bytes:
        snapshot = Snapshot()
        snapshot.pong.left = self.score
        return ServerMessage(frame=Frame(topic=1, epoch=1, seq=self.seq, snapshot=snapshot)).SerializeToString()

    def begin(self) -> None:
        self.topic.publish(self.snapshot())

    def _publish(self, frame: Frame) -> None:
        self.topic.publish(ServerMessage(frame=frame).SerializeToString())


def test_a_viewer_that_stalls_for_a_moment_gets_every_frame_that_it_missed() -> None:
    topic, browser = Topic("s", 1), Browser()
    court = Court(topic)
    topic.join(browser)
    court.begin()
    court.move()
    browser.stalled = True
    topic.pause(browser)
    court.move(REPLAY - 1)
    court.goal()
    browser.stalled = False
    topic.resume(browser)
    court.move()
    assert browser.seqs == list(range(REPLAY + 3))


def test_a_viewer_that_stalls_for_long_gets_the_goals_and_then_a_snapshot_never_the_stale_rest() -> None:
    topic, browser = Topic("s", 1), Browser()
    court = Court(topic)
    topic.join(browser)
    court.begin()
    browser.stalled = True
    topic.pause(browser)
    for _ in range(3):
        court.move(RECENT)
        court.goal()
    browser.stalled = False
    topic.resume(browser)
    assert topic.wants_snapshot
    topic.rebase(court.snapshot())
    court.move()
    kinds = [
        "snapshot" if frame.HasField("snapshot") else frame.events[0].WhichOneof("body") for frame in browser.frames
    ]
    assert kinds == ["snapshot", "goal", "goal", "goal", "snapshot", "volley"]
    assert browser.score() == 3


def test_a_viewer_that_missed_too_many_goals_is_closed_as_too_slow() -> None:
    topic, browser = Topic("s", 1), Browser()
    court = Court(topic)
    topic.join(browser)
    court.begin()
    browser.stalled = True
    topic.pause(browser)
    for _ in range(DURABLE + 1):
        court.goal()
    browser.stalled = False
    topic.resume(browser)
    assert browser.slow


def test_a_stalled_viewer_costs_the_others_nothing() -> None:
    topic, slow, quick = Topic("s", 1), Browser(), Browser()
    court = Court(topic)
    for browser in (slow, quick):
        topic.join(browser)
    court.begin()
    slow.stalled = True
    topic.pause(slow)
    court.move(1_000)
    assert quick.seqs == list(range(1_001))
    assert len(slow.frames) == 1


def test_a_viewer_that_stalls_or_leaves_inside_a_write_does_not_disturb_the_others() -> None:
    topic = Topic("s", 1)
    court = Court(topic)

    class Leaver(Browser):
        def write(self, data: bytes) -> None:
            super().write(data)
            topic.leave(self)

    class Staller(Browser):
        def write(self, data: bytes) -> None:
            super().write(data)
            self.stalled = True
            topic.pause(self)

    viewers = [Leaver(), Browser(), Staller(), Browser()]
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
    topic, early, late = Topic("s", 1), Browser(), Browser()
    court = Court(topic)
    topic.join(early)
    court.begin()
    court.move(RECENT + 1)
    topic.join(late)
    assert topic.wants_snapshot
    ahead = Court(Topic("s", 1))
    ahead.move(RECENT + 3)
    topic.rebase(ahead.snapshot())
    assert late.frames == []
    court.move(3)
    assert late.seqs == [RECENT + 3, RECENT + 4]


def test_a_joiner_gets_the_snapshot_and_what_came_since_in_one_write() -> None:
    topic = Topic("s", 1)
    court = Court(topic)
    court.begin()
    court.move(5)
    joiner = Browser()
    topic.join(joiner)
    assert joiner.seqs == [0, 1, 2, 3, 4, 5]


def test_somebody_who_has_everything_is_sent_nothing_and_then_goes_on() -> None:
    topic = Topic("s", 1)
    court = Court(topic)
    court.begin()
    court.move(3)
    back = Browser()
    topic.join(back, position(3))
    court.move()
    assert back.seqs == [4]


@pytest.mark.parametrize("after", [position(0), position(2), position(5)])
def test_somebody_who_comes_back_goes_on_where_it_was(after: object) -> None:
    topic = Topic("s", 1)
    court = Court(topic)
    court.begin()
    court.move(5)
    back = Browser()
    topic.join(back, after)  # type: ignore[arg-type]
    assert back.seqs == list(range(after.seq + 1, 6))  # type: ignore[attr-defined]


steps = st.lists(st.sampled_from(["move", "goal", "many", "join", "pause", "resume", "leave", "snapshot"]), max_size=60)


@settings(max_examples=300, deadline=None)
@given(steps, st.randoms(use_true_random=False))
def test_whatever_happens_a_viewer_sees_no_gap_but_before_a_snapshot_and_no_goal_is_lost(
    steps: list[str], random: object
) -> None:
    topic = Topic("s", 1)
    court = Court(topic)
    court.begin()
    watching: list[Browser] = []
    for step in steps:
        chosen = random.choice(watching) if watching else None  # type: ignore[attr-defined]
        match step:
            case "move":
                court.move()
            case "many":
                court.move(40)
            case "goal":
                court.goal()
            case "snapshot":
                if topic.wants_snapshot:
                    topic.rebase(court.snapshot())
            case "join":
                watching.append(Browser())
                topic.join(watching[-1])
            case "pause" if chosen is not None:
                chosen.stalled = True
                topic.pause(chosen)
            case "resume" if chosen is not None and chosen.stalled:
                chosen.stalled = False
                topic.resume(chosen)
            case "leave" if chosen is not None:
                topic.leave(chosen)
                watching.remove(chosen)
    for browser in watching:
        if browser.stalled:
            browser.stalled = False
            topic.resume(browser)
    if topic.wants_snapshot:
        topic.rebase(court.snapshot())
    for browser in (browser for browser in watching if not browser.slow):
        assert browser.seqs[-1] == court.seq
        assert browser.score() == court.score
        previous = None
        for frame in browser.frames:
            if previous is not None and not frame.HasField("snapshot") and not frame.events[0].HasField("goal"):
                assert frame.seq == previous + 1
            previous = frame.seq
        goals = [event.goal.left for frame in browser.frames for event in frame.events if event.HasField("goal")]
        assert goals == sorted(set(goals))
