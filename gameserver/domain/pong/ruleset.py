"""Rulesets: named, versioned, validated, hashed. A match keeps the one that it was opened with."""

from dataclasses import dataclass, fields
from typing import Final

from gameserver.domain.values import RuleError, fnv1a

RANGES: Final[dict[str, tuple[int, int]]] = {
    "version": (1, 1),
    "points_to_win": (1, 21),
    "start_speed": (60_000, 200_000),
    "paddle_half_height": (3_000, 15_000),
    "time_limit_s": (30, 1_800),
    "sudden_death_s": (10, 600),
}
"""Inclusive range of each number, in the field's unit. Products in the rules stay below 2**53 within them
(tests/gameserver/domain/pong/test_ruleset.py proves it), so that a browser computes the same in doubles."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The rules of a match, every default filled in. Distances in units of 0.01 px, speeds in units per second.

    Raises RuleError, naming the field and its range, for a value outside `RANGES` or an unknown `id`.
    """

    id: str = "classic"
    version: int = 1
    points_to_win: int = 11
    """Points that win."""
    start_speed: int = 110_000
    """Speed of the ball at a serve."""
    paddle_half_height: int = 7_500
    """Half the height of a paddle."""
    time_limit_s: int = 1_800
    """Match time in seconds after which the leader wins."""
    sudden_death_s: int = 120
    """If level then, the next point wins, for at most this many seconds; without one the match is a draw."""
    directions_only: bool = False
    """Refuses targets (touch, mouse), which stop exactly where a held key cannot."""

    def __post_init__(self) -> None:
        if self.id != "classic":
            raise RuleError("id", 'has to be "classic", the only rules there are')
        for name, (low, high) in RANGES.items():
            number = getattr(self, name)
            if type(number) is not int or not low <= number <= high:
                raise RuleError(name, f"has to be a whole number from {low} to {high}")

    def canonical(self) -> str:
        """One line that holds everything the rules depend on, in the order of the fields."""
        return " ".join(f"{f.name}={getattr(self, f.name)}".lower() for f in fields(self))

    def hash(self) -> int:
        """FNV-1a (32 bit) of `canonical()`: every journal carries it."""
        return fnv1a(self.canonical().encode())


CLASSIC: Final = Ruleset()
