"""Points and tiebreaks of a Swiss: FIDE Handbook, C.07, article 16 on rounds that were not played."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from gameserver.domain.tournament.formats.table import DRAW, WIN, halves
from gameserver.domain.tournament.pairings import EMPTY, Kind, Pairing
from gameserver.domain.tournament.settings import TiebreakRules


class Absence(Enum):
    """Reasons for which a round was not played (16.2). The last two are *voluntary* unplayed rounds."""

    AVAILABLE = auto()
    """Able to play: a bye from the draw, a win because the opponent did not come, a pairing that was called off."""
    FORFEIT_LOSS = auto()
    """Drawn, and did not come (16.2.4)."""
    NOT_DRAWN = auto()
    """Not drawn: a bye that was asked for, a late entry, a round after a withdrawal (16.2.5)."""


class Unplayed(NamedTuple):
    """A round without a game."""

    got: int
    """Half points that were given for it."""
    absence: Absence
    opponent: int = EMPTY
    """The seed of the opponent that was drawn; EMPTY where there was none."""


@dataclass(slots=True)
class Score:
    """The rounds of one entrant that are over."""

    points: int = 0
    """Half points, byes included."""
    met: list[tuple[int, int]] = field(default_factory=list)
    """Each opponent played, and the half points won against them."""
    unplayed: list[Unplayed] = field(default_factory=list)
    rounds: int = 0
    adjustment: int = 0
    """Half points to be added for opponents: rounds at the end that were not drawn count as draws for them."""

    @property
    def adjusted(self) -> int:
        """Half points as they count in the tiebreaks of opponents (16.3): forfeits count as they were scored (16.3.1);
        rounds that were not drawn, and after which only voluntary unplayed ones follow, count as draws (16.3.2)."""
        return self.points + self.adjustment

    def played(self, got: int, opponent: int) -> None:
        """Add a round with a game."""
        self.points += got
        self.rounds += 1
        self.adjustment = 0
        self.met.append((opponent, got))

    def not_played(self, got: int, absence: Absence, opponent: int = EMPTY) -> None:
        """Add a round without a game."""
        self.points += got
        self.rounds += 1
        if absence is Absence.AVAILABLE:
            self.adjustment = 0
        elif absence is Absence.NOT_DRAWN:
            self.adjustment += DRAW - got
        self.unplayed.append(Unplayed(got, absence, opponent))

    def opponents(self) -> Iterator[int]:
        """Seeds that this entrant was drawn against."""
        yield from (opponent for opponent, _ in self.met)
        yield from (round_.opponent for round_ in self.unplayed if round_.opponent != EMPTY)


def score_of(seed: int, rounds: Sequence[Pairing | None]) -> Score:
    """The score of an entrant in the rounds drawn so far, None where they are in no pairing.

    A round whose result is open is not counted yet.
    """
    score = Score()
    for pairing in rounds:
        outcome = pairing.outcome if pairing else None
        if pairing is None:
            score.not_played(0, Absence.NOT_DRAWN)
        elif outcome is not None:
            side = int(pairing.right == seed)
            opponent = pairing.left if side else pairing.right
            if outcome.kind in (Kind.PLAYED, Kind.FORFEIT):
                score.played(halves(outcome)[side], opponent)
            elif outcome.winner == side:
                score.not_played(WIN, Absence.AVAILABLE, opponent)
            elif outcome.kind is Kind.CANCELLED:
                score.not_played(0, Absence.AVAILABLE, opponent)
            else:
                score.not_played(0, Absence.FORFEIT_LOSS, opponent)
    return score


def buchholz(score: Score, by_seed: Mapping[int, Score], rules: TiebreakRules) -> tuple[int, int, int]:
    """Buchholz Cut-1, Buchholz and Sonneborn-Berger (C.07, 8.1, 9.1), each four times its value.

    Buchholz is the sum of the opponents' adjusted points, Cut-1 that without the lowest; Sonneborn-Berger is the sum
    of each times the points won against them. A round without a game counts as one against a dummy opponent. If any
    of these rounds was voluntary, the lowest of the voluntary ones is cut, even if another one is lower (16.5).
    """
    against = [(by_seed[opponent].adjusted, got) for opponent, got in score.met]
    voluntary: list[int] = []
    for round_ in score.unplayed:
        points = _dummy(score, round_, by_seed, rules)
        against.append((points, round_.got))
        if round_.absence is not Absence.AVAILABLE:
            voluntary.append(points)
    total = sum(points for points, _ in against)
    cut = min(voluntary or [points for points, _ in against], default=0)
    # Half points times 2, and half points times half points, are quarters.
    return 2 * (total - cut), 2 * total, sum(points * got for points, got in against)


def _dummy(score: Score, round_: Unplayed, by_seed: Mapping[int, Score], rules: TiebreakRules) -> int:
    """Half points of the dummy opponent of a round without a game (16.4).

    They are one's own; since March 2026 at most the adjusted ones of the opponent that was drawn (16.4.1), or those of
    a draw in every round where nobody was (16.4.2).
    """
    if rules is not TiebreakRules.FIDE_2026:
        return score.points
    if round_.opponent != EMPTY:
        return min(score.points, by_seed[round_.opponent].adjusted)
    return min(score.points, DRAW * score.rounds)
