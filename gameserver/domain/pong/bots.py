"""Bots: players with a reaction time and an aiming error, who see what is decided and nothing else.

Pure: their chance follows from a secret of their own, which is in no journal, so that nobody knows their next move.
 Chance that an average person (250 ms, 30 px) wins, simulated: easy 4 of 5, medium even, hard 1 of 5.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from gameserver.domain.pong.events import Volley
from gameserver.domain.pong.intents import DOWN, STILL, UP, Direction
from gameserver.domain.pong.randomness import UniformGenerator
from gameserver.domain.pong.rules import PLANES, VP, H, M, fold, sdiv
from gameserver.domain.values import LEFT, NEVER, RIGHT, RuleError


class Strength(IntEnum):
    """Strength of a bot; 0 is a person."""

    PERSON = 0
    EASY = 1
    MEDIUM = 2
    HARD = 3


@dataclass(frozen=True, slots=True)
class Skill:
    """Reaction time (mean and standard deviation, µs) and aiming error (standard deviation, units)."""

    reaction: int
    spread: int
    error: int


SKILLS: Final = {
    Strength.EASY: Skill(270_000, 40_000, 3_000),
    Strength.MEDIUM: Skill(250_000, 35_000, 3_000),
    Strength.HARD: Skill(230_000, 35_000, 3_000),
}
STEP_MS: Final = 10
""""Match my level": what may be added to the mean reaction time, in steps of 10 ms after each result."""
STEP_RANGE_MS: Final = (-60, 120)
_IDLE: Final = 400
"""A bot does not stir for less than this."""


def skill_of(strength: Strength, reaction_ms: int = 0) -> Skill:
    """The skill of a bot. Raises RuleError when `reaction_ms` is not a step of 10 from -60 to 120."""
    low, high = STEP_RANGE_MS
    if not low <= reaction_ms <= high or reaction_ms % STEP_MS:
        raise RuleError("bot_reaction_ms", f"has to be from {low} to {high} in steps of {STEP_MS}")
    base = SKILLS[strength]
    return Skill(base.reaction + reaction_ms * 1000, base.spread, base.error)


class Bot:
    """Plays one side. The runtime shows it what is decided, and asks for its intents."""

    __slots__ = ("_plan", "_uniform", "next_t", "seq", "side", "skill")

    def __init__(self, side: int, skill: Skill, secret: bytes) -> None:
        self.side = side
        self.skill = skill
        self.next_t = NEVER
        """Match time at which it acts next, µs; NEVER without a plan."""
        self.seq = 0
        """Number of its last input."""
        self._plan: list[tuple[int, Direction | int]] = []
        """(when, what) still to do, soonest first: at most a start and a stop."""
        self._uniform = UniformGenerator(bytes((side,)) + secret).next

    def _normal(self, sd: int) -> int:
        """A number of that standard deviation: the sum of four uniform ones (variance 4/12), within 3.5 deviations."""
        total = self._uniform() + self._uniform() + self._uniform() + self._uniform() - 131_070
        return sdiv(total * sd, 37_837)

    def see(self, volley: Volley, now: int) -> None:
        """Take in a volley that was decided at `now`: after its reaction time the bot goes where it belongs."""
        to = RIGHT if volley.vx > 0 else LEFT
        reaction = max(50_000, self.skill.reaction + self._normal(self.skill.spread))
        start = max(volley.t0, now) + reaction
        if to == self.side:
            y1 = fold(volley.y0 + sdiv(volley.vy * (volley.t1 - volley.t0), M))
            goal = y1 + self._normal(self.skill.error)
            if start >= volley.t1:
                return
        elif volley.x0 == PLANES[self.side]:
            goal = H // 2
        else:
            return
        self._plan = [(start, goal)]
        self.next_t = start

    def act(self, y: int, half: int) -> Direction:
        """Return its intent at `next_t`, its paddle of half height `half` being at `y`."""
        t, what = self._plan.pop(0)
        if isinstance(what, Direction):
            self.next_t = self._plan[0][0] if self._plan else NEVER
            return what
        gap = min(max(what, half), H - half) - y
        if abs(gap) < _IDLE:
            self.next_t = NEVER
            return STILL
        stop = t + abs(gap) * M // VP
        self._plan = [(stop, STILL)]
        self.next_t = stop
        return DOWN if gap > 0 else UP

    def forget(self) -> None:
        """Drop the plan: the match was stopped."""
        self._plan = []
        self.next_t = NEVER
