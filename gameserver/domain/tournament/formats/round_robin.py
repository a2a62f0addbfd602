"""Round robin: everybody meets everybody, in the order of the Berger tables."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from gameserver.domain.tournament.formats.checks import best_of, check_best_of, check_entrants, check_own
from gameserver.domain.tournament.formats.interface import History, View
from gameserver.domain.tournament.formats.table import EMPTY_TALLY, Sheet, Tally, among_tied, halves, placed, tally
from gameserver.domain.tournament.formats.tree import winner
from gameserver.domain.tournament.pairings import Pairing, Stage, Standing
from gameserver.domain.tournament.settings import Settings

TIEBREAKS: Final = ("head_to_head", "score_difference", "score_for")


def berger(entrants: int) -> list[list[tuple[int, int]]]:
    """The rounds of a Berger table, each (left, right): FIDE Handbook C.05, annex 1. An odd one rests, unpaired."""
    n = entrants + entrants % 2
    rounds: list[list[tuple[int, int]]] = []
    for round_ in range(1, n):
        odd = round_ % 2 == 1
        # The opponent of the last one. The others stand in a circle of n - 1, and meet across that one.
        middle = (round_ + 1) // 2 if odd else (n + round_) // 2
        pairs = [(middle, n) if odd else (n, middle)]
        pairs += [((middle + away - 1) % (n - 1) + 1, (middle - away - 1) % (n - 1) + 1) for away in range(1, n // 2)]
        rounds.append([pair for pair in pairs if entrants == n or n not in pair])
    return rounds


def berger_rounds(entrants: int) -> int:
    return entrants - 1 + entrants % 2


@lru_cache(maxsize=256)
def schedule(
    settings: Settings, groups: tuple[tuple[int, ...], ...], first_group: int = 0, beyond: int = 0
) -> tuple[Pairing, ...]:
    """Every pairing of every group, round by round. `groups` has the seeds of each; `beyond` rounds follow."""
    tables = [berger(len(seeds)) for seeds in groups]
    pairings: list[Pairing] = []
    rounds = max(map(len, tables))
    for round_ in range(1, rounds + 1):
        index = 0
        for group, (seeds, table) in enumerate(zip(groups, tables, strict=True), first_group):
            for left, right in table[round_ - 1] if round_ <= len(table) else ():
                index += 1
                pairings.append(
                    Pairing(
                        len(pairings) + 1,
                        Stage.GROUP,
                        round_,
                        index,
                        seeds[left - 1],
                        seeds[right - 1],
                        group=group,
                        best_of=best_of(settings, Stage.GROUP, round_, rounds),
                        to_end=rounds - round_ + beyond,
                        may_draw=True,
                    )
                )
    return tuple(pairings)


class Meetings:
    """The round robins of a tournament, one of each group, with all that follows from what has happened in them."""

    def __init__(self, laid: Sequence[Pairing]) -> None:
        self.sheet = Sheet(laid)
        self._got: dict[int, dict[int, int]] = {seed: {} for pairing in laid for seed in (pairing.left, pairing.right)}
        """By seed: the half points got against each opponent so far."""
        self._out: Mapping[int, int] = {}

    @classmethod
    def of(cls, laid: Sequence[Pairing], history: History) -> "Meetings":
        """These pairings after what has happened."""
        meetings = history.memo.get("meetings")
        if not isinstance(meetings, cls) or meetings.sheet.laid is not laid:
            meetings = history.memo["meetings"] = cls(laid)
        for pairing in meetings.sheet.look(history.outcomes):
            left, right = halves(pairing.outcome) if pairing.outcome else (0, 0)
            meetings._got[pairing.left][pairing.right] = left
            meetings._got[pairing.right][pairing.left] = right
        meetings._out = history.out
        return meetings

    def complete(self, group: int) -> bool:
        """True once nothing of it is left to play."""
        return not self.sheet.open[group]

    def annulled(self, seeds: Sequence[int], group: int) -> set[int]:
        """Seeds that came to less than half of their pairings: none of these counts, for nobody.

        A pairing that is left of somebody who is out counts as one they did not come to, before the engine has said so.
        Nobody is annulled later than that, so a group that is complete stays as it is.
        """
        missed = {seed: self.sheet.counts.get(seed, EMPTY_TALLY).missed for seed in seeds}
        if not self.complete(group) and any(seed in self._out for seed in seeds):
            for pairing in self.sheet.pairings:
                if pairing.group == group and pairing.outcome is None:
                    missed[pairing.left] += pairing.left in self._out
                    missed[pairing.right] += pairing.right in self._out
        return {seed for seed in seeds if 2 * missed[seed] > len(seeds) - 1}

    def table(self, seeds: Sequence[int], group: int) -> list[Standing]:
        """Rank one group: points, then head-to-head among the tied, score difference, score for, a shared place."""
        gone = self.annulled(seeds, group)
        counts: Mapping[int, Tally] = self.sheet.counts
        if gone:
            mine = (pairing for pairing in self.sheet.pairings if pairing.group == group)
            counts = tally(pairing for pairing in mine if pairing.left not in gone and pairing.right not in gone)
        counted = {seed: counts.get(seed, EMPTY_TALLY) for seed in seeds}
        here = {seed: counted[seed].points for seed in seeds}
        head_to_head = among_tied({seed: (here[seed],) for seed in seeds if seed not in gone}, self._among)
        keys = {
            seed: (
                int(seed not in gone),
                here[seed],
                head_to_head.get(seed, 0),
                counted[seed].scored - counted[seed].conceded,
                counted[seed].scored,
            )
            for seed in seeds
        }
        return [
            Standing(
                seed,
                place,
                group,
                counted[seed].played,
                counted[seed].won,
                counted[seed].drawn,
                counted[seed].lost,
                here[seed],
                counted[seed].scored,
                counted[seed].conceded,
                # A half point is 2 quarters.
                (2 * keys[seed][2], 4 * keys[seed][3], 4 * keys[seed][4]),
                self.complete(group),
            )
            for place, seed in placed(seeds, keys)
        ]

    def _among(self, tied: Sequence[int]) -> dict[int, int]:
        """Half points of the tied against each other."""
        # Who has met nobody has nothing: at first 64 are tied, and have not.
        return {seed: sum(got.get(other, 0) for other in tied) if (got := self._got[seed]) else 0 for seed in tied}


class RoundRobin:
    """Everybody meets everybody once."""

    name: str = "round_robin"
    tiebreaks: tuple[str, ...] = TIEBREAKS
    takes_late: bool = False

    def rounds(self, settings: Settings, entrants: int) -> int:
        return berger_rounds(entrants)

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 64)
        check_own(settings)
        check_best_of(settings, {Stage.GROUP: berger_rounds(entrants)})

    def view(self, settings: Settings, history: History) -> View:
        seeds = tuple(range(1, history.entrants + 1))
        group = Meetings.of(schedule(settings, (seeds,)), history)
        standings = group.table(seeds, 0)
        # Where the first place is shared, nobody is champion.
        return View(tuple(group.sheet.pairings), tuple(standings), group.complete(0), winner(standings))

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        """Return no pairing: the table follows, and no pairing does."""
        return frozenset()
