"""Double elimination: who loses twice is out.

Losers of the winners bracket drop into the losers bracket. There rounds with an even number bring new ones in (minor
rounds), and in those with an odd number the winners meet each other (major rounds). Somebody who is out drops in like
everybody else, and is walked over there: so the bracket does not depend on when they left.
"""

from collections.abc import Sequence
from functools import lru_cache

from gameserver.core.tournament.formats.checks import check_best_of, check_entrants, check_own
from gameserver.core.tournament.formats.tree import Bracket, Builder, Tree, depth, seed_order
from gameserver.core.tournament.values import GrandFinal, Settings, Source, Stage


def natural(order: Sequence[int]) -> list[int]:
    return list(order)


def reverse(order: Sequence[int]) -> list[int]:
    return list(order[::-1])


def half_shift(order: Sequence[int]) -> list[int]:
    half = len(order) // 2
    return [*order[half:], *order[:half]]


def reverse_half_shift(order: Sequence[int]) -> list[int]:
    half = len(order) // 2
    return [*order[:half][::-1], *order[half:][::-1]]


#: By the size of the bracket: how the losers of the second, third, ... winners round are ordered when they drop in, so
#: that those who have met do so again as late as possible. The orders are those of brackets-manager.js
#: (`defaultMinorOrdering`), which has them from "Superior double elimination losers bracket seeding" (tl.net, 2011).
#: The final of the winners bracket is one pairing, and needs no order.
DROP_IN = {
    8: (reverse,),
    16: (reverse_half_shift, reverse),
    32: (reverse, half_shift, natural),
    64: (reverse, half_shift, reverse, natural),
}


def drop_in(size: int, winners_round: int) -> list[int]:
    """Indices of the winners round's pairings, in the order in which their losers stand in the losers bracket."""
    matches = list(range(1, size // 2**winners_round + 1))
    if winners_round == 1 or len(matches) == 1:
        return matches
    return DROP_IN[size][winners_round - 2](matches)


def losers_rounds(size: int) -> list[tuple[int, int]]:
    """(pairings, place of those who lose there) of each round of the losers bracket."""
    rounds: list[tuple[int, int]] = []
    still_in = size
    for pairings in (size // 2 ** (1 + minor) for minor in range(1, size.bit_length() - 1)):
        for _ in ("major", "minor"):
            still_in -= pairings
            rounds.append((pairings, still_in + 1))
    return rounds


@lru_cache(maxsize=256)
def bracket(settings: Settings, entrants: int) -> Tree:
    """Both brackets and the grand final, numbered in the order of play."""
    rounds = depth(entrants)
    size = 2**rounds
    order = seed_order(size)
    below = losers_rounds(size)
    grand_final = settings.grand_final
    builder = Builder(settings)
    winners: list[int] = []
    losers: list[int] = []
    for round_ in range(1, rounds + 1):
        # Where nobody wins, both end where they would have by losing again at once.
        place = below[max(0, 2 * round_ - 3)][1] if below else 2
        title = int(round_ == rounds and grand_final is GrandFinal.NONE)
        before, winners = winners, []
        for index in range(size // 2**round_):
            pair = slice(2 * index, 2 * index + 2)
            left, right = order[pair] if round_ == 1 else (0, 0)
            sources = [Source(number) for number in before[pair]]
            seats = {"left_entry": left, "right_entry": right}
            number = builder.add(
                Stage.WINNERS, round_, index + 1, sources, **seats, winner_place=title, loser_place=place
            )
            winners.append(number)

        if round_ == 1:
            arriving, waiting = [Source(number, winner=False) for number in winners], list[Source]()
        else:
            arriving = [Source(winners[index - 1], winner=False) for index in drop_in(size, round_)]
            waiting = [Source(number) for number in losers]
        # The minor round that the drop-ins come into, and the major one after it; at first, only a major one.
        for losers_round in range(max(1, 2 * round_ - 2), min(2 * round_ - 1, len(below)) + 1):
            pairings, place = below[losers_round - 1]
            if losers_round % 2:
                sides = arriving if round_ == 1 else [Source(number) for number in losers]
                pairs = [sides[2 * index : 2 * index + 2] for index in range(pairings)]
            else:
                pairs = [list(pair) for pair in zip(arriving, waiting, strict=True)]
            second = 2 * int(losers_round == len(below) and grand_final is GrandFinal.NONE)
            losers = [
                builder.add(Stage.LOSERS, losers_round, index, sources, winner_place=second, loser_place=place)
                for index, sources in enumerate(pairs, 1)
            ]

    if grand_final is not GrandFinal.NONE:
        last = Source(losers[0]) if losers else Source(winners[0], winner=False)
        final = builder.add(Stage.GRAND_FINAL, 1, 1, [Source(winners[0]), last], winner_place=1, loser_place=2)
        if grand_final is GrandFinal.DOUBLE:
            again = [Source(final, winner=False), Source(final)]
            builder.add(Stage.GRAND_FINAL, 2, 1, again, winner_place=1, loser_place=2, reset_of=final)
    return builder.tree()


class DoubleElimination(Bracket):
    """Who loses twice is out."""

    name: str = "double_elimination"

    def tree(self, settings: Settings, entrants: int) -> Tree:
        return bracket(settings, entrants)

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 64)
        check_own(settings, "grand_final")
        rounds = depth(entrants)
        stages = {Stage.WINNERS: rounds, Stage.LOSERS: 2 * rounds - 2, Stage.GRAND_FINAL: int(settings.grand_final)}
        check_best_of(settings, stages)
