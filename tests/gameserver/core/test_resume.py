"""A match taken up at its last checkpoint is the match of its whole journal, in everything."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameserver.core.bots import Strength
from gameserver.core.game import Event
from gameserver.core.games.pong import Goal
from gameserver.core.journal import Checkpoint, JournalError, Occupant, Result, fold
from gameserver.core.match import Match
from gameserver.core.ruleset import Ruleset
from gameserver.core.values import LEFT, RIGHT
from tests.gameserver.core.resuming import everything, taken_up
from tests.gameserver.core.world import World, duel


@given(st.integers(1, 2**31), st.integers(0, 300_000), st.integers(0, 60_000), st.floats(0, 1))
def test_a_journal_cut_anywhere_is_taken_up_as_it_would_be_folded(seed: int, rtt: int, jitter: int, at: float) -> None:
    records = duel(seed, rtt, rtt // 3, jitter, Ruleset(points_to_win=3)).run().records
    cut = records[: 1 + round(at * (len(records) - 1))]
    facts = taken_up(cut)
    assert facts is None or everything(facts) == everything(fold(cut))


@pytest.mark.parametrize("seed", range(3))
def test_bots_pauses_and_sudden_death_are_taken_up_too(seed: int) -> None:
    bots = (Occupant("a", bot=Strength.EASY), Occupant("b", bot=Strength.EASY))
    ruleset = Ruleset(points_to_win=21, time_limit_s=30, sudden_death_s=60)
    for world in (World(seed, occupants=bots, ruleset=ruleset), duel(seed, 20_000, 90_000)):
        records = world.run().records
        for cut in range(1, len(records), 41):
            facts = taken_up(records[:cut])
            assert facts is None or everything(facts) == everything(fold(records[:cut]))


def test_every_durable_event_has_the_number_that_it_was_told_with() -> None:
    records = duel(4, 30_000, 60_000).run().records
    told: list[Event] = []
    facts = fold(records, told)
    assert facts.durable == [(seq, event) for seq, event in enumerate(told, 2) if isinstance(event, Goal | Result)]
    resumed = taken_up(records)
    assert resumed is not None
    assert resumed.durable == facts.durable


def test_a_match_goes_on_from_a_checkpoint_through_one_restart_after_another() -> None:
    world = duel(9, 20_000, 40_000, ruleset=Ruleset(points_to_win=5))
    for points in (1, 2, 3):
        world.run(lambda world, points=points: sum(world.match.facts.game.score) > points)  # type: ignore[misc]
        facts = taken_up(world.records)
        assert facts is not None
        assert everything(facts) == everything(world.match.facts)
        world.match = Match.restore(facts, world.now)
        world.carry_out()
        for side in (LEFT, RIGHT):
            world.match.connect(world.now, side, 20_000)
        world.carry_out()
    assert everything(taken_up(world.records)) == everything(fold(world.records))


@pytest.mark.parametrize("field", ["left", "right", "rally_hits", "random_state"])
def test_a_checkpoint_that_says_something_else_than_its_match_is_found(field: str) -> None:
    records = list(duel(4, 30_000, 60_000, ruleset=Ruleset(points_to_win=2)).run().records)
    at = next(i for i, r in enumerate(records) if isinstance(r, Checkpoint))
    checkpoint = records[at]
    assert isinstance(checkpoint, Checkpoint)
    state = checkpoint.state
    records[at] = replace(checkpoint, state=replace(state, **{field: getattr(state, field) + 1}))
    with pytest.raises(JournalError, match="Checkpoint"):
        fold(records)
