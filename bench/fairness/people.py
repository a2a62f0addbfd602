"""A near-perfect player, and those who play as well and cheat. The same people play simulated and real matches.

Everybody reacts after about a fifth of a second, aims for a corner and loses a ball only when there is no time to
reach it: so a few milliseconds more or less decide.
"""

from collections.abc import Callable
from typing import Any, Final

from gameserver.domain.match.admission import CREDIT_EVERY, CREDIT_MOST, GRACE_MOST, SLACK_AIM
from gameserver.domain.match.records import Clock, MatchEvent
from gameserver.domain.pong.bots import Bot, Skill
from gameserver.domain.pong.events import PaddleMove, Volley
from gameserver.domain.pong.intents import Intent
from gameserver.domain.pong.rules import PLANES, VP, H, M, Paddle, R, fold, sdiv
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import NEVER, RIGHT
from tests.support.harnesses.match import MatchHarness, SimulatedLine, SimulatedPlayer

PERFECT: Final = Skill(285_000, 35_000, 1_000)
#: Short matches: three points, and a ball that is fast from the start.
RULES: Final = Ruleset(points_to_win=3, start_speed=160_000)
#: Where on the paddle the ball is met, as shares of its reach from the middle, times 100.
CORNER: Final = (55, 85)


class Mind(Bot):
    """Aim of a near-perfect player."""

    def __init__(self, side: int, skill: Skill, seed: int) -> None:
        super().__init__(side, skill, seed.to_bytes(8))
        self.goal = H // 2
        #: Half the height of the paddle and the ball.
        self.reach = 0

    def see(self, volley: Volley, now: int) -> None:
        """A volley was seen at match time `now`."""
        # A serve is announced before it is launched, so anybody can be there.
        start = now + max(0, self.skill.reaction + self._normal(self.skill.spread))
        if (volley.vx > 0) == (self.side == RIGHT):
            low, high = CORNER
            share = low + self._uniform() * (high - low) // 65_535
            goal = crossing_of(volley) + (share if self._uniform() & 1 else -share) * self.reach // 100
        elif volley.x0 == PLANES[self.side]:
            goal = H // 2
        else:
            return
        self.go(start, goal)

    def go(self, start: int, goal: int) -> None:
        """Make for `goal` from match time `start` on."""
        self.goal = goal
        self._plan = [(start, goal)]
        self.next_t = start


def crossing_of(volley: Volley) -> int:
    """Height at which a volley meets its plane."""
    return fold(volley.y0 + sdiv(volley.vy * (volley.t1 - volley.t0), M))


class Honest(SimulatedPlayer):
    """Plays by the rules, and steers again when the server has counted something otherwise than it was dated."""

    mind: Mind

    def __init__(self, world: MatchHarness, side: int, line: SimulatedLine, skill: Skill, seed: int, half: int) -> None:
        super().__init__(world, side, line, skill, seed, half)
        self.mind = Mind(side, skill, seed)
        self.mind.reach = half + R
        self._unconfirmed: list[tuple[int, int, Intent]] = []
        #: How often the server moved an input.
        self.moved = 0

    def see(self, now: int, event: MatchEvent) -> None:
        if isinstance(event, PaddleMove) and event.side == self.side and event.input_seq:
            self._confirmed(now, event)
        else:
            if isinstance(event, PaddleMove) and event.side == self.side:
                self._unconfirmed.clear()
            super().see(now, event)

    def _confirmed(self, now: int, move: PaddleMove) -> None:
        dated = next((t for seq, t, _ in self._unconfirmed if seq == move.input_seq), move.t)
        self._unconfirmed = [item for item in self._unconfirmed if item[0] > move.input_seq]
        if dated == move.t:
            return
        self.moved += 1
        self.rebase(move)
        if self.volley and self.coming(self.volley) and self.t(now) < self.volley.t1:
            self.mind.go(max(self.t(now), self.paddle.moves[-1].t), self.mind.goal)
            self.plan(now)

    def rebase(self, move: PaddleMove) -> None:
        """The server's word on the own paddle, with what it does not know yet on top."""
        self.paddle = Paddle(self.side, self.paddle.half, [move])
        for seq, t, intent in self._unconfirmed:
            self.paddle.steer(intent, max(t, self.paddle.moves[-1].t), seq, -1)

    def coming(self, volley: Volley) -> bool:
        """Tells whether a volley flies to this side."""
        return (volley.vx > 0) == (self.side == RIGHT)

    def act(self, now: int, due: int, generation: int) -> None:
        before = self.seq
        super().act(now, due, generation)
        if self.seq > before:
            self._unconfirmed.append(self.sent[-1])

    def missing(self, volley: Volley, start: int) -> int:
        """Lateness (µs) of setting out for a ball at `start`; negative when there is time left."""
        way = abs(crossing_of(volley) - self.paddle.at(max(start, self.paddle.moves[-1].t))) - self.mind.reach
        return max(0, way) * M // VP - (volley.t1 - start)


class Cheat(Honest):
    """Dates the first input of a volley back by `back` µs, and sends marks `hold` µs late, as far as it is granted."""

    back = 0
    hold = 0
    #: What the rules of this match grant at most, and the longest round trip that they believe, µs.
    grace_most = GRACE_MOST
    believed = 1_000_000
    _late = 0
    _first = False

    def granted(self) -> int:
        """Time that counts beyond the way there, µs. It is a guess from the rules: the cheat has read them."""
        match = getattr(self.world, "match", None)
        way = self.line.rtt // 2 + self.line.jitter
        if match is not None:
            return max(0, int(match.state.grace[self.side]) - way)
        return max(0, min(self.grace_most, min(self.line.seen, self.believed) // 2 + SLACK_AIM) - way)

    def lateness(self, volley: Volley, now: int) -> int:
        """By how much the first input for this volley is to be dated back."""
        return min(self.back, self.granted())

    def watch(self, now: int, volley: Any) -> None:
        if self.coming(volley):
            self._late, self._first = self.lateness(volley, now), True
        else:
            self._late = 0
        mind = self.mind
        skill = mind.skill
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
        wait = min(self.hold, self.granted()) if self.hold else 0
        if not wait and self.mind.next_t != NEVER and self.mind.next_t <= volley.t1:
            # What is dated before the mark has to go out before it.
            wait = max(0, self.busy - now) + 1
        honest: Callable[[int], None] = lambda at: super(Cheat, self).cross(at, volley)  # noqa: E731
        self.world.later(now + wait, honest)

    def beat(self, now: int) -> None:
        if self.there:
            self.send(now)
        self.world.later(now + 250_000, self.beat)


class BackDating(Cheat):
    """Dates back whatever is granted."""

    back = GRACE_MOST


class Withholding(Cheat):
    """Sends marks as late as is granted, so that the other side sees the ball later."""

    hold = GRACE_MOST


class Both(Cheat):
    """Dates back and withholds."""

    back = hold = GRACE_MOST


class Tuned(Cheat):
    """Dates back and withholds by no more than the slack that is left to who does so."""

    back = hold = SLACK_AIM


class Crucial(Cheat):
    """Dates back only for balls that it could not reach, by what is needed, and spends the lag credit on them."""

    def __init__(self, world: MatchHarness, side: int, line: SimulatedLine, skill: Skill, seed: int, half: int) -> None:
        super().__init__(world, side, line, skill, seed, half)
        self.credit = CREDIT_MOST
        self._credit_t = 0

    def lateness(self, volley: Volley, now: int) -> int:
        t = self.t(now)
        self.credit = min(CREDIT_MOST, self.credit + max(0, t - self._credit_t) // CREDIT_EVERY)
        self._credit_t = t
        start = t + self.mind.skill.reaction + self.mind.skill.spread
        needed = self.missing(volley, start)
        slack = self.granted()
        if needed <= 0 or needed > slack + self.credit:
            return 0
        self.credit -= max(0, needed - slack)
        return needed


class Absent(Honest):
    """Closes its socket when a ball is out of reach, and comes back at once: twice a match."""

    absences = 2

    def watch(self, now: int, volley: Any) -> None:
        super().watch(now, volley)
        if self.coming(volley) and self.there and self.absences and self.mind.next_t != NEVER:
            start = self.mind.next_t
            if self.missing(volley, start) > 0 and self.clock and now >= self.clock.server_us:
                self.absences -= 1
                self.leave(now)

    def see(self, now: int, event: MatchEvent) -> None:
        super().see(now, event)
        if isinstance(event, Clock) and event.rate and self.volley and self.coming(self.volley):
            # The countdown was the reaction.
            self.mind.go(max(event.match_t, self.paddle.moves[-1].t), crossing_of(self.volley))
            self.plan(now)

    def leave(self, now: int) -> None:
        """Close the connection, and come back as soon as can be."""
        self.there = False
        self.world.cut(now, self)  # type: ignore[attr-defined]


class Silent(Absent):
    """Says nothing for two seconds instead of closing its socket."""

    def leave(self, now: int) -> None:
        self.there = False
        self.world.later(now + 2_000_000, self.speak)

    def speak(self, now: int) -> None:
        """Be there again."""
        self.there = True
        self.send(now)


class SeesMore(Honest):
    """Watches the same match over a second line, too: a spectator's."""

    def see(self, now: int, event: MatchEvent) -> None:
        if isinstance(event, Volley) and event == self.volley:
            return  # seen on the other line
        super().see(now, event)
