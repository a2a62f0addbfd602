"""The rules of Pong against a simulation that steps, and what they promise one by one."""

import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gameserver.domain.pong.events import Goal, Miss, PaddleMove, Volley
from gameserver.domain.pong.intents import DOWN, STILL, UP, Intent, Target
from gameserver.domain.pong.rules import (
    DS,
    NO_TARGET,
    PLANES,
    SERVE_AFTER,
    SMAX,
    VP,
    H,
    M,
    Pong,
    R,
    W,
    fold,
    launch,
    paddle_at,
    sdiv,
    xorshift32,
)
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from gameserver.domain.values import LEFT, NOBODY, RIGHT, SIDES, RuleError
from tests.support.harnesses.pong_scripts import a_ruleset, log_of, script_of

rulesets = st.builds(
    Ruleset,
    points_to_win=st.integers(1, 21),
    start_speed=st.integers(60_000, 200_000),
    paddle_half_height=st.integers(3_000, 15_000),
    time_limit_s=st.integers(30, 1_800),
    sudden_death_s=st.integers(10, 600),
)
seeds = st.integers(0, 2**32 - 1)


def ball_at(v: Volley, t: int) -> tuple[int, int]:
    """Centre of the ball at `t`; before `t0` it waits at its start."""
    dt = t - v.t0 if t > v.t0 else 0
    return v.x0 + sdiv(v.vx * dt, M), fold(v.y0 + sdiv(v.vy * dt, M))


def stepped(v: Volley) -> tuple[float, float]:
    """Time and height of a ball at its plane: floats, reflected at the walls one by one, stepped 1 ms at a time."""
    x, y, t = float(v.x0), float(v.y0), 0.0
    vx, vy = float(v.vx), float(v.vy)
    plane = PLANES[RIGHT if v.vx > 0 else LEFT]
    while True:
        step = 0.001
        rest = (plane - x) / vx
        step = min(step, rest)
        if vy:
            wall = ((H - R) - y) / vy if vy > 0 else (R - y) / vy
            if 0 <= wall < step:
                y = float(H - R if vy > 0 else R)
                x += vx * wall
                t += wall
                vy = -vy
                continue
        x += vx * step
        y += vy * step
        t += step
        if step == rest:
            return t, y


def test_pong_is_a_game_as_the_runtime_knows_it() -> None:
    game = Pong(CLASSIC, 1)
    due = game.due
    assert due is not None
    assert game.survives(due.side, game.track(due.side)) == isinstance(Pong(CLASSIC, 1).decide()[0], Volley)
    while game.due:
        game.decide()
    with pytest.raises(ValueError, match="over"):
        game.decide()


def test_a_thousand_volleys_cross_when_and_where_a_fine_step_simulation_says() -> None:
    random = Random(1)
    hits = 0
    for _ in range(1_000):
        ruleset = a_ruleset(random)
        reach = ruleset.paddle_half_height + R
        to = random.choice(SIDES)
        x0 = random.choice([PLANES[1 - to], W // 2])
        off, speed = random.randint(-reach, reach), random.randint(ruleset.start_speed, SMAX)
        v = launch(random.randint(0, 10**9), x0, random.randint(R, H - R), off, reach, speed, to)
        after, y = stepped(v)
        assert 0 <= (v.t1 - v.t0) - after * M < 1
        assert abs(ball_at(v, v.t1)[1] - y) <= 4
        paddle = random.randint(ruleset.paddle_half_height, H - ruleset.paddle_half_height)
        solved, simulated = abs(ball_at(v, v.t1)[1] - paddle), abs(y - paddle)
        if abs(simulated - reach) > 4:
            assert (solved <= reach) == (simulated <= reach)
        hits += solved <= reach
    assert 100 < hits < 900


@given(st.integers(-(10**9), 10**9))
def test_walls_fold_any_height_into_the_court(y: int) -> None:
    assert R <= fold(y) <= H - R
    assert fold(y) == fold(2 * R - y) == fold(y + 2 * (H - 2 * R))


@given(st.integers(3_000, 15_000), st.floats(-1, 1), st.integers(60_000, SMAX), st.sampled_from(SIDES))
def test_a_bounce_keeps_the_speed_and_stays_below_60_degrees(half: int, where: float, speed: int, to: int) -> None:
    reach = half + R
    off = int(where * reach)
    v = launch(0, PLANES[1 - to], H // 2, off, reach, speed, to)
    assert abs(math.hypot(v.vx, v.vy) - speed) < 2
    assert abs(v.vy) <= abs(v.vx) * math.tan(math.radians(59.51))
    assert (v.vx > 0) == (to == RIGHT)
    assert v.vy * off >= 0


def test_each_hit_adds_to_the_speed_up_to_the_most() -> None:
    game = Pong(Ruleset(start_speed=200_000, paddle_half_height=15_000), 3)
    speeds = [game.volley.s]
    while game.due and game.due.side != NOBODY and len(speeds) < 9:
        y = ball_at(game.volley, game.volley.t1)[1]
        game.admit(game.due.side, Target(y), game.volley.t0, 1)
        if isinstance(event := game.decide()[0], Volley):
            speeds.append(event.s)
    assert speeds == [min(SMAX, 200_000 + n * DS) for n in range(len(speeds))]
    assert speeds[-1] == SMAX


@given(seeds, st.data())
@settings(max_examples=200)
def test_no_sequence_of_intents_moves_a_paddle_faster_than_its_speed(seed: int, data: st.DataObject) -> None:
    game = Pong(CLASSIC, seed)
    intents = st.one_of(st.sampled_from([UP, STILL, DOWN]), st.builds(Target, st.integers(0, H)))
    te, places = 0, [(0, H // 2)]
    for step in data.draw(st.lists(st.tuples(st.integers(0, 200_000), intents), max_size=30)):
        te += step[0]
        if te > 1_600_000:
            break
        game.admit(LEFT, step[1], te, 1)
        places.append((te, game.paddle(LEFT, te)))
    for (t0, y0), (t1, y1) in pairwise(places):
        assert abs(y1 - y0) <= VP * (t1 - t0) / M + 1
    assert all(CLASSIC.paddle_half_height <= y <= H - CLASSIC.paddle_half_height for _, y in places)


@given(st.integers(0, H), st.integers(0, H), st.integers(0, 2_000_000))
def test_a_target_is_reached_exactly_and_never_passed(y: int, target: int, dt: int) -> None:
    half = 7_500
    y, target = min(max(y, half), H - half), min(max(target, half), H - half)
    at = paddle_at(PaddleMove(LEFT, 0, y, 0, target, 1), dt, half)
    assert min(y, target) <= at <= max(y, target)
    if dt >= abs(target - y) * M / VP + 1:
        assert at == target


def test_an_input_with_the_direction_that_is_held_is_a_mark_only() -> None:
    game = Pong(CLASSIC, 1)
    assert game.admit(LEFT, UP, 100_003, 1) is not None
    before = game.snapshot()
    assert game.admit(LEFT, UP, 200_007, 2) is None
    assert game.snapshot() == before
    assert game.admit(RIGHT, STILL, 5, 1) is None


def test_an_input_before_the_last_one_is_refused() -> None:
    game = Pong(CLASSIC, 1)
    game.admit(LEFT, UP, 1_000, 1)
    with pytest.raises(ValueError, match="an input at 999 after one at 1000"):
        game.admit(LEFT, DOWN, 999, 2)


def test_an_input_at_the_very_time_of_a_crossing_comes_before_its_decision() -> None:
    game = Pong(CLASSIC, 1)
    due = game.due
    assert due is not None
    game.admit(due.side, Target(0), due.t, 1)
    at_the_crossing = game.paddle(due.side, due.t)
    assert at_the_crossing == H // 2
    game.decide()
    assert game.snapshot().paddles[due.side].input_seq == 1


def test_inputs_after_the_crossing_do_not_change_it() -> None:
    def decided(*inputs: tuple[int, Intent]) -> Volley | Miss:
        game = Pong(CLASSIC, 7)
        assert game.due is not None
        for te, intent in inputs:
            game.admit(game.due.side, intent, te, 1)
        event = game.decide()[0]
        assert isinstance(event, Volley | Miss)
        return event

    t1 = Pong(CLASSIC, 7).volley.t1
    early = [(1_000_000, UP), (1_400_000, STILL)]
    assert decided(*early) == decided(*early, (t1 + 1, DOWN), (t1 + 90_000, UP))
    assert decided(*early) != decided()


def test_paddles_are_never_recentred() -> None:
    game = Pong(CLASSIC, 5)
    game.admit(LEFT, Target(20_000), 0, 1)
    game.admit(RIGHT, Target(80_000), 0, 1)
    while game.due and game.score == [0, 0]:
        game.decide()
    assert game.paddle(LEFT, game.volley.t0) == 20_000
    assert game.paddle(RIGHT, game.volley.t0) == 80_000


def test_a_goal_comes_along_the_same_line_and_the_next_serve_after_a_pause_toward_the_scorer() -> None:
    game = Pong(CLASSIC, 11)
    served = game.volley
    loser = RIGHT if served.vx > 0 else LEFT
    game.admit(loser, Target(0 if ball_at(served, served.t1)[1] > H // 2 else H), 0, 1)
    miss = game.decide()[0]
    t_goal = served.t0 + -(-(W // 2) * M // abs(served.vx))
    assert miss == Miss(loser, t_goal)
    goal, serve = game.decide()
    assert isinstance(goal, Goal)
    assert isinstance(serve, Volley)
    assert (goal.t, goal.scorer, goal.left + goal.right) == (t_goal, 1 - loser, 1)
    assert serve.t0 == goal.t + SERVE_AFTER
    assert (serve.vx > 0) == (goal.scorer == RIGHT)
    assert (serve.x0, serve.s) == (W // 2, CLASSIC.start_speed)


@given(rulesets, seeds)
@settings(max_examples=60, deadline=None)
def test_every_match_ends_with_the_points_or_by_the_clock(ruleset: Ruleset, seed: int) -> None:
    log = log_of(ruleset, seed, script_of(ruleset, seed, Random(seed)))
    score = [0, 0]
    for line in log:
        if line[0] == "G":
            t, left, right, scorer, _ = map(int, line.split()[1:])
            score[scorer] += 1
            assert [left, right] == score
            assert t <= (ruleset.time_limit_s + ruleset.sudden_death_s) * M
    winner = int(log[-1].split()[1])
    assert max(score) <= ruleset.points_to_win
    assert winner == (NOBODY if score[0] == score[1] else int(score[1] > score[0]))


@given(rulesets, seeds, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_restored_snapshot_goes_on_in_the_same_way(ruleset: Ruleset, seed: int, steps: int) -> None:
    game = Pong(ruleset, seed)
    random = Random(seed)
    for _ in range(steps):
        if game.due is None:
            break
        side, te = random.choice(SIDES), game.due.t + random.randint(0, 400_000)
        intents: list[Intent] = [UP, STILL, DOWN, Target(random.randint(0, H))]
        if te >= max(m.t for m in game.snapshot().paddles if m.side == side):
            game.admit(side, random.choice(intents), te, 1)
        game.decide()
    again = Pong.restore(ruleset, game.snapshot())
    assert again.snapshot() == game.snapshot()
    assert again.state_hash() == game.state_hash()
    while game.due:
        assert again.due == game.due
        assert again.decide() == game.decide()
    assert (again.due, again.winner, again.score) == (game.due, game.winner, game.score)


def idle(ruleset: Ruleset, most_points: int) -> Pong:
    """A match in which both dodge the ball until a number of points, and then always return it."""
    game = Pong(ruleset, 12345)
    while game.due:
        v, side = game.volley, game.due.side
        if side != NOBODY:
            y1 = ball_at(v, v.t1)[1]
            dodge = sum(game.score) < most_points
            te = max(m.t for m in game.snapshot().paddles if m.side == side)
            game.admit(side, Target((0 if y1 > H // 2 else H) if dodge else y1), max(te, v.t0), 1)
        game.decide()
    return game


def test_at_the_time_limit_the_leader_wins() -> None:
    ruleset = Ruleset(time_limit_s=30, paddle_half_height=15_000, start_speed=60_000)
    game = idle(ruleset, most_points=1)
    assert sum(game.score) == 1
    assert game.score[game.winner] == 1
    assert not game.sudden_death


def test_level_at_the_time_limit_the_match_goes_on_and_is_a_draw_without_a_point() -> None:
    ruleset = Ruleset(time_limit_s=30, sudden_death_s=10, paddle_half_height=15_000, start_speed=60_000)
    game = idle(ruleset, most_points=0)
    assert (game.score, game.winner, game.sudden_death) == ([0, 0], NOBODY, True)


def test_a_point_in_sudden_death_wins() -> None:
    ruleset = Ruleset(time_limit_s=30, sudden_death_s=600, paddle_half_height=15_000, start_speed=60_000)
    game = Pong(ruleset, 3)
    while game.due:
        v, side = game.volley, game.due.side
        if side != NOBODY:
            y1 = ball_at(v, v.t1)[1]
            te = max(max(m.t for m in game.snapshot().paddles if m.side == side), v.t0)
            game.admit(side, Target((0 if y1 > H // 2 else H) if game.sudden_death else y1), te, 1)
        game.decide()
    assert sorted(game.score) == [0, 1]
    assert game.score[game.winner] == 1


def test_directions_only_refuses_targets_and_every_ruleset_refuses_intents_out_of_range() -> None:
    with pytest.raises(RuleError, match="move by direction"):
        Pong(Ruleset(directions_only=True), 1).check(Target(5))
    with pytest.raises(RuleError, match="from 0 to 90000"):
        Pong(CLASSIC, 1).check(Target(H + 1))
    Pong(CLASSIC, 1).check(Target(H))


def test_the_generator_is_marsaglias() -> None:
    assert [xorshift32(1), xorshift32(270369), xorshift32(67634689)] == [270369, 67634689, 2647435461]


def test_seed_0_and_seeds_beyond_32_bits_are_seeds_too() -> None:
    assert Pong(CLASSIC, 0).snapshot() == Pong(CLASSIC, 1).snapshot() == Pong(CLASSIC, 2**32).snapshot()
    assert Pong(CLASSIC, 2).volley != Pong(CLASSIC, 1).volley
    assert Pong(CLASSIC, 1).snapshot().paddles[0].target == NO_TARGET
