"""The draw of one round of a Swiss: the best pairing there is, as a matching of maximum weight.

What counts, each before all that follow:

1. Nobody meets anybody again, everybody is paired, nobody has a second bye, and the rounds that are left can be drawn
   like that too (`swiss_lookahead`).
2. The bye goes to somebody with the fewest points; to who has won a round without playing only if nobody else can.
3. Those with the same points meet: the sum of the squares of the differences is the least.
4. Where that leaves a choice, those at the top meet each other, and those below float.
5. Who floats down is low in their group, and meets somebody high in the next; several do so in order. Who has floated
   in the round before is the last to do it again. A bye is a float, too.
6. Within a group the top half meets the bottom half.
7. They do so in order, the first of eight meets the fifth; what has to give way does so as near as can be, and low
   rather than high in the group.

From 3 on all of it is one sum of integers for each pair, so the matching is exact, whatever it has to give up. Where
the best round would leave no draw for a later one, the next best is taken, and so on (Murty, "An Algorithm for Ranking
all the Assignments in Order of Increasing Cost", 1968).
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice
from typing import Final

from rustworkx import PyGraph, max_weight_matching

from gameserver.domain.tournament.formats.interface import Contender, Pairs
from gameserver.domain.tournament.formats.swiss_lookahead import Graph, can_be_drawn
from gameserver.domain.tournament.pairings import EMPTY

# Each is more than the sum of all that follows it can be, with 128 pairs of 256 entrants who have 0 to 40 half points,
# so that no weight has more than 110 bits; the matching computes with 128.
_ORDER: Final = 2**23
_HALVES: Final = _ORDER * 2**23
_FLOAT: Final = _HALVES * 2**15
_TOP: Final = _FLOAT * 2**26
_POINTS: Final = _TOP * 2**13

Edge = tuple[int, int, int]
"""x and y as places in the order, and the cost of their meeting."""
Places = tuple[tuple[int, int], ...]
"""Pairs (x, y) with x < y, in order; past the order there is the bye."""
_ATTEMPTS: Final = 200
"""Rounds that are looked at, best first, for one that leaves a draw for all that follow."""


def draw(contenders: Sequence[Contender], rounds_after: int = 0) -> Pairs:
    """The round, each (left, right) from the top of the table, the bye (seed, EMPTY) last.

    It leaves a legal draw for `rounds_after` more rounds of the same contenders, if one is found that does. Empty where
    there is no legal pairing.
    The same contenders give the same round. 256 contenders take 0.1 to 0.3 s.
    """
    if len(contenders) < 2:
        return ()
    order = sorted(contenders, key=lambda one: (-one.points, one.seed))
    places = _within(order)
    edges = [edge for edge in _costs(order, places) if order[edge[1]].seed not in order[edge[0]].met]
    nodes = len(order) + len(order) % 2
    byes = _byes(order, places)
    later = Graph.of(nodes, ((x, y) for x, y, _ in chain(edges, *byes)))
    best: Places | None = None
    for group in byes or [[]]:
        for pairs in islice(_ranked(nodes, [*edges, *group]), _ATTEMPTS):
            best = best or pairs
            if can_be_drawn(later.without(pairs), rounds_after):
                return _round(order, pairs)
    return _round(order, best) if best else ()


def _byes(order: Sequence[Contender], places: Sequence[tuple[int, int]]) -> list[list[Edge]]:
    """The byes that there may be: those of each group, the first to be preferred. None where nobody has one."""
    nobody = len(order)
    if nobody % 2 == 0:
        return []
    able = sorted((one.was_spared, one.points, x) for x, one in enumerate(order) if not one.had_bye)
    return [
        [(x, nobody, _FLOAT * _down(order[x], places[x]) ** 2) for *_, x in group]
        for _, group in groupby(able, key=lambda one: one[:2])
    ]


def _ranked(nodes: int, edges: Sequence[Edge]) -> Iterator[Places]:
    """All rounds that these edges allow, the least cost first."""
    start = _matching(nodes, edges)
    if start is None:
        return
    # (cost, number, round, pairs that it has to have, pairs that it must not have). The number makes the order total.
    queue = [(start[0], 0, start[1], frozenset[tuple[int, int]](), frozenset[tuple[int, int]]())]
    number = 0
    while queue:
        _, _, pairs, required, forbidden = heapq.heappop(queue)
        yield pairs
        for pair in pairs:
            if pair in required:
                continue
            without = forbidden | {pair}
            taken = {x for other in required for x in other}
            allowed = [
                (x, y, cost)
                for x, y, cost in edges
                if (x, y) in required or not ((x, y) in without or x in taken or y in taken)
            ]
            if found := _matching(nodes, allowed):
                number += 1
                heapq.heappush(queue, (found[0], number, found[1], required, without))
            required |= {pair}


def _matching(nodes: int, edges: Sequence[Edge]) -> tuple[int, Places] | None:
    """The cost and the pairs of the cheapest round of these edges, None when they leave somebody out."""
    graph: PyGraph[int, int] = PyGraph(multigraph=False)
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from([(x, y, -cost) for x, y, cost in edges])
    matching = max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    if 2 * len(matching) < nodes:
        return None
    pairs = tuple(sorted((min(pair), max(pair)) for pair in matching))
    return -sum(graph.get_edge_data(x, y) for x, y in pairs), pairs


def _round(order: Sequence[Contender], pairs: Places) -> Pairs:
    """The round as seeds, with sides."""
    nobody = len(order)
    met = [_sides(order[x], order[y], board) for board, (x, y) in enumerate(pairs) if y != nobody]
    bye = [(order[x].seed, EMPTY) for x, y in pairs if y == nobody]
    return tuple(met + bye)


def _within(order: Sequence[Contender]) -> list[tuple[int, int]]:
    """Return, for each one, the place in their group, from 0, and the size of the group."""
    within: list[tuple[int, int]] = []
    for _, group in groupby(order, key=lambda one: one.points):
        size = len(list(group))
        within += [(place, size) for place in range(size)]
    return within


def _down(one: Contender, within: tuple[int, int]) -> int:
    """Cost of floating down: how many of their group are lower, all if they have just done so."""
    place, size = within
    return size - 1 - place + size * (one.floated > 0)


def _up(one: Contender, within: tuple[int, int]) -> int:
    """Cost of meeting one from above: how many are higher, all if they have just done so."""
    place, size = within
    return place + size * (one.floated < 0)


def _costs(order: Sequence[Contender], within: Sequence[tuple[int, int]]) -> list[Edge]:
    """Return the edges between every two contenders."""
    downs = [_down(one, place) ** 2 for one, place in zip(order, within, strict=True)]
    ups = [_up(one, place) ** 2 for one, place in zip(order, within, strict=True)]
    costs: list[Edge] = []
    for x, upper in enumerate(order):
        place, size = within[x]
        for y in range(x + 1, len(order)):
            gap = upper.points - order[y].points
            if gap:
                cost = _POINTS * gap * gap + _TOP * upper.points + _FLOAT * (downs[x] + ups[y])
                cost += _ORDER * (place - within[y][0]) ** 2
            else:
                # Two halves that meet are further apart, all in all, than any other pairs of the same people.
                off = abs(y - x - size // 2)
                cost = _HALVES * (2**8 - (y - x)) + _ORDER * off * off + (2**8 - place) * off
            costs.append((x, y, cost))
    return costs


def _sides(upper: Contender, lower: Contender, board: int) -> tuple[int, int]:
    """Give left to the one who has been right more often, then to the one right last, else by turns."""
    if upper.leaning != lower.leaning:
        upper_left = upper.leaning < lower.leaning
    elif upper.last != lower.last:
        upper_left = upper.last < lower.last
    else:
        upper_left = board % 2 == 0
    return (upper.seed, lower.seed) if upper_left else (lower.seed, upper.seed)
