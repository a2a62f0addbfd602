"""The journal is the match: folded it is the state, verified it is the proof."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import (
    AttendanceChanged,
    Checkpoint,
    Clock,
    Decided,
    Ended,
    Grace,
    Input,
    JournalError,
    Occupant,
    Record,
    Reported,
)
from gameserver.domain.match.state import replay
from gameserver.domain.match.verify import simulate, verify
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.intents import DOWN, UP, Direction
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from tests.support.harnesses.match import MatchHarness, SimulatedLine, duel, line_of


@pytest.fixture(scope="module")
def world() -> MatchHarness:
    """A whole match between two people, with lateness, clamps and deadlines in it."""
    return duel(4, 30_000, 150_000, jitter=30_000).run()


def at(world: MatchHarness, kind: type, number: int) -> int:
    return [n for n, record in enumerate(world.records) if isinstance(record, kind)][number]


def test_folding_a_journal_leads_to_the_state_that_wrote_it(world: MatchHarness) -> None:
    state, live = replay(world.records), world.match.state
    assert state.game.snapshot() == live.game.snapshot()
    assert (state.result, state.seq, state.written_t) == (live.result, live.seq, live.written_t)
    assert (state.last_seq, state.last_te, state.floor) == (live.last_seq, live.last_te, live.floor)
    assert (state.spent, state.pauses, state.attendance) == (live.spent, live.pauses, live.attendance)
    assert state.stats.total(9, (False, False)) == live.stats.total(9, (False, False))


@given(st.integers(0, 2**32 - 1), st.integers(0, 250_000), st.integers(0, 60_000), st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_the_inputs_alone_sorted_by_time_make_the_live_log(seed: int, rtt: int, jitter: int, points: int) -> None:
    """Forced decisions and clamps included: jitter goes beyond the grace here."""
    lines = (SimulatedLine(rtt, jitter, Random(seed)), SimulatedLine(rtt // 3, jitter, Random(seed + 1)))
    world = MatchHarness(seed, lines, ruleset=Ruleset(points_to_win=points)).run()
    inputs = [record for record in world.records if isinstance(record, Input)]
    again = simulate(world.opened, inputs, 10**9)
    assert [line_of(e) for e in again] == [line for e in world.events if (line := line_of(e))]
    assert verify(world.records) == world.result


def test_every_event_comes_from_one_record_so_that_any_restart_numbers_on(world: MatchHarness) -> None:
    for cut in [1, 2, 3, *range(5, len(world.records) - 3, 97)]:
        state = replay(world.records[:cut])
        match = Match.restore(replay(world.records[:cut]), 10**9)
        assert match.state.seq - state.seq == len(match.drain().events)
        assert replay(world.records[: cut + 1]).seq >= state.seq


def test_any_restart_between_two_records_leads_to_a_match_that_can_be_played_out_and_proven(
    world: MatchHarness,
) -> None:
    for cut in range(3, len(world.records) - 3, 181):
        again = MatchHarness(4, (SimulatedLine(30_000), SimulatedLine(150_000)))
        again.records = list(world.records[:cut])
        again.match = Match.restore(replay(again.records), again.now)
        again.carry_out()
        for side, person in again.people.items():
            person.seq = again.match.state.last_seq[side]
            again.match.connect(again.now, side)
        again.carry_out()
        again.run()
        assert verify(again.records) == again.result
        assert again.match.state.seq == replay(again.records).seq


@pytest.mark.parametrize("seed", range(8))
def test_a_match_whose_last_decision_was_written_ends_after_a_restart_as_it_would_have_without_one(seed: int) -> None:
    """Also when the decision before it was made late, at a match time after that of the last."""
    lines = (SimulatedLine(250_000, 150_000, Random(seed)), SimulatedLine(250_000, 150_000, Random(seed + 1)))
    world = MatchHarness(seed, lines, ruleset=Ruleset(points_to_win=1)).run()
    match = Match.restore(replay(world.records[: at(world, Decided, -1) + 1]), 10**9)
    assert match.state.result == world.result


Change = Callable[[MatchHarness, list[Record]], int | None]


def change(kind: type, number: int, **fields: object) -> Change:
    def changed(world: MatchHarness, records: list[Record]) -> None:
        where = at(world, kind, number)
        records[where] = replace(records[where], **fields)  # type: ignore[arg-type]

    return changed


def nudged(number: int, by: int) -> Change:
    def changed(world: MatchHarness, records: list[Record]) -> None:
        where = [n for n, r in enumerate(records) if isinstance(r, Input) and r.te == r.claimed][number]
        record = records[where]
        assert isinstance(record, Input)
        records[where] = replace(record, te=record.te + by)

    return changed


def turned(world: MatchHarness, records: list[Record]) -> None:
    where = at(world, Input, 30)
    record = records[where]
    assert isinstance(record, Input)
    assert isinstance(record.intent, Direction)
    records[where] = replace(record, intent=UP if record.intent.dir != -1 else DOWN)


def rewritten(**fields: object) -> Change:
    def changed(world: MatchHarness, records: list[Record]) -> None:
        records[-1] = Ended(replace(world.result, **fields))  # type: ignore[arg-type]

    return changed


def left_out(kind: type, number: int) -> Change:
    def changed(world: MatchHarness, records: list[Record]) -> None:
        del records[at(world, kind, number)]

    return changed


def swapped(world: MatchHarness, records: list[Record]) -> None:
    first, second = at(world, Decided, 3), at(world, Decided, 4)
    records[first], records[second] = records[second], records[first]


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(nudged(20, 1_000), id="an input later"),
        pytest.param(nudged(20, -1), id="an input earlier by a microsecond"),
        pytest.param(turned, id="an input turned round"),
        pytest.param(left_out(Input, 40), id="an input left out"),
        pytest.param(change(Input, 40, seq=1), id="an input with a number that was seen"),
        pytest.param(change(Input, 40, intent=Direction(2)), id="an intent that there is not"),
        pytest.param(change(Decided, 5, t1=7), id="a decision at another time"),
        pytest.param(change(Decided, 5, at=7), id="a decision before its time"),
        pytest.param(change(Decided, 5, seq=9), id="a decision with another number"),
        pytest.param(left_out(Decided, 5), id="a decision left out"),
        pytest.param(swapped, id="two decisions swapped"),
        pytest.param(change(Checkpoint, 1, state_hash=1), id="another state after a point"),
        pytest.param(change(Checkpoint, 1, topic_seq=1), id="another number after a point"),
        pytest.param(change(Clock, 1, epoch=9), id="a clock of another epoch"),
        pytest.param(rewritten(left=0), id="another score"),
        pytest.param(rewritten(winner=-1), id="another winner"),
        pytest.param(rewritten(duration_us=1), id="another duration"),
        pytest.param(left_out(Ended, 0), id="no end"),
        pytest.param(lambda world, records: records.append(records[5]), id="something after the end"),
        pytest.param(lambda world, records: records.insert(1, records[0]), id="a second opening"),
        pytest.param(lambda world, records: records.pop(0), id="no opening"),
        pytest.param(lambda world, records: records.clear(), id="nothing at all"),
    ],
)
def test_a_journal_that_was_tampered_with_proves_nothing(world: MatchHarness, tamper: Change) -> None:
    records = list(world.records)
    assert verify(records) == world.result
    tamper(world, records)
    with pytest.raises(JournalError):
        verify(records)


def test_a_changed_seed_or_ruleset_proves_nothing(world: MatchHarness) -> None:
    for opened in (
        replace(world.opened, seed=5),
        replace(world.opened, ruleset=Ruleset(points_to_win=3)),
        replace(world.opened, ruleset=Ruleset(points_to_win=3), ruleset_hash=Ruleset(points_to_win=3).hash()),
    ):
        with pytest.raises(JournalError):
            verify([opened, *world.records[1:]])


def test_changed_statistics_prove_nothing(world: MatchHarness) -> None:
    stats = replace(world.result.stats, longest_rally=99)
    with pytest.raises(JournalError, match="statistics"):
        verify([*world.records[:-1], Ended(replace(world.result, stats=stats))])


def test_the_error_names_the_record_and_what_differs(world: MatchHarness) -> None:
    records = list(world.records)
    records[-1] = Ended(replace(world.result, left=99))
    with pytest.raises(JournalError, match=f"record {len(records) - 1}: Ended says 99:") as refused:
        verify(records)
    assert refused.value.position == len(records) - 1


def test_only_reports_may_follow_the_end(world: MatchHarness) -> None:
    reported = [*world.records, Reported(1_700_000_000_000)]
    assert verify(reported) == world.result
    assert replay(reported).reported


def test_records_of_grace_and_attendance_are_part_of_it(world: MatchHarness) -> None:
    kinds = {type(record) for record in world.records}
    assert {Grace, AttendanceChanged, Checkpoint, Clock, Decided, Ended, Input} <= kinds


def test_bots_are_journaled_like_everybody() -> None:
    bots = (Occupant("a", bot=Strength.EASY), Occupant("b", bot=Strength.HARD))
    world = MatchHarness(8, occupants=bots, ruleset=CLASSIC).run()
    assert sum(isinstance(record, Input) for record in world.records) > 100
    assert verify(world.records) == world.result
