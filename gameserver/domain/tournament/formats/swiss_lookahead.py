"""Look-ahead of the Swiss draw: a check that all rounds that are left can be drawn without a second meeting.

The vertices are those who take part, and the bye where their number is odd; an edge joins two who have not met. A round
is a perfect matching, and the rounds that are left are as many of them without a common edge.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rustworkx import PyGraph, max_weight_matching

from gameserver.domain.pong.rules import xorshift32

_SEARCHES: Final = 40
"""Searches, each with other weights, before a graph counts as one that leaves too few rounds."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Graph of the meetings that are still possible: of each vertex those that an edge joins it with."""

    edges: Mapping[int, frozenset[int]]

    @classmethod
    def of(cls, nodes: int, pairs: Iterable[tuple[int, int]]) -> "Graph":
        """The graph of the vertices from 0 with these edges."""
        edges: dict[int, set[int]] = {node: set() for node in range(nodes)}
        for x, y in pairs:
            edges[x].add(y)
            edges[y].add(x)
        return cls({node: frozenset(others) for node, others in edges.items()})

    def without(self, pairs: Iterable[tuple[int, int]]) -> "Graph":
        """The graph after a round."""
        edges = dict(self.edges)
        for x, y in pairs:
            edges[x] -= {y}
            edges[y] -= {x}
        return Graph(edges)


def can_be_drawn(graph: Graph, rounds: int) -> bool:
    """Report whether that number of rounds was found in the graph.

    True is certain. False is certain for one round; for more of them, rounds were looked for and not found.
    """
    if rounds <= 0:
        return True
    least = min((len(others) for others in graph.edges.values()), default=0)
    if least < rounds:
        return False
    # Dirac, "Some Theorems on Abstract Graphs", 1952: where everybody may meet at least half of all, there is a cycle
    # through all of them, every second edge of which is a round. Each round takes one from what everybody may meet.
    if 2 * (least - rounds + 1) >= len(graph.edges):
        return True
    if rounds == 1:
        return _some_round(graph, 0) is not None
    return any(_rounds_found(graph, rounds, search) for search in range(1, _SEARCHES + 1))


def _rounds_found(graph: Graph, rounds: int, search: int) -> bool:
    """Take one round after another out of the graph."""
    for number in range(rounds):
        drawn = _some_round(graph, search * 64 + number)
        if drawn is None:
            return False
        graph = graph.without(drawn)
    return True


def _some_round(graph: Graph, seed: int) -> list[tuple[int, int]] | None:
    """A round of the graph, None if there is none. It depends on the graph and the seed alone."""
    random = xorshift32(seed * 0x9E3779B9 & 0xFFFFFFFF or 1)
    matching: PyGraph[int, int] = PyGraph(multigraph=False)
    matching.add_nodes_from(range(len(graph.edges)))
    for x, others in graph.edges.items():
        for y in sorted(others):
            if x < y:
                random = xorshift32(random)
                matching.add_edge(x, y, 1 + random % 1024)
    drawn = max_weight_matching(matching, max_cardinality=True, weight_fn=int)
    return [(min(pair), max(pair)) for pair in drawn] if 2 * len(drawn) == len(graph.edges) else None
