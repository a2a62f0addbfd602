"""Loop of most Pong servers: it steps 60 times a second and sends the state each time. For comparison only."""

from gameserver.domain.pong.events import PaddleMove, Volley
from gameserver.domain.pong.rules import DS, NO_TARGET, PLANES, SERVE_AFTER, SMAX, VP, H, M, R, W, launch, xorshift32
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, RIGHT

HZ = 60
TICK = M // HZ


class Loop:
    """The same court, speeds, bounces, serves and points as `gameserver.domain.pong.rules`, in steps of 1/60 s."""

    __slots__ = ("_half", "_paddles", "_random", "_serve_at", "_volley", "_x", "_y", "dirs", "score", "t")

    def __init__(self, ruleset: Ruleset, seed: int) -> None:
        self._half = ruleset.paddle_half_height
        self._random = seed
        self._paddles = [H // 2, H // 2]
        #: The direction that each side holds: all that an input changes.
        self.dirs = [0, 0]
        self.score = [0, 0]
        self.t = 0
        self._serve(RIGHT)

    def _serve(self, to: int) -> None:
        self._random = xorshift32(self._random)
        off = self._random % (self._half + R + 1) - (self._half + R) // 2
        self._x, self._y = float(W // 2), float(H // 4 + (self._random >> 8) % (H // 2))
        self._volley = launch(self.t, W // 2, int(self._y), off, self._half + R, 110_000, to)
        self._serve_at = self.t + SERVE_AFTER

    def tick(self) -> tuple[Volley, PaddleMove, PaddleMove]:
        """One step, and the state after it: where the ball is and goes, and both paddles."""
        self.t += TICK
        for side in (LEFT, RIGHT):
            y = self._paddles[side] + self.dirs[side] * VP // HZ
            self._paddles[side] = min(max(y, self._half), H - self._half)
        if self.t >= self._serve_at:
            self._move()
        v, (left, right) = self._volley, self._paddles
        return (
            Volley(self.t, int(self._x), int(self._y), v.vx, v.vy, v.s, v.t1),
            PaddleMove(LEFT, self.t, left, self.dirs[LEFT], NO_TARGET, 0),
            PaddleMove(RIGHT, self.t, right, self.dirs[RIGHT], NO_TARGET, 0),
        )

    def _move(self) -> None:
        v = self._volley
        x, y = self._x + v.vx / HZ, self._y + v.vy / HZ
        if y < R or y > H - R:
            y = 2 * R - y if y < R else 2 * (H - R) - y
            v = self._volley = Volley(v.t0, v.x0, v.y0, v.vx, -v.vy, v.s, v.t1)
        side = RIGHT if v.vx > 0 else LEFT
        plane = PLANES[side]
        if (self._x - plane) * (x - plane) <= 0 and self._x != x:
            off = int(y) - self._paddles[side]
            if abs(off) <= self._half + R:
                x = float(plane)
                speed = min(SMAX, v.s + DS)
                self._volley = launch(self.t, plane, int(y), off, self._half + R, speed, 1 - side)
        if x < 0 or x > W:
            scorer = LEFT if x > W else RIGHT
            self.score[scorer] += 1
            self._serve(scorer)
            return
        self._x, self._y = x, y
