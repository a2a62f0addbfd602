"""Simulated matches between the people of `bench.fairness.people`: thousands in a minute, nothing is timed.

python -m bench.fairness.simulated [matches] [row ...]
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from statistics import mean

from bench.fairness.people import PERFECT, RULES, Honest, SeesMore
from bench.fairness.relay import Line as Relayed
from bench.fairness.rows import ROWS, Row
from bench.fairness.wilson import interval
from gameserver.domain.match.records import Occupant
from gameserver.domain.match.stats import GUESSES_LEAST
from gameserver.domain.pong.events import Volley
from gameserver.streaming.holdback import HOLDBACK_US
from tests.support.harnesses.match import MatchHarness, SimulatedLine


class Simulated(MatchHarness):
    """A world in which people may go, and watch."""

    #: How long spectators' frames are held back, µs.
    held_back = HOLDBACK_US
    watches_over: SimulatedLine | None = None

    def cut(self, now: int, person: Honest) -> None:
        """A connection is closed, and stands again after three round trips."""
        gone = person.line.up(now)

        def back(at: int) -> None:
            person.there = True
            self.match.connect(at, person.side, person.line.seen)

        self.later(gone, lambda at: self.match.lose(at, person.side))
        self.later(gone + 3 * person.line.rtt, back)

    def carry_out(self) -> None:
        before = len(self.events)
        super().carry_out()
        line = self.watches_over
        if line is None:
            return
        volleys = [event for event in self.events[before:] if isinstance(event, Volley)]
        for person in self.people.values():
            if isinstance(person, SeesMore):
                for volley in volleys:
                    at = self.now + self.held_back + line.rtt // 2
                    self.later(at, lambda at, p=person, v=volley: p.see(at, v))  # type: ignore[misc]


def line_of(line: Relayed, seed: int) -> SimulatedLine:
    """A simulated line like one of the relay's. Losses are not simulated."""
    return SimulatedLine(line.rtt, line.jitter, Random(seed), line.hold)


@dataclass(frozen=True, slots=True)
class Played:
    """Matches: won by the one that is looked at, their seconds, and that one's moves that nobody can have made."""

    won: int
    seconds: float
    early_right: int
    early_wrong: int


def seen_after(early_right: float, early_wrong: float) -> float:
    """Matches until these early moves a match are 3.72 deviations from chance, which is a false alarm in 10,000."""
    of, more = early_right + early_wrong, early_right - early_wrong
    return max(GUESSES_LEAST / of, 3.72 * 3.72 * of / (more * more)) if more > 0 else float("inf")


def played(row: Row, seeds: Sequence[int]) -> Played:
    """Play a row's matches."""
    won, seconds, right, wrong = 0, [], 0, 0
    for seed in seeds:
        side = seed % 2
        kinds: list[type[Honest]] = [row.opponent, row.opponent]
        lines = [line_of(row.other, 2 * seed), line_of(row.other, 2 * seed + 1)]
        most = [0, 0]
        most[side] = row.believed
        kinds[side], lines[side] = row.person, line_of(row.line, 2 * seed + side)
        world = Simulated(
            seed * 7919 + 1,
            (lines[0], lines[1]),
            ruleset=RULES,
            skills=(PERFECT, PERFECT),
            kinds=(kinds[0], kinds[1]),
            rated=row.rated,
            occupants=(Occupant("left", rtt_most_us=most[0]), Occupant("right", rtt_most_us=most[1])),
        )
        world.watches_over = line_of(row.watches_over, seed) if row.watches_over else None
        world.run()
        won += world.result.winner == side
        seconds.append(world.result.duration_us / 1e6)
        stats = world.result.stats
        latency = (stats.right if side else stats.left).latency
        assert latency
        right, wrong = right + (latency.early_right or 0), wrong + (latency.early_wrong or 0)
    return Played(won, mean(seconds), right, wrong)


def main(matches: int, names: Sequence[str]) -> None:
    """Prints a line for each row."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for row in ROWS:
            if names and not any(row.name.startswith(name) for name in names):
                continue
            parts = [pool.submit(played, row, range(first, matches, 4)) for first in range(4)]
            done = [part.result() for part in parts]
            won = sum(part.won for part in done)
            right = sum(part.early_right for part in done) / matches
            wrong = sum(part.early_wrong for part in done) / matches
            low, high = interval(won, matches)
            print(
                f"{row.name:40} {100 * won / matches:5.1f} % [{100 * low:.1f}, {100 * high:.1f}] of {matches},"
                f" {mean(part.seconds for part in done):.0f} s each; early moves {right:.2f} right, {wrong:.2f} wrong:"
                f" seen after {seen_after(right, wrong):.0f} matches",
                flush=True,
            )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 400, given[1:])
