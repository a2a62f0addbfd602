"""Commands of the lobby, as values. Their ranges were checked before they were made."""

from dataclasses import dataclass

from backend.core.bots import BotStrength
from backend.core.places import Leaving
from backend.core.room import Door, Settings
from wire.refusal import Refused


@dataclass(frozen=True, slots=True)
class CreateRoom:
    settings: Settings


@dataclass(frozen=True, slots=True)
class JoinRoom:
    code: str
    """As it was typed."""
    leaving: Leaving


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    code: str
    """As it was typed; empty for the current room."""


@dataclass(frozen=True, slots=True)
class SetReady:
    ready: bool


@dataclass(frozen=True, slots=True)
class SetSettings:
    settings: Settings


@dataclass(frozen=True, slots=True)
class Kick:
    account_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """Starts the match or tournament of the room."""


@dataclass(frozen=True, slots=True)
class SetSeat:
    seated: bool
    """Takes part from now on, or only watches."""


@dataclass(frozen=True, slots=True)
class AddBot:
    strength: BotStrength


@dataclass(frozen=True, slots=True)
class SetRanking:
    account_ids: tuple[str, ...]
    """All entrants, the best first."""


@dataclass(frozen=True, slots=True)
class SetDoor:
    door: Door


@dataclass(frozen=True, slots=True)
class GiveNewCode:
    """Gives the room another code."""


@dataclass(frozen=True, slots=True)
class AnswerKnock:
    account_id: str
    accept: bool


@dataclass(frozen=True, slots=True)
class Invite:
    """Invites a friend to the current room."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    """As it was typed."""


@dataclass(frozen=True, slots=True)
class SetWatching:
    session_id: str
    """Session that the connection watches from now on, or empty."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Renews the connection's lease."""


RoomCommand = (
    CreateRoom
    | JoinRoom
    | LeaveRoom
    | SetReady
    | SetSettings
    | Kick
    | Start
    | SetSeat
    | AddBot
    | SetRanking
    | SetDoor
    | GiveNewCode
    | AnswerKnock
)
LobbyCommand = RoomCommand | Invite | Say | SetWatching | Heartbeat


@dataclass(frozen=True, slots=True)
class LobbyRequest:
    """A command, or the refusal of one that cannot be read: it counts for the limits like any other."""

    request_id: int
    """Number that the answer repeats; 0 if none is wanted."""
    command: LobbyCommand | Refused
