"""Double elimination: an entrant is out after two losses.

Losers of the winners bracket drop into the losers bracket. There rounds with an even number bring new ones in (minor
rounds), and in those with an odd number the winners meet each other (major rounds). Somebody who is out drops in like
everybody else, and is walked over there: so the bracket does not depend on when they left.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from gameserver.domain.tournament.formats.checks import check_best_of, check_entrants, check_own
from gameserver.domain.tournament.formats.tree import Bracket, Builder, Tree, depth, seed_order
from gameserver.domain.tournament.pairings import Source, Stage
from gameserver.domain.tournament.settings import DropInOrder, GrandFinal, Settings

MASKS: Final[Mapping[int, tuple[int, ...]]] = {8: (0b1,), 16: (0b11, 0b0), 32: (0b10, 0b11, 0b0), 64: (8, 7, 1, 1)}
"""By the size of the bracket: the orders in which the losers of the second, third, ... winners round drop in. The
loser of pairing i, counted from 0, comes into place i XOR mask. With these the first rematch is as late as can be
(round 3, 4, 5 and 7 of the losers bracket), and there are as few as can be with that if every match is a toss of a
coin (0.63, 0.75, 0.73 and 0.70 a tournament). They were found by going through all orders of brackets of 8 and 16,
and through all masks of 32 and 64; tests/gameserver/domain/tournament/formats/test_drop_in.py searches again."""
EARLIER_MASKS: Final[Mapping[int, tuple[int, ...]]] = {
    8: (0b1,),
    16: (0b01, 0b1),
    32: (0b111, 0b10, 0b0),
    64: (0b1111, 0b100, 0b11, 0b0),
}
"""Masks of `DropInOrder.BRACKETS_MANAGER`: reverse, half shift and their like. In a bracket of 16 a rematch can be in
round 3."""


def drop_in(size: int, winners_round: int, order: DropInOrder = DropInOrder.LATE_REMATCH) -> list[int]:
    """Return the winners round's pairings, from 1, in the order in which their losers stand in the losers bracket."""
    pairings = size // 2**winners_round
    masks = MASKS if order is DropInOrder.LATE_REMATCH else EARLIER_MASKS
    mask = masks[size][winners_round - 2] if winners_round > 1 and pairings > 1 else 0
    return [1 + (place ^ mask) for place in range(pairings)]


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
            arriving = [
                Source(winners[index - 1], winner=False) for index in drop_in(size, round_, settings.drop_in_order)
            ]
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
    """Knockout in which an entrant is out after two losses."""

    name: str = "double_elimination"

    def tree(self, settings: Settings, entrants: int) -> Tree:
        return bracket(settings, entrants)

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 64)
        check_own(settings, "grand_final", "drop_in_order")
        rounds = depth(entrants)
        stages = {Stage.WINNERS: rounds, Stage.LOSERS: 2 * rounds - 2, Stage.GRAND_FINAL: int(settings.grand_final)}
        check_best_of(settings, stages)
