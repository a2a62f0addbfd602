"""A match as everyone but its players sees it: never earlier than the slowest way to a player brings it.

Otherwise a player on a long line would watch the same match over a short one, and see the ball sooner. The frames are
the players' own bytes, a moment later. A snapshot is taken when a viewer needs one, and shown that moment later with
the frames that have followed it, to every viewer who comes until it is dropped. Until the first viewer comes nothing is
buffered and nothing is woken.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import MatchEvent
from gameserver.streaming.ports import FrameEncoder
from gameserver.streaming.scheduler import Scheduler
from gameserver.streaming.topic import Place, Topic
from wire.refusal import Refused

HOLDBACK_US: Final = 250_000
"""Half of the longest round trip at which play is fair (250 ms), and as much again. Pages draw a spectator's court
350 ms behind anyway."""
NEVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Look:
    """A match at one moment: its snapshot, the horizon of it, and when it was taken (server µs)."""

    snapshot: MatchSnapshot
    horizon: int
    taken: int


@dataclass(frozen=True, slots=True)
class _Held:
    """One thing that waits: a frame with the number of its events, a look, or the end."""

    due: int
    frame: bytes = b""
    count: int = 0
    look: Look | None = None


class HoldbackTopic:
    """One topic, held back."""

    def __init__(
        self, scheduler: Scheduler, encoder: FrameEncoder, live: Topic, look: Callable[[int], Look | None]
    ) -> None:
        """`look` looks at the match; None while its last events are still being made durable."""
        self.topic = Topic(live.number, live.epoch, live.seq, encoder, lambda: 0, self._never)
        self.topic.over, self.topic.failed = live.over, live.failed
        self.scheduled: int | None = None
        self.viewers = 0
        self._scheduler = scheduler
        self._live = live
        self._look = look
        self._begun = False
        self._buffer: deque[_Held] = deque()
        self._shown: Look | None = None
        self._wanted = self._coming = False
        """A viewer waits for a look; and one is on its way."""

    @property
    def deadline(self) -> int | None:
        """The time at which the next thing is to be shown, server µs."""
        return self._buffer[0].due if self._buffer else None

    def take(self, frame: bytes, events: Sequence[MatchEvent], now: int) -> None:
        """Buffer a frame that the topic has just announced with these events."""
        if self._begun:
            self._add(_Held(now + HOLDBACK_US, frame, len(events)))
            if self._wanted:
                self._take_look(now)

    def close(self, now: int) -> None:
        """Buffer the end of the topic."""
        self._add(_Held(now + HOLDBACK_US))

    def fail(self, refused: Refused) -> None:
        """Show all that is buffered, then end the topic with a refusal: the match stands still or is gone."""
        self._show(NEVER)
        self.topic.fail(refused)

    def on_due(self, now: int) -> None:
        """Show what was held back long enough."""
        self._show(now)
        self._scheduler.schedule(self)

    def _show(self, until: int) -> None:
        topic = self.topic
        while self._buffer and self._buffer[0].due <= until:
            held = self._buffer.popleft()
            if held.count:
                topic.put(held.frame, held.count)
            elif held.look:
                self._shown, self._coming = held.look, False
                topic.release()
            else:
                topic.close()

    # Viewers.

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """Return the frames that a viewer at that place lacks, oldest first; None while they are held back."""
        topic, shown = self.topic, self._shown
        if topic.keeps(after):
            return topic.since(after, now)
        if topic.over and (shown is None or shown.snapshot.seq != self._live.seq):
            # The end of a match is no secret.
            shown = self._shown = self._look(now)
            topic.go_on_from(self._live.seq)
        if shown is None or not topic.keeps(at := Place(topic.epoch, shown.snapshot.seq)):
            if not self._coming:
                self._take_look(now)
            return None
        return [self._live.joining(after, shown.snapshot, shown.taken, shown.horizon), *topic.since(at, now)]

    def watch(self, viewers: int) -> None:
        """Count a stream of StreamGameState that begins, with this many viewers."""
        if not self._begun:
            self._begun = True
            self.topic.go_on_from(self._live.seq)
        self.viewers += viewers

    def unwatch(self, viewers: int) -> None:
        """Count a stream that ends."""
        self.viewers -= viewers

    def _take_look(self, now: int) -> None:
        look = self._look(now)
        self._wanted = look is None
        if look:
            self._coming = True
            self._add(_Held(now + HOLDBACK_US, look=look))

    def _add(self, held: _Held) -> None:
        self._buffer.append(held)
        self._scheduler.schedule(self)

    def _never(self) -> MatchSnapshot:
        raise AssertionError("what is held back shows looks")
