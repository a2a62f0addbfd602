"""Notifications about rooms and about commands of the lobby."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.core.places import Place
from backend.core.room import LeaveReason, Room
from backend.service.models import Account
from backend.service.notifications import Notification
from backend.service.sessions.tickets import Entry
from wire.refusal import Refused


@dataclass(frozen=True, eq=False)
class Welcome(Notification):
    """First notification of a connection."""

    account: Account


@dataclass(frozen=True, eq=False)
class CommandDone(Notification):
    """Answer to a command that was carried out."""

    request_id: int


@dataclass(frozen=True, eq=False)
class CommandRefused(Notification):
    """Answer to a command that was refused, or with a `request_id` of 0 bad news that no command has asked for."""

    refused: Refused
    request_id: int = 0


@dataclass(frozen=True, eq=False)
class RoomState(Notification):
    """The whole room."""

    room: Room


@dataclass(frozen=True, eq=False)
class OutOfRoom(Notification):
    """Loss of a place in a room."""

    room_code: str
    reason: LeaveReason


@dataclass(frozen=True, eq=False)
class KnockAnswered(Notification):
    """Answer of the host to the account's knock."""

    room_code: str
    accepted: bool


@dataclass(frozen=True, eq=False)
class ChatLine(Notification):
    """A line of chat in a room. `unix_ms` is the time at which it was said."""

    account_id: str
    name: str
    text: str
    unix_ms: int
    room_code: str


@dataclass(frozen=True, eq=False)
class SessionStarted(Notification):
    """Start of the match or tournament of a room."""

    entry: Entry
    room_code: str


@dataclass(frozen=True, eq=False)
class SessionFinished(Notification):
    """End of the match or tournament of a room."""

    session_id: str


@dataclass(frozen=True, eq=False)
class Places(Notification):
    """All places of the account. Of two lists the one with the larger `revision` is newer."""

    held: Sequence[Place]
    revision: int
