"""A topic as spectators may see it: everything some seconds later, in the server and not in the browser.

It is fed what the topic itself announces, keeps it until its time has come, and only then folds the records: so the
snapshots are of then, too. Frames keep the time stamp of when they were made, so a spectator's clock, which is
estimated from them, simply runs behind.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from gameserver.domain.match.records import MatchEvent
from gameserver.domain.tournament import records as tournament
from gameserver.sessions.ports import Clock, Codec
from gameserver.streaming.scheduler import Due
from gameserver.streaming.topic import Place, Topic

_Record = TypeVar("_Record")


class Woken(Due, Protocol):
    """What a host wakes at its deadline."""

    @property
    def deadline(self) -> int | None:
        """When `on_due` is wanted, server µs; None for not at all."""


class Waking(Protocol):
    """What a delayed topic asks of its host."""

    codec: Codec
    clock: Clock

    def wait(self, match: Woken) -> None:
        """It has another deadline."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[_Record]):
    """What waits for its time. As much as happens within the delay; nobody can make it more."""

    due: int
    made_at: int
    records: Sequence[_Record] = ()
    events: Sequence[MatchEvent | tournament.TournamentEvent] = ()
    aside: bytes = b""
    over: bool = False


class Delayed(Generic[_Record]):
    """One topic, `delay_us` later."""

    def __init__(
        self,
        shell: Waking,
        topic: Topic,
        delay_us: int,
        fold: Callable[[Sequence[_Record]], None],
        watch: Callable[[int], None] = lambda streams: None,
        *,
        opens_at: int = 0,
    ) -> None:
        """`fold` takes the records whose time has come; `watch` hears of streams that begin (1) and end (-1).

        Before `opens_at` (server µs) nobody is told anything.
        """
        self.topic = topic
        self.scheduled: int | None = None
        self.viewers = 0
        self._shell = shell
        self._delay = delay_us
        self._fold = fold
        self._watch = watch
        self._kept: deque[_Kept[_Record]] = deque()
        if opens_at:
            topic.held = True
            self._keep(_Kept(opens_at, opens_at))

    @property
    def deadline(self) -> int | None:
        """When the next thing is to be told."""
        return self._kept[0].due if self._kept else None

    def take(
        self, records: Sequence[_Record], events: Sequence[MatchEvent | tournament.TournamentEvent], now: int
    ) -> None:
        """The topic has announced this just now."""
        self._keep(_Kept(now + self._delay, now, records, events))

    def tell(self, message: bytes, now: int) -> None:
        """The topic has told something that is not numbered."""
        self._keep(_Kept(now + self._delay, now, aside=message))

    def close(self, now: int) -> None:
        """The topic is over."""
        self._keep(_Kept(now + self._delay, now, over=True))

    def _keep(self, kept: "_Kept[_Record]") -> None:
        self._kept.append(kept)
        self._shell.wait(self)

    def on_due(self, now: int) -> None:
        """Tell what has waited long enough."""
        while self._kept and self._kept[0].due <= now:
            kept = self._kept.popleft()
            self._fold(kept.records)
            if kept.events:
                self.topic.publish(kept.events, kept.made_at)
            elif kept.aside:
                self.topic.tell(kept.aside)
            elif kept.over:
                self.topic.close()
            elif self.topic.held:
                self.topic.release()
        self._shell.wait(self)

    # Those who watch.

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while nobody may be told anything."""
        return None if self.topic.held else self.topic.since(after, now - self._delay)

    def watch(self, viewers: int) -> None:
        """A stream of StreamGameState begins, with so many who watch."""
        self.viewers += viewers
        self._watch(1)

    def unwatch(self, viewers: int) -> None:
        """It ends."""
        self.viewers -= viewers
        self._watch(-1)
