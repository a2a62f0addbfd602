"""Commands to a tournament, by its entrants, its organiser and the operator."""

from dataclasses import dataclass

from gameserver.domain.tournament.pairings import NO_SIDE, Kind
from gameserver.domain.tournament.spec import Entrant


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Check-in of the caller."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdrawal of the caller from all that remains; or, by the house, of `entrant`: kicked, deleted, or removed."""

    entrant: int | None = None


@dataclass(frozen=True, slots=True)
class Disqualify:
    """Organiser: put an entrant out, who forfeits all that remains."""

    entrant: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Organiser: call nobody, and end nothing, until Resume."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Organiser: go on; deadlines are moved by the pause."""


@dataclass(frozen=True, slots=True)
class ExtendDeadline:
    """Organiser: give `seconds` (1 to 3,600) more to those called to a pairing; 0: to the check-in or review."""

    pairing: int
    seconds: int


@dataclass(frozen=True, slots=True)
class CorrectResult:
    """Organiser: decide a pairing otherwise, until a match that depends on it has begun."""

    pairing: int
    kind: Kind
    winner: int = NO_SIDE


@dataclass(frozen=True, slots=True)
class Reopen:
    """Organiser: have a pairing played again, and all that depended on it."""

    pairing: int


@dataclass(frozen=True, slots=True)
class AddEntrant:
    """Organiser: let a late entrant in, during the check-in; later only in a Swiss."""

    entrant: Entrant


@dataclass(frozen=True, slots=True)
class CallOff:
    """Organiser: end it now, without a champion."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Organiser: let the results stand as they are, while they are under review."""


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
