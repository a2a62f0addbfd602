"""Restarts of the game server: what they leave as it was, and whom they give time."""

import pytest

from gameserver.domain.match.records import JournalError
from gameserver.domain.timing import STANDARD
from gameserver.domain.tournament.commands import CallOff, Pause, Resume, Withdraw
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.pairings import Kind
from gameserver.domain.tournament.records import (
    Begun,
    Called,
    CommandAccepted,
    Drawn,
    MatchEnded,
    PairingState,
    TournamentEnded,
    TournamentEvent,
    TournamentOpened,
    TournamentRecord,
    TournamentReported,
    WalkedOver,
)
from gameserver.domain.tournament.replay import replay
from tests.support.harnesses.tournament import HOST, Hall, S, bots, people, single
from tests.support.harnesses.tournament_simulation import START, won

COUNTDOWN = STANDARD.call_countdown_ms
RETURN = STANDARD.return_ms


def test_who_was_called_has_twenty_seconds_to_come_back() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(6 * S).restart(away_ms=600 * S)
    assert hall.pairing(1).deadline == hall.now + RETURN
    hall.come(0, 1).go(COUNTDOWN)
    assert hall.on == [1]


def test_a_deadline_that_is_far_away_stays_where_it_is() -> None:
    hall = Hall(single(*people(2))).go(6 * S)
    before = hall.pairing(1).deadline
    assert hall.restart(away_ms=10 * S).pairing(1).deadline == before


def test_who_does_not_come_back_is_walked_over_then() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(6 * S).restart(away_ms=600 * S).come(1).go(RETURN)
    assert hall.result.champion == 1


def test_the_check_in_goes_on_after_a_restart() -> None:
    spec = single(*people(2))
    hall = Hall(type(spec)(spec.settings, spec.entrants, HOST, check_in_s=60)).go(50 * S).restart(away_ms=60 * S)
    assert hall.tournament.deadline == hall.now + RETURN


def test_a_match_that_was_on_is_to_be_taken_up_again() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).restart(away_ms=30 * S)
    assert [(start.match, start.attempt) for start in hall.starts] == [(2, 1)]
    assert hall.end(2, 0).go(15 * S).on == [3]


def test_a_match_whose_side_withdrew_just_before_is_stopped_after_the_restart() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(10 * S).act("a1", Withdraw())
    hall.stops.clear()
    hall.restart()
    assert [(stop.match, stop.side) for stop in hall.stops] == [(1, 1)]
    hall.act("a0", Withdraw())
    hall.stops.clear()
    hall.restart()
    assert [(stop.match, stop.side) for stop in hall.stops] == [(1, 0)]


def test_a_pause_goes_on_after_a_restart() -> None:
    hall = Hall(single(*people(2))).come(0).go(55 * S).act(HOST, Pause()).restart(away_ms=100 * S).go(60 * S)
    assert hall.pairing(1).state == PairingState.CALLED
    hall.act(HOST, Resume())
    assert hall.pairing(1).deadline == hall.now + RETURN


def test_who_called_it_off_is_obeyed_even_if_nothing_after_that_was_written() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).act(HOST, CallOff())
    assert isinstance(hall.records.pop(), TournamentEnded)
    assert hall.restart().result.cancelled


def test_one_that_is_over_stays_as_it_is() -> None:
    hall = Hall(single(*bots(2))).go(10 * S).end(1, 0)
    records = list(hall.records)
    assert hall.restart(away_ms=60 * S).records == records
    assert hall.tournament.over
    state = replay([*records, TournamentReported(hall.now)])
    assert state.reported


def test_every_prefix_of_a_journal_is_a_journal() -> None:
    hall = Hall(single(*bots(4), third_place=True, best_of=3)).go(10 * S)
    while not hall.tournament.over:
        for match in hall.on:
            hall.end(match, match % 2)
        hall.go(15 * S)
    for length in range(1, len(hall.records)):
        told: list[TournamentEvent] = []
        replay(hall.records[:length], told)
        assert told == hall.events[: len(told)]
        again = Tournament.restore(hall.records[:length], hall.now)
        assert again.over or again.deadline or again.drain().starts


def journal(*more: TournamentRecord) -> list[TournamentRecord]:
    return [*Hall(single(*bots(2))).go(5 * S).records, *more]


@pytest.mark.parametrize(
    ("records", "position"),
    [
        ([], 0),
        ([Drawn((0, 1), START)], 0),
        ([TournamentOpened(single(*people(1)), START)], 0),
        (journal(TournamentOpened(single(*bots(2)), START)), 3),
        (journal(Called(1, 2, 1, START, START, START)), 3),
        (journal(Called(7, 2, 1, START, START, START)), 3),
        (journal(Begun(1, 2, START)), 3),
        (journal(MatchEnded(1, 1, won(0), START)), 3),
        (journal(WalkedOver(2, Kind.WALKOVER, 0, START)), 3),
        (journal(WalkedOver(1, Kind.WALKOVER, 0, START), Begun(1, 1, START)), 4),
        (journal(CommandAccepted("nobody", Withdraw(), START)), 3),
    ],
)
def test_a_journal_that_does_not_hold_together_is_refused_at_its_first_wrong_record(
    records: list[TournamentRecord], position: int
) -> None:
    with pytest.raises(JournalError) as refused:
        replay(records)
    assert refused.value.position == position
