"""A topic: every viewer, from any position, gets everything durable in order and a state that is never older."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import MatchEvent
from gameserver.domain.pong.events import Goal, Miss
from gameserver.streaming.topic import FRAMES_KEPT, Place, Topic


class Readable:
    """Frames as JSON. The "snapshot" is the number of the last event that is in it."""

    durable = frozenset((Goal,))

    def frame(
        self,
        topic: int,
        epoch: int,
        seq: int,
        server_us: int,
        horizon_t: int,
        events: Sequence[MatchEvent],
        snapshot: MatchSnapshot | None = None,
    ) -> bytes:
        return json.dumps({"seq": seq, "events": [number(e) for e in events], "snapshot": snapshot}).encode()


def number(event: Any) -> int:
    return int(event.t if isinstance(event, Goal) else event.t_goal)


def goal(n: int) -> Goal:
    return Goal(n, 0, 0, 0, 0)


def passing(n: int) -> Miss:
    return Miss(0, n)


class Running:
    """A topic with its events so far: a list of frames, each a list of kinds (True: durable)."""

    def __init__(self, frames: Sequence[Sequence[bool]]) -> None:
        self.topic = Topic(1, 3, 0, Readable(), lambda: 0, lambda: self.topic.seq)  # type: ignore[arg-type]
        self.durable: list[int] = []
        self.places = [0]
        for kinds in frames:
            self.publish(kinds)

    def publish(self, kinds: Sequence[bool]) -> None:
        first = self.topic.seq + 1
        events = [goal(first + i) if kind else passing(first + i) for i, kind in enumerate(kinds)]
        self.durable += [first + i for i, kind in enumerate(kinds) if kind]
        self.topic.publish(events, 0)
        self.places.append(self.topic.seq)


FRAMES = st.lists(st.lists(st.booleans(), min_size=1, max_size=3), max_size=2 * FRAMES_KEPT)


@given(FRAMES, st.data())
def test_from_any_place_nothing_durable_is_missed_and_the_state_is_whole(
    frames: list[list[bool]], data: st.DataObject
) -> None:
    running = Running(frames)
    topic = running.topic
    seen = data.draw(st.sampled_from(running.places))
    got = [json.loads(frame) for frame in topic.since(Place(3, seen), 0)]
    durable = [n for frame in got for n in frame["events"] if n in set(running.durable)]
    assert durable == [n for n in running.durable if n > seen]
    reached = seen
    for frame in got:
        if frame["snapshot"] is None:
            assert frame["events"] == list(range(reached + 1, frame["seq"] + 1))
        else:
            assert frame["snapshot"] == frame["seq"]
        reached = frame["seq"]
    assert reached == topic.seq


@given(FRAMES, st.integers(0, 500))
def test_a_place_of_another_epoch_gets_a_snapshot(frames: list[list[bool]], seq: int) -> None:
    topic = Running(frames).topic
    (frame,) = [json.loads(frame) for frame in topic.since(Place(2, seq), 0)]
    assert frame["snapshot"] == topic.seq


def test_who_is_up_to_date_gets_nothing() -> None:
    topic = Running([[True], [False]]).topic
    assert topic.since(topic.here, 0) == []


def test_a_place_that_is_kept_needs_no_snapshot_and_an_older_one_does() -> None:
    running = Running([[False]] * (FRAMES_KEPT + 5))
    assert running.topic.keeps(Place(3, 5))
    assert not running.topic.keeps(Place(3, 4))
    assert not running.topic.keeps(None)


def test_all_who_join_at_one_number_share_one_snapshot() -> None:
    topic = Running([[True]]).topic
    assert topic.since(None, 0)[0] is topic.since(None, 1)[0]


def test_a_waiting_viewer_is_woken_by_the_next_frame_and_by_the_end() -> None:
    running = Running([])
    before = running.topic.news
    assert not before.is_set()
    running.publish([False])
    assert before.is_set()
    end = running.topic.news
    running.topic.close()
    assert end.is_set()
    assert running.topic.over
