"""Values of a room. `rooms`, `entrants` and `doors` have its transitions.

A room is open (`session_id` is empty) or its match or tournament is on. Members of a room for duels are kept in the
order of entering; those of a room for a tournament with the entrants first, by their ranking, then the waiting list,
then those who only watch. It is also the order in which they inherit the room.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from backend.core.serialized import MatchResult, Ruleset, TournamentSpec

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Alphabet of room codes: without 0, 1, I and O, which are hard to tell apart."""
CODE_LENGTH: Final = 6
CAPACITY: Final = 16
"""Members of a room for duels at most."""
TOURNAMENT_CAPACITY: Final = 288
"""Members of a room for a tournament at most: 256 entrants, and some who wait or watch."""
SEATS: Final = 2


class RefusalCode(Enum):
    """Reason for which a command was refused."""

    UNKNOWN = "unknown"
    FULL = "full"
    STARTED = "started"
    NOT_IN_ROOM = "not in room"
    NOT_HOST = "not host"
    NEEDS_PLAYERS = "needs players"
    NEEDS_ENTRANTS = "needs entrants"
    NOT_READY = "not ready"
    NOT_ALLOWED = "not allowed"
    TOO_MANY_ROOMS = "too many rooms"
    LOCKED = "locked"
    KNOCKED = "knocked"
    IN_ANOTHER_ROOM = "in another room"


class RoomRefused(Exception):
    """A command that the room's rules refuse; nothing has changed.

    `session_id` is the match that is the reason, for STARTED and IN_ANOTHER_ROOM.
    """

    def __init__(self, code: RefusalCode, sentence: str, session_id: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.session_id = session_id


class Door(StrEnum):
    """Admission to a room."""

    OPEN = "open"
    """Open to everybody with the code."""
    KNOCK = "knock"
    """Open to those with the code that the host lets in."""
    LOCKED = "locked"
    """Closed to newcomers."""


class LeaveReason(Enum):
    """Reason for which a member is out of a room."""

    LEFT = "left"
    KICKED = "kicked"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the host."""

    ruleset: Ruleset
    unlisted: bool = False
    tournament: "Tournament | None" = None
    """None in a room for duels."""


@dataclass(frozen=True, slots=True)
class Tournament:
    """Settings of a tournament room."""

    spec: TournamentSpec
    capacity: int
    """Entrants at most; who comes later waits."""
    starts_ms: int = 0
    """Time at which it starts by itself, unix milliseconds; 0 when the host starts it."""
    opened_ms: int = 0
    """Since when it is open for entrants, unix milliseconds; 0 once it was played, until the host sets up another."""


@dataclass(frozen=True, slots=True)
class LastMatch:
    """The last match of the room, or its last tournament, which has no `result`."""

    session_id: str
    result: MatchResult


@dataclass(frozen=True, slots=True)
class Member:
    account_id: str
    """A bot's is of this room only."""
    name: str
    seat: int | None = None
    """Seat: in a duel 0 is left, 1 is right; in a tournament the place in the ranking."""
    ready: bool = False
    connected: bool = True
    away_until_ms: int | None = None
    """Time at which a place without a connection is lost, unix milliseconds; None while a match keeps it."""
    waiting: bool = False
    """On the waiting list of a tournament."""
    bot: int = 0
    """Strength of a bot, from 1; 0 for a person."""
    address: str = ""
    """The network address from which they came in, for limits; nobody is shown it."""

    @property
    def playing(self) -> bool:
        """Takes part, or would if there were a place."""
        return self.seat is not None or self.waiting


@dataclass(frozen=True, slots=True)
class Knock:
    """Request to come in."""

    account_id: str
    name: str
    address: str = ""
    """The network address from which they came, for limits; nobody is shown it."""


@dataclass(frozen=True, slots=True)
class Room:
    code: str
    host: str
    settings: Settings
    members: tuple[Member, ...]
    revision: int = 1
    session_id: str = ""
    last: LastMatch | None = None
    banned: tuple[str, ...] = ()
    """Accounts that cannot come in."""
    banned_addresses: tuple[str, ...] = ()
    """Network addresses from which no guest can."""
    door: Door = Door.OPEN
    knocks: tuple[Knock, ...] = ()
    admitted: tuple[str, ...] = ()
    """Accounts that pass the door."""

    def find(self, account_id: str) -> Member | None:
        return next((member for member in self.members if member.account_id == account_id), None)

    def member(self, account_id: str) -> Member:
        """The member of that account. Raises RoomRefused when it is not in the room."""
        found = self.find(account_id)
        if found is None:
            raise RoomRefused(RefusalCode.NOT_IN_ROOM, "You are not in this room; join it first.")
        return found

    @property
    def capacity(self) -> int:
        """Members at most."""
        return TOURNAMENT_CAPACITY if self.settings.tournament else CAPACITY

    @property
    def people(self) -> tuple[Member, ...]:
        """The members who are no bots."""
        return tuple(member for member in self.members if not member.bot)

    @property
    def account_ids(self) -> list[str]:
        """Accounts of the people in it."""
        return [member.account_id for member in self.people]

    @property
    def seated(self) -> tuple[Member, ...]:
        """The members with a seat, in the order of the seats."""
        return tuple(sorted((m for m in self.members if m.seat is not None), key=lambda m: m.seat or 0))

    @property
    def play(self) -> str:
        """Word for the purpose of the room, in sentences."""
        return "tournament" if self.settings.tournament else "match"

    @property
    def played(self) -> bool:
        """True once its tournament is over, until its host sets up another one."""
        return self.settings.tournament is not None and not self.session_id and not self.settings.tournament.opened_ms

    def host_only(self, account_id: str) -> None:
        """Returns for the host. Raises RoomRefused for everybody else."""
        self.member(account_id)
        if self.host != account_id:
            raise RoomRefused(RefusalCode.NOT_HOST, "Only the host can do this; ask the host.")

    def open_only(self) -> None:
        """Returns while the room is open. Raises RoomRefused while its match or tournament is on."""
        if self.session_id:
            raise RoomRefused(
                RefusalCode.STARTED, f"The {self.play} of this room is on; wait until it is over.", self.session_id
            )

    @property
    def deadline_ms(self) -> int | None:
        """Time at which the next place is lost, unix milliseconds."""
        return min((m.away_until_ms for m in self.members if m.away_until_ms is not None), default=None)


@dataclass(frozen=True, slots=True)
class Departure:
    """Departure of a member."""

    account_id: str
    reason: LeaveReason


@dataclass(frozen=True, slots=True)
class KnockAnswer:
    """Answer of the host to a knock."""

    account_id: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Result of a transition. A `room` without people is to be closed."""

    room: Room
    departures: tuple[Departure, ...] = ()
    knock_answers: tuple[KnockAnswer, ...] = ()

    @property
    def closed(self) -> bool:
        return not self.room.people
