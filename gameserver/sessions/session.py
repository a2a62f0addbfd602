"""The session as the registry, players and viewers see it: a `DuelSession` or a `TournamentSession`."""

from collections.abc import Callable, Collection, Sequence
from enum import Enum, auto
from typing import Protocol

from gameserver.domain.tournament.records import PairingLine
from gameserver.sessions.ports import Key
from gameserver.sessions.runner import MatchRunner
from gameserver.sessions.values import SessionBrief, SessionDescription, SessionSpec
from gameserver.streaming.connection import Connection
from gameserver.streaming.topic import Place, WatchableTopic


class SessionEnd(Enum):
    """The two ways in which a session ends in this process."""

    FINISHED = auto()
    """Its result is durable, announced, and on its way to the backend."""
    BROKEN = auto()
    """A fault ended it. Its journals stay, and the next start takes them up."""


OnSessionEnd = Callable[[str, SessionEnd], None]
"""Takes the id of a session that has ended, and how."""


class LiveSession(Protocol):
    """One session of this server."""

    @property
    def session_id(self) -> str: ...

    @property
    def spec(self) -> SessionSpec: ...

    @property
    def epoch(self) -> int:
        """The tenure of this process, from 1."""
        ...

    @property
    def over(self) -> bool:
        """True once its result is announced."""
        ...

    @property
    def connections(self) -> Collection[Connection]:
        """The connections that joined it to play."""
        ...

    # For the registry.

    def go_live(self) -> None:
        """Begin to be woken and flushed."""

    def describe(self) -> SessionDescription:
        """Describe the session."""
        ...

    def brief(self) -> SessionBrief:
        """Describe the session for lists."""
        ...

    def end(self, now: int) -> None:
        """End it without a winner, unless it is over."""

    def abandon(self) -> None:
        """Close all connections after a fault. Called while the fault is handled."""

    def drain(self, now: int) -> None:
        """Notify the players that this process ends, and stand still."""

    def disconnect_all(self) -> None:
        """Send viewers away, to the process that comes after this one."""

    def journal_key(self, match: int, now: int) -> Key | None:
        """Return the key of a match's journal, written up to now; None when there is no such match. Raises Refused."""
        ...

    def write(self) -> None:
        """Write the records that wait. Raises OSError."""

    def gateways_changed(self, *, reachable: bool) -> None:
        """Note that a gateway is here, through which players can come, or none."""

    # For players.

    def may_sit(self, seat: int) -> bool:
        """Report whether there is such a seat, for a person."""
        ...

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """Give a connection its seats; connections that had them are closed."""

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """Show a connection how the session ended, and close it."""

    def leave(self, connection: Connection, now: int) -> None:
        """Take out a connection that has ended."""

    def gateway_closing(self, connection: Connection, now: int) -> None:
        """Prepare for the end of a connection's gateway: its matches stand still."""

    def match_for(self, connection: Connection, topic: int) -> tuple[MatchRunner | None, Sequence[int]]:
        """Find the match that a connection's message is for, and its sides in it; None when that is not on.

        Raises Refused (NO_SEAT): it never had a seat there.
        """
        ...

    def abandon_for(self, connection: Connection) -> None:
        """Abandon what a connection's message has broken: its matches, or else the session."""

    def rtt_measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """Note the round-trip time of a connection."""

    # For viewers.

    def watchable(self, topic: int, *, live: bool) -> WatchableTopic:
        """Find a topic; `live`: without the spectators' delay. Raises Refused: TOPIC_UNKNOWN, SESSION_OVER."""
        ...

    def featured(self, *, live: bool) -> WatchableTopic | None:
        """Find a tournament's featured match; None when nothing is on, and in a duel."""
        ...

    def pairings(self, *, live: bool) -> Sequence[PairingLine]:
        """Return a tournament's pairings; none in a duel."""
        ...
