"""Lies about distance: their worth, and how they are seen."""

from dataclasses import replace
from random import Random

from gameserver.domain.match.admission import GRACE_MOST, RATED_GRACE_MOST, SLACK_MOST
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Occupant, Opened
from gameserver.domain.match.stats import GUESSES_LEAST, as_counted, suspicion
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.bots import Skill
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from gameserver.domain.values import LEFT, RIGHT, SIDES
from tests.support.harnesses.match import START, MatchHarness, SimulatedLine

ANN, BEN = Occupant("Ann", "a"), Occupant("Ben", "b")


def graces(opened: Opened, rtt: int) -> list[int]:
    """Grace of both at the start, when their lines look so long."""
    match = Match.open(opened, START)
    for side in SIDES:
        match.connect(START, side, rtt)
    return match.state.grace


def test_in_rated_play_no_line_is_granted_more_than_60_ms() -> None:
    opened = Opened(CLASSIC, CLASSIC.hash(), 1, ANN, BEN)
    assert graces(opened, 400_000) == [GRACE_MOST, GRACE_MOST]
    assert graces(replace(opened, rated=True), 400_000) == [RATED_GRACE_MOST, RATED_GRACE_MOST]
    assert graces(replace(opened, rated=True), 40_000) == [20_000 + SLACK_MOST] * 2


def test_nobody_is_believed_a_longer_line_than_the_account_has_shown_lately() -> None:
    opened = Opened(CLASSIC, CLASSIC.hash(), 1, replace(ANN, rtt_most_us=50_000), BEN)
    assert graces(opened, 200_000) == [25_000 + SLACK_MOST, 100_000 + SLACK_MOST]
    assert graces(opened, 30_000) == [15_000 + SLACK_MOST, 15_000 + SLACK_MOST]


def early_moves(reaction_us: int, hold: int) -> tuple[int, int]:
    """The early moves of somebody at 40 ms whose line looks `hold` longer."""
    right = wrong = 0
    for seed in range(3):
        lines = SimulatedLine(40_000, 1_000, Random(seed), hold), SimulatedLine(40_000, 1_000, Random(seed + 9))
        skills = Skill(reaction_us, 30_000, 3_000), Skill(250_000, 30_000, 3_000)
        world = MatchHarness(seed, lines, ruleset=Ruleset(points_to_win=5), skills=skills).run()
        assert verify(world.records) == world.result
        latency = world.result.stats.left.latency
        assert latency
        assert latency.early_right is not None
        assert latency.early_wrong is not None
        right, wrong = right + latency.early_right, wrong + latency.early_wrong
    return right, wrong


def test_who_answers_before_the_feigned_line_can_have_shown_anything_is_suspicious() -> None:
    assert suspicion(*early_moves(250_000, 0)) < 3.72
    assert suspicion(*early_moves(150_000, 160_000)) > 3.72


def test_guesses_that_are_as_often_wrong_as_right_are_no_suspicion() -> None:
    assert suspicion(0, 0) == 0
    assert suspicion(40, 40) == 0
    assert suspicion(GUESSES_LEAST * 2, 0) == 4


def test_statistics_from_before_early_moves_were_counted_are_compared_without_them() -> None:
    total = (
        MatchHarness(1, (SimulatedLine(40_000), SimulatedLine(40_000)), ruleset=Ruleset(points_to_win=1))
        .run()
        .result.stats
    )
    left = total.left.latency
    assert left
    stored = replace(
        total, left=replace(total.left, latency=replace(left, early_right=None, early_wrong=None)), right=total.right
    )
    assert as_counted(total, stored) == stored
    assert as_counted(total, total) == total
    assert (LEFT, RIGHT) == SIDES
