"""One topic and its viewers, without a network."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matchpoint.v1.frames_pb2 import Event, Frame, Position, ServerMessage, Snapshot
from matchpoint.v1.refusal_pb2 import Reason

from gateway.watch.frames import Cursor
from gateway.watch.topic import CURSORS_MAX, DURABLE_FRAMES_MAX, RECENT_FRAMES, REPLAY_FRAMES_MAX, FanoutTopic
from tests.gateway.standins import goal, position, volley
from wire.refusal import Refused


@dataclass(eq=False)
class Browser:
    """A viewer that understands what it is sent."""

    json: bool = False
    stalled: bool = False
    frames: list[Frame] = field(default_factory=list)
    slow: bool = False
    unsent_bytes: int = 0

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

    def over(self, topic: int) -> None:
        pass

    def unwatchable(self, topic: int, refused: Refused) -> None:
        raise refused

    @property
    def seqs(self) -> list[int]:
        return [frame.seq for frame in self.frames]

    @property
    def place(self) -> Position | None:
        """What it says when it comes back."""
        return Position(epoch=self.frames[-1].epoch, seq=self.frames[-1].seq) if self.frames else None

    def score(self) -> int:
        """The left side's score as it was seen: by goals, or by a snapshot."""
        score = 0
        for frame in self.frames:
            for event in frame.events:
                score = event.goal.left if event.HasField("goal") else score
            if frame.HasField("snapshot"):
                score = frame.snapshot.pong.left
        return score

    def goals(self) -> list[int]:
        """The scores that it was told one by one. What stands beside its first snapshot is part of that."""
        return [event.goal.left for frame in self.frames[1:] for event in frame.events if event.HasField("goal")]


class Court:
    """A game server with one topic, of which it keeps the last frames."""

    KEPT = 96

    def __init__(self, topic: FanoutTopic) -> None:
        self.topic = topic
        self.epoch = 1
        self.seq = 0
        self.score = 0
        self.held = False
        """Whether frames are on their way to the gateway for now."""
        self.frames: list[tuple[int, bytes]] = []
        self.durable: list[tuple[int, Event]] = []
        self.written = 0
        self._under_way: list[bytes] = []
        self._open = False

    def begin(self) -> None:
        """The gateway opens its stream, where it was if it was anywhere."""
        self._under_way.clear()
        self._open = True
        place = Position(epoch=self.topic.epoch, seq=self.topic.seq)
        self._send(*self.since(place if self.topic.ordinal else None))

    def move(self, count: int = 1) -> None:
        for _ in range(count):
            self._publish(volley(self.seq + 1))

    def goal(self) -> None:
        self.score += 1
        event = goal(self.score, 0)
        self.durable.append((self.seq + 1, event))
        self._publish(event)

    def restart(self, unwritten: int) -> None:
        """The game server dies and comes back; its last events were not written, and what is next has their numbers.
        Goals are always written."""
        last_goal = self.durable[-1][0] if self.durable else 0
        self.seq = self.written = max(last_goal, self.seq - unwritten)
        self.epoch += 1
        self.frames.clear()
        self._open = False
        self.move()
        self.begin()

    def flow(self) -> None:
        """What is on its way arrives."""
        self.held = False
        self._send()

    def snapshot(self, *missed: Event) -> bytes:
        snapshot = Snapshot()
        snapshot.pong.left = self.score
        frame = Frame(topic=1, epoch=self.epoch, seq=self.seq, events=missed, snapshot=snapshot)
        return ServerMessage(frame=frame).SerializeToString()

    def since(self, after: Position | None) -> list[bytes]:
        """What the game server sends first to somebody who is there."""
        if after is None:
            return [self.snapshot()]
        if after.epoch == self.epoch and (
            after.seq == self.seq or any(start == after.seq for start, _ in self.frames[-self.KEPT :])
        ):
            return [frame for start, frame in self.frames[-self.KEPT :] if start >= after.seq]
        known = after.seq if after.epoch == self.epoch else min(after.seq, self.written)
        return [self.snapshot(*(event for seq, event in self.durable if seq > known))]

    def _publish(self, event: Event) -> None:
        start, self.seq = self.seq, self.seq + 1
        frame = Frame(topic=1, epoch=self.epoch, seq=self.seq, events=[event])
        payload = ServerMessage(frame=frame).SerializeToString()
        self.frames.append((start, payload))
        self._send(payload)

    def _send(self, *payloads: bytes) -> None:
        self._under_way += payloads
        if not self.held and self._open:
            for payload in self._under_way:
                self.topic.publish(payload)
            self._under_way.clear()


@dataclass
class Question:
    """What a gateway has asked beside its stream, and what is on its way back."""

    topic: FanoutTopic
    after: Cursor | None
    answer: list[bytes]

    @classmethod
    def asked(cls, topic: FanoutTopic, court: Court) -> "Question | None":
        if topic.needs_snapshot:
            return cls(topic, None, court.since(None))
        if topic.ordinal and (place := topic.needed_cursor):
            return cls(topic, place, court.since(position(place.seq, place.epoch)))
        return None

    def answered(self) -> None:
        heard: list[bytes] = []
        for payload in self.answer:
            heard.append(payload)
            if self.topic.take_answer(self.after, heard):
                return


def answer_all(topic: FanoutTopic, court: Court) -> None:
    for _ in range(1_000):
        question = Question.asked(topic, court)
        if question is None:
            return
        question.answered()
    raise AssertionError("there is no end to what is asked")


def test_a_viewer_that_stalls_for_a_moment_gets_every_frame_that_it_missed() -> None:
    topic, browser = FanoutTopic("s", 1), Browser()
    court = Court(topic)
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
    topic, browser = FanoutTopic("s", 1), Browser()
    court = Court(topic)
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
    topic, browser = FanoutTopic("s", 1), Browser()
    court = Court(topic)
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
    topic, slow, quick = FanoutTopic("s", 1), Browser(), Browser()
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
    topic = FanoutTopic("s", 1)
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
    topic, early, late = FanoutTopic("s", 1), Browser(), Browser()
    court = Court(topic)
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
    court = Court(topic)
    court.begin()
    court.move(5)
    joiner = Browser()
    topic.join(joiner)
    assert joiner.seqs == [0, 1, 2, 3, 4, 5]


def test_somebody_who_has_everything_is_sent_nothing_and_then_goes_on() -> None:
    topic = FanoutTopic("s", 1)
    court = Court(topic)
    court.begin()
    court.move(3)
    back = Browser()
    topic.join(back, position(3))
    court.move()
    assert back.seqs == [4]


@pytest.mark.parametrize("after", [position(0), position(2), position(5)])
def test_somebody_who_comes_back_goes_on_where_it_was(after: object) -> None:
    topic = FanoutTopic("s", 1)
    court = Court(topic)
    court.begin()
    court.move(5)
    back = Browser()
    topic.join(back, after)  # type: ignore[arg-type]
    assert back.seqs == list(range(after.seq + 1, 6))  # type: ignore[attr-defined]


def test_after_a_restart_of_the_gateway_a_viewer_is_told_every_goal_since_where_it_was() -> None:
    browser = Browser()
    court = Court(FanoutTopic("s", 1))
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
    quick, slow = Browser(), Browser()
    court = Court(FanoutTopic("s", 1))
    court.begin()
    for browser in (quick, slow):
        court.topic.join(browser)
    court.goal()
    court.topic.leave(slow)
    for _ in range(2):
        court.move(Court.KEPT)
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
    court = Court(FanoutTopic("s", 1))
    away, here = Browser(), Browser()
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
    court = Court(FanoutTopic("s", 1))
    court.begin()
    court.held = True
    court.move(3)
    ahead = Browser()
    court.topic.join(ahead, position(2))
    court.flow()
    assert ahead.seqs == [3]
    assert court.topic.needed_cursor is None


def test_those_who_were_at_the_same_place_are_asked_for_once() -> None:
    court = Court(FanoutTopic("s", 1))
    court.move(5)
    court.begin()
    crowd = [Browser() for _ in range(100)]
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
        topic.join(Browser(), position(seq))
    topic.join(Browser(), position(0))
    with pytest.raises(Refused) as refused:
        topic.join(Browser(), position(CURSORS_MAX))
    assert refused.value.reason == Reason.REASON_SERVER_FULL
    assert len(topic.viewers) == CURSORS_MAX + 1


STEPS = (
    *("move", "goal", "many", "join", "pause", "resume", "leave", "come back", "hold", "flow", "ask", "answer"),
    *("gateway restarts", "game server restarts"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=60), st.randoms(use_true_random=False))
def test_whatever_happens_a_viewer_is_told_every_goal_once_and_sees_no_gap_but_before_a_snapshot(
    steps: list[str], chance: random.Random
) -> None:
    court = Court(FanoutTopic("s", 1))
    court.begin()
    watching: list[Browser] = []
    gone: list[Browser] = []
    questions: list[Question] = []

    def come_back(browser: Browser) -> None:
        browser.stalled = False
        court.topic.join(browser, browser.place)
        watching.append(browser)

    for step in steps:
        chosen = chance.choice(watching) if watching else None
        match step:
            case "move":
                court.move()
            case "many":
                court.move(40)
            case "goal":
                court.goal()
            case "hold":
                court.held = True
            case "flow":
                court.flow()
            case "ask":
                question = Question.asked(court.topic, court)
                questions += [question] if question else []
            case "answer" if questions:
                questions.pop(0).answered()
            case "join":
                come_back(Browser())
            case "pause" if chosen is not None:
                chosen.stalled = True
                court.topic.pause(chosen)
            case "resume" if chosen is not None and chosen.stalled:
                chosen.stalled = False
                court.topic.resume(chosen)
            case "leave" if chosen is not None:
                court.topic.leave(chosen)
                watching.remove(chosen)
                gone.append(chosen)
            case "come back" if gone:
                come_back(gone.pop(chance.randrange(len(gone))))
            case "game server restarts":
                court.restart(unwritten=chance.randint(0, 3))
            case "gateway restarts":
                back, watching[:] = [browser for browser in watching if not browser.slow], []
                court.topic = FanoutTopic("s", 1)
                court.begin()
                for browser in back:
                    come_back(browser)
    for browser in watching:
        if browser.stalled:
            browser.stalled = False
            court.topic.resume(browser)
    # A match that goes on: what was ahead of the stream is overtaken.
    court.flow()
    court.move()
    answer_all(court.topic, court)
    court.move()
    for browser in (browser for browser in watching if not browser.slow):
        assert browser.place == position(court.seq, court.epoch)
        assert browser.score() == court.score
        assert browser.goals() == list(range(browser.frames[0].snapshot.pong.left + 1, court.score + 1))
        for before, frame in pairwise(browser.frames):
            assert frame.epoch >= before.epoch
            if not frame.HasField("snapshot") and not frame.events[0].HasField("goal"):
                assert frame.seq == before.seq + 1
