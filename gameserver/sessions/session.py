"""What a session is to its host, to players and to viewers: a duel (one `LiveMatch`) or a `LiveTournament`."""

from collections.abc import Collection, Sequence
from typing import Protocol

from matchpoint.v1.fleet_pb2 import SessionBrief
from matchpoint.v1.session_pb2 import Session, SessionSpec

from gameserver.sessions.context import Flushed
from gameserver.sessions.ports import Key
from gameserver.sessions.runner import LiveMatch
from gameserver.streaming.connection import Connection
from gameserver.streaming.topic import Place, Topic


class Watched(Protocol):
    """One topic, for those who watch it through StreamGameState."""

    @property
    def topic(self) -> Topic: ...

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while the newest is being made durable."""
        ...

    def watch(self, viewers: int) -> None:
        """A stream begins, with so many who watch."""

    def unwatch(self, viewers: int) -> None:
        """It ends."""


class LiveSession(Flushed, Protocol):
    """One session of this server."""

    @property
    def spec(self) -> SessionSpec: ...

    @property
    def over(self) -> bool:
        """Its result is announced."""
        ...

    @property
    def places(self) -> int:
        """The matches that it may have on at once."""
        ...

    @property
    def connections(self) -> Collection[Connection]:
        """Those that joined it to play."""
        ...

    # The host's.

    def describe(self) -> Session:
        """The session as the contract tells it."""
        ...

    def brief(self) -> SessionBrief:
        """The session for lists."""
        ...

    def end(self, now: int) -> None:
        """End it without a winner, unless it is over."""

    def hand_over(self, now: int) -> None:
        """This process is about to end: tell the players, and stand still."""

    def part(self) -> None:
        """Viewers are sent away, to the process that comes after this one."""

    def replay(self, match: int, now: int) -> Key | None:
        """The journal of a match, written up to now; None when there is no such match."""
        ...

    def write(self) -> None:
        """Write the records that wait. Raises OSError."""

    # Those who play.

    def may_sit(self, seat: int) -> bool:
        """Whether there is such a seat, for a person."""
        ...

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """A connection takes its seats; whoever had them is sent away."""

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """It is over: a connection is shown how it ended, and closed."""

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended."""

    def suspend(self, connection: Connection, now: int) -> None:
        """The gateway of a connection is about to end."""

    def seated(self, connection: Connection, topic: int) -> tuple[LiveMatch | None, Sequence[int]]:
        """The match that a connection's message is for, and its sides in it; none when that is not on.

        Raises Refused (NO_SEAT): it never had a seat there.
        """
        ...

    def broke(self, connection: Connection) -> None:
        """What a connection sent has broken its match."""

    def measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """The network of a connection was measured."""

    # Those who watch.

    def watched(self, topic: int, *, live: bool) -> Watched:
        """A topic; `live`: without the spectators' delay. Raises Refused: TOPIC_UNKNOWN, SESSION_OVER."""
        ...

    def featured(self, *, live: bool) -> Watched | None:
        """A tournament's featured match; None when nothing is on, and in a duel."""
        ...
