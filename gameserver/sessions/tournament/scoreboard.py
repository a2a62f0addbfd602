"""The scoreboard of a tournament: what is on and how it stands, looked at once a second while anybody watches."""

from collections.abc import Callable, Iterable
from typing import Final

from matchpoint.v1.frames_pb2 import ServerMessage
from matchpoint.v1.tournament_pb2 import LiveScore, Scoreboard

from gameserver.domain.tournament.featured import Featured, Live, feature
from gameserver.streaming.spectator_delay import Waking

#: A scoreboard is told at most so often, server µs.
EVERY: Final = 1_000_000


class Scores:
    """Sampled, not pushed: a point costs nothing here, however many matches are on."""

    def __init__(
        self,
        shell: Waking,
        on: Callable[[], Iterable[tuple[Live, LiveScore]]],
        viewers: Callable[[], int],
        tell: Callable[[bytes, int], None],
    ) -> None:
        """`on` says what is on now, `viewers` how many watch the tournament; `tell` takes a serialized ServerMessage
        and when it was made."""
        self.scheduled: int | None = None
        self.board = Scoreboard()
        self.deadline: int | None = None
        self._shell = shell
        self._on = on
        self._viewers = viewers
        self._tell = tell
        self._featured = Featured()
        self._streams = 0
        self._over = False

    def watch(self, streams: int) -> None:
        """So many streams more, or fewer: the first one starts it, and without any it stops."""
        self._streams += streams
        if self.deadline is None:
            self.on_due(self._shell.clock())

    def stop(self) -> None:
        """The tournament is over: once more, with nothing on."""
        self.look(self._shell.clock())
        self._over = True

    def on_due(self, now: int) -> None:
        """Look again, if anybody wants to know."""
        self.deadline = None
        if self._streams > 0 and not self._over:
            self.look(now)
            self.deadline = now + EVERY
        self._shell.wait(self)

    def look(self, now: int) -> None:
        """Tell what is on, if anything of it has changed."""
        on = sorted(self._on(), key=lambda one: one[0].match)
        self._featured = feature(self._featured, [live for live, _ in on], now // 1_000)
        board = Scoreboard(
            scores=[score for _, score in on], featured=self._featured.match, viewers=max(0, self._viewers())
        )
        if board != self.board:
            self.board = board
            self._tell(ServerMessage(scoreboard=board).SerializeToString(), now)
