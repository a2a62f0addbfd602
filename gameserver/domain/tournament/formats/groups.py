"""Groups: a round robin each, and then a knockout of the best of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rustworkx import PyGraph, max_weight_matching

from gameserver.domain.tournament.formats.checks import check_best_of, check_entrants, check_own
from gameserver.domain.tournament.formats.interface import History, View
from gameserver.domain.tournament.formats.round_robin import TIEBREAKS, Meetings, berger_rounds, schedule
from gameserver.domain.tournament.formats.single import knockout, third_place
from gameserver.domain.tournament.formats.tree import Tree, depth, ended, fill, ranking, seed_order, winner
from gameserver.domain.tournament.pairings import EMPTY, TO_BE_DECIDED, GroupPlace, Pairing, Stage, Standing
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings

USUAL_SIZE = 4
"""Entrants of a group, about, where the number of groups is not given."""
USUAL_ADVANCE = 2
MOST_GROUPS = 16


@lru_cache(maxsize=256)
def dealt(settings: Settings, entrants: int) -> tuple[tuple[int, ...], ...]:
    """The seeds of each group: dealt out in turn, and back, so that the groups are equally strong (a serpentine)."""
    count = settings.groups or max(1, (entrants + USUAL_SIZE // 2) // USUAL_SIZE)
    groups: list[list[int]] = [[] for _ in range(count)]
    for seed in range(1, entrants + 1):
        lap, position = divmod(seed - 1, count)
        groups[count - 1 - position if lap % 2 else position].append(seed)
    return tuple(map(tuple, groups))


def advancing(settings: Settings, groups: Sequence[Sequence[int]]) -> int:
    """Number of entrants that go on from each group."""
    return settings.advance or max(1, min(USUAL_ADVANCE, min(map(len, groups)) - 1))


@lru_cache(maxsize=256)
def crossed(groups: int, advance: int) -> tuple[GroupPlace, ...]:
    """Group and place in it of each seed of the knockout, all from 1.

    All winners come first, in the order of the groups, then all seconds, and so on: so winners get the byes. The
    seconds, thirds, ... are set so that those of one group meet as late as can be, and next to that in the order of the
    groups.
    """
    entries = groups * advance
    rounds = depth(entries)
    position = {seed: place for place, seed in enumerate(seed_order(2**rounds))}
    seeds = {seed: GroupPlace(seed, 1) for seed in range(1, groups + 1)}
    # The order of the groups, as one number that is less than `order`: each slot is a digit, so no two are equal.
    order = (groups + 1) ** groups
    for place in range(2, advance + 1):
        offset = groups * (place - 1)
        graph: PyGraph[int, int] = PyGraph(multigraph=False)
        graph.add_nodes_from(range(2 * groups))
        for slot in range(groups):
            for group in range(groups):
                mates = [position[seed] for seed, entry in seeds.items() if entry.group == group + 1]
                # Two meet in the round in which their halves, quarters, ... of the bracket come together.
                meet = [(position[offset + slot + 1] ^ mate).bit_length() for mate in mates]
                cost = sum(4 ** (rounds - round_) for round_ in meet) * order + group * (groups + 1) ** (
                    groups - 1 - slot
                )
                graph.add_edge(slot, groups + group, -cost)
        for x, y in max_weight_matching(graph, max_cardinality=True, weight_fn=int):
            seeds[offset + min(x, y) + 1] = GroupPlace(max(x, y) - groups + 1, place)
    return tuple(seeds[seed] for seed in range(1, entries + 1))


@dataclass(frozen=True, slots=True)
class Shape:
    """All of a tournament in groups that does not depend on results."""

    groups: tuple[tuple[int, ...], ...]
    meetings: tuple[Pairing, ...]
    entries: tuple[GroupPlace, ...]
    """By seed of the knockout, from the first."""
    tree: Tree
    advance: int

    def place(self, place_in_group: int) -> int:
        """Return the final places of those who do not go on: behind those of all groups who stood better in theirs."""
        better = max(place_in_group - 1, self.advance)
        return 1 + sum(min(len(seeds), better) for seeds in self.groups)


@lru_cache(maxsize=256)
def shaped(settings: Settings, entrants: int) -> Shape:
    groups = dealt(settings, entrants)
    advance = advancing(settings, groups)
    entries = crossed(len(groups), advance)
    meetings = schedule(settings, groups, 1, depth(len(entries)))
    tree = knockout(settings, len(entries), len(meetings) + 1)
    nodes = tuple(
        replace(
            node,
            blank=replace(
                node.blank,
                left_place=entries[node.left_entry - 1] if 0 < node.left_entry <= len(entries) else None,
                right_place=entries[node.right_entry - 1] if 0 < node.right_entry <= len(entries) else None,
            ),
        )
        for node in tree.nodes
    )
    return Shape(groups, meetings, entries, Tree(nodes), advance)


class Groups:
    """Round robin groups that feed a knockout."""

    name: str = "groups"
    tiebreaks: tuple[str, ...] = TIEBREAKS
    takes_late: bool = False

    def rounds(self, settings: Settings, entrants: int) -> int:
        return 0

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 4, 64)
        check_own(settings, "groups", "advance", "third_place")
        most = min(MOST_GROUPS, entrants // 2)
        if not 0 <= settings.groups <= most:
            raise TournamentRefused(
                "settings", f"{entrants} entrants make 1 to {most} groups, and not {settings.groups}.", "groups"
            )
        groups = dealt(settings, entrants)
        smallest = min(map(len, groups))
        if not 0 <= settings.advance < smallest:
            raise TournamentRefused(
                "settings",
                f"Of a group of {smallest}, 1 to {smallest - 1} can go on, and not {settings.advance}.",
                "advance",
            )
        entries = len(groups) * advancing(settings, groups)
        if entries < 2:
            raise TournamentRefused("settings", "At least two have to go on to the knockout.", "advance")
        stages = {
            Stage.GROUP: max(berger_rounds(len(seeds)) for seeds in groups),
            Stage.KNOCKOUT: depth(entries),
            Stage.THIRD_PLACE: int(third_place(settings, entries)),
        }
        check_best_of(settings, stages)

    def view(self, settings: Settings, history: History) -> View:
        shape = shaped(settings, history.entrants)
        meetings = Meetings.of(shape.meetings, history)
        tables: list[list[Standing]] = []
        going_on: list[list[int]] = []
        places: dict[int, tuple[int, bool]] = {}
        for number, seeds in enumerate(shape.groups, 1):
            lines = meetings.table(seeds, number)
            complete = meetings.complete(number)
            tables.append(lines)
            gone = meetings.annulled(seeds, number)
            # Equals go on by their seeds; nobody does who is annulled.
            going_on.append([EMPTY if line.seed in gone else line.seed for line in lines] if complete else [])
            for line in lines:
                places[line.seed] = (shape.place(line.place), True) if complete else (1, False)
        entries = [
            going_on[entry.group - 1][entry.place - 1] if going_on[entry.group - 1] else TO_BE_DECIDED
            for entry in shape.entries
        ]
        bracket = fill(shape.tree, entries, history.outcomes)
        places.update(ended(shape.tree, bracket))
        pairings = (*meetings.sheet.pairings, *bracket)
        overall = ranking(places, pairings)
        done = all(pairing.decided for pairing in pairings)
        standings = (*overall, *(line for lines in tables for line in lines))
        return View(pairings, standings, done, winner(overall) if done else None)

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        shape = shaped(settings, history.entrants)
        if pairing > len(shape.meetings) or pairing < 1:
            return shape.tree.after.get(pairing, frozenset())
        group = shape.meetings[pairing - 1].group
        fed = [shape.tree.by_entry[seed] for seed, entry in enumerate(shape.entries, 1) if entry.group == group]
        return frozenset(fed).union(*(shape.tree.after[number] for number in fed))
