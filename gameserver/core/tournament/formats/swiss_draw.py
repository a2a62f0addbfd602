"""The draw of one round of a Swiss: the best pairing there is, as a matching of maximum weight.

What counts, each before all that follow:

1. Nobody meets anybody again, everybody is paired, and nobody has a second bye.
2. The bye goes to the one who stands lowest.
3. Those with the same points meet: the sum of the squares of the differences is the least.
4. Who floats down is low in their group, and meets somebody high in the next; several do so in order.
5. Within a group the top half meets the bottom half.
6. They do so in order, the first of eight meets the fifth; what has to give way does so as near as can be, and low
   rather than high in the group.

All of it is one sum of integers for each pair, so the matching is exact, whatever it has to give up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rustworkx import PyGraph, max_weight_matching

from gameserver.core.tournament.values import EMPTY

# Each is more than the sum of all that follows it can be, with 128 pairs of 256 entrants who have 0 to 40 half points:
# places differ by less than 2**8.
_ORDER = 2**24
_HALVES = _ORDER * 2**24
_FLOAT = _HALVES * 2**16
_POINTS = _FLOAT * 2**25
_BYE = _POINTS * 2**18


@dataclass(slots=True)
class Contender:
    """Somebody who is in the round that is drawn."""

    seed: int
    #: Half points.
    points: int
    met: set[int] = field(default_factory=set)
    had_bye: bool = False
    #: How often left less how often right, and what it was last: -1 right, 1 left, 0 neither.
    leaning: int = 0
    last: int = 0

    def was_drawn(self, opponent: int, side: int) -> None:
        """They met `opponent`, on `side` (0 left, 1 right); or had a bye."""
        if opponent == EMPTY:
            self.had_bye = True
            return
        self.met.add(opponent)
        self.last = -1 if side else 1
        self.leaning += self.last


def draw(contenders: Sequence[Contender]) -> tuple[tuple[int, int], ...] | None:
    """The round, each (left, right) from the top of the table, the bye (seed, EMPTY) last.

    None where no legal pairing is left. The same contenders give the same round.
    """
    if len(contenders) < 2:
        return None
    order = sorted(contenders, key=lambda one: (-one.points, one.seed))
    edges = [(upper, lower, -cost) for upper, lower, cost in _costs(order) if order[lower].seed not in order[upper].met]
    nobody = len(order)
    if nobody % 2:
        edges += [(x, nobody, -_BYE * (nobody - 1 - x)) for x, one in enumerate(order) if not one.had_bye]
    graph: PyGraph[int, int] = PyGraph(multigraph=False)
    graph.add_nodes_from(range(nobody + nobody % 2))
    graph.add_edges_from(edges)
    matching = max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    if 2 * len(matching) < graph.num_nodes():
        return None
    pairs = sorted((min(pair), max(pair)) for pair in matching)
    met = [_sides(order[x], order[y], board) for board, (x, y) in enumerate(pairs) if y != nobody]
    bye = [(order[x].seed, EMPTY) for x, y in pairs if y == nobody]
    return tuple(met + bye)


def _costs(order: Sequence[Contender]) -> list[tuple[int, int, int]]:
    """(upper, lower, cost) of every two, as places in the order."""
    # Of each one: the place in their group, and how many are in it.
    within: list[tuple[int, int]] = []
    for _, group in groupby(order, key=lambda one: one.points):
        size = len(list(group))
        within += [(place, size) for place in range(size)]
    costs: list[tuple[int, int, int]] = []
    for x, upper in enumerate(order):
        place, size = within[x]
        for y in range(x + 1, len(order)):
            gap = upper.points - order[y].points
            if gap:
                up, down = size - 1 - place, within[y][0]
                cost = _POINTS * gap * gap + _FLOAT * (up * up + down * down) + _ORDER * (place - down) ** 2
            else:
                # Two halves that meet are further apart, all in all, than any other pairs of the same people.
                off = abs(y - x - size // 2)
                cost = _HALVES * (2**8 - (y - x)) + _ORDER * off * off + (2**8 - place) * off
            costs.append((x, y, cost))
    return costs


def _sides(upper: Contender, lower: Contender, board: int) -> tuple[int, int]:
    """Who has been right more often is left; then who was right last; then the upper one at every second board."""
    if upper.leaning != lower.leaning:
        upper_left = upper.leaning < lower.leaning
    elif upper.last != lower.last:
        upper_left = upper.last < lower.last
    else:
        upper_left = board % 2 == 0
    return (upper.seed, lower.seed) if upper_left else (lower.seed, upper.seed)
