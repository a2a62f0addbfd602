"""Rules on matches that count in totals, and on those that move ratings.

What counts needs play: otherwise it is had for nothing, four resignations being four wins. Ratings are between
accounts: guests cost nothing, and whoever can have many loses to themselves. So a match moves them only between two
people with accounts of their own, and only so often a day between the same two.
"""

from dataclasses import dataclass
from typing import Final

POINTS: Final = 3
PLAY_US: Final = 20_000_000
"""A match counts once this many points or this much play, µs, were in it; a short ruleset's once it was played out."""
PAIR_A_DAY: Final = 10
"""Matches between the same two that move ratings, in 24 hours."""
DAY_MS: Final = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Played:
    """Facts of a match that decide if it counts."""

    void: bool
    local: bool
    """At one keyboard."""
    points: int
    """Points of both sides."""
    play_us: int
    played_out: bool
    """The rules ended it; otherwise somebody resigned or stayed away."""
    people: tuple[str, ...]
    """The accounts that took part."""
    guests: bool
    """One of them is a guest."""


def counts(played: Played) -> bool:
    """True if it counts in the totals of its players."""
    if played.void or played.local:
        return False
    return played.played_out or played.points >= POINTS or played.play_us >= PLAY_US


def rates(played: Played, between_them: int) -> bool:
    """True if it moves ratings, given the number that did between the same two within a day."""
    enough = played.points >= POINTS or played.play_us >= PLAY_US
    between_two = len(set(played.people)) == 2 and not played.guests
    return counts(played) and enough and between_two and between_them < PAIR_A_DAY
