"""A numbered stream of events, and each viewer's place in it.

There is no queue per viewer. The topic keeps its last frames; a viewer is a place in the numbering, and asks for what
came `since`. A viewer who has fallen behind what is kept gets a snapshot, with the durable events in between beside it:
the superseded ones are what the snapshot replaces.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import MatchEvent
from gameserver.domain.tournament import records as tournament
from gameserver.streaming.ports import FrameEncoder, ResumePoint
from wire.refusal import Refused

FRAMES_KEPT: Final = 96
"""Frames that are kept: about 10 s of a lively match. The bound of what a slow viewer can hold up."""


@dataclass(frozen=True, slots=True)
class Place:
    """A viewer's position: the epoch and number of the last event seen."""

    epoch: int
    seq: int


NEW: Final = ResumePoint(0, ())
"""The resume point of a topic without earlier tenures."""


class Topic:
    """One topic. Its events are numbered by the caller, since the numbering outlives this process."""

    def __init__(
        self,
        number: int,
        epoch: int,
        seq: int,
        encoder: FrameEncoder,
        horizon: Callable[[], int],
        snapshot: Callable[[], object],
        resumed: ResumePoint = NEW,
    ) -> None:
        """`seq` is the number of the last event so far; `horizon` and `snapshot` ask the match."""
        self.number = number
        self.epoch = epoch
        self.seq = seq
        self.over = False
        """The last event was published."""
        self.failed: Refused | None = None
        """The refusal that ended the topic, if something broke."""
        self.held = False
        """The last events are being made durable. Until they are published do not ask `since`: a snapshot has them."""
        self._encoder = encoder
        self._horizon = horizon
        self._snapshot = snapshot
        self._frames: deque[tuple[int, bytes]] = deque(maxlen=FRAMES_KEPT)
        """Each frame behind the number of the event before its first."""
        self._durable = list(resumed.durable)
        self._written = resumed.seq
        self._news: asyncio.Event | None = None
        self.aside = b""
        """The last message beside the numbering, whole: a later one replaces it."""
        self.asides = 0
        """The number of messages beside the numbering so far."""
        self._joining: tuple[int, bytes] = (-1, b"")

    @property
    def here(self) -> Place:
        """The place of a viewer who has everything."""
        return Place(self.epoch, self.seq)

    @property
    def news(self) -> asyncio.Event:
        """The event that is set at the next change. Take it before asking `since`, then nothing is missed."""
        if self._news is None:
            self._news = asyncio.Event()
        return self._news

    def publish(self, events: Sequence[MatchEvent | tournament.TournamentEvent], now: int) -> bytes:
        """Number the events, keep them in one frame for later viewers, and return the frame's ServerMessage."""
        self.held = False
        durable, start = self._encoder.durable, self.seq
        seq = start
        for event in events:
            seq += 1
            if type(event) in durable:
                self._durable.append((seq, event))
        self.seq = seq
        frame = self._encoder.frame(self.number, self.epoch, seq, now, self._horizon(), events)
        self._frames.append((start, frame))
        self._wake()
        return frame

    def put(self, frame: bytes, count: int) -> None:
        """Keep a frame that was made elsewhere, of the next `count` events."""
        self._frames.append((self.seq, frame))
        self.seq += count
        self._wake()

    def go_on_from(self, seq: int) -> None:
        """Continue the numbering after `seq`, without the frames up to it: no viewer was there."""
        self.seq = seq
        self._frames.clear()

    def tell(self, message: bytes) -> None:
        """Show all viewers a serialized ServerMessage that is not numbered. Snapshots may have changed."""
        self.aside = message
        self.asides += 1
        self._joining = (-1, b"")
        self._wake()

    def release(self) -> None:
        """Stop holding: let viewers who wait ask again."""
        self.held = False
        self._wake()

    def close(self) -> None:
        """End the topic after its last event: followers end when they have it."""
        self.over = True
        self._wake()

    def fail(self, refused: Refused) -> None:
        """End the topic with a refusal."""
        self.failed = refused
        self._wake()

    def keeps(self, after: Place | None) -> bool:
        """Report whether everything since that place is here, so that no snapshot is needed."""
        if after is None or after.epoch != self.epoch:
            return False
        return after.seq == self.seq or any(start == after.seq for start, _ in self._frames)

    def since(self, after: Place | None, now: int) -> list[bytes]:
        """Return the frames that a viewer at that place lacks, oldest first; without a place, a snapshot."""
        if after is None:
            return [self._snapshot_frame(now)]
        if not self.keeps(after):
            return [self._catch_up(self._known(after), now)]
        return [frame for start, frame in self._frames if start >= after.seq]

    def joining(self, after: Place | None, snapshot: MatchSnapshot, taken: int, horizon: int) -> bytes:
        """Return a frame with an earlier snapshot, and the durable events up to it that a viewer there lacks."""
        seq = snapshot.seq
        known = self._known(after) if after else seq
        missed = [event for number, event in self._durable if known < number <= seq]
        return self._encoder.frame(self.number, self.epoch, seq, taken, horizon, missed, snapshot)

    def _known(self, after: Place) -> int:
        """The number up to which a viewer at that place has every event."""
        # The last tenure may have announced superseded events that it did not live to write: their numbers were given
        # a second time.
        return after.seq if after.epoch == self.epoch else min(after.seq, self._written)

    def _snapshot_frame(self, now: int) -> bytes:
        """One for all viewers who join at the same number."""
        seq, frame = self._joining
        if seq != self.seq:
            frame = self._encoder.frame(self.number, self.epoch, self.seq, now, self._horizon(), (), self._snapshot())
            self._joining = (self.seq, frame)
        return frame

    def _catch_up(self, seq: int, now: int) -> bytes:
        missed = [event for number, event in self._durable if number > seq]
        if not missed:
            return self._snapshot_frame(now)
        return self._encoder.frame(self.number, self.epoch, self.seq, now, self._horizon(), missed, self._snapshot())

    def _wake(self) -> None:
        if self._news:
            self._news.set()
            self._news = None


class WatchableTopic(Protocol):
    """One topic, for viewers who follow it through StreamGameState."""

    @property
    def topic(self) -> Topic: ...

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """Return the frames that a viewer at that place lacks, oldest first; None while they may not be shown yet."""
        ...

    def watch(self, viewers: int) -> None:
        """Count a stream that begins, with this many viewers."""

    def unwatch(self, viewers: int) -> None:
        """Count a stream that ends."""
