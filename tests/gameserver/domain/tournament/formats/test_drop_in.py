"""Drop-ins of a double elimination: who has met in the winners bracket meets again late and rarely.

The chance of a rematch is computed for every two who can meet in the winners bracket, every match a toss of a coin.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations, product

import pytest

from gameserver.domain.tournament.formats.double import MASKS, drop_in
from gameserver.domain.tournament.pairings import Pairing, Stage
from gameserver.domain.tournament.settings import DropInOrder, Settings
from tests.support.harnesses.tournament_format import Play

Order = Sequence[int]
Place = tuple[int, int]


def way(size: int, orders: Sequence[Order], winners_round: int, pairing: int) -> list[Place]:
    """Return (round, place from 0) of each losers pairing ahead of who loses this pairing of the winners bracket."""
    round_, place = (1, pairing // 2) if winners_round == 1 else (2 * winners_round - 2, 0)
    if winners_round > 1 and winners_round - 2 < len(orders):
        place = orders[winners_round - 2].index(pairing)
    ahead = [(round_, place)]
    while round_ < 2 * (size.bit_length() - 1) - 2:
        round_ += 1
        place //= 1 + round_ % 2
        ahead.append((round_, place))
    return ahead


def rematches(size: int, orders: Sequence[Order]) -> dict[int, float]:
    """Expected rematches by round of the losers bracket."""
    rounds = size.bit_length() - 1
    ways = {
        (round_, pairing): way(size, orders, round_, pairing)
        for round_ in range(1, rounds + 1)
        for pairing in range(size >> round_)
    }
    expected: dict[int, float] = defaultdict(float)
    for one in range(size):
        for other in range(one):
            met = (one ^ other).bit_length()
            for lost in range(met + 1, rounds + 1):
                chance = 0.25 ** (met - 1) * 0.5 ** (lost - met)
                theirs = {place: steps for steps, place in enumerate(ways[met, one >> met])}
                for steps, place in enumerate(ways[lost, one >> lost]):
                    if place in theirs:
                        expected[place[0]] += chance * 0.5 ** (steps + theirs[place])
                        break
    return dict(expected)


def quality(expected: dict[int, float]) -> tuple[int, float]:
    """Figures that are to be greatest: the first round with a rematch, then fewer of them."""
    return min(expected), -round(sum(expected.values()), 9)


def chosen(size: int, order: DropInOrder = DropInOrder.LATE_REMATCH) -> list[Order]:
    """The orders of the product, from 0."""
    return [[index - 1 for index in drop_in(size, round_, order)] for round_ in range(2, size.bit_length() - 1)]


def searched(size: int) -> Iterator[Sequence[Order]]:
    """All orders of brackets of 8 and 16, all masks of larger ones."""
    sizes = [size >> round_ for round_ in range(2, size.bit_length() - 1)]
    if size <= 16:
        yield from product(*(list(permutations(range(pairings))) for pairings in sizes))
    else:
        yield from product(*([[x ^ mask for x in range(n)] for mask in range(n)] for n in sizes))


@pytest.mark.parametrize(
    ("size", "first", "all_in_all"), [(8, 3, 0.625), (16, 4, 0.75), (32, 5, 0.734375), (64, 7, 0.70263671875)]
)
def test_the_first_rematch_is_as_late_as_it_can_be(size: int, first: int, all_in_all: float) -> None:
    found = quality(rematches(size, chosen(size)))
    assert found == (first, -round(all_in_all, 9))
    if size <= 32:
        assert found == max(quality(rematches(size, orders)) for orders in searched(size))


def test_the_earlier_order_of_sixteen_had_rematches_a_round_before() -> None:
    before = rematches(16, chosen(16, DropInOrder.BRACKETS_MANAGER))
    assert (min(before), sum(before.values())) == (3, 1.03125)


@pytest.mark.parametrize("size", MASKS)
def test_the_bracket_has_these_drop_ins(size: int) -> None:
    settings = Settings("double_elimination", drop_in_order=DropInOrder.LATE_REMATCH)
    pairings = Play(settings, size).view.pairings
    winners = {p.number: p for p in pairings if p.stage is Stage.WINNERS}

    def drops(pairing: Pairing) -> int:
        source = pairing.left_from
        return winners[source.pairing].index if source and source.pairing in winners else 0

    for round_ in range(2, size.bit_length() - 1):
        here = [p for p in pairings if p.stage is Stage.LOSERS and p.round == 2 * round_ - 2]
        assert [drops(p) for p in here] == drop_in(size, round_)
