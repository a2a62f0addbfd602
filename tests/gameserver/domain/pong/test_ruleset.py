"""Rulesets are validated, named and hashed, and no number in them can lead past what a double holds exactly."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from gameserver.domain.pong.rules import DS, PLANES, SMAX, VP, H, M, R, W
from gameserver.domain.pong.ruleset import CLASSIC, RANGES, Ruleset
from gameserver.domain.values import RuleError


def numbers(name: str, number: int) -> dict[str, Any]:
    return {name: number}


@pytest.mark.parametrize("name", RANGES)
def test_a_number_outside_its_range_is_refused_by_name(name: str) -> None:
    low, high = RANGES[name]
    for good in (low, high):
        assert getattr(replace(CLASSIC, **numbers(name, good)), name) == good
    for bad in (low - 1, high + 1, -1, 2**40):
        with pytest.raises(RuleError, match=f"from {low} to {high}") as refused:
            replace(CLASSIC, **numbers(name, bad))
        assert refused.value.field == name


def test_numbers_that_are_not_whole_and_unknown_rules_are_refused() -> None:
    with pytest.raises(RuleError, match="whole number"):
        Ruleset(points_to_win=11.0)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="whole number"):
        Ruleset(points_to_win=True)
    with pytest.raises(RuleError, match="classic"):
        Ruleset(id="modern")


def test_the_hash_follows_every_field() -> None:
    others = [
        CLASSIC,
        Ruleset(points_to_win=10),
        Ruleset(start_speed=110_001),
        Ruleset(paddle_half_height=7_501),
        Ruleset(time_limit_s=1_799),
        Ruleset(sudden_death_s=121),
        Ruleset(directions_only=True),
    ]
    assert len({ruleset.hash() for ruleset in others}) == len(others)
    assert Ruleset().hash() == CLASSIC.hash()


def test_classic_version_1_keeps_its_hash() -> None:
    """Journals name it: a change of the rules is a new version."""
    assert CLASSIC.canonical() == (
        "id=classic version=1 points_to_win=11 start_speed=110000 paddle_half_height=7500"
        " time_limit_s=1800 sudden_death_s=120 directions_only=false"
    )
    assert CLASSIC.hash() == 4_177_053_170


def test_every_product_in_the_rules_stays_below_2_to_the_53() -> None:
    halves, speeds = RANGES["paddle_half_height"], (RANGES["start_speed"][0], SMAX)
    longest = (RANGES["time_limit_s"][1] + RANGES["sudden_death_s"][1]) * M
    worst = [longest * VP]
    for half, speed in product(halves, speeds):
        reach = half + R
        q, p = 7 * reach, 4 * reach
        slowest = speed * (q * q - p * p) // (q * q + p * p)
        flight = -(-W * M // slowest)
        worst += [speed * q * q, 2 * speed * p * q, q * q + p * p, W * M, speed * flight, (PLANES[1]) * M, DS + SMAX, H]
    assert max(worst) < 2**53
    assert longest < 2**32, "match time is a uint32 of microseconds"
    assert longest <= 60 * 60 * M, "a match ends before 60 minutes of match time"
