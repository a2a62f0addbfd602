"""The scoreboard of a tournament: its running matches and their scores, sampled once a second while it is watched."""

from collections.abc import Callable, Iterable
from typing import Final

from gameserver.domain.tournament.featured import Featured, Live, feature
from gameserver.sessions.values import EMPTY_BOARD, Board, LiveScore
from gameserver.streaming.ports import Clock
from gameserver.streaming.scheduler import Scheduler

INTERVAL_US: Final = 1_000_000
"""The time between two samples, server µs."""


class Scoreboard:
    """Sampled, not pushed: a point costs nothing here, however many matches are on."""

    def __init__(
        self,
        clock: Clock,
        scheduler: Scheduler,
        running: Callable[[], Iterable[tuple[Live, LiveScore]]],
        viewers: Callable[[], int],
        tell: Callable[[Board, int], None],
    ) -> None:
        """`running` returns the matches that are on, `viewers` the viewers of the tournament; `tell` takes a board and
        the time at which it was made."""
        self.scheduled: int | None = None
        self.board = EMPTY_BOARD
        self.deadline: int | None = None
        self._clock = clock
        self._scheduler = scheduler
        self._running = running
        self._viewers = viewers
        self._tell = tell
        self._featured = Featured()
        self._streams = 0
        self._over = False

    def add_streams(self, streams: int) -> None:
        """Add streams that watch, or (negative) remove some: the first one starts it, and without any it stops."""
        self._streams += streams
        if self.deadline is None:
            self.on_due(self._clock())

    def stop(self) -> None:
        """Show the last board, without a match, and stop: the tournament is over."""
        self.sample(self._clock())
        self._over = True

    def on_due(self, now: int) -> None:
        """Sample again, if anyone watches."""
        self.deadline = None
        if self._streams > 0 and not self._over:
            self.sample(now)
            self.deadline = now + INTERVAL_US
        self._scheduler.schedule(self)

    def sample(self, now: int) -> None:
        """Show the matches that are on, if anything of them has changed."""
        running = sorted(self._running(), key=lambda one: one[0].match)
        self._featured = feature(self._featured, [live for live, _ in running], now // 1_000)
        scores = tuple(score for _, score in running)
        board = Board(scores, self._featured.match, max(0, self._viewers()))
        if board != self.board:
            self.board = board
            self._tell(board, now)
