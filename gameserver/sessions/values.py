"""Values of sessions: the spec of one, its description, and the figures that lists and viewers get of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from gameserver.domain.match.records import Result
from gameserver.domain.tournament.records import Status


class Origin(IntEnum):
    """Reasons for which a session was asked for, numbered as in the contract."""

    UNKNOWN = 0
    """One that this version does not know."""
    ROOM = 1
    BOT = 2
    LOCAL = 3
    HOUSE = 4
    """A match for show: its journal is not kept."""
    SERVICE = 5

    @classmethod
    def _missing_(cls, value: object) -> "Origin":
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a session: for an account, a second person at the same keyboard (no account), or a bot."""

    account_id: str
    bot: bool


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """A session as it was asked for, with every default filled in. Two are equal if their messages are."""

    message: object
    """All of it as a message of the contract, for journals and reports. Sessions pass it on and never look into it."""
    origin: Origin = field(compare=False)
    public: bool = field(compare=False)
    """Lists may show it."""
    is_tournament: bool = field(compare=False)
    """It is a tournament; otherwise a duel."""
    delay_s: int = field(compare=False)
    """Seconds by which spectators see a tournament later; 0 is none."""
    join_within_us: int = field(compare=False)
    """Time that the players have to join, µs."""
    places: int = field(compare=False)
    """The most matches that it may have on at once, from 1."""
    seats: Sequence[Seat] = field(compare=False)


class SessionState(IntEnum):
    """States of a session, numbered as in the contract."""

    WAITING = 1
    PLAYING = 2
    OVER = 3


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A session as this server knows it."""

    session_id: str
    spec: SessionSpec
    state: SessionState
    epoch: int
    """The tenure of this process, or the last one that wrote to its journal; from 1."""
    left: int = 0
    right: int = 0
    """Points of a duel."""
    result: Result | None = None
    """Of a duel that is over."""
    tournament: Status | None = None
    """Of a tournament; of a finished one it has only the phase."""


@dataclass(frozen=True, slots=True)
class SessionBrief:
    """Points and viewers of a session, for lists."""

    session_id: str
    left: int = 0
    right: int = 0
    viewers: int = 0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Description of this server for the fleet."""

    sessions: int
    """Matches that are on, or may be at once."""
    draining: bool
    briefs: Sequence[SessionBrief]
    """The public sessions of which something has changed since the last heartbeat."""


@dataclass(frozen=True, slots=True)
class LiveScore:
    """Score of a match that is on in a tournament."""

    match: int
    pairing: int
    left: int
    right: int
    viewers: int


@dataclass(frozen=True, slots=True)
class Board:
    """Scores of the matches that are on in a tournament, sampled at one time."""

    scores: Sequence[LiveScore] = ()
    """By the number of the match."""
    featured: int = 0
    """Number of the match to look at; 0 when none is on."""
    viewers: int = 0
    """Spectators of the tournament."""


EMPTY_BOARD: Final = Board()
