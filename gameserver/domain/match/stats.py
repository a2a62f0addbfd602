"""Statistics of a match, computed from its records alone: a restart loses none of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gameserver.domain.pong.events import Goal, Miss, PaddleMove, PongEvent, Volley
from gameserver.domain.pong.rules import H, M, Pong, fold, paddle_at, sdiv
from gameserver.domain.values import LEFT, RIGHT, SIDES

_NONE: Final = -1
HUMAN: Final = 100_000
"""Nobody answers a picture sooner than this, µs: sooner starts of athletes are false (World Athletics, rule 16.6)."""


@dataclass(frozen=True, slots=True)
class PointStats:
    """One point. Times in µs; `serve_us` runs from the launch to the first contact or goal, `point_us` to the goal."""

    t: int
    scorer: int
    left: int
    right: int
    rally_hits: int
    serve_us: int
    point_us: int


@dataclass(frozen=True, slots=True)
class LatencyStats:
    """The network of one side as the server measured it, in µs. `saves` counts hits that were owed to lag credit.

    `early_right` and `early_wrong` count first moves, from rest, that are dated before anybody could have answered the
    other side's shot, toward where the ball was to come and away from it; None in journals that do not count them.
    """

    rtt_us: int
    lateness_us: int
    lateness_max_us: int
    clamps: int
    saves: int
    early_right: int | None = None
    early_wrong: int | None = None


@dataclass(frozen=True, slots=True)
class SideStats:
    """One side. Offsets and distance in units, speeds in units per second, reaction (a median) in µs."""

    hits: int
    misses: int
    contact_offsets: tuple[int, ...]
    top_speed: int
    distance: int
    reaction_us: int
    inputs: int
    latency: LatencyStats | None


@dataclass(frozen=True, slots=True)
class PongStats:
    """A match of Pong."""

    points: tuple[PointStats, ...]
    longest_rally: int
    hits: int
    top_speed: int
    left: SideStats
    right: SideStats


@dataclass(frozen=True, slots=True)
class SideFigures:
    """Figures of one side at a checkpoint: the lists since the last checkpoint, the rest in all."""

    contact_offsets: tuple[int, ...]
    reactions_us: tuple[int, ...]
    rtts_us: tuple[int, ...]
    misses: int
    top_speed: int
    distance: int
    inputs: int
    clamps: int
    saves: int
    late_count: int
    late_sum_us: int
    late_max_us: int
    early_right: int = 0
    early_wrong: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a match at a checkpoint: the points since the last checkpoint, the rest in all."""

    points: tuple[PointStats, ...]
    longest_rally: int
    top_speed: int
    left: SideFigures
    right: SideFigures


GUESSES_LEAST: Final = 8
"""Fewer guesses say nothing."""


def as_counted(total: PongStats, stored: PongStats) -> PongStats:
    """The statistics without what the version that has stored the others did not count."""
    left, right = (
        replace(side, latency=replace(side.latency, early_right=None, early_wrong=None))
        if side.latency and then.latency and then.latency.early_right is None
        else side
        for side, then in ((total.left, stored.left), (total.right, stored.right))
    )
    return replace(total, left=left, right=right)


def suspicion(early_right: int, early_wrong: int) -> float:
    """Distance of guesses from chance, in standard deviations: a guesser is right as often as wrong."""
    guesses = early_right + early_wrong
    return (early_right - early_wrong) / guesses**0.5 if guesses else 0.0


def median(numbers: list[int]) -> int:
    """Median, the lower of the two in the middle; 0 of no numbers."""
    return sorted(numbers)[(len(numbers) - 1) // 2] if numbers else 0


class _Side:
    __slots__ = (
        "awaited",
        "clamps",
        "distance",
        "early_right",
        "early_wrong",
        "human",
        "inputs",
        "late_count",
        "late_max",
        "late_sum",
        "marks",
        "misses",
        "move",
        "offsets",
        "reactions",
        "rtts",
        "saves",
        "top_speed",
    )

    def __init__(self, side: int) -> None:
        self.offsets: list[int] = []
        self.reactions: list[int] = []
        self.rtts: list[int] = []
        self.misses = self.top_speed = self.distance = self.inputs = 0
        self.clamps = self.saves = self.late_sum = self.late_count = self.late_max = 0
        self.move = PaddleMove(side, 0, H // 2, 0, _NONE, 0)
        self.awaited: Volley | None = None
        """The other side's shot that was announced and not yet reacted to."""
        self.human = 0
        """Before this match time nobody can have answered that shot."""
        self.early_right = self.early_wrong = 0
        self.marks = (0, 0, 0)
        """Lengths of the three lists at the last checkpoint."""

    def figures(self) -> SideFigures:
        """Return the figures that a rebuild continues from."""
        offsets, reactions, rtts = self.marks
        return SideFigures(
            tuple(self.offsets[offsets:]),
            tuple(self.reactions[reactions:]),
            tuple(self.rtts[rtts:]),
            self.misses,
            self.top_speed,
            self.distance,
            self.inputs,
            self.clamps,
            self.saves,
            self.late_count,
            self.late_sum,
            self.late_max,
            self.early_right,
            self.early_wrong,
        )

    def go_on(self, figures: SideFigures) -> None:
        """Take up the figures of the next checkpoint."""
        self.offsets += figures.contact_offsets
        self.reactions += figures.reactions_us
        self.rtts += figures.rtts_us
        self.misses, self.top_speed = figures.misses, figures.top_speed
        self.distance, self.inputs = figures.distance, figures.inputs
        self.clamps, self.saves = figures.clamps, figures.saves
        self.late_count, self.late_sum, self.late_max = figures.late_count, figures.late_sum_us, figures.late_max_us
        self.early_right, self.early_wrong = figures.early_right, figures.early_wrong
        self.mark()

    def mark(self) -> None:
        """Note that a checkpoint holds everything so far."""
        self.marks = (len(self.offsets), len(self.reactions), len(self.rtts))


class StatsAccumulator:
    """Gathers the statistics record by record, in order."""

    __slots__ = ("_game", "_longest", "_marked", "_points", "_serve_us", "_served", "_sides", "_top_speed")

    def __init__(self, game: Pong) -> None:
        self._game = game
        self._sides = (_Side(LEFT), _Side(RIGHT))
        self._points: list[PointStats] = []
        self._longest = 0
        self._top_speed = game.volley.s
        self._served = game.volley.t0
        self._serve_us = 0
        self._marked = 0
        """Points at the last checkpoint."""

    def figures(self) -> Figures:
        """Return the figures that a rebuild continues from after a point, beside those of earlier checkpoints."""
        left, right = self._sides
        points = tuple(self._points[self._marked :])
        return Figures(points, self._longest, self._top_speed, left.figures(), right.figures())

    def mark(self) -> None:
        """Note that a checkpoint holds everything so far."""
        self._marked = len(self._points)
        for side in self._sides:
            side.mark()

    @classmethod
    def resume(cls, game: Pong, checkpoints: Sequence[Figures]) -> "StatsAccumulator":
        """Rebuild the accumulator at the last of the checkpoints, whose state `game` is in."""
        fold = cls(game)
        for figures in checkpoints:
            fold._points += figures.points
            fold._longest, fold._top_speed = figures.longest_rally, figures.top_speed
            fold._sides[LEFT].go_on(figures.left)
            fold._sides[RIGHT].go_on(figures.right)
        for side in SIDES:
            fold._sides[side].move = game.last_move(side)
        fold._marked = len(fold._points)
        return fold

    def arrived(self, side: int, te: int, claimed: int, arrival: int) -> None:
        """Take in an input of a player that was accepted."""
        s = self._sides[side]
        late = arrival - claimed
        s.late_count += 1
        if late > 0:
            s.late_sum += late
            s.late_max = max(s.late_max, late)
        if te != claimed:
            s.clamps += 1

    def moved(self, move: PaddleMove, claimed: int) -> None:
        """Take in a paddle that moves otherwise, by an input that is dated `claimed`."""
        s = self._sides[move.side]
        s.distance += abs(move.y - s.move.y)
        before, s.move = s.move, move
        if move.input_seq:
            s.inputs += 1
            if s.awaited and s.awaited.t0 <= move.t <= s.awaited.t1:
                s.reactions.append(move.t - s.awaited.t0)
                if claimed < s.human and before.dir == 0 and before.target in (_NONE, before.y):
                    self._early(s, s.awaited, move)
                s.awaited = None

    def _early(self, s: _Side, volley: Volley, move: PaddleMove) -> None:
        """Count a first move that nobody can have made as an answer: a guess, or a lie about the way."""
        way = move.dir if move.target == _NONE else move.target - move.y
        gap = fold(volley.y0 + sdiv(volley.vy * (volley.t1 - volley.t0), M)) - move.y
        if way * gap > 0:
            s.early_right += 1
        elif way * gap < 0:
            s.early_wrong += 1

    def granted(self, side: int, rtt_us: int, save: bool) -> None:
        """Take in a grace that was latched, or a ball that the credit saved."""
        if save:
            self._sides[side].saves += 1
        else:
            self._sides[side].rtts.append(rtt_us)

    def decided(self, events: Sequence[PongEvent], at: int) -> None:
        """Take in the events that were decided, and told, at match time `at`."""
        for event in events:
            if isinstance(event, Volley):
                self._top_speed = max(self._top_speed, event.s)
                if event.x0 in (5_000, 155_000):
                    self._hit(event, at)
                else:
                    self._served, self._serve_us = event.t0, 0
            elif isinstance(event, Miss):
                self._sides[event.side].misses += 1
            elif isinstance(event, Goal):
                self._point(event)

    def _hit(self, volley: Volley, at: int) -> None:
        side = LEFT if volley.vx > 0 else RIGHT
        s, other = self._sides[side], self._sides[1 - side]
        s.offsets.append(self._game.contact)
        s.top_speed = max(s.top_speed, volley.s)
        s.awaited = None
        other.awaited = volley
        other.human = at + (other.rtts[-1] // 2 if other.rtts else 0) + HUMAN
        self._longest = max(self._longest, self._game.rally_hits)
        self._serve_us = self._serve_us or volley.t0 - self._served

    def _point(self, goal: Goal) -> None:
        for s in self._sides:
            s.awaited, s.human = None, 0
        whole = goal.t - self._served
        self._points.append(
            PointStats(goal.t, goal.scorer, goal.left, goal.right, goal.rally_hits, self._serve_us or whole, whole)
        )

    def total(self, end: int, bots: Sequence[bool]) -> PongStats:
        """The statistics of a match that ended at `end` (µs). A bot has no latency."""
        sides = [self._side(side, end, bots[side]) for side in SIDES]
        hits = sides[LEFT].hits + sides[RIGHT].hits
        return PongStats(tuple(self._points), self._longest, hits, self._top_speed, sides[LEFT], sides[RIGHT])

    def _side(self, side: int, end: int, bot: bool) -> SideStats:
        s = self._sides[side]
        latency = LatencyStats(
            median(s.rtts),
            s.late_sum // s.late_count if s.late_count else 0,
            s.late_max,
            s.clamps,
            s.saves,
            s.early_right,
            s.early_wrong,
        )
        last = paddle_at(s.move, max(end, s.move.t), self._game.ruleset.paddle_half_height)
        return SideStats(
            len(s.offsets),
            s.misses,
            tuple(s.offsets),
            s.top_speed,
            s.distance + abs(last - s.move.y),
            median(s.reactions),
            s.inputs,
            None if bot else latency,
        )
