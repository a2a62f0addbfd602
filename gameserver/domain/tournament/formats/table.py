"""Tables: tallies of what entrants won and lost, and their ranking."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Outcome, Pairing

WIN, DRAW = 2, 1
"""Half points."""


@dataclass(slots=True)
class Tally:
    """Results of an entrant in pairings. Byes, and pairings that were called off, do not count."""

    won: int = 0
    drawn: int = 0
    lost: int = 0
    scored: int = 0
    conceded: int = 0
    missed: int = 0
    """Of these, pairings that they did not come to."""

    @property
    def played(self) -> int:
        return self.won + self.drawn + self.lost

    @property
    def points(self) -> int:
        """Half points."""
        return WIN * self.won + DRAW * self.drawn


EMPTY_TALLY: Final = Tally()
_NO_MEETING: Final = (Kind.BYE, Kind.CANCELLED)
"""Pairings that are no meeting of two."""
_MISSED: Final = (Kind.WALKOVER, Kind.DOUBLE_FORFEIT)


def halves(outcome: Outcome) -> tuple[int, int]:
    """Half points of left and right."""
    if outcome.winner == NO_SIDE:
        return (DRAW, DRAW) if outcome.kind is Kind.PLAYED else (0, 0)
    return (0, WIN) if outcome.winner else (WIN, 0)


def count(counts: dict[int, Tally], pairing: Pairing, times: int = 1) -> None:
    """Add what a pairing was, or (-1) take it away: walkovers count as won and lost, a double forfeit as lost twice."""
    outcome = pairing.outcome
    if outcome is None or outcome.kind in _NO_MEETING:
        return
    left = counts.get(pairing.left) or counts.setdefault(pairing.left, Tally())
    right = counts.get(pairing.right) or counts.setdefault(pairing.right, Tally())
    if outcome.winner == NO_SIDE and outcome.kind is Kind.PLAYED:
        left.drawn += times
        right.drawn += times
    else:
        for winner, side in enumerate((left, right)):
            if outcome.winner == winner:
                side.won += times
            else:
                side.lost += times
                side.missed += times * (outcome.kind in _MISSED)
    for here, there in outcome.matches:
        left.scored += times * here
        left.conceded += times * there
        right.scored += times * there
        right.conceded += times * here


def tally(pairings: Iterable[Pairing]) -> dict[int, Tally]:
    """By seed."""
    counts: dict[int, Tally] = {}
    for pairing in pairings:
        count(counts, pairing)
    return counts


class Sheet:
    """Pairings whose sides are known from the start, what became of them, and the tally of it.

    It can be looked at again after each result: then only what is new is worked out. A round robin of 64 has 2,016 of
    them.
    """

    def __init__(self, laid: Sequence[Pairing]) -> None:
        self.laid = laid
        self.pairings = list(laid)
        """The same with their outcomes."""
        self.counts: dict[int, Tally] = {}
        self._bare = [(pairing.number, pairing.outcome) for pairing in laid]
        self.open: dict[int, int] = {}
        """Number of undecided pairings, by group."""
        for pairing in laid:
            self.open[pairing.group] = self.open.get(pairing.group, 0) + (pairing.outcome is None)
            count(self.counts, pairing)

    def look(self, outcomes: Mapping[int, Outcome]) -> list[Pairing]:
        """Take in what has happened; return the pairings that it has changed."""
        get, both = outcomes.get, zip(self._bare, self.pairings, strict=True)
        new = [at for at, ((number, bare), was) in enumerate(both) if get(number, bare) is not was.outcome]
        for at in new:
            before, bare = self.pairings[at], self.laid[at]
            self.pairings[at] = now = with_outcome(bare, outcomes.get(bare.number, bare.outcome))
            count(self.counts, before, -1)
            count(self.counts, now)
            self.open[bare.group] += (now.outcome is None) - (before.outcome is None)
        return [self.pairings[at] for at in new]


def placed(seeds: Iterable[int], keys: Mapping[int, tuple[int, ...]]) -> list[tuple[int, int]]:
    """(place, seed), the highest keys first; equal keys share a place, and stand in the order of their seeds."""
    order = sorted(sorted(seeds), key=lambda seed: keys[seed], reverse=True)  # which leaves equals as they are
    lines: list[tuple[int, int]] = []
    for position, seed in enumerate(order, 1):
        shared = lines and keys[lines[-1][1]] == keys[seed]
        lines.append((lines[-1][0] if shared else position, seed))
    return lines


def among_tied(
    keys: Mapping[int, tuple[int, ...]], points: Callable[[Sequence[int]], Mapping[int, int]]
) -> dict[int, int]:
    """Return, by seed, `points` among those whose keys are equal; 0 for those who are alone with theirs."""
    tied: dict[tuple[int, ...], list[int]] = {}
    for seed, key in keys.items():
        tied.setdefault(key, []).append(seed)
    among = dict.fromkeys(keys, 0)
    for seeds in tied.values():
        if len(seeds) > 1:
            among.update(points(seeds))
    return among


def with_outcome(pairing: Pairing, outcome: Outcome | None) -> Pairing:
    """The pairing of a table, decided like that."""
    p = pairing
    # Not `replace`, which takes five times as long.
    return Pairing(
        p.number,
        p.stage,
        p.round,
        p.index,
        p.left,
        p.right,
        group=p.group,
        best_of=p.best_of,
        to_end=p.to_end,
        outcome=outcome,
        may_draw=p.may_draw,
    )
