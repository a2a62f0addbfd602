"""Settings of a tournament's format."""

from dataclasses import dataclass
from enum import IntEnum

from gameserver.domain.tournament.pairings import Stage


class GrandFinal(IntEnum):
    """Ends of a double elimination."""

    NONE = 0
    """With the winners bracket's final: its winner is champion, the losers bracket's winner second."""
    SIMPLE = 1
    """One pairing."""
    DOUBLE = 2
    """A second one if the one from the winners bracket loses the first: then both have lost once."""


class DropInOrder(IntEnum):
    """The order in which losers of the winners bracket come into the losers bracket of a double elimination."""

    BRACKETS_MANAGER = 0
    """That of brackets-manager.js. Tournaments opened before there was a choice are played by it."""
    LATE_REMATCH = 2
    """Rematches come as late as possible, and as rarely."""


class TiebreakRules(IntEnum):
    """The edition of the FIDE Handbook, C.07, by which the tiebreaks of a Swiss are computed."""

    UNSPECIFIED = 0
    """Not said: another format, or a Swiss opened before there was a choice, which is computed by FIDE_2024."""
    FIDE_2024 = 1
    """In force from 1 August 2024."""
    FIDE_2026 = 2
    """In force from 1 March 2026."""


@dataclass(frozen=True, slots=True)
class RoundBestOf:
    """The best of how many in one round (round 0: in every round of the stage).

    With `before_last` the round is counted from the stage's last one, which is 0, and `round` is 0.
    """

    stage: Stage
    round: int
    best_of: int
    before_last: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a format. Those of other formats have to keep their defaults."""

    format: str
    third_place: bool = False
    """Single elimination, groups."""
    grand_final: GrandFinal = GrandFinal.DOUBLE
    """Double elimination."""
    drop_in_order: DropInOrder = DropInOrder.BRACKETS_MANAGER
    """Double elimination."""
    rounds: int = 0
    """Swiss; 0 means as many as a knockout would have."""
    tiebreak_rules: TiebreakRules = TiebreakRules.UNSPECIFIED
    """Swiss."""
    groups: int = 0
    """Groups: how many (0: of about four entrants), and how many go on from each (0: two, or one of two)."""
    advance: int = 0
    best_of: int = 1
    """1, 3 or 5."""
    best_of_rounds: tuple[RoundBestOf, ...] = ()
    """Exceptions, by round."""
