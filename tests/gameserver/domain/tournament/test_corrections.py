"""Results that an organiser corrects, reviews or has played again."""

from dataclasses import replace

import pytest

from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.tournament.commands import (
    Confirm,
    CorrectResult,
    ExtendDeadline,
    Pause,
    Reopen,
    Resume,
    Withdraw,
)
from gameserver.domain.tournament.effects import StopMatch
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Outcome
from gameserver.domain.tournament.records import EntrantState, PairingState, Phase, RoundDrawn
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import Spec
from gameserver.domain.values import NOBODY
from tests.support.harnesses.tournament import HOST, Hall, S, bots, people, single
from tests.support.harnesses.tournament_organising import refused, swiss
from tests.support.harnesses.tournament_simulation import result

# Corrections.


def test_a_result_can_be_corrected_until_a_match_that_depends_on_it_has_begun() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).end(2, 0).go(4 * S)
    hall.act(HOST, CorrectResult(1, Kind.PLAYED, 1))
    assert (hall.pairing(3).left, hall.pairing(3).right) == (3, 1)
    hall.go(6 * S)
    assert hall.called == [3]
    # Those who were called are not: others are, to the same match.
    hall.act(HOST, CorrectResult(1, Kind.PLAYED, 0))
    assert (hall.pairing(3).left, hall.pairing(3).right) == (0, 1)
    hall.go(10 * S)
    assert hall.on == [3]
    assert refused(hall, HOST, CorrectResult(1, Kind.PLAYED, 1)) == "pairing_locked"
    hall.end(3, 0)
    assert hall.result.champion == 0


def test_a_round_of_a_swiss_that_has_not_begun_follows_from_the_corrected_result() -> None:
    hall = swiss(4, 2).end(1, 0).end(2, 0).go(12 * S)
    assert hall.called == [3, 4]
    before = hall.all(RoundDrawn)[-1].pairs
    hall.act(HOST, CorrectResult(1, Kind.PLAYED, 1)).go(15 * S)
    assert hall.on == [3, 4]
    assert hall.all(RoundDrawn)[-1].pairs != before
    assert refused(hall, HOST, CorrectResult(1, Kind.PLAYED, 0)) == "pairing_locked"


def test_a_corrected_result_keeps_the_points_of_what_was_played() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).act(HOST, CorrectResult(1, Kind.FORFEIT, 1))
    assert hall.pairing(1).outcome == Outcome(Kind.FORFEIT, 1, ((11, 5),))


def test_a_pairing_that_is_called_off_leaves_an_empty_place() -> None:
    hall = Hall(single(*people(4))).come(0, 1, 2, 3).go(5 * S)
    hall.act(HOST, CorrectResult(1, Kind.CANCELLED)).go(5 * S)
    assert hall.on == [2]
    assert hall.end(2, 0).result.champion == 1


def test_a_walkover_that_followed_from_a_corrected_result_is_taken_back() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).act("", Withdraw(0))
    hall.end(1, result(MatchOutcome.PLAYED, 0, 11, 9)).act(HOST, Pause()).act(HOST, CorrectResult(1, Kind.PLAYED, 1))
    hall.end(2, 0).act(HOST, Resume()).go(20 * S)
    assert hall.on == [3]
    assert (hall.pairing(3).left, hall.pairing(3).right) == (3, 1)


def test_a_match_that_is_on_is_not_corrected() -> None:
    hall = Hall(single(*bots(4))).go(10 * S)
    assert refused(hall, HOST, CorrectResult(1, Kind.PLAYED, 0)) == "pairing_state"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (CorrectResult(9, Kind.PLAYED, 0), "pairing_unknown"),
        (CorrectResult(3, Kind.PLAYED, 0), "pairing_state"),
        (CorrectResult(1, Kind.PLAYED, NO_SIDE), "settings"),
        (CorrectResult(1, Kind.WALKOVER, NO_SIDE), "settings"),
        (CorrectResult(1, Kind.DOUBLE_FORFEIT, 0), "settings"),
        (CorrectResult(1, Kind.BYE, 0), "settings"),
        (CorrectResult(1, Kind.PLAYED, 2), "settings"),
    ],
)
def test_what_is_no_result_of_that_pairing_is_refused(act: CorrectResult, code: str) -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0)
    assert refused(hall, HOST, act) == code


def test_where_draws_are_results_a_result_can_be_corrected_to_one() -> None:
    hall = Hall(Spec(Settings("round_robin"), bots(3), HOST)).go(10 * S).end(1, 0)
    number = hall.tournament.state.pairing_of[1]
    hall.act(HOST, CorrectResult(number, Kind.PLAYED, NO_SIDE))
    assert [line.standing.points for line in hall.tournament.snapshot().table if line.standing.played] == [1, 1]


# The review of the last results.


def played(review_s: int = 30) -> Hall:
    """Two bots have played, and the first has won."""
    return Hall(replace(single(*bots(2)), review_s=review_s)).go(10 * S).end(1, 0)


def test_the_final_can_be_corrected_while_it_is_under_review() -> None:
    hall = played().go(29 * S)
    assert (hall.tournament.snapshot().status.phase, hall.tournament.over) == (Phase.REVIEW, False)
    hall.act(HOST, CorrectResult(1, Kind.FORFEIT, 1)).go(29 * S)
    assert not hall.tournament.over, "the new result is reviewed as long as the old one would have been"
    assert hall.go(1 * S).result.champion == 1


def test_without_a_correction_the_results_stand_when_the_review_is_over() -> None:
    hall = played()
    assert hall.tournament.snapshot().status.deadline == hall.now + 30 * S
    assert hall.tournament.state.view.champion == 1
    assert hall.go(30 * S).result.champion == 0


def test_without_a_review_it_is_over_with_the_last_match() -> None:
    hall = played(review_s=0)
    assert hall.result.champion == 0
    assert refused(hall, HOST, CorrectResult(1, Kind.FORFEIT, 1)) == "tournament_over"


def test_the_organiser_confirms_the_results_and_it_is_over() -> None:
    assert played().act(HOST, Confirm()).result.champion == 0


def test_nothing_is_confirmed_before_all_is_played() -> None:
    hall = Hall(replace(single(*bots(2)), review_s=30)).go(10 * S)
    assert refused(hall, HOST, Confirm()) == "too_late"


def test_the_review_can_be_extended_and_paused_and_outlives_a_restart() -> None:
    hall = played().act(HOST, ExtendDeadline(0, 60)).go(10 * S).act(HOST, Pause()).go(100 * S).act(HOST, Resume())
    assert hall.tournament.deadline == hall.now + 80 * S
    hall.restart(away_ms=70 * S).go(19 * S)
    assert not hall.tournament.over, "an organiser who was cut off has time to come back"
    assert hall.go(1 * S).result.champion == 0


def test_a_final_that_is_reopened_under_review_is_played_again_and_reviewed_again() -> None:
    hall = played().act(HOST, Reopen(1)).go(15 * S)
    assert hall.on == [1]
    hall.end(1, 1).go(29 * S)
    assert hall.go(1 * S).result.champion == 1


# Playing again.


def test_a_pairing_that_is_reopened_is_played_again_under_its_number() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).act(HOST, Reopen(1)).go(15 * S)
    game = hall.pairing(1).games
    assert [(one.match, one.attempt) for one in game] == [(1, 2)]
    hall.end(1, 1).end(2, 0)
    assert hall.pairing(3).left == 3


def test_what_depended_on_it_is_stopped_and_played_again_too() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).end(2, 0).go(15 * S)
    assert hall.on == [3]
    hall.act(HOST, Reopen(2))
    assert hall.stops == [StopMatch(3, 1, NOBODY)]
    assert hall.pairing(3).state == PairingState.OPEN
    hall.end(3, result(MatchOutcome.VOID, NOBODY))
    hall.go(15 * S).end(2, 1).go(15 * S)
    assert [(one.match, one.attempt) for one in hall.pairing(3).games] == [(3, 2)]
    assert hall.end(3, 1).result.champion == 2
    assert hall.result.event.matches == 3


def test_after_it_was_reopened_a_result_can_be_corrected_again() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0).end(2, 0).go(15 * S).act(HOST, Reopen(1)).go(15 * S)
    hall.end(1, 0).act(HOST, CorrectResult(1, Kind.PLAYED, 1))
    assert hall.pairing(3).left == 3


def test_who_was_eliminated_is_in_again_when_their_pairing_is_reopened() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0)
    assert hall.tournament.snapshot().entrants[3].state == EntrantState.ELIMINATED
    hall.act(HOST, Reopen(1))
    assert hall.tournament.snapshot().entrants[3].state == EntrantState.IN


def test_later_rounds_of_a_swiss_are_drawn_again_when_a_round_is_reopened() -> None:
    hall = swiss(4, 3).end(1, 0).end(2, 0).go(15 * S)
    assert len(hall.all(RoundDrawn)) == 2
    hall.act(HOST, Reopen(1))
    assert hall.tournament.snapshot().status.rounds_drawn == 1
    assert [line.pairing.number for line in hall.tournament.snapshot().pairings] == [1, 2]
    hall.go(15 * S).end(1, 1)
    assert hall.tournament.snapshot().status.rounds_drawn == 2


def test_the_next_round_of_a_swiss_is_drawn_again_when_a_result_before_it_is_corrected() -> None:
    hall = swiss(4, 2).end(1, 0).end(2, 0)
    before = {(line.left, line.right) for line in hall.tournament.snapshot().pairings[2:]}
    hall.act(HOST, CorrectResult(1, Kind.PLAYED, 1))
    after = {(line.left, line.right) for line in hall.tournament.snapshot().pairings[2:]}
    assert hall.tournament.snapshot().status.rounds_drawn == 2
    assert before != after


def test_what_is_not_decided_and_a_bye_cannot_be_reopened() -> None:
    hall = Hall(single(*bots(3))).go(10 * S)
    for number in (1, 2, 3):
        assert refused(hall, HOST, Reopen(number)) == "pairing_state"
    assert refused(hall, HOST, Reopen(4)) == "pairing_unknown"
