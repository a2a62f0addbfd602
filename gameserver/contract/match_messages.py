"""The core's values as contract messages, and back: one function a kind and a direction.

Sides: the core counts from 0 and has NOBODY = -1, the contract counts from 1 and has 0 for nobody.
"""

from typing import Final

from matchpoint.v1 import frames_pb2 as frames
from matchpoint.v1 import pong_pb2 as pong
from matchpoint.v1 import result_pb2 as results
from matchpoint.v1 import ruleset_pb2 as rulesets

from gameserver.domain.match import records as core
from gameserver.domain.match import stats
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Goal, Miss, PaddleMove, PongState, Volley
from gameserver.domain.pong.intents import Direction, Intent, Target, direction
from gameserver.domain.pong.rules import NO_TARGET
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import NOBODY

_SERVER_MS_MOST: Final = float(1 << 43)
"""The largest values of a clock: 285 years of a machine's own time, and more pauses than any version has given."""
_PAUSES_MOST: Final = 100


def ruleset_message(ruleset: Ruleset) -> rulesets.Ruleset:
    """A ruleset to send."""
    return rulesets.Ruleset(
        id=ruleset.id,
        version=ruleset.version,
        points_to_win=ruleset.points_to_win,
        start_speed=ruleset.start_speed,
        paddle_half_height=ruleset.paddle_half_height,
        time_limit_s=ruleset.time_limit_s,
        sudden_death_s=ruleset.sudden_death_s,
        directions_only=ruleset.directions_only,
    )


def ruleset_of(message: rulesets.Ruleset) -> Ruleset:
    """A ruleset whose defaults are filled in. Raises RuleError."""
    return Ruleset(
        id=message.id,
        version=message.version,
        points_to_win=message.points_to_win,
        start_speed=message.start_speed,
        paddle_half_height=message.paddle_half_height,
        time_limit_s=message.time_limit_s,
        sudden_death_s=message.sudden_death_s,
        directions_only=message.directions_only,
    )


def occupant_message(occupant: core.Occupant) -> frames.Occupant:
    """The player or bot of a seat."""
    return frames.Occupant(
        account_id=occupant.account_id, name=occupant.name, bot=frames.BotStrength.ValueType(occupant.bot)
    )


def occupant_of(message: frames.Occupant, reaction_ms: int, rtt_most_us: int = 0) -> core.Occupant:
    """The player or bot of a seat."""
    return core.Occupant(message.name, message.account_id, Strength(message.bot), reaction_ms, rtt_most_us)


def intent_of(message: pong.PongInput) -> Intent | None:
    """Read a player's intent; None when the message has none. Raises RuleError for a direction that is none."""
    kind = message.WhichOneof("intent")
    if kind == "dir":
        return direction(message.dir)
    if kind == "target":
        return Target(message.target)
    return None


def put_intent(message: pong.PongInput, intent: Intent) -> None:
    """Writes an intent into a message."""
    if isinstance(intent, Direction):
        message.dir = intent.dir
    else:
        message.target = intent.y


def put_volley(message: pong.Volley, v: Volley) -> None:
    """Writes a flight into a message."""
    message.t0 = v.t0
    message.x0 = v.x0
    message.y0 = v.y0
    message.vx = v.vx
    message.vy = v.vy
    message.s = v.s
    message.t1 = v.t1


def volley_of(m: pong.Volley) -> Volley:
    """A flight."""
    return Volley(m.t0, m.x0, m.y0, m.vx, m.vy, m.s, m.t1)


def put_paddle_move(message: pong.PaddleMove, move: PaddleMove) -> None:
    """Writes a paddle's segment into a message."""
    message.side = move.side + 1  # type: ignore[assignment]
    message.t = move.t
    message.y = move.y
    if move.target == NO_TARGET:
        message.dir = move.dir
    else:
        message.target = move.target
    message.input_seq = move.input_seq


def paddle_move_of(m: pong.PaddleMove) -> PaddleMove:
    """A paddle's segment."""
    target = m.target if m.WhichOneof("motion") == "target" else NO_TARGET
    if m.dir not in (-1, 0, 1):
        raise ValueError(f"has a paddle that moves by {m.dir}")
    return PaddleMove(side_of(m.side, nobody=False), m.t, m.y, m.dir, target, m.input_seq)


def side_of(number: int, *, nobody: bool = True) -> int:
    """A side of the contract as the core counts it. Raises ValueError when it is none, or `nobody` and has to be."""
    if not (0 if nobody else 1) <= number <= 2:
        raise ValueError(f"names side {number}")
    return number - 1


def put_miss(message: pong.Miss, miss: Miss) -> None:
    """Writes a miss into a message."""
    message.side = miss.side + 1  # type: ignore[assignment]
    message.t_goal = miss.t_goal


def miss_of(m: pong.Miss) -> Miss:
    """A miss."""
    return Miss(side_of(m.side, nobody=False), m.t_goal)


def put_goal(message: pong.Goal, goal: Goal) -> None:
    """Writes a point into a message."""
    message.t = goal.t
    message.left = goal.left
    message.right = goal.right
    message.scorer = goal.scorer + 1  # type: ignore[assignment]
    message.rally_hits = goal.rally_hits


def put_clock(message: frames.Clock, clock: core.Clock) -> None:
    """Writes a clock into a message."""
    message.epoch = clock.epoch
    message.match_t = clock.match_t
    message.server_ms = clock.server_us / 1000
    message.rate = clock.rate
    message.cause = frames.ClockCause.ValueType(clock.cause)
    message.absent = clock.absent + 1  # type: ignore[assignment]
    message.forfeit_in_ms = clock.forfeit_in_ms
    message.pauses_left = clock.pauses_left
    message.pauses_right = clock.pauses_right


def clock_of(m: frames.Clock) -> core.Clock:
    """A clock. Raises ValueError for one that there cannot be."""
    if m.rate > 1:
        raise ValueError(f"has a rate of {m.rate}; a clock stands (0) or runs (1)")
    if not 0 <= m.server_ms <= _SERVER_MS_MOST:  # false for what is no number, too
        raise ValueError(f"is set at {m.server_ms} ms")
    if max(m.pauses_left, m.pauses_right) > _PAUSES_MOST:
        raise ValueError(f"leaves {max(m.pauses_left, m.pauses_right)} pauses")
    return core.Clock(
        m.epoch,
        m.match_t,
        round(m.server_ms * 1000),
        m.rate,
        core.Cause(m.cause),
        side_of(m.absent),
        m.forfeit_in_ms,
        m.pauses_left,
        m.pauses_right,
    )


def put_attendance(message: frames.Attendance, attendance: core.Attendance) -> None:
    """Writes who is there into a message."""
    message.left = attendance.left
    message.right = attendance.right


def attendance_of(m: frames.Attendance) -> core.Attendance:
    """The attendance of both sides."""
    return core.Attendance(m.left, m.right)


def put_state(message: pong.PongState, state: PongState, state_hash: int) -> None:
    """Writes the full state into a message."""
    message.random_state = state.random_state
    put_volley(message.volley, state.volley)
    if state.miss:
        put_miss(message.miss, state.miss)
    for move in state.paddles:
        put_paddle_move(message.paddles.add(), move)
    message.left = state.left
    message.right = state.right
    message.rally_hits = state.rally_hits
    message.state_hash = state_hash
    message.sudden_death = state.sudden_death


def state_of(m: pong.PongState) -> PongState:
    """The full state of a match that is on: the contract tells its end by a result beside it."""
    return PongState(
        m.random_state,
        volley_of(m.volley),
        miss_of(m.miss) if m.HasField("miss") else None,
        tuple(paddle_move_of(move) for move in m.paddles),
        m.left,
        m.right,
        m.rally_hits,
        m.sudden_death,
        over=False,
        winner=NOBODY,
    )


def result_message(result: core.Result) -> results.Result:
    """A result to send."""
    s = result.stats
    return results.Result(
        outcome=results.Outcome.ValueType(result.outcome),
        winner=pong.Side.ValueType(result.winner + 1),
        left=result.left,
        right=result.right,
        duration_us=result.duration_us,
        stats=results.MatchStats(
            pong=results.PongStats(
                points=map(point_message, s.points),
                longest_rally=s.longest_rally,
                hits=s.hits,
                top_speed=s.top_speed,
                left=_side_message(s.left),
                right=_side_message(s.right),
            )
        ),
    )


def point_message(p: stats.PointStats) -> results.PointStats:
    """A point."""
    return results.PointStats(
        t=p.t,
        scorer=pong.Side.ValueType(p.scorer + 1),
        left=p.left,
        right=p.right,
        rally_hits=p.rally_hits,
        serve_us=p.serve_us,
        point_us=p.point_us,
    )


def point_of(m: results.PointStats) -> stats.PointStats:
    """A point. Raises ValueError for a scorer that there is not."""
    return stats.PointStats(m.t, side_of(m.scorer), m.left, m.right, m.rally_hits, m.serve_us, m.point_us)


def _side_message(side: stats.SideStats) -> results.SideStats:
    latency = None
    if side.latency:
        latency = results.LatencyStats(
            rtt_us=side.latency.rtt_us,
            lateness_us=side.latency.lateness_us,
            lateness_max_us=side.latency.lateness_max_us,
            clamps=side.latency.clamps,
            saves=side.latency.saves,
            early_right=side.latency.early_right,
            early_wrong=side.latency.early_wrong,
            suspicion=_suspicion_of(side.latency),
        )
    return results.SideStats(
        hits=side.hits,
        misses=side.misses,
        contact_offsets=side.contact_offsets,
        top_speed=side.top_speed,
        distance=side.distance,
        reaction_us=side.reaction_us,
        inputs=side.inputs,
        latency=latency,
    )


def _suspicion_of(latency: stats.LatencyStats) -> int:
    """In hundredths, as the contract has it."""
    right, wrong = latency.early_right or 0, latency.early_wrong or 0
    return max(0, int(100 * stats.suspicion(right, wrong))) if right + wrong >= stats.GUESSES_LEAST else 0


def result_of(m: results.Result) -> core.Result:
    """A result."""
    s = m.stats.pong
    points = tuple(map(point_of, s.points))
    return core.Result(
        core.Outcome(m.outcome),
        side_of(m.winner),
        m.left,
        m.right,
        m.duration_us,
        stats.PongStats(points, s.longest_rally, s.hits, s.top_speed, _side_of(s.left), _side_of(s.right)),
    )


def _side_of(m: results.SideStats) -> stats.SideStats:
    latency = None
    if m.HasField("latency"):
        n = m.latency
        counted = n.HasField("early_right")
        latency = stats.LatencyStats(
            n.rtt_us,
            n.lateness_us,
            n.lateness_max_us,
            n.clamps,
            n.saves,
            n.early_right if counted else None,
            n.early_wrong if counted else None,
        )
    return stats.SideStats(
        m.hits, m.misses, tuple(m.contact_offsets), m.top_speed, m.distance, m.reaction_us, m.inputs, latency
    )
