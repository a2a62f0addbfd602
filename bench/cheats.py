"""How often somebody who cheats with time beats their equal: the slack rule of `gameserver/core/seat.py`, measured.

Run: python -m bench.cheats [matches] [rtt_ms] [jitter_ms]. Simulated matches of equals on equal lines, sides in turn;
one of them is honest, or dates the first move of each volley back by all the slack they have; or withholds marks by as
much; or both. Nothing is timed: the figures are the same on every machine.
"""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from typing import Any, Final

from gameserver.core.bots import NEVER, Skill
from tests.gameserver.core.world import Line, Person, World

#: (dates back, withholds marks) by what is printed.
WAYS: Final = {
    "honest": (False, False),
    "back-dating": (True, False),
    "withholding": (False, True),
    "both": (True, True),
}
BEAT_US: Final = 250_000


class Cheat(Person):
    """Decides by as much sooner as it may date back, and sends by as much later."""

    back = False
    hold = False
    _late = 0
    _first = False

    def _slack(self) -> int:
        """What the match grants beyond the way there, µs: a cheat knows the rules."""
        granted = self.world.match.facts.grace[self.side]
        return max(0, granted - self.line.rtt // 2 - self.line.jitter)

    def watch(self, now: int, volley: Any) -> None:
        mind = self.mind
        skill = mind.skill
        self._late = self._slack() if self.back else 0
        self._first = True
        mind.skill = Skill(skill.reaction - self._late, skill.spread, skill.error)
        super().watch(now, volley)
        mind.skill = skill

    def plan(self, now: int) -> None:
        if self.mind.next_t == NEVER:
            return
        due, generation = self.mind.next_t, self._generation
        self.busy = self.at(due) + (self._late if self._first else 0)
        self.world.later(max(now, self.busy), lambda at: self.act(at, due, generation))

    def act(self, now: int, due: int, generation: int) -> None:
        if self.mind.next_t == due and generation == self._generation and self.there:
            self._first = False
            super().act(now, due, generation)

    def cross(self, now: int, volley: Any) -> None:
        wait = self._slack() if self.hold else 0
        if not self.hold and self.mind.next_t != NEVER and self.mind.next_t <= volley.t1:
            wait = max(0, self.busy - now) + 1
        honest: Callable[[int], None] = lambda at: super(Cheat, self).cross(at, volley)  # noqa: E731
        self.world.later(now + wait, honest)

    def beat(self, now: int) -> None:
        if self.there:
            self.send(now)
        self.world.later(now + BEAT_US, self.beat)


def won(seeds: Sequence[int], rtt: int, jitter: int, way: str) -> int:
    """How many of the matches the one that is looked at won."""
    count = 0
    for seed in seeds:
        side = seed % 2
        world = World(seed * 7919 + 1, (Line(rtt, jitter, Random(2 * seed)), Line(rtt, jitter, Random(2 * seed + 1))))
        if way != "honest":
            person: Any = world.people[side]
            person.__class__ = Cheat
            person.back, person.hold = WAYS[way]
        world.run()
        count += world.result.winner == side
    return count


def main(matches: int, rtt_ms: int, jitter_ms: int) -> None:
    """Prints a line for each way."""
    shares = [range(first, matches, 4) for first in range(4)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for way in WAYS:
            parts = [pool.submit(won, seeds, rtt_ms * 1000, jitter_ms * 1000, way) for seeds in shares]
            share = sum(part.result() for part in parts) / matches
            print(f"{way:12} {100 * share:5.1f} % of {matches}", flush=True)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [200, 40, 2][len(given) :]))
