"""Brackets: places that are filled by winners and losers of others, with empty slots.

A tree is built once for settings and a size, and is the same for every tournament of that size. Filling it is all that
happens later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gameserver.domain.tournament.formats.checks import best_of
from gameserver.domain.tournament.formats.interface import History, View
from gameserver.domain.tournament.formats.table import EMPTY_TALLY, tally
from gameserver.domain.tournament.pairings import (
    EMPTY,
    NO_SIDE,
    TO_BE_DECIDED,
    Kind,
    Outcome,
    Pairing,
    Source,
    Stage,
    Standing,
)
from gameserver.domain.tournament.settings import Settings

BYES = {winner: Outcome(Kind.BYE, winner) for winner in (0, 1, NO_SIDE)}


def depth(entrants: int) -> int:
    """Number of rounds of a knockout: 1 of two entrants, 2 of three and four, ..."""
    return max(1, (entrants - 1).bit_length())


def seed_order(size: int) -> tuple[int, ...]:
    """Seeds from the top of a bracket down, `size` a power of two: the best two meet in the final, and so on.

    From one round to the one before it, seed s becomes s and (size + 1 - s).
    """
    order: tuple[int, ...] = (1,)
    while len(order) < size:
        last = 2 * len(order) + 1
        order = tuple(seed for s in order for seed in (s, last - s))
    return order


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the bracket, before anybody is there."""

    blank: Pairing
    """As it is while nothing is known. Each side has a source, or is one of the entries."""
    left_entry: int = 0
    """Entry of the tree that stands here, from 1; 0 where a source says."""
    right_entry: int = 0
    winner_place: int = 0
    """The places of those who end here: who won, and who did not. 0: they go on."""
    loser_place: int = 0
    reset_of: int = 0
    """A reset: it is played only if the right side wins this pairing."""


@dataclass(frozen=True)
class Tree:
    """A whole bracket; numbers go up without a gap, and sources have lower ones."""

    nodes: tuple[Node, ...]

    @property
    def first(self) -> int:
        return self.nodes[0].blank.number

    @cached_property
    def after(self) -> Mapping[int, frozenset[int]]:
        """Pairings whose sides follow from each pairing, directly or not."""
        after: dict[int, frozenset[int]] = {node.blank.number: frozenset() for node in self.nodes}
        for node in reversed(self.nodes):
            number = node.blank.number
            for source in {s.pairing for s in (node.blank.left_from, node.blank.right_from) if s}:
                after[source] |= after[number] | {number}
        return after

    @cached_property
    def by_entry(self) -> Mapping[int, int]:
        """Pairing in which each entry stands."""
        return {
            entry: node.blank.number for node in self.nodes for entry in (node.left_entry, node.right_entry) if entry
        }


class Builder:
    """Grows a tree in the order of play."""

    def __init__(self, settings: Settings, first: int = 1) -> None:
        self._settings = settings
        self._first = first
        self._nodes: list[Node] = []

    def add(self, stage: Stage, round_: int, index: int, sources: Sequence[Source] = (), **more: int) -> int:
        """Add a pairing and return its number. `sources` are of both sides or of none; `more` as in Node."""
        number = self._first + len(self._nodes)
        left, right = sources or (None, None)
        blank = Pairing(number, stage, round_, index, TO_BE_DECIDED, TO_BE_DECIDED, left, right)
        self._nodes.append(Node(blank, **more))
        return number

    def tree(self) -> Tree:
        """Return the whole bracket, with its rounds counted from the end, and what they are the best of."""
        to_end = {node.blank.number: int(node.blank.stage is Stage.THIRD_PLACE) for node in self._nodes}
        for node in reversed(self._nodes):
            if node.blank.stage is Stage.THIRD_PLACE or node.reset_of:
                # The reset is the same round as what it repeats.
                continue
            for source in (node.blank.left_from, node.blank.right_from):
                if source:
                    to_end[source.pairing] = max(to_end[source.pairing], to_end[node.blank.number] + 1)
        # Nodes come round by round.
        last = {node.blank.stage: node.blank.round for node in self._nodes}
        return Tree(
            tuple(
                replace(node, blank=replace(node.blank, to_end=to_end[node.blank.number], best_of=self._of(node, last)))
                for node in self._nodes
            )
        )

    def _of(self, node: Node, last: Mapping[Stage, int]) -> int:
        stage = node.blank.stage
        return best_of(self._settings, stage, node.blank.round, last[stage])


def fill(tree: Tree, entries: Sequence[int], outcomes: Mapping[int, Outcome]) -> list[Pairing]:
    """The bracket as it is. `entries` are seeds, EMPTY or TO_BE_DECIDED.

    Against an empty slot there is a bye. Where nobody won, an empty slot goes on to the winner's next place, and one
    to the loser's. Outcomes of pairings that have no two sides are not looked at.
    """
    winners: dict[int, int] = {}
    losers: dict[int, int] = {}
    pairings: list[Pairing] = []

    def side(entry: int, source: Source | None) -> int:
        if source is None:
            return entries[entry - 1] if entry <= len(entries) else EMPTY
        return (winners if source.winner else losers)[source.pairing]

    for node in tree.nodes:
        blank = node.blank
        number = blank.number
        left = side(node.left_entry, blank.left_from)
        right = side(node.right_entry, blank.right_from)
        skipped = False
        if node.reset_of:
            first = pairings[node.reset_of - tree.first]
            skipped = first.outcome is not None and (first.outcome.winner != 1 or first.outcome.kind is Kind.BYE)
            if skipped:
                left = right = EMPTY
        outcome: Outcome | None = None
        if left > 0 and right > 0:
            outcome = outcomes.get(number)
        elif left != TO_BE_DECIDED and right != TO_BE_DECIDED and not skipped:
            outcome = BYES[0 if left else 1 if right else NO_SIDE]
        if outcome is None:
            winners[number] = losers[number] = EMPTY if skipped else TO_BE_DECIDED
        else:
            both = (left, right)
            winners[number] = EMPTY if outcome.winner == NO_SIDE else both[outcome.winner]
            losers[number] = EMPTY if outcome.winner == NO_SIDE else both[1 - outcome.winner]
        if left == right == TO_BE_DECIDED:
            pairings.append(blank)
        else:
            pairings.append(
                Pairing(
                    number,
                    blank.stage,
                    blank.round,
                    blank.index,
                    left,
                    right,
                    blank.left_from,
                    blank.right_from,
                    blank.group,
                    blank.best_of,
                    blank.to_end,
                    outcome,
                    skipped,
                    False,
                    blank.left_place,
                    blank.right_place,
                )
            )
    return pairings


def ended(tree: Tree, pairings: Sequence[Pairing]) -> dict[int, tuple[int, bool]]:
    """Return the place of each seed in the bracket: (place, it is final).

    Those who are still in share the first; who ended has the place that the bracket gives. A place comes from where
    somebody ended, not from counting: after a double forfeit in a semi-final nobody may be second.
    """
    places: dict[int, tuple[int, bool]] = {}
    for node, pairing in zip(tree.nodes, pairings, strict=True):
        outcome = pairing.outcome
        for side, seed in enumerate((pairing.left, pairing.right)):
            if seed <= 0:
                continue
            place = 0
            if outcome is not None:
                place = node.winner_place if outcome.winner == side else node.loser_place
            # Later pairings of the same entrant have the last word. Who is in the match for the third place is out of
            # the running for the first.
            places[seed] = (place, True) if place else (3 if pairing.stage is Stage.THIRD_PLACE else 1, False)
    return places


def ranking(places: Mapping[int, tuple[int, bool]], pairings: Iterable[Pairing]) -> tuple[Standing, ...]:
    """Everybody who has a place, best first, and what they did in the pairings."""
    counts = tally(pairings)
    lines: list[Standing] = []
    for seed, (place, final) in sorted(places.items(), key=lambda item: (item[1][0], item[0])):
        count = counts.get(seed, EMPTY_TALLY)
        lines.append(
            Standing(
                seed,
                place,
                played=count.played,
                won=count.won,
                drawn=count.drawn,
                lost=count.lost,
                scored=count.scored,
                conceded=count.conceded,
                final=final,
            )
        )
    return tuple(lines)


def winner(standings: Sequence[Standing]) -> int | None:
    """Return the seed that has the first place for good, alone; None without one."""
    first = [line.seed for line in standings if line.place == 1 and line.final and line.group == 0]
    return first[0] if len(first) == 1 else None


class Bracket:
    """A format that is one bracket of 2 to 64: its tree says the rest."""

    tiebreaks: tuple[str, ...] = ()
    takes_late: bool = False

    def tree(self, settings: Settings, entrants: int) -> Tree:
        """Build the bracket for that number of entrants."""
        raise NotImplementedError

    def rounds(self, settings: Settings, entrants: int) -> int:
        """Return 0: no rounds are drawn one by one."""
        return 0

    def view(self, settings: Settings, history: History) -> View:
        """As `Format.view`."""
        tree = self.tree(settings, history.entrants)
        pairings = fill(tree, range(1, history.entrants + 1), history.outcomes)
        standings = ranking(ended(tree, pairings), pairings)
        done = all(pairing.decided for pairing in pairings)
        return View(tuple(pairings), standings, done, winner(standings) if done else None)

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        """As `Format.dependents`."""
        return self.tree(settings, history.entrants).after.get(pairing, frozenset())
