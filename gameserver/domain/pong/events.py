"""Events of a match of Pong, and its full state. Times are µs of match time, distances units of 0.01 px."""

from gameserver.domain.values import value


@value
class Due:
    """The next event: at match time `t` (µs), depending on the inputs of `side` up to and including `t`.

    `side` is NOBODY when it depends on no input (a goal, a time limit).
    """

    t: int
    side: int


@value
class Volley:
    """One flight of the ball between contacts; walls fold the position, not `vy`."""

    t0: int
    x0: int
    y0: int
    vx: int
    vy: int
    s: int
    """Speed, from which the next bounce computes."""
    t1: int
    """Time at which the ball's centre reaches the plane that it flies to."""


@value
class PaddleMove:
    """A segment of a paddle's movement: from `y` at `t` on, by `dir`, or toward `target` unless NO_TARGET."""

    side: int
    t: int
    y: int
    dir: int
    target: int
    input_seq: int
    """Number of the input that made it; 0 when the server did."""


@value
class Miss:
    """Miss of a side. The ball flies on along the same line."""

    side: int
    t_goal: int


@value
class Goal:
    """A point, with the score after it."""

    t: int
    left: int
    right: int
    scorer: int
    rally_hits: int


PongEvent = Volley | PaddleMove | Miss | Goal


@value
class PongState:
    """Full state: enough to join a match, and with its seed to go on simulating it."""

    random_state: int
    """Numbers of chance drawn so far. Of a match with a 32-bit seed: the state of its xorshift32."""
    volley: Volley
    miss: Miss | None
    paddles: tuple[PaddleMove, ...]
    """Every segment since each side's last one at or before the due event, oldest first."""
    left: int
    right: int
    rally_hits: int
    sudden_death: bool
    over: bool
    """The game is over (its last goal or its time limit is decided), and who won."""
    winner: int
