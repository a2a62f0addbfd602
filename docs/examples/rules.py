"""The rules of Pong as far as a player and a viewer need them; docs/protocol.md has the formulas. Integers only."""

from matchpoint.v1.pong_pb2 import PaddleMove, Volley

W, H, R, VP, DS, SMAX, M = 160_000, 90_000, 900, 90_000, 12_000, 260_000, 1_000_000
PLANES = (5_000, W - 5_000)


def sdiv(a: int, b: int) -> int:
    """The quotient, truncated toward zero."""
    return a // b if a >= 0 else -(-a // b)


def fold(y: int) -> int:
    """Height of a ball after all bounces on the walls, from its unfolded height."""
    way = 2 * (H - 2 * R)
    m = (y - R) % way
    return R + min(m, way - m)


def ball_at(v: Volley, t: int) -> tuple[int, int]:
    """The ball's centre at t; before v.t0 it waits."""
    dt = max(0, t - v.t0)
    return v.x0 + sdiv(v.vx * dt, M), fold(v.y0 + sdiv(v.vy * dt, M))


def bounce(v: Volley, off: int, reach: int) -> Volley:
    """The flight after a hit at v.t1, `off` from the paddle's centre."""
    p, q, s, side = 4 * off, 7 * reach, min(SMAX, v.s + DS), int(v.vx > 0)
    d = q * q + p * p
    speed = s * (q * q - p * p) // d
    t1 = v.t1 + -(-(PLANES[1] - PLANES[0]) * M // speed)
    y0 = ball_at(v, v.t1)[1]
    return Volley(t0=v.t1, x0=PLANES[side], y0=y0, vx=-speed if side else speed, vy=sdiv(2 * s * p * q, d), s=s, t1=t1)


def paddle_at(move: PaddleMove, t: int, half: int) -> int:
    """The paddle's centre at t, not before the segment's start."""
    way = VP * (t - move.t) // M
    going = max(-way, min(way, move.target - move.y)) if move.HasField("target") else move.dir * way
    return max(half, min(H - half, move.y + going))
