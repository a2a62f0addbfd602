"""Tables: what everybody won and lost, and who is before whom."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gameserver.core.tournament.values import Kind, Outcome, Pairing

#: Half points.
WIN, DRAW = 2, 1


@dataclass(slots=True)
class Tally:
    """What an entrant did in pairings. Byes, and pairings that were called off, do not count."""

    won: int = 0
    drawn: int = 0
    lost: int = 0
    scored: int = 0
    conceded: int = 0

    @property
    def played(self) -> int:
        return self.won + self.drawn + self.lost

    @property
    def points(self) -> int:
        """Half points."""
        return WIN * self.won + DRAW * self.drawn


NOTHING = Tally()


def tally(pairings: Iterable[Pairing]) -> dict[int, Tally]:
    """By seed. Walkovers count as won and lost, a double forfeit as lost by both."""
    counts: dict[int, Tally] = {}
    for pairing in pairings:
        outcome = pairing.outcome
        if outcome is None or outcome.kind is Kind.BYE or outcome.kind is Kind.CANCELLED:
            continue
        left = counts.get(pairing.left) or counts.setdefault(pairing.left, Tally())
        right = counts.get(pairing.right) or counts.setdefault(pairing.right, Tally())
        if outcome.winner == 0:
            left.won += 1
            right.lost += 1
        elif outcome.winner == 1:
            left.lost += 1
            right.won += 1
        elif outcome.kind is Kind.PLAYED:
            left.drawn += 1
            right.drawn += 1
        else:
            left.lost += 1
            right.lost += 1
        for here, there in outcome.matches:
            left.scored += here
            left.conceded += there
            right.scored += there
            right.conceded += here
    return counts


def placed(seeds: Iterable[int], keys: Mapping[int, tuple[int, ...]]) -> list[tuple[int, int]]:
    """(place, seed), the highest keys first; equal keys share a place, and stand in the order of their seeds."""
    order = sorted(seeds, key=lambda seed: (tuple(-part for part in keys[seed]), seed))
    lines: list[tuple[int, int]] = []
    for position, seed in enumerate(order, 1):
        shared = lines and keys[lines[-1][1]] == keys[seed]
        lines.append((lines[-1][0] if shared else position, seed))
    return lines


def among_tied(
    keys: Mapping[int, tuple[int, ...]], points: Callable[[Sequence[int]], Mapping[int, int]]
) -> dict[int, int]:
    """By seed: `points` among those whose keys are equal; 0 for those who are alone with theirs."""
    tied: dict[tuple[int, ...], list[int]] = {}
    for seed, key in keys.items():
        tied.setdefault(key, []).append(seed)
    among = dict.fromkeys(keys, 0)
    for seeds in tied.values():
        if len(seeds) > 1:
            among.update(points(seeds))
    return among


@lru_cache(maxsize=8192)
def with_outcome(pairing: Pairing, outcome: Outcome) -> Pairing:
    """The pairing, decided. Remembered, since a round robin of 64 has 2016 of them, and is looked at after each one."""
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


def decided(pairings: Sequence[Pairing], outcomes: Mapping[int, Outcome]) -> list[Pairing]:
    """The same pairings with what became of them."""
    return [with_outcome(p, outcomes[p.number]) if p.number in outcomes else p for p in pairings]
