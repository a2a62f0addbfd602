"""Round robin: everybody meets everybody, in the order of the Berger tables."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from gameserver.core.tournament.formats.checks import best_of, check_best_of, check_entrants, check_own
from gameserver.core.tournament.formats.table import NOTHING, among_tied, decided, placed, tally
from gameserver.core.tournament.formats.tree import winner
from gameserver.core.tournament.values import History, Kind, Pairing, Settings, Stage, Standing, View

TIEBREAKS: Final = ("head_to_head", "score_difference", "score_for")


def berger(entrants: int) -> list[list[tuple[int, int]]]:
    """The rounds of a Berger table, each (left, right): FIDE Handbook C.05, annex 1. An odd one rests, unpaired."""
    n = entrants + entrants % 2
    rounds: list[list[tuple[int, int]]] = []
    for round_ in range(1, n):
        odd = round_ % 2 == 1
        # Who meets the last one. The others stand in a circle of n - 1, and meet across that one.
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


def annulled(seeds: Sequence[int], pairings: Sequence[Pairing], out: Mapping[int, int]) -> set[int]:
    """Who came to less than half of their pairings: none of these counts, for nobody.

    A pairing that is left of somebody who is out counts as one they did not come to, before the engine has said so.
    Nobody is annulled later than that, so a group that is complete stays as it is.
    """
    missed = dict.fromkeys(seeds, 0)
    for pairing in pairings:
        outcome = pairing.outcome
        if outcome is None:
            missed[pairing.left] += pairing.left in out
            missed[pairing.right] += pairing.right in out
        elif outcome.kind is Kind.WALKOVER or outcome.kind is Kind.DOUBLE_FORFEIT:
            missed[pairing.left] += outcome.winner != 0
            missed[pairing.right] += outcome.winner != 1
    return {seed for seed in seeds if 2 * missed[seed] > len(seeds) - 1}


def table(seeds: Sequence[int], pairings: Sequence[Pairing], out: Mapping[int, int], group: int) -> list[Standing]:
    """The table of one group: points, then head-to-head among the tied, score difference, score for, a shared place."""
    gone = annulled(seeds, pairings, out)
    counting = [p for p in pairings if p.left not in gone and p.right not in gone]
    counts = tally(counting)
    counted = {seed: counts.get(seed, NOTHING) for seed in seeds}
    here = {seed: counted[seed].points for seed in seeds}

    by_left: dict[int, list[Pairing]] = {seed: [] for seed in seeds}
    for pairing in counting:
        by_left[pairing.left].append(pairing)

    def meetings(tied: Sequence[int]) -> dict[int, int]:
        among = tally(pairing for seed in tied for pairing in by_left[seed] if pairing.right in tied)
        return {seed: among.get(seed, NOTHING).points for seed in tied}

    head_to_head = among_tied({seed: (here[seed],) for seed in seeds if seed not in gone}, meetings)
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
    complete = all(pairing.decided for pairing in pairings)
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
            complete,
        )
        for place, seed in placed(seeds, keys)
    ]


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
        pairings = decided(schedule(settings, (seeds,)), history.outcomes)
        standings = table(seeds, pairings, history.out, 0)
        done = all(pairing.decided for pairing in pairings)
        # Where the first place is shared, nobody is champion.
        return View(tuple(pairings), tuple(standings), done, winner(standings))

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        """None: the table follows, and no pairing does."""
        return frozenset()
