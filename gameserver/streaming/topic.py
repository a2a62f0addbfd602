"""A numbered stream of events, and everybody's place in it.

There is no queue per viewer. The topic keeps its last frames; a viewer is a place in the numbering, and asks for what
came `since`. Who has fallen behind what is kept gets a snapshot, with the durable events in between beside it: the
superseded ones are what the snapshot replaces.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import MatchEvent
from gameserver.domain.tournament import records as tournament
from gameserver.sessions.ports import Codec, Past, TournamentSnapshot
from wire.refusal import Refused

#: Frames that are kept: about 10 s of a lively match. The bound of what a slow viewer can hold up.
FRAMES_KEPT: Final = 96
#: Epochs between two attempts at one match: more than a session is ever restarted.
ATTEMPT_EPOCHS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """ "I have everything up to here": the epoch and number of the last event seen."""

    epoch: int
    seq: int


NO_PAST: Final = Past(0, ())


class Topic:
    """One topic. Its events are numbered by the caller, since the numbering outlives this process."""

    def __init__(
        self,
        number: int,
        epoch: int,
        seq: int,
        codec: Codec,
        horizon: Callable[[], int],
        snapshot: Callable[[], MatchSnapshot | TournamentSnapshot],
        past: Past = NO_PAST,
    ) -> None:
        """`seq` is the number of the last event so far; `horizon` and `snapshot` ask the match."""
        self.number = number
        self.epoch = epoch
        self.seq = seq
        #: Nothing comes any more.
        self.over = False
        #: Why nothing comes any more, if something broke.
        self.failed: Refused | None = None
        #: The last events are being made durable. Until they are published do not ask `since`: a snapshot has them.
        self.held = False
        self._codec = codec
        self._horizon = horizon
        self._snapshot = snapshot
        #: Each frame behind the number of the event before its first.
        self._frames: deque[tuple[int, bytes]] = deque(maxlen=FRAMES_KEPT)
        self._durable = list(past.durable)
        self._written = past.seq
        self._news: asyncio.Event | None = None
        #: What is told beside the numbering, whole: a later one replaces it. `asides` counts them.
        self.aside = b""
        self.asides = 0
        self._joining: tuple[int, bytes] = (-1, b"")

    @property
    def here(self) -> Place:
        """The place of somebody who has everything."""
        return Place(self.epoch, self.seq)

    @property
    def news(self) -> asyncio.Event:
        """Set at the next change. Take it before asking `since`, then nothing is missed."""
        if self._news is None:
            self._news = asyncio.Event()
        return self._news

    def publish(self, events: Sequence[MatchEvent | tournament.TournamentEvent], now: int) -> bytes:
        """Number the events, keep them in one frame for who asks later, and return the frame's ServerMessage."""
        self.held = False
        durable, start = self._codec.durable, self.seq
        seq = start
        for event in events:
            seq += 1
            if type(event) in durable:
                self._durable.append((seq, event))
        self.seq = seq
        frame = self._codec.frame(self.number, self.epoch, seq, now, self._horizon(), events)
        self._frames.append((start, frame))
        self._wake()
        return frame

    def put(self, frame: bytes, count: int) -> None:
        """Keep a frame that was made elsewhere, of the next `count` events."""
        self._frames.append((self.seq, frame))
        self.seq += count
        self._wake()

    def go_on_from(self, seq: int) -> None:
        """Nobody was watching, and nothing was put: the next event has the number after `seq`."""
        self.seq = seq
        self._frames.clear()

    def tell(self, message: bytes) -> None:
        """Tell everybody something that is not numbered: a serialized ServerMessage. Snapshots may have changed."""
        self.aside = message
        self.asides += 1
        self._joining = (-1, b"")
        self._wake()

    def release(self) -> None:
        """It is not held any more: let those who wait ask again."""
        self.held = False
        self._wake()

    def close(self) -> None:
        """The last event was published: followers end when they have it."""
        self.over = True
        self._wake()

    def fail(self, refused: Refused) -> None:
        """Nothing comes any more, and not because it is over."""
        self.failed = refused
        self._wake()

    def keeps(self, after: Place | None) -> bool:
        """Whether everything since that place is here, so that no snapshot is needed."""
        if after is None or after.epoch != self.epoch:
            return False
        return after.seq == self.seq or any(start == after.seq for start, _ in self._frames)

    def since(self, after: Place | None, now: int) -> list[bytes]:
        """What a viewer at that place still needs, oldest first; without a place, a snapshot."""
        if after is None:
            return [self._snapshot_frame(now)]
        if not self.keeps(after):
            return [self._catch_up(self._known(after), now)]
        return [frame for start, frame in self._frames if start >= after.seq]

    def joining(self, after: Place | None, snapshot: MatchSnapshot, taken: int, horizon: int) -> bytes:
        """A frame with an earlier snapshot, and the durable events that a viewer at that place has missed up to it."""
        seq = snapshot.seq
        known = self._known(after) if after else seq
        missed = [event for number, event in self._durable if known < number <= seq]
        return self._codec.frame(self.number, self.epoch, seq, taken, horizon, missed, snapshot)

    def _known(self, after: Place) -> int:
        """The number up to which somebody at that place has every event."""
        # The last tenure may have announced superseded events that it did not live to write: their numbers were given
        # anew.
        return after.seq if after.epoch == self.epoch else min(after.seq, self._written)

    def _snapshot_frame(self, now: int) -> bytes:
        """One for all who join at the same number."""
        seq, frame = self._joining
        if seq != self.seq:
            frame = self._codec.frame(self.number, self.epoch, self.seq, now, self._horizon(), (), self._snapshot())
            self._joining = (self.seq, frame)
        return frame

    def _catch_up(self, seq: int, now: int) -> bytes:
        missed = [event for number, event in self._durable if number > seq]
        if not missed:
            return self._snapshot_frame(now)
        return self._codec.frame(self.number, self.epoch, self.seq, now, self._horizon(), missed, self._snapshot())

    def _wake(self) -> None:
        if self._news:
            self._news.set()
            self._news = None


def topic_epoch(epoch: int, attempt: int) -> int:
    """The epoch of a match's topic: a match that is played again is numbered anew, and so in a later epoch."""
    return epoch + (attempt - 1) * ATTEMPT_EPOCHS
