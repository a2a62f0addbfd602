"""A match taken up at its last checkpoint is the match of its whole journal, in everything."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Checkpoint, JournalError, MatchEvent, Occupant, Result
from gameserver.domain.match.state import replay
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Goal
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, RIGHT
from tests.support.harnesses.match import MatchHarness, duel
from tests.support.harnesses.match_resuming import everything, taken_up


@given(st.integers(1, 2**31), st.integers(0, 300_000), st.integers(0, 60_000), st.floats(0, 1))
def test_a_journal_cut_anywhere_is_taken_up_as_it_would_be_folded(seed: int, rtt: int, jitter: int, at: float) -> None:
    records = duel(seed, rtt, rtt // 3, jitter, Ruleset(points_to_win=3)).run().records
    cut = records[: 1 + round(at * (len(records) - 1))]
    state = taken_up(cut)
    assert state is None or everything(state) == everything(replay(cut))


@pytest.mark.parametrize("seed", range(3))
def test_bots_pauses_and_sudden_death_are_taken_up_too(seed: int) -> None:
    bots = (Occupant("a", bot=Strength.EASY), Occupant("b", bot=Strength.EASY))
    ruleset = Ruleset(points_to_win=21, time_limit_s=30, sudden_death_s=60)
    for world in (MatchHarness(seed, occupants=bots, ruleset=ruleset), duel(seed, 20_000, 90_000)):
        records = world.run().records
        for cut in range(1, len(records), 41):
            state = taken_up(records[:cut])
            assert state is None or everything(state) == everything(replay(records[:cut]))


def test_every_durable_event_has_the_number_that_it_was_told_with() -> None:
    records = duel(4, 30_000, 60_000).run().records
    told: list[MatchEvent] = []
    state = replay(records, told)
    assert state.durable == [(seq, event) for seq, event in enumerate(told, 2) if isinstance(event, Goal | Result)]
    resumed = taken_up(records)
    assert resumed is not None
    assert resumed.durable == state.durable


def test_a_match_goes_on_from_a_checkpoint_through_one_restart_after_another() -> None:
    world = duel(9, 20_000, 40_000, ruleset=Ruleset(points_to_win=5))
    for points in (1, 2, 3):
        world.run(lambda world, points=points: sum(world.match.state.game.score) > points)  # type: ignore[misc]
        state = taken_up(world.records)
        assert state is not None
        assert everything(state) == everything(world.match.state)
        world.match = Match.restore(state, world.now)
        world.carry_out()
        for side in (LEFT, RIGHT):
            world.match.connect(world.now, side, 20_000)
        world.carry_out()
    assert everything(taken_up(world.records)) == everything(replay(world.records))


@pytest.mark.parametrize("field", ["left", "right", "rally_hits", "random_state"])
def test_a_checkpoint_that_says_something_else_than_its_match_is_found(field: str) -> None:
    records = list(duel(4, 30_000, 60_000, ruleset=Ruleset(points_to_win=2)).run().records)
    at = next(i for i, r in enumerate(records) if isinstance(r, Checkpoint))
    checkpoint = records[at]
    assert isinstance(checkpoint, Checkpoint)
    state = checkpoint.state
    records[at] = replace(checkpoint, state=replace(state, **{field: getattr(state, field) + 1}))
    with pytest.raises(JournalError, match="Checkpoint"):
        replay(records)
