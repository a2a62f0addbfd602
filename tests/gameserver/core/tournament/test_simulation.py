"""Ten thousand tournaments, each of which ends as it has to."""

import pytest

from tests.gameserver.core.tournament.simulation import Simulation

#: Seeds that have failed once.
REGRESSIONS: tuple[int, ...] = ()
IN_ALL = 10_000
AT_ONCE = 500


def simulate(seed: int) -> None:
    """One tournament; a failure names its seed."""
    try:
        Simulation(seed).run()
    except Exception as error:
        error.add_note(f"seed {seed}: add it to REGRESSIONS")
        raise


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_what_failed_once_does_not_fail_again(seed: int) -> None:
    simulate(seed)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=() if first == 0 else pytest.mark.slow, id=f"from-seed-{first}")
        for first in range(0, IN_ALL, AT_ONCE)
    ],
)
def test_every_tournament_ends_with_one_champion_at_most_whatever_happens_to_it(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        simulate(seed)
