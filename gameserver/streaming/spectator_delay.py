"""A topic as spectators see it under a delay: everything some seconds later, held in the server and not in the browser.

It is fed with what the topic itself announces, buffers it until its time has come, and only then folds the records: so
the snapshots are of then, too. Frames keep the time stamp of when they were made, so a spectator's clock, which is
estimated from them, simply runs behind.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gameserver.domain.match.records import MatchEvent
from gameserver.domain.tournament import records as tournament
from gameserver.streaming.scheduler import Scheduler
from gameserver.streaming.topic import Place, Topic

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class _Delayed(Generic[_Record]):
    """One announcement that waits. At most as many as fall within the delay; no client can add to them."""

    due: int
    made_at: int
    records: Sequence[_Record] = ()
    events: Sequence[MatchEvent | tournament.TournamentEvent] = ()
    aside: bytes = b""
    over: bool = False


class DelayedTopic(Generic[_Record]):
    """One topic, `delay_us` later."""

    def __init__(
        self,
        scheduler: Scheduler,
        topic: Topic,
        delay_us: int,
        fold: Callable[[Sequence[_Record]], None],
        on_streams: Callable[[int], None] = lambda streams: None,
        *,
        opens_at: int = 0,
    ) -> None:
        """`fold` takes the records whose time has come; `on_streams` is told of streams that begin (1) and end (-1).

        Before `opens_at` (server µs) nothing is shown.
        """
        self.topic = topic
        self.scheduled: int | None = None
        self.viewers = 0
        self._scheduler = scheduler
        self._delay = delay_us
        self._fold = fold
        self._on_streams = on_streams
        self._buffer: deque[_Delayed[_Record]] = deque()
        if opens_at:
            topic.held = True
            self._add(_Delayed(opens_at, opens_at))

    @property
    def deadline(self) -> int | None:
        """The time at which the next announcement is due, server µs."""
        return self._buffer[0].due if self._buffer else None

    def take(
        self, records: Sequence[_Record], events: Sequence[MatchEvent | tournament.TournamentEvent], now: int
    ) -> None:
        """Buffer what the topic has announced just now."""
        self._add(_Delayed(now + self._delay, now, records, events))

    def tell(self, message: bytes, now: int) -> None:
        """Buffer what the topic has told beside its numbering."""
        self._add(_Delayed(now + self._delay, now, aside=message))

    def close(self, now: int) -> None:
        """Buffer the end of the topic."""
        self._add(_Delayed(now + self._delay, now, over=True))

    def _add(self, delayed: "_Delayed[_Record]") -> None:
        self._buffer.append(delayed)
        self._scheduler.schedule(self)

    def on_due(self, now: int) -> None:
        """Announce what has waited long enough."""
        while self._buffer and self._buffer[0].due <= now:
            delayed = self._buffer.popleft()
            self._fold(delayed.records)
            if delayed.events:
                self.topic.publish(delayed.events, delayed.made_at)
            elif delayed.aside:
                self.topic.tell(delayed.aside)
            elif delayed.over:
                self.topic.close()
            elif self.topic.held:
                self.topic.release()
        self._scheduler.schedule(self)

    # Viewers.

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """Return the frames that a viewer at that place lacks, oldest first; None before the topic opens."""
        return None if self.topic.held else self.topic.since(after, now - self._delay)

    def watch(self, viewers: int) -> None:
        """Count a stream of StreamGameState that begins, with this many viewers."""
        self.viewers += viewers
        self._on_streams(1)

    def unwatch(self, viewers: int) -> None:
        """Count a stream that ends."""
        self.viewers -= viewers
        self._on_streams(-1)
