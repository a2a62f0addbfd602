"""Bots: beatable, not bored, and blind to what is not decided."""

from statistics import mean, pstdev

import pytest

from gameserver.domain.match.records import Decided, Input, Occupant
from gameserver.domain.pong.bots import SKILLS, Bot, Strength, skill_of
from gameserver.domain.pong.intents import DOWN, STILL, UP
from gameserver.domain.pong.rules import PLANES, H, Pong, launch
from gameserver.domain.pong.ruleset import CLASSIC
from gameserver.domain.values import LEFT, NEVER, RIGHT, RuleError
from tests.support.harnesses.match import MatchHarness, SimulatedLine


def wins_of_an_average_person(strength: Strength, matches: int, reaction_ms: int = 0) -> float:
    """Share of matches that somebody with 250 ms and 30 px wins at a round trip of 20 ms."""
    bot = Occupant("bot", bot=strength, bot_reaction_ms=reaction_ms)
    worlds = (
        MatchHarness(seed * 13 + 7, (SimulatedLine(20_000), None), occupants=(Occupant("p"), bot))
        for seed in range(matches)
    )
    return mean(world.run().result.winner == LEFT for world in worlds)


def test_a_level_is_a_step_of_10_ms_within_its_range() -> None:
    assert skill_of(Strength.EASY, -60).reaction == SKILLS[Strength.EASY].reaction - 60_000
    for wrong in (-70, 130, 5):
        with pytest.raises(RuleError, match="steps of 10"):
            skill_of(Strength.EASY, wrong)


@pytest.mark.slow
def test_an_average_person_beats_the_easy_bot_mostly_the_medium_one_evenly_and_the_hard_one_seldom() -> None:
    easy, medium, hard = (wins_of_an_average_person(s, 50) for s in (Strength.EASY, Strength.MEDIUM, Strength.HARD))
    print(f"won against easy {easy:.2f}, medium {medium:.2f}, hard {hard:.2f}")
    assert 0.65 <= easy <= 0.95
    assert 0.35 <= medium <= 0.65
    assert 0.05 <= hard <= 0.35


def test_reactions_scatter_as_the_skill_says() -> None:
    bot = Bot(RIGHT, SKILLS[Strength.EASY], b"1")
    reactions = []
    for _ in range(4_000):
        bot.see(launch(1_000_000, PLANES[LEFT], H // 4, 0, 8_400, 110_000, RIGHT), 1_000_000)
        reactions.append(bot.next_t - 1_000_000)
    assert abs(mean(reactions) - 270_000) < 2_500
    assert abs(pstdev(reactions) - 40_000) < 2_000
    assert min(reactions) > 100_000


def test_a_bot_goes_where_the_ball_will_be_and_stops_there_then_returns_to_the_middle() -> None:
    bot = Bot(RIGHT, SKILLS[Strength.HARD], b"3")
    bot.see(launch(0, PLANES[LEFT], H // 8, 0, 8_400, 110_000, RIGHT), 0)
    start = bot.next_t
    assert bot.act(H // 2, 7_500) == UP
    stop = bot.next_t
    assert abs((H // 2 - (stop - start) * 90_000 // 1_000_000) - H // 8) < 12_000
    assert bot.act(0, 7_500) == STILL
    assert bot.next_t == NEVER
    bot.see(launch(2_000_000, PLANES[RIGHT], H // 8, 0, 8_400, 110_000, LEFT), 2_000_000)
    assert bot.act(H // 8, 7_500) == DOWN


def test_a_bot_that_sees_too_late_does_not_stir() -> None:
    bot = Bot(RIGHT, SKILLS[Strength.HARD], b"3")
    volley = launch(0, PLANES[LEFT], H // 8, 0, 8_400, 110_000, RIGHT)
    bot.see(volley, volley.t1 - 100_000)
    assert bot.next_t == NEVER


def test_bots_never_stall_a_commit() -> None:
    bots = (Occupant("a", bot=Strength.EASY), Occupant("b", bot=Strength.HARD))
    world = MatchHarness(21, occupants=bots).run()
    decided = [record for record in world.records if isinstance(record, Decided)]
    assert len(decided) > 50
    assert all(record.at == record.t1 for record in decided)
    assert all(record.te == record.claimed == record.arrival for record in world.records if isinstance(record, Input))


def test_the_same_secret_gives_the_same_bot_and_the_sides_differ() -> None:
    volley = Pong(CLASSIC, 2).volley
    to = RIGHT if volley.vx > 0 else LEFT
    first, again, other = (Bot(to, SKILLS[Strength.EASY], secret) for secret in (b"5", b"5", b"6"))
    for bot in (first, again, other):
        bot.see(volley, 0)
    assert first.next_t == again.next_t != other.next_t
