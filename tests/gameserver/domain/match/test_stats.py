"""Statistics against a second count, made from what was announced."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gameserver.domain.match.records import Grace, Input, Occupant
from gameserver.domain.match.stats import median
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Goal, Miss, PaddleMove, Volley
from gameserver.domain.pong.rules import PLANES, paddle_at
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from gameserver.domain.values import LEFT, RIGHT, SIDES
from tests.support.harnesses.match import MatchHarness, SimulatedLine, duel


@pytest.fixture(scope="module")
def world() -> MatchHarness:
    return duel(6, 30_000, 90_000, jitter=4_000).run()


def hits(world: MatchHarness, side: int) -> list[Volley]:
    return [e for e in world.events if isinstance(e, Volley) and e.x0 == PLANES[side]]


def test_hits_misses_and_points_are_those_that_were_announced(world: MatchHarness) -> None:
    stats = world.result.stats
    for side, mine in ((LEFT, stats.left), (RIGHT, stats.right)):
        assert mine.hits == len(hits(world, side)) == len(mine.contact_offsets)
        assert mine.misses == sum(isinstance(e, Miss) and e.side == side for e in world.events)
        assert mine.top_speed == max(volley.s for volley in hits(world, side))
    goals = [e for e in world.events if isinstance(e, Goal)]
    assert [(p.t, p.scorer, p.left, p.right, p.rally_hits) for p in stats.points] == [
        (g.t, g.scorer, g.left, g.right, g.rally_hits) for g in goals
    ]
    assert stats.hits == stats.left.hits + stats.right.hits == sum(p.rally_hits for p in stats.points)
    assert stats.longest_rally == max(goal.rally_hits for goal in goals)
    assert stats.top_speed == max(e.s for e in world.events if isinstance(e, Volley))


def test_a_point_lasts_from_the_launch_to_the_goal_and_its_serve_to_the_first_contact(world: MatchHarness) -> None:
    serve, contact = None, None
    expected = []
    for e in world.events:
        if isinstance(e, Volley):
            if e.x0 not in PLANES:
                serve, contact = e, None
            else:
                contact = contact or e
        elif isinstance(e, Goal):
            assert serve is not None
            first = contact.t0 if contact else e.t
            expected.append((first - serve.t0, e.t - serve.t0))
    assert [(p.serve_us, p.point_us) for p in world.result.stats.points] == expected


def test_contact_offsets_are_ball_minus_paddle_at_the_contact(world: MatchHarness) -> None:
    for side in SIDES:
        moves = [e for e in world.events if isinstance(e, PaddleMove) and e.side == side]
        offsets = []
        for volley in hits(world, side):
            last = [move for move in moves if move.t <= volley.t0][-1:]
            y = paddle_at(last[0], volley.t0, CLASSIC.paddle_half_height) if last else 45_000
            offsets.append(volley.y0 - y)
        mine = world.result.stats.right if side else world.result.stats.left
        assert list(mine.contact_offsets) == offsets


def test_the_way_of_a_paddle_is_the_sum_of_its_segments(world: MatchHarness) -> None:
    for side, mine in ((LEFT, world.result.stats.left), (RIGHT, world.result.stats.right)):
        moves = [e for e in world.events if isinstance(e, PaddleMove) and e.side == side]
        way = abs(moves[0].y - 45_000) + sum(abs(b.y - a.y) for a, b in pairwise(moves))
        end = paddle_at(moves[-1], max(world.result.duration_us, moves[-1].t), CLASSIC.paddle_half_height)
        assert mine.distance == way + abs(end - moves[-1].y)
        assert mine.inputs == len(moves)


def test_the_reaction_is_the_median_time_from_the_others_hit_to_the_first_move(world: MatchHarness) -> None:
    for side, mine in ((LEFT, world.result.stats.left), (RIGHT, world.result.stats.right)):
        times = []
        for number, volley in enumerate(world.events):
            if isinstance(volley, Volley) and volley.x0 == PLANES[1 - side]:
                later = world.events[number:]
                moves = [e.t for e in later if isinstance(e, PaddleMove) and e.side == side and e.t >= volley.t0]
                times += [t - volley.t0 for t in moves[:1] if t <= volley.t1]
        assert mine.reaction_us == median(times)
        assert 200_000 < mine.reaction_us < 500_000


def test_latency_is_what_was_measured_and_bots_have_none(world: MatchHarness) -> None:
    for side, mine in ((LEFT, world.result.stats.left), (RIGHT, world.result.stats.right)):
        late = [r.arrival - r.claimed for r in world.records if isinstance(r, Input) and r.side == side and r.seq]
        assert mine.latency is not None
        assert mine.latency.rtt_us == (30_000, 90_000)[side]
        assert mine.latency.lateness_us == sum(late) // len(late)
        assert mine.latency.lateness_max_us == max(late)
        assert mine.latency.clamps == 0
    bot = MatchHarness(
        3, (SimulatedLine(10_000), None), occupants=(Occupant("p"), Occupant("b", bot=Strength.MEDIUM))
    ).run()
    assert bot.result.stats.left.latency is not None
    assert bot.result.stats.right.latency is None


def test_clamps_and_saves_are_counted() -> None:
    clamps = saves = 0
    for seed in range(40):
        world = duel(seed, 20_000, 100_000, jitter=90_000, ruleset=Ruleset(points_to_win=5)).run()
        latency = world.result.stats.right.latency
        assert latency is not None
        graces = [r for r in world.records if isinstance(r, Grace) and r.side == RIGHT]
        assert latency.saves == sum(r.save for r in graces) <= 1
        assert latency.clamps == sum(
            isinstance(r, Input) and r.side == RIGHT and r.seq > 0 and r.te != r.claimed for r in world.records
        )
        clamps, saves = clamps + latency.clamps, saves + latency.saves
        if latency.saves:
            after = graces[[r.save for r in graces].index(True) :]
            assert {r.credit_us for r in after} == {0}
    assert clamps > 100
    assert saves > 3


@given(st.lists(st.integers(0, 100)))
@settings(max_examples=50)
def test_the_median_of_none_is_0_and_of_some_is_one_of_them(numbers: list[int]) -> None:
    assert median(numbers) in (numbers or [0])
