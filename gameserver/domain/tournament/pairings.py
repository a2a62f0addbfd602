"""What formats and the engine of a tournament say to each other.

A *pairing* is a place in the bracket where two entrants meet. It is decided by one match, or by the best of 3 or 5. A
format knows entrants by their seed alone: 1 is the best. Whose seed that is, when something is played, and who has not
come, are the engine's business.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

#: A side of a pairing that will never be filled: whoever is on the other side has a bye.
EMPTY: Final = 0
#: A side of a pairing that is not decided yet.
TO_BE_DECIDED: Final = -1
#: No side won.
NO_SIDE: Final = -1


class Stage(IntEnum):
    """The part of the bracket that a pairing belongs to."""

    #: Single elimination, and the knockout after groups.
    KNOCKOUT = 1
    #: Double elimination: nobody here has lost.
    WINNERS = 2
    #: Double elimination: everybody here has lost once.
    LOSERS = 3
    #: Double elimination: the last pairing, and after it the reset.
    GRAND_FINAL = 4
    #: Between the losers of the semi-finals.
    THIRD_PLACE = 5
    #: Everybody in a group meets everybody, a round robin without groups being one group.
    GROUP = 6
    SWISS = 7


class Kind(IntEnum):
    """How a pairing was decided. BYE is made by formats; everything else is told to them."""

    PLAYED = 1
    #: Begun, and given up.
    FORFEIT = 2
    #: Never begun: one side did not come, or was out.
    WALKOVER = 3
    #: Neither came, or both are out: an empty slot goes on.
    DOUBLE_FORFEIT = 4
    #: Nobody on the other side. Not a match: no statistics.
    BYE = 5
    #: Called off by the organiser: nobody wins, and an empty slot goes on.
    CANCELLED = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a pairing was decided. `winner` is 0 (left), 1 (right) or NO_SIDE; a drawn one is PLAYED with NO_SIDE.

    `matches` has the points (left, right) of each match that was played, in order.
    """

    kind: Kind
    winner: int = NO_SIDE
    matches: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A side comes from another pairing: its winner, or its loser."""

    pairing: int
    winner: bool = True


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A side comes from a group: whoever has this place in it. Both from 1."""

    group: int
    place: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """A place in the bracket."""

    #: From 1, in the order in which the format would have them played. It never changes.
    number: int
    stage: Stage
    #: From 1 within its stage.
    round: int
    #: From 1 within its round, from the top of the bracket down.
    index: int
    #: A seed, EMPTY or TO_BE_DECIDED.
    left: int
    right: int
    left_from: Source | None = None
    right_from: Source | None = None
    #: Which group, from 1; 0 where there are none.
    group: int = 0
    best_of: int = 1
    #: Rounds from here to the end of the tournament: 0 for a (grand) final and its reset, 1 for a third place match.
    to_end: int = 0
    outcome: Outcome | None = None
    #: It will not be played, because it turned out not to be needed: a reset.
    skipped: bool = False
    #: A drawn match is a result here. Elsewhere it is played again.
    may_draw: bool = False
    #: In the first round of a knockout after groups.
    left_place: GroupPlace | None = None
    right_place: GroupPlace | None = None

    @property
    def playable(self) -> bool:
        """Both sides are known, and nothing is decided."""
        return self.left > 0 and self.right > 0 and self.outcome is None and not self.skipped

    @property
    def decided(self) -> bool:
        """Nothing more will happen here."""
        return self.outcome is not None or self.skipped


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the table, best first."""

    seed: int
    #: 1 is the best. Those who share a place have the same, and the next one is counted past them (1, 2, 3, 3, 5).
    place: int
    #: 0 where there are none.
    group: int = 0
    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    #: Tournament points, in halves: a win or a Swiss bye is 2, a draw 1. 0 in knockouts.
    points: int = 0
    #: Points for and against in all matches.
    scored: int = 0
    conceded: int = 0
    #: In the order of `Format.tiebreaks`, each multiplied by 4 so that it is whole.
    tiebreaks: tuple[int, ...] = ()
    #: Nothing can change their place any more.
    final: bool = False
