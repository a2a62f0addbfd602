"""Thousands of tournaments, each of which ends as it has to; 10,000 in a long run."""

import os

import pytest

from tests.support.harnesses.tournament_simulation import Simulation

REGRESSIONS: tuple[int, ...] = ()
"""Seeds that have failed once: they come first."""
IN_ALL = 10_000 if os.environ.get("MATCHPOINT_LONG") == "1" else 3_000
IN_ONE = 500


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=() if first == 0 else pytest.mark.slow, id=f"from-seed-{first}")
        for first in range(0, IN_ALL, IN_ONE)
    ],
)
def test_every_tournament_ends_with_one_champion_at_most_whatever_happens_to_it(first: int) -> None:
    for seed in (*(REGRESSIONS if first == 0 else ()), *range(first, first + IN_ONE)):
        try:
            Simulation(seed).run()
        except Exception as error:
            error.add_note(f"seed {seed}: add it to REGRESSIONS")
            raise
