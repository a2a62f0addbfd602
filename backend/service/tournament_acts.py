"""Acts on a tournament, as values: what entrants and the organiser ask for."""

from dataclasses import dataclass

from backend.core.bots import BotStrength
from wire.refusal import Refused


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The caller is there and ready."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The caller gives up, or the backend withdraws an entrant."""

    entrant: int | None = None


@dataclass(frozen=True, slots=True)
class AddEntrant:
    """Somebody comes in late: an account, a bot, or at one keyboard a name."""

    account_id: str = ""
    name: str = ""
    bot: BotStrength | None = None
    rating: int = 0
    refused: Refused | None = None
    """Refusal of a value out of its range, for a caller who may add somebody."""


@dataclass(frozen=True, slots=True)
class OrganiserAct:
    """Any other act, which only the game server reads."""

    document: bytes
    refused: Refused | None = None
    """Refusal of a value out of its range, for a caller who is the organiser."""


TournamentAct = CheckIn | Withdraw | AddEntrant | OrganiserAct
