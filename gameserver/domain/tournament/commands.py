"""Commands to a tournament, by its entrants, its organiser and the operator."""

from dataclasses import dataclass

from gameserver.domain.tournament.pairings import NO_SIDE, Kind
from gameserver.domain.tournament.spec import Entrant


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The caller is here."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The caller gives up all that remains; or, from the house, `entrant` does: kicked, account gone, bot removed."""

    entrant: int | None = None


@dataclass(frozen=True, slots=True)
class Disqualify:
    """Organiser: an entrant is out, and forfeits all that remains."""

    entrant: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Organiser: call nobody, and end nothing, until Resume."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Organiser: go on; deadlines are moved by the pause."""


@dataclass(frozen=True, slots=True)
class ExtendDeadline:
    """Organiser: `seconds` (1 to 3,600) more for those who are called to a pairing; 0: for the check-in or review."""

    pairing: int
    seconds: int


@dataclass(frozen=True, slots=True)
class CorrectResult:
    """Organiser: a pairing was decided otherwise. Until a match that depends on it has begun."""

    pairing: int
    kind: Kind
    winner: int = NO_SIDE


@dataclass(frozen=True, slots=True)
class Reopen:
    """Organiser: a pairing is played again, and so is all that depended on it."""

    pairing: int


@dataclass(frozen=True, slots=True)
class AddEntrant:
    """Organiser: somebody comes in late. While there is check-in; later only in a Swiss."""

    entrant: Entrant


@dataclass(frozen=True, slots=True)
class CallOff:
    """Organiser: it ends now, without a champion."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Organiser: the results stand as they are. While they are under review."""


Command = (
    CheckIn
    | Withdraw
    | Disqualify
    | Pause
    | Resume
    | ExtendDeadline
    | CorrectResult
    | Reopen
    | AddEntrant
    | CallOff
    | Confirm
)
