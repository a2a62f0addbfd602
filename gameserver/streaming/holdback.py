"""A match as those see it who do not play in it: never earlier than the slowest way to a player brings it.

Otherwise who plays over a long line would watch the same match over a short one, and see the ball sooner. The frames
are the players' own bytes, a moment later. A snapshot is taken when somebody wants one, and shown that moment later,
with the frames that have followed it: until it is no longer kept, to everybody who comes. Before anybody watches,
nothing is kept and nothing is woken.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import MatchEvent
from gameserver.streaming.spectator_delay import Waking
from gameserver.streaming.topic import Place, Topic
from wire.refusal import Refused

#: How long, µs: half of the longest round trip at which play is fair (250 ms), and as much again. Pages draw a
#: spectator's court 350 ms behind anyway.
HELD_BACK: Final = 250_000
NEVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Look:
    """A match at one moment: its snapshot, the horizon of it, and when it was taken (server µs)."""

    snapshot: MatchSnapshot
    horizon: int
    taken: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """What waits: a frame with the number of its events, a look, or the end."""

    due: int
    frame: bytes = b""
    count: int = 0
    look: Look | None = None


class HeldBack:
    """One topic, held back. It is a `Watched`."""

    def __init__(self, shell: Waking, live: Topic, look: Callable[[int], Look | None]) -> None:
        """`look` looks at the match; None while what was last said of it is still being made durable."""
        self.topic = Topic(live.number, live.epoch, live.seq, shell.codec, lambda: 0, self._never)
        self.topic.over, self.topic.failed = live.over, live.failed
        #: For the scheduler.
        self.scheduled: int | None = None
        self.viewers = 0
        self._shell = shell
        self._live = live
        self._look = look
        self._begun = False
        self._kept: deque[_Kept] = deque()
        self._shown: Look | None = None
        #: Somebody waits for a look; and one is on its way.
        self._wanted = self._coming = False

    @property
    def deadline(self) -> int | None:
        """When the next thing is to be shown."""
        return self._kept[0].due if self._kept else None

    def take(self, frame: bytes, events: Sequence[MatchEvent], now: int) -> None:
        """The topic has announced these events just now, with this frame."""
        if self._begun:
            self._keep(_Kept(now + HELD_BACK, frame, len(events)))
            if self._wanted:
                self._take_look(now)

    def close(self, now: int) -> None:
        """The topic is over."""
        self._keep(_Kept(now + HELD_BACK))

    def fail(self, refused: Refused) -> None:
        """Nothing comes any more, since the match stands still or is gone: what was said of it is shown before."""
        self._show(NEVER)
        self.topic.fail(refused)

    def on_due(self, now: int) -> None:
        """Show what was held back long enough."""
        self._show(now)
        self._shell.wait(self)

    def _show(self, until: int) -> None:
        topic = self.topic
        while self._kept and self._kept[0].due <= until:
            kept = self._kept.popleft()
            if kept.count:
                topic.put(kept.frame, kept.count)
            elif kept.look:
                self._shown, self._coming = kept.look, False
                topic.release()
            else:
                topic.close()

    # Those who watch.

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while it is held back."""
        topic, shown = self.topic, self._shown
        if topic.keeps(after):
            return topic.since(after, now)
        if topic.over and (shown is None or shown.snapshot.seq != self._live.seq):
            # How it ended is known to everybody.
            shown = self._shown = self._look(now)
            topic.go_on_from(self._live.seq)
        if shown is None or not topic.keeps(at := Place(topic.epoch, shown.snapshot.seq)):
            if not self._coming:
                self._take_look(now)
            return None
        return [self._live.joining(after, shown.snapshot, shown.taken, shown.horizon), *topic.since(at, now)]

    def watch(self, viewers: int) -> None:
        """A stream of StreamGameState begins, with so many who watch."""
        if not self._begun:
            self._begun = True
            self.topic.go_on_from(self._live.seq)
        self.viewers += viewers

    def unwatch(self, viewers: int) -> None:
        """It ends."""
        self.viewers -= viewers

    def _take_look(self, now: int) -> None:
        look = self._look(now)
        self._wanted = look is None
        if look:
            self._coming = True
            self._keep(_Kept(now + HELD_BACK, look=look))

    def _keep(self, kept: _Kept) -> None:
        self._kept.append(kept)
        self._shell.wait(self)

    def _never(self) -> MatchSnapshot:
        raise AssertionError("what is held back shows looks")
