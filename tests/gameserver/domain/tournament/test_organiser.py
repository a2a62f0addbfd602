"""Acts of an organiser on a tournament: disqualifying, pausing, extending, adding, calling off."""

from dataclasses import replace

import pytest

from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.tournament.commands import (
    AddEntrant,
    CallOff,
    CheckIn,
    Command,
    Confirm,
    CorrectResult,
    Disqualify,
    ExtendDeadline,
    Pause,
    Reopen,
    Resume,
    Withdraw,
)
from gameserver.domain.tournament.effects import StopMatch
from gameserver.domain.tournament.pairings import Kind
from gameserver.domain.tournament.records import Drawn, EntrantState, PairingState, RoundDrawn
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import PAUSE, Entrant, Spec
from gameserver.domain.values import NOBODY
from tests.support.harnesses.tournament import HOST, Hall, S, bots, people, single
from tests.support.harnesses.tournament_organising import refused, swiss
from tests.support.harnesses.tournament_simulation import result

LATE = Entrant("Late", "late")


@pytest.mark.parametrize(
    "act",
    [
        Disqualify(0),
        Pause(),
        Resume(),
        ExtendDeadline(1, 30),
        CorrectResult(1, Kind.PLAYED, 0),
        Reopen(1),
        AddEntrant(LATE),
        CallOff(),
        Confirm(),
    ],
)
def test_only_the_organiser_and_the_house_may_do_this(act: Command) -> None:
    hall = Hall(single(*people(3)))
    assert refused(hall, "a1", act) == "not_organiser"
    assert refused(hall, "stranger", act) == "not_organiser"


@pytest.mark.parametrize("act", [CheckIn(), Withdraw()])
def test_who_does_not_take_part_can_neither_check_in_nor_withdraw(act: Command) -> None:
    hall = Hall(replace(single(*people(3)), check_in_s=60))
    assert refused(hall, HOST, act) == "not_entrant"
    assert refused(hall, "", act) == "not_entrant"


@pytest.mark.parametrize("entrant", [-1, 3])
def test_who_is_not_there_cannot_be_put_out(entrant: int) -> None:
    assert refused(Hall(single(*people(3))), HOST, Disqualify(entrant)) == "entrant_unknown"


def test_who_is_disqualified_forfeits_the_match_that_is_on_and_all_that_remains() -> None:
    hall = Hall(Spec(Settings("round_robin"), bots(3), HOST)).go(10 * S)
    start = hall.starts[0]
    hall.act(HOST, Disqualify(start.left))
    assert hall.stops == [StopMatch(start.match, start.attempt, 0)]
    hall.end(start.match, result(MatchOutcome.FORFEIT, 1))
    kinds = sorted(line.outcome.kind for line in hall.tournament.snapshot().pairings if line.outcome)
    assert kinds == [Kind.FORFEIT, Kind.WALKOVER]
    assert refused(hall, HOST, Disqualify(start.left)) == "entrant_out"


# Pause.


def test_in_a_pause_nobody_is_called_and_what_is_on_is_played_to_its_end() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).act(HOST, Pause()).end(1, 0).end(2, 0).go(60 * S)
    assert (hall.called, hall.on) == ([], [])
    assert hall.act(HOST, Resume()).called == [3]


def test_a_pause_moves_the_deadlines() -> None:
    hall = Hall(single(*people(2))).come(0).go(35 * S)
    before = hall.pairing(1).deadline
    hall.act(HOST, Pause()).go(500 * S)
    assert hall.pairing(1).state == PairingState.CALLED
    hall.act(HOST, Resume())
    assert hall.pairing(1).deadline == before + 500 * S
    assert not hall.go(29 * S).tournament.over
    assert hall.go(1 * S).result.champion == 0


def test_a_pause_holds_the_check_in_and_the_draw() -> None:
    hall = Hall(replace(single(*people(2)), check_in_s=60)).act(HOST, Pause()).act("a0", CheckIn())
    hall.act("a1", CheckIn()).go(100 * S)
    assert not hall.all(Drawn)
    assert hall.act(HOST, Resume()).all(Drawn)


def test_a_pause_holds_the_end_so_that_the_last_result_can_be_corrected() -> None:
    hall = Hall(single(*bots(2))).go(10 * S).act(HOST, Pause()).end(1, 0)
    assert not hall.tournament.over
    assert hall.act(HOST, CorrectResult(1, Kind.PLAYED, 1)).act(HOST, Resume()).result.champion == 1


def test_pausing_twice_and_resuming_what_is_not_paused_are_refused() -> None:
    hall = Hall(single(*people(2)))
    assert refused(hall, HOST, Resume()) == "not_paused"
    assert refused(hall.act(HOST, Pause()), HOST, Pause()) == "already_paused"


def test_a_pause_that_nobody_ends_is_over_after_an_hour() -> None:
    hall = Hall(single(*bots(2))).act(HOST, Pause()).go(PAUSE - 1)
    assert hall.tournament.snapshot().status.paused
    assert not hall.go(1).tournament.snapshot().status.paused
    assert hall.go(10 * S).on == [1]


# More time.


def test_a_call_can_be_extended() -> None:
    hall = Hall(single(*people(2))).come(0).go(60 * S).act(HOST, ExtendDeadline(1, 30)).go(34 * S)
    assert not hall.tournament.over
    assert hall.go(1 * S).tournament.over


def test_the_check_in_can_be_extended() -> None:
    hall = Hall(replace(single(*people(2)), check_in_s=60)).act(HOST, ExtendDeadline(0, 40)).go(99 * S)
    assert not hall.tournament.over
    assert hall.go(1 * S).tournament.over


def test_what_waits_for_nobody_cannot_be_extended() -> None:
    hall = Hall(single(*bots(4))).go(10 * S)
    assert refused(hall, HOST, ExtendDeadline(0, 30)) == "too_late"
    assert refused(hall, HOST, ExtendDeadline(1, 30)) == "pairing_state"
    assert refused(hall, HOST, ExtendDeadline(3, 30)) == "pairing_state"
    assert refused(hall, HOST, ExtendDeadline(4, 30)) == "pairing_unknown"
    assert refused(hall, HOST, ExtendDeadline(1, 0)) == "settings"
    assert refused(hall, HOST, ExtendDeadline(1, 3601)) == "settings"


# Late entrants.


def test_during_check_in_somebody_can_be_added_to_a_free_place() -> None:
    hall = Hall(replace(single(*people(3)), check_in_s=60)).act(HOST, AddEntrant(LATE))
    assert hall.tournament.snapshot().entrants[3].state == EntrantState.EXPECTED
    assert hall.act("late", CheckIn()).tournament.snapshot().entrants[3].state == EntrantState.IN


def test_when_every_place_is_taken_they_wait() -> None:
    hall = Hall(replace(single(*people(3)), check_in_s=60, waiting_from=2)).act(HOST, AddEntrant(LATE))
    assert hall.tournament.snapshot().entrants[3].state == EntrantState.WAITING


def test_nobody_is_added_twice() -> None:
    hall = Hall(replace(single(*people(3)), check_in_s=60))
    assert refused(hall, HOST, AddEntrant(Entrant("Somebody", "a0"))) == "duplicate"


def test_nobody_is_added_whom_the_format_cannot_take() -> None:
    hall = Hall(replace(single(*people(64)), check_in_s=60))
    assert refused(hall, HOST, AddEntrant(LATE)) == "entrants"


def test_after_the_draw_only_a_swiss_takes_somebody_and_only_in_its_first_half() -> None:
    assert refused(Hall(single(*people(3))), HOST, AddEntrant(LATE)) == "too_late"
    hall = swiss(6, 3).act(HOST, AddEntrant(Entrant("Late bot", bot=bots(1)[0].bot)))
    for match in (1, 2, 3):
        hall.end(match, 0)
    second = [line for line in hall.tournament.snapshot().pairings if line.pairing.round == 2]
    assert 6 in {entrant for line in second for entrant in (line.left, line.right)}
    assert refused(hall, HOST, AddEntrant(LATE)) == "too_late"


def test_a_late_entrant_adds_no_round() -> None:
    hall = swiss(4, 0).act(HOST, AddEntrant(Entrant("Late bot", bot=bots(1)[0].bot)))
    while not hall.tournament.over:
        for match in hall.on:
            hall.end(match, 0)
        hall.go(15 * S)
    assert len(hall.all(RoundDrawn)) == 2
    assert {line.entrant for line in hall.result.standings} == {0, 1, 2, 3, 4}


# The end of it.


def test_a_tournament_that_is_called_off_is_over_without_a_champion() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).act(HOST, CallOff())
    assert hall.stops == [StopMatch(2, 1, NOBODY)]
    assert (hall.result.champion, hall.result.cancelled) == (None, True)
    assert hall.result.event.matches == 1
    hall.end(2, result(MatchOutcome.VOID, NOBODY))
    assert refused(hall, HOST, Reopen(1)) == "tournament_over"


def test_one_that_is_called_off_at_its_check_in_is_over_too() -> None:
    hall = Hall(replace(single(*people(2)), check_in_s=60)).act(HOST, CallOff())
    assert hall.result.cancelled
    assert hall.tournament.deadline is None
