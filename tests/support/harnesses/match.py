"""A simulated world: a real Match, two people on lines of their own, and no clock but a heap of what happens next."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Clock, MatchEvent, Occupant, Opened, Record, Result
from gameserver.domain.pong.bots import Bot, Skill
from gameserver.domain.pong.events import Goal, Miss, PaddleMove, Volley
from gameserver.domain.pong.intents import Intent
from gameserver.domain.pong.rules import DS, NO_TARGET, PLANES, SMAX, H, M, Paddle, R, fold, launch, paddle_at, sdiv
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from gameserver.domain.values import LEFT, NEVER, RIGHT

PERSON = Skill(250_000, 35_000, 3_000)
START = 5_000_000

Message = tuple[int, int, int, Sequence[tuple[int, int, Intent]], int, int]
"""now, side, clock epoch, inputs, mark, round trip."""


@dataclass
class SimulatedLine:
    """A connection: each message is late by half the round trip and some jitter, in order, both ways. In µs.

    Who holds acknowledgements back by `hold` has the server measure a round trip so much longer than it is.
    """

    rtt: int = 0
    jitter: int = 0
    random: Random = field(default_factory=lambda: Random(1))
    hold: int = 0
    _up: int = 0
    _down: int = 0

    @property
    def seen(self) -> int:
        """The round trip as the server measures it."""
        return self.rtt + self.hold

    def up(self, now: int) -> int:
        self._up = max(self._up, now + self.rtt // 2 + self.random.randint(0, self.jitter))
        return self._up

    def down(self, now: int) -> int:
        self._down = max(self._down, now + self.rtt // 2 + self.random.randint(0, self.jitter))
        return self._down


class SimulatedPlayer:
    """Somebody at a keyboard who plays as a bot does, but sees events when they reach them and dates what they do."""

    def __init__(
        self, world: "MatchHarness", side: int, line: SimulatedLine, skill: Skill, seed: int, half: int
    ) -> None:
        self.world = world
        self.side = side
        self.line = line
        self.mind = Bot(side, skill, seed.to_bytes(8, "little"))
        self.paddle = Paddle(side, half, [PaddleMove(side, 0, H // 2, 0, NO_TARGET, 0)])
        self.clock: Clock | None = None
        self.volley: Volley | None = None
        self.own: Volley | None = None
        """The flight of an own hit that was seen before the referee announced it."""
        self.seq = 0
        self.sent: list[tuple[int, int, Intent]] = []
        self.there = True
        self._generation = 0

    def t(self, now: int) -> int:
        c = self.clock
        return 0 if c is None else c.match_t + (now - c.server_us if c.rate and now > c.server_us else 0)

    def at(self, t: int) -> int:
        assert self.clock is not None
        return self.clock.server_us + t - self.clock.match_t

    def send(self, now: int, inputs: Sequence[tuple[int, int, Intent]] = (), mark: int = -1) -> None:
        if self.clock is not None and self.there:
            epoch, rtt = self.clock.epoch, self.line.seen
            self.world.later(
                self.line.up(now),
                lambda at: self.world.deliver(at, self.side, epoch, inputs, mark, rtt) if self.there else None,
            )

    def see(self, now: int, event: MatchEvent) -> None:
        if isinstance(event, Clock):
            self.clock = event
            self._generation += 1
            if event.rate and self.volley:
                self.watch(now, self.volley)
        elif isinstance(event, Volley):
            self.volley = event
            if self.clock and self.clock.rate:
                self.watch(now, event)
        elif isinstance(event, PaddleMove) and event.side == self.side and not event.input_seq:
            self.paddle.moves.append(event)

    def watch(self, now: int, volley: Volley) -> None:
        """A volley is on: think about it, and mark its crossing when it is on this side."""
        if volley.x0 == PLANES[self.side] and volley == self.own:
            return
        self.mind.see(volley, self.t(now))
        self.plan(now)
        if (volley.vx > 0) == (self.side == RIGHT):
            generation = self._generation
            self.world.later(
                max(now, self.at(volley.t1)),
                lambda at: self.cross(at, volley) if generation == self._generation else None,
            )

    def cross(self, now: int, v: Volley) -> None:
        """The ball is at this side's plane: say so, and see an own hit at once, as a browser does."""
        self.send(now, mark=v.t1)
        moves = [move for move in self.paddle.moves if move.t <= v.t1]
        y1 = fold(v.y0 + sdiv(v.vy * (v.t1 - v.t0), M))
        reach = self.paddle.half + R
        if moves and abs(off := y1 - paddle_at(moves[-1], v.t1, self.paddle.half)) <= reach:
            self.own = launch(v.t1, PLANES[self.side], y1, off, reach, min(SMAX, v.s + DS), 1 - self.side)
            self.mind.see(self.own, self.t(now))
            self.plan(now)

    def plan(self, now: int) -> None:
        if self.mind.next_t != NEVER:
            due, generation = self.mind.next_t, self._generation
            self.world.later(max(now, self.at(due)), lambda at: self.act(at, due, generation))

    def act(self, now: int, due: int, generation: int) -> None:
        if self.mind.next_t != due or generation != self._generation or not self.there:
            return
        t = max(due, self.paddle.moves[-1].t)
        intent = self.mind.act(self.paddle.at(t), self.paddle.half)
        self.seq += 1
        self.paddle.steer(intent, t, self.seq, t)
        self.sent.append((self.seq, t, intent))
        self.send(now, [(self.seq, t, intent)])
        self.plan(now)

    def beat(self, now: int) -> None:
        if self.there:
            self.send(now, mark=self.t(now) if self.clock and now >= self.clock.server_us else -1)
        self.world.later(now + 250_000, self.beat)


class MatchHarness:
    """One match and everything around it. `run` plays it out; `records` and `events` are all that it made."""

    def __init__(
        self,
        seed: int,
        lines: tuple[SimulatedLine | None, SimulatedLine | None] = (None, None),
        *,
        ruleset: Ruleset = CLASSIC,
        skills: tuple[Skill, Skill] = (PERSON, PERSON),
        occupants: tuple[Occupant, Occupant] = (Occupant("left"), Occupant("right")),
        kinds: tuple[type[SimulatedPlayer], type[SimulatedPlayer]] = (SimulatedPlayer, SimulatedPlayer),
        rated: bool = False,
        secret: bytes = b"",
    ) -> None:
        """Serves follow from `secret`, or without one from `seed`, as in older journals."""
        self.now = START
        self._queue: list[tuple[int, int, Callable[[int], None]]] = []
        self._count = 0
        self.messages: list[Message] = []
        """Messages that reached the server, as `Match.receive` was called."""
        self.records: list[Record] = []
        self.events: list[MatchEvent] = []
        self.people = {
            side: kinds[side](self, side, line, skills[side], seed * 31 + side, ruleset.paddle_half_height)
            for side, line in enumerate(lines)
            if line is not None
        }
        self.opened = Opened(ruleset, ruleset.hash(), secret or seed, *occupants, rated=rated)
        self.match = Match.open(self.opened, self.now, secret=seed.to_bytes(8, "little"))
        self.carry_out()
        for side, person in self.people.items():
            self.match.connect(self.now, side, person.line.seen)
            self.later(self.now, person.beat)
        self.carry_out()

    def later(self, at: int, what: Callable[[int], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, what))

    def deliver(self, *message: *Message) -> None:
        self.messages.append(message)
        self.match.receive(*message)

    def carry_out(self) -> None:
        effects = self.match.drain()
        self.records += effects.records
        self.events += effects.events
        for event in effects.events:
            for person in self.people.values():
                self.later(person.line.down(self.now), lambda at, p=person, e=event: p.see(at, e))  # type: ignore[misc]

    def run(
        self, until: Callable[["MatchHarness"], bool] = lambda world: False, most: int = 3_600_000_000
    ) -> "MatchHarness":
        """Play until the match is over or `until` says so; at most `most` µs of server time."""
        end = self.now + most
        while self.match.deadline is not None and self.now < end and not until(self):
            # Sockets are drained before a deadline fires.
            if self._queue and self._queue[0][0] <= self.match.deadline:
                self.now, _, what = heapq.heappop(self._queue)
                what(self.now)
            else:
                self.now = max(self.now, self.match.deadline)
                self.match.advance(self.now)
            self.carry_out()
        return self

    @property
    def result(self) -> Result:
        assert self.match.result is not None
        return self.match.result


def lines_of(events: Sequence[MatchEvent]) -> list[str]:
    """The game's events as canonical lines, in the order of match time: the log that two runs are compared by.

    What a paddle did after the last goal is left out: a last miss may be decided later than its goal falls due, and
    inputs that arrive until then are in the journal.
    """
    result = events[-1]
    assert isinstance(result, Result)
    play = [line for e in events if (line := line_of(e))]
    moves = [e for e in events if isinstance(e, PaddleMove) and e.input_seq and e.t <= result.duration_us]
    moves.sort(key=lambda move: (move.t, move.side))
    return play + [line_of_move(move) for move in moves]


def line_of(e: MatchEvent) -> str:
    if isinstance(e, Volley):
        return f"V {e.t0} {e.x0} {e.y0} {e.vx} {e.vy} {e.s} {e.t1}"
    if isinstance(e, Miss):
        return f"M {e.side} {e.t_goal}"
    if isinstance(e, Goal):
        return f"G {e.t} {e.left} {e.right} {e.scorer} {e.rally_hits}"
    return ""


def line_of_move(e: PaddleMove) -> str:
    return f"P {e.side} {e.t} {e.y} {e.dir} {e.target} {e.input_seq}"


def duel(seed: int, left: int, right: int, jitter: int = 0, ruleset: Ruleset = CLASSIC) -> MatchHarness:
    """Two equal people, with these round-trip times in µs."""
    lines = (
        SimulatedLine(left, jitter, Random(seed * 2 + LEFT)),
        SimulatedLine(right, jitter, Random(seed * 2 + RIGHT)),
    )
    return MatchHarness(seed, lines, ruleset=ruleset)
