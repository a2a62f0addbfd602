"""Pairings of a tournament, their outcomes, and the standings.

A *pairing* is a place in the bracket where two entrants meet. It is decided by one match, or by the best of 3 or 5. A
format knows entrants by their seed alone: 1 is the best. Whose seed that is, when something is played, and who has not
come, are the engine's business.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

EMPTY: Final = 0
"""A side of a pairing that will never be filled: the entrant on the other side has a bye."""
TO_BE_DECIDED: Final = -1
"""A side of a pairing that is not decided yet."""
NO_SIDE: Final = -1
"""No side won."""


class Stage(IntEnum):
    """The part of the bracket that a pairing belongs to."""

    KNOCKOUT = 1
    """Single elimination, and the knockout after groups."""
    WINNERS = 2
    """Double elimination: nobody here has lost."""
    LOSERS = 3
    """Double elimination: everybody here has lost once."""
    GRAND_FINAL = 4
    """Double elimination: the last pairing, and after it the reset."""
    THIRD_PLACE = 5
    """Between the losers of the semi-finals."""
    GROUP = 6
    """Everybody in a group meets everybody, a round robin without groups being one group."""
    SWISS = 7


class Kind(IntEnum):
    """Ways in which a pairing is decided. BYE is made by formats; everything else is told to them."""

    PLAYED = 1
    FORFEIT = 2
    """Begun, and given up."""
    WALKOVER = 3
    """Never begun: one side did not come, or was out."""
    DOUBLE_FORFEIT = 4
    """Neither came, or both are out: an empty slot goes on."""
    BYE = 5
    """Nobody on the other side. Not a match: no statistics."""
    CANCELLED = 6
    """Called off by the organiser: nobody wins, and an empty slot goes on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a pairing. `winner` is 0 (left), 1 (right) or NO_SIDE; a drawn one is PLAYED with NO_SIDE.

    `matches` has the points (left, right) of each match that was played, in order.
    """

    kind: Kind
    winner: int = NO_SIDE
    matches: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Source of a side: the winner of another pairing, or its loser."""

    pairing: int
    winner: bool = True


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """Source of a side: the entrant with this place in a group. Both numbers count from 1."""

    group: int
    place: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """A place in the bracket."""

    number: int
    """From 1, in the order in which the format would have them played. It never changes."""
    stage: Stage
    round: int
    """From 1 within its stage."""
    index: int
    """From 1 within its round, from the top of the bracket down."""
    left: int
    """A seed, EMPTY or TO_BE_DECIDED."""
    right: int
    left_from: Source | None = None
    right_from: Source | None = None
    group: int = 0
    """Group, from 1; 0 where there are none."""
    best_of: int = 1
    to_end: int = 0
    """Rounds from here to the end of the tournament: 0 for a (grand) final and its reset, 1 for a third place match."""
    outcome: Outcome | None = None
    skipped: bool = False
    """It will not be played, because it turned out not to be needed: a reset."""
    may_draw: bool = False
    """A drawn match is a result here. Elsewhere it is played again."""
    left_place: GroupPlace | None = None
    """In the first round of a knockout after groups."""
    right_place: GroupPlace | None = None

    @property
    def playable(self) -> bool:
        """True while both sides are known and nothing is decided."""
        return self.left > 0 and self.right > 0 and self.outcome is None and not self.skipped

    @property
    def decided(self) -> bool:
        """True once nothing more will happen here."""
        return self.outcome is not None or self.skipped


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the table, best first."""

    seed: int
    place: int
    """1 is the best. Those who share a place have the same, and the next one is counted past them (1, 2, 3, 3, 5)."""
    group: int = 0
    """0 where there are none."""
    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    points: int = 0
    """Tournament points, in halves: a win or a Swiss bye is 2, a draw 1. 0 in knockouts."""
    scored: int = 0
    """Points for and against in all matches."""
    conceded: int = 0
    tiebreaks: tuple[int, ...] = ()
    """In the order of `Format.tiebreaks`, each multiplied by 4 so that it is whole."""
    final: bool = False
    """Their place can no longer change."""
