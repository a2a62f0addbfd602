"""Pong in integers, in continuous time: the next contact is solved for, not stepped to.

Match time is in microseconds, 1 unit is 0.01 px of a 1600 x 900 court. Every product stays below 2**53, so that
gateway/web/src/game/rules/pong.ts computes the same numbers in doubles. docs/protocol.md gives the formulas.
"""

from typing import Final

from gameserver.domain.pong.events import Due, Goal, Miss, PaddleMove, PongEvent, PongState, Volley
from gameserver.domain.pong.intents import Direction, Intent
from gameserver.domain.pong.randomness import draw_number
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, NOBODY, RIGHT, SIDES, RuleError, fnv1a

M: Final = 1_000_000
W: Final = 160_000
H: Final = 90_000
R: Final = 900
"""Radius of the ball."""
PLANES: Final = (5_000, W - 5_000)
"""The contact planes of the ball's centre, by side."""
VP: Final = 90_000
"""Speed of a paddle, units per second."""
DS: Final = 12_000
"""Speed that each hit adds to the ball, units per second."""
SMAX: Final = 260_000
"""Upper bound of the ball's speed, units per second."""
SERVE_AFTER: Final = 1_500_000
"""Time from the start of the match, or from a goal, to the launch of the serve, µs."""
_L: Final = H - 2 * R
_2L: Final = 2 * _L
NO_TARGET: Final = -1
"""No target: the segment moves by direction."""


def sdiv(a: int, b: int) -> int:
    """Quotient truncated toward zero, b > 0."""
    return a // b if a >= 0 else -(-a // b)


def fold(y: int) -> int:
    """Height of a ball at unfolded height `y`, after all wall bounces."""
    m = (y - R) % _2L
    return R + (m if m <= _L else _2L - m)


def time_to(distance: int, vx: int) -> int:
    """Time to travel `distance` units along x at speed `vx`, µs, rounded up."""
    return -(-distance * M // abs(vx))


def launch(t0: int, x0: int, y0: int, off: int, reach: int, s: int, to: int) -> Volley:
    """Flight of a ball that leaves (x0, y0) at `t0` with speed `s` toward side `to`, hit `off` from the centre.

    The angle t has tan(t/2) = 4 off / (7 reach), so that its sine and cosine are rational; at most 59.5 degrees.
    """
    q = 7 * reach
    p = 4 * off
    qq, pp = q * q, p * p
    d = qq + pp
    speed = s * (qq - pp) // d
    vx = -speed if to == LEFT else speed
    return Volley(t0, x0, y0, vx, sdiv(2 * s * p * q, d), s, t0 + time_to(abs(PLANES[to] - x0), vx))


def xorshift32(state: int) -> int:
    """The next state, which is the next number too (Marsaglia 2003; shifts 13, 17, 5). Never 0 from non-zero."""
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    return state ^ ((state << 5) & 0xFFFFFFFF)


def paddle_at(move: PaddleMove, t: int, half: int) -> int:
    """Centre of a paddle of half height `half` at `t`, not before the segment's start."""
    way = VP * (t - move.t) // M
    if move.target == NO_TARGET:
        y = move.y + move.dir * way
    else:
        gap = move.target - move.y
        y = move.y + (way if gap > way else -way if gap < -way else gap)
    return half if y < half else min(y, H - half)


class Paddle:
    """One side's movement: the segments from the last one at or before the due event on, oldest first."""

    __slots__ = ("half", "moves", "side")

    def __init__(self, side: int, half: int, moves: list[PaddleMove]) -> None:
        self.side = side
        self.half = half
        self.moves = moves

    def at(self, t: int) -> int:
        """Centre at `t`."""
        for move in reversed(self.moves):
            if move.t <= t:
                return paddle_at(move, t, self.half)
        raise ValueError(f"no segment at or before {t}")

    def admit(self, intent: Intent, te: int) -> None:
        """Apply an intent at `te`; one that is held already changes nothing."""
        self.steer(intent, te, 0, -1)

    def steer(self, intent: Intent, te: int, seq: int, due: int) -> PaddleMove | None:
        """Return the new segment, or None when the intent is held. Drops segments that no event from `due` on needs."""
        last = self.moves[-1]
        if te < last.t:
            raise ValueError(f"an input at {te} after one at {last.t}")
        if isinstance(intent, Direction):
            heading, target = intent.dir, NO_TARGET
            if last.dir == heading and last.target == NO_TARGET:
                return None
        else:
            heading, target = 0, min(max(intent.y, self.half), H - self.half)
            if last.target == target:
                return None
        move = PaddleMove(self.side, te, paddle_at(last, te, self.half), heading, target, seq)
        if te <= due:
            self.moves = [move]
        elif last.t == te:
            self.moves[-1] = move
        else:
            self.moves.append(move)
        return move

    def forget(self, due: int) -> None:
        """Drop the segments that end at or before `due`."""
        moves = self.moves
        while len(moves) > 1 and moves[1].t <= due:
            del moves[0]


class Pong:
    """Game of Pong: a pure function of (ruleset, seed, inputs), in integers, without a clock.

    It says when its next event falls due and on whose inputs that depends; the caller decides when those are complete.
    """

    __slots__ = (
        "_limit",
        "_miss",
        "_paddles",
        "_random",
        "_reach",
        "_secret",
        "contact",
        "due",
        "rally_hits",
        "ruleset",
        "score",
        "sudden_death",
        "volley",
        "winner",
    )

    due: Due | None
    """The next event; None when the game is over."""
    volley: Volley
    """The flight of the ball that is on, or comes next."""

    def __init__(self, ruleset: Ruleset, seed: int | bytes) -> None:
        """Begin a game. `seed` is a secret (see `randomness.py`); in journals of before there was one, 32 bits."""
        half = ruleset.paddle_half_height
        self.ruleset = ruleset
        self.score = [0, 0]
        """Points of each side."""
        self.rally_hits = 0
        self.contact = 0
        """Offset of the last hit: the ball's y minus the paddle's centre."""
        self.sudden_death = False
        self.winner = NOBODY
        """Side that won, NOBODY for a draw. Meaningful once `due` is None."""
        self._miss: Miss | None = None
        self._reach = half + R
        self._secret = seed if isinstance(seed, bytes) else b""
        self._random = 0 if isinstance(seed, bytes) else seed & 0xFFFFFFFF or 1
        self._limit = ruleset.time_limit_s * M
        self._paddles = tuple(Paddle(side, half, [PaddleMove(side, 0, H // 2, 0, NO_TARGET, 0)]) for side in SIDES)
        self._serve(SERVE_AFTER, RIGHT if self._draw() & 1 else LEFT)

    def opening(self) -> tuple[PongEvent, ...]:
        """Return the events that the match begins with: the first serve."""
        return (self.volley,)

    def check(self, intent: Intent) -> None:
        """Raise RuleError when the ruleset does not allow the intent."""
        if isinstance(intent, Direction):
            if intent.dir not in (-1, 0, 1):
                raise RuleError("dir", "has to be -1 (up), 0 (still) or 1 (down)")
        elif self.ruleset.directions_only:
            raise RuleError("target", "is not allowed by this ruleset: move by direction")
        elif not 0 <= intent.y <= H:
            raise RuleError("target", f"has to be from 0 to {H}")

    def admit(self, side: int, intent: Intent, te: int, seq: int) -> PaddleMove | None:
        """Apply an input of `side` at match time `te` (µs), not before that side's last one.

        Returns None when nothing changed: the intent is held already, so that the input is a mark only.
        """
        return self._paddles[side].steer(intent, te, seq, self.due.t if self.due else te)

    def decide(self) -> tuple[PongEvent, ...]:
        """Let the due event happen. Raises ValueError when the game is over."""
        due = self.due
        if due is None:
            raise ValueError("the game is over")
        if due.t == self._limit and due.side == NOBODY and not (self._miss and self._miss.t_goal == due.t):
            return self._time_limit()
        if self._miss:
            return self._goal(self._miss)
        return self._crossing(due)

    def _crossing(self, due: Due) -> tuple[PongEvent, ...]:
        t1, side = due.t, due.side
        v = self.volley
        y1 = fold(v.y0 + sdiv(v.vy * (t1 - v.t0), M))
        off = y1 - self._paddles[side].at(t1)
        if abs(off) > self._reach:
            edge = 0 if side == LEFT else W
            self._miss = miss = Miss(side, v.t0 + time_to(abs(edge - v.x0), v.vx))
            self._await(miss.t_goal, NOBODY)
            return (miss,)
        self.contact = off
        self.rally_hits += 1
        self.volley = v = launch(t1, PLANES[side], y1, off, self._reach, min(SMAX, v.s + DS), 1 - side)
        self._await(v.t1, 1 - side)
        return (v,)

    def _goal(self, miss: Miss) -> tuple[PongEvent, ...]:
        scorer = 1 - miss.side
        self.score[scorer] += 1
        goal = Goal(miss.t_goal, self.score[LEFT], self.score[RIGHT], scorer, self.rally_hits)
        self._miss = None
        if self.sudden_death or self.score[scorer] >= self.ruleset.points_to_win:
            self.due, self.winner = None, scorer
            return (goal,)
        self.rally_hits = 0
        self._serve(miss.t_goal + SERVE_AFTER, scorer)
        return goal, self.volley

    def _time_limit(self) -> tuple[PongEvent, ...]:
        left, right = self.score
        if left == right and not self.sudden_death:
            self.sudden_death = True
            self._limit += self.ruleset.sudden_death_s * M
            if self._miss:
                self._await(self._miss.t_goal, NOBODY)
            else:
                self._await(self.volley.t1, RIGHT if self.volley.vx > 0 else LEFT)
        else:
            self.due, self.winner = None, NOBODY if left == right else LEFT if left > right else RIGHT
        return ()

    def _serve(self, t0: int, to: int) -> None:
        off = self._draw() % (self._reach + 1) - self._reach // 2
        y0 = H // 4 + self._draw() % (H // 2)
        self.volley = v = launch(t0, W // 2, y0, off, self._reach, self.ruleset.start_speed, to)
        self._await(v.t1, to)

    def _await(self, t: int, side: int) -> None:
        # A crossing or a goal at the very instant of the limit comes first.
        self.due = due = Due(t, side) if t <= self._limit else Due(self._limit, NOBODY)
        for paddle in self._paddles:
            if len(paddle.moves) > 1:
                paddle.forget(due.t)

    def _draw(self) -> int:
        if self._secret:
            self._random += 1
            return draw_number(self._secret, self._random)
        self._random = xorshift32(self._random)
        return self._random

    def paddle(self, side: int, t: int) -> int:
        """Centre of a side's paddle at `t`, not before the due event of the last decision."""
        return self._paddles[side].at(t)

    def last_move(self, side: int) -> PaddleMove:
        """The segment that a side is on, or will be."""
        return self._paddles[side].moves[-1]

    def flies_to(self, t: int) -> int:
        """Side that the ball flies to at match time `t`; NOBODY before the serve is launched."""
        v = self.volley
        return NOBODY if t < v.t0 else RIGHT if v.vx > 0 else LEFT

    def still(self, side: int) -> bool:
        """Report whether `side` holds no movement."""
        last = self._paddles[side].moves[-1]
        return last.dir == 0 and last.target in (NO_TARGET, last.y)

    def track(self, side: int) -> Paddle:
        """Copy of a side's paddle, to try other inputs on."""
        paddle = self._paddles[side]
        return Paddle(side, paddle.half, list(paddle.moves))

    def survives(self, side: int, track: Paddle) -> bool:
        """Report whether the due event would go well for `side` with that paddle."""
        due, v = self.due, self.volley
        if due is None or due.side != side:
            return True
        return abs(fold(v.y0 + sdiv(v.vy * (due.t - v.t0), M)) - track.at(due.t)) <= self._reach

    def snapshot(self) -> PongState:
        """The full state."""
        return PongState(
            self._random,
            self.volley,
            self._miss,
            tuple(move for paddle in self._paddles for move in paddle.moves),
            self.score[LEFT],
            self.score[RIGHT],
            self.rally_hits,
            self.sudden_death,
            self.due is None,
            self.winner,
        )

    @classmethod
    def restore(cls, ruleset: Ruleset, state: PongState, seed: int | bytes = 1) -> "Pong":
        """The match that `snapshot` was taken of; with its seed it goes on in the same way."""
        game = cls(ruleset, seed)
        game._random = state.random_state
        game.volley, game._miss = state.volley, state.miss
        game.score, game.rally_hits = [state.left, state.right], state.rally_hits
        game.sudden_death, game.winner = state.sudden_death, state.winner
        game._limit = (ruleset.time_limit_s + (ruleset.sudden_death_s if state.sudden_death else 0)) * M
        for paddle in game._paddles:
            paddle.moves = [move for move in state.paddles if move.side == paddle.side]
        if state.over:
            game.due = None
        elif state.miss:
            game._await(state.miss.t_goal, NOBODY)
        else:
            game._await(state.volley.t1, RIGHT if state.volley.vx > 0 else LEFT)
        return game

    def state_hash(self) -> int:
        """FNV-1a, 32 bits, over the full state."""
        return state_hash(self.snapshot())


def state_hash(state: PongState) -> int:
    """FNV-1a (32 bit) over the state's numbers as little-endian 32-bit words; equal in Python and TypeScript."""
    v, miss = state.volley, state.miss
    words = [state.random_state, v.t0, v.x0, v.y0, v.vx, v.vy, v.s, v.t1]
    words += [miss.side, miss.t_goal] if miss else [NOBODY, 0]
    words += [state.left, state.right, state.rally_hits, int(state.sudden_death)]
    for move in state.paddles:
        words += [move.side, move.t, move.y, move.dir, move.target, move.input_seq]
    return fnv1a(b"".join((word & 0xFFFFFFFF).to_bytes(4, "little") for word in words))
