"""What matches and tournaments ask of the host that holds them, and what it asks of them."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Protocol

from matchpoint.v1.stats_pb2 import ReportStatsRequest

from gameserver.domain.pong.randomness import SecretSource
from gameserver.sessions.ports import Clock, Codec, Journal, JournalStore, Key
from gameserver.sessions.tournament.round_draw import Drawing
from gameserver.streaming.spectator_delay import Woken

if TYPE_CHECKING:
    from gameserver.sessions.runner import LiveMatch
    from gameserver.sessions.tournament.session import LiveTournament


class Flushed(Woken, Protocol):
    """What a host flushes after something has happened to it."""

    #: Waits for the next flush.
    dirty: bool

    @property
    def session_id(self) -> str: ...

    def flush(self, now: int) -> None:
        """Journal and announce what has happened."""

    def abandon(self) -> None:
        """It broke: let everybody go."""


class Shell(Protocol):
    """What a match asks of its host."""

    codec: Codec
    clock: Clock
    #: A new secret: what the chance of a match or of its bots follows from.
    fresh: SecretSource

    def touch(self, match: Flushed) -> None:
        """It has something to flush, and perhaps another deadline."""

    def touch_later(self, match: Flushed) -> None:
        """The same, in a moment: the disk may take records again."""

    def wait(self, match: Woken) -> None:
        """It has another deadline and nothing to flush."""

    def spawn(self, work: Coroutine[None, None, None]) -> object:
        """Run to its end beside everything else."""


class Holder(Protocol):
    """What a match belongs to: the host itself for a duel, or its tournament."""

    #: WebSocket close code for those who play, when it is over; 0 lets them stay.
    closing: int

    def is_abandoned(self, match: "LiveMatch") -> None:
        """The match broke, and is no more in this process."""

    def is_over(self, match: "LiveMatch") -> None:
        """The match's result is durable and announced."""


class TournamentShell(Shell, Protocol):
    """What a tournament asks of its host."""

    store: JournalStore
    #: Whether a gateway is here, through which people can come.
    reachable: bool
    #: Draws the rounds of a Swiss.
    draw: Drawing

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC: deadlines of a tournament outlive the process."""
        ...

    def began(self, match: "LiveMatch") -> None:
        """A match of it is on from now on."""

    def ended(self, match: "LiveMatch") -> None:
        """A match of it is over."""

    def report(self, key: Key, report: ReportStatsRequest, journal: Journal, wait_s: float) -> None:
        """Report a result, not before `wait_s` seconds from now."""

    def tournament_is_over(self, tournament: "LiveTournament") -> None:
        """Its result is durable and announced, and nothing in it is on."""

    def tournament_is_abandoned(self, tournament: "LiveTournament") -> None:
        """It broke, and is no more in this process."""
