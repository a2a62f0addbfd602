"""Life of a tournament: calls, matches, ways out and the end."""

from dataclasses import replace

import pytest

from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.timing import STANDARD
from gameserver.domain.tournament.commands import Withdraw
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Outcome
from gameserver.domain.tournament.records import Called, EntrantState, PairingState, Phase, WalkedOver
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import PAUSE, Spec
from gameserver.domain.values import NOBODY
from tests.support.harnesses.tournament import HOST, Hall, S, bots, people, single, states
from tests.support.harnesses.tournament_simulation import result, won

COUNTDOWN = STANDARD.call_countdown_ms


RETURN = STANDARD.return_ms


DRAWN = result(MatchOutcome.DRAW, NOBODY, 7, 7)


VOID = result(MatchOutcome.VOID, NOBODY)


# Calls.


def test_both_are_called_and_play_after_a_countdown_when_they_are_there() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(5 * S + COUNTDOWN - 1)
    assert hall.pairing(1).state == PairingState.CALLED
    hall.go(1)
    assert hall.pairing(1).state == PairingState.PLAYING
    assert [(start.match, start.attempt, start.left, start.right) for start in hall.starts] == [(1, 1, 0, 1)]


def test_who_comes_late_but_in_time_plays_at_once() -> None:
    hall = Hall(single(*people(2))).come(0).go(64 * S).come(1)
    assert hall.on == [1]


def test_who_is_not_there_at_the_deadline_is_walked_over() -> None:
    hall = Hall(single(*people(2))).come(1).go(65 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.WALKOVER, 1)
    assert hall.result.champion == 1
    assert hall.result.event.matches == 0


def test_two_who_are_not_there_leave_an_empty_place() -> None:
    hall = Hall(single(*people(4))).come(1, 2).go(65 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT)
    assert hall.end(2, 0).result.champion == 1


def test_being_there_at_the_call_is_not_enough() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(6 * S).leave(0).go(60 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.WALKOVER, 1)


def test_who_is_cut_off_by_a_fault_of_ours_is_waited_for_beyond_the_deadline() -> None:
    hall = Hall(single(*people(2))).come(0).go(64 * S).cut_off(0).go(2 * S)
    assert hall.called == [1]
    hall.come(0)
    assert hall.pairing(1).outcome == Outcome(Kind.WALKOVER, 0)


def test_who_was_cut_off_and_does_not_come_back_is_walked_over_after_as_long_as_a_restart_gives() -> None:
    hall = Hall(single(*people(2))).come(0).go(64 * S).cut_off(0).go(RETURN - 1)
    assert hall.called == [1]
    hall.go(1)
    assert hall.pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT)


def test_a_match_does_not_begin_without_who_was_cut_off() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(6 * S).cut_off(0).go(8 * S)
    assert hall.called == [1]
    hall.come(0)
    assert hall.on == [1]


def test_while_nobody_can_come_because_of_us_who_was_cut_off_is_waited_for() -> None:
    hall = Hall(single(*people(2))).come(0).go(64 * S).cut_off(0).reachable(False).go(600 * S)
    assert hall.called == [1]
    hall.reachable(True).go(RETURN - 1)
    assert hall.called == [1], "the time to come back begins when they can"
    assert hall.come(0).pairing(1).outcome == Outcome(Kind.WALKOVER, 0)


def test_who_stayed_away_by_themselves_is_not_waited_for_because_nobody_can_come() -> None:
    hall = Hall(single(*people(2))).go(64 * S).reachable(False).go(1 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT)


def test_nobody_is_waited_for_longer_than_an_hour() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(2 * S).cut_off(0, 1).reachable(False).go(PAUSE - 1)
    assert hall.called == [1]
    assert hall.go(1).pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT)


def test_after_a_restart_everybody_is_waited_for_while_nobody_can_come() -> None:
    hall = Hall(single(*people(2))).go(30 * S).restart().reachable(False).go(600 * S)
    assert hall.called == [1]
    hall.reachable(True).go(RETURN)
    assert hall.pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT)


def test_nobody_is_called_before_they_have_rested() -> None:
    hall = Hall(replace(single(*bots(4)), rest_s=30)).go(10 * S)
    hall.end(1, 0).go(7 * S).end(2, 0)
    assert not hall.go(29_999).called
    assert hall.go(1).called == [3]


def test_who_had_no_match_needs_no_rest() -> None:
    hall = Hall(single(*people(4))).come(0, 1).go(65 * S)
    assert hall.called == [3]


def test_no_more_are_on_than_may_be_at_once_and_they_come_in_order() -> None:
    hall = Hall(replace(single(*bots(8)), at_once=1)).go(10 * S)
    for match in (1, 2, 3):
        assert hall.on == [match]
        assert not hall.called
        hall.end(match, 0)
        assert hall.called == [match + 1]
        assert hall.pairing(match + 1).state == PairingState.CALLED
        hall.go(5 * S)


def test_pairings_are_called_by_round_then_number() -> None:
    spec = Spec(Settings("double_elimination"), bots(4), at_once=1)
    hall = Hall(spec).go(10 * S)
    order = []
    while hall.on:
        order.append(hall.pairing(hall.tournament.state.pairing_of[hall.on[0]]).pairing)
        hall.end(hall.on[0], 0).go(15 * S)
    rounds = [(pairing.stage.name, pairing.round) for pairing in order]
    assert rounds[:2] == [("WINNERS", 1)] * 2
    assert rounds[2] == ("LOSERS", 1)


def test_in_a_round_robin_nobody_is_called_to_two_matches_at_once() -> None:
    hall = Hall(Spec(Settings("round_robin"), bots(5))).go(10 * S)
    assert len(hall.on) == 2


def test_between_two_matches_of_a_pairing_nobody_else_may_have_its_sides() -> None:
    hall = Hall(Spec(Settings("round_robin", best_of=3), bots(3), rest_s=0)).go(10 * S).end(1, 0)
    assert hall.called == [2]
    assert hall.go(5 * S).on == [2]


# Matches.


def test_best_of_three_is_won_by_two_and_the_third_is_not_played() -> None:
    hall = Hall(single(*bots(2), best_of=3)).go(10 * S).end(1, 1)
    assert (hall.pairing(1).left_won, hall.pairing(1).right_won) == (0, 1)
    assert hall.called == [2]
    hall.go(4_999)
    assert not hall.on
    hall.go(1).end(2, 1)
    assert hall.result.champion == 1
    assert hall.pairing(1).outcome == Outcome(Kind.PLAYED, 1, ((5, 11), (5, 11)))


def test_who_does_not_come_to_a_later_match_forfeits_the_pairing() -> None:
    hall = Hall(single(*people(2), best_of=5)).come(0, 1).go(10 * S).end(1, 0).leave(0).go(60 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.FORFEIT, 1, ((11, 5),))


def test_a_forfeited_match_forfeits_the_pairing() -> None:
    hall = Hall(single(*bots(2), best_of=3)).go(10 * S).end(1, result(MatchOutcome.FORFEIT, 1, 3, 0))
    assert hall.pairing(1).outcome == Outcome(Kind.FORFEIT, 1, ((3, 0),))


def test_a_level_match_is_played_again_under_the_same_number() -> None:
    hall = Hall(single(*bots(2))).go(10 * S).end(1, DRAWN)
    assert hall.called == [1]
    hall.go(5 * S).end(1, 1)
    assert [(game.match, game.attempt) for game in hall.pairing(1).games] == [(1, 1), (1, 2)]
    assert hall.result.champion == 1


def test_after_two_replays_the_better_seed_goes_on() -> None:
    hall = Hall(single(*bots(2))).go(10 * S)
    for _ in range(3):
        hall.end(1, DRAWN).go(5 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.PLAYED, 0, ((7, 7),) * 3)
    assert hall.result.champion == 0


def test_a_level_match_is_a_result_where_draws_are() -> None:
    hall = Hall(Spec(Settings("round_robin"), bots(2))).go(10 * S).end(1, DRAWN)
    assert hall.pairing(1).outcome == Outcome(Kind.PLAYED, NO_SIDE, ((7, 7),))


def test_a_void_match_is_lost_by_both() -> None:
    hall = Hall(single(*bots(2))).go(10 * S).end(1, VOID)
    assert hall.pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT, NO_SIDE, ((0, 0),))
    assert hall.result.champion is None
    assert hall.result.event.matches == 0


def test_the_same_end_of_a_match_twice_is_nothing_new_and_another_one_is_refused() -> None:
    hall = Hall(single(*bots(4))).go(10 * S).end(1, 0)
    before = list(hall.records)
    assert hall.end(1, 0).records == before
    with pytest.raises(TournamentRefused) as refused:
        hall.end(1, 1)
    assert refused.value.code == "pairing_state"


@pytest.mark.parametrize(("match", "attempt", "code"), [(9, 1, "pairing_unknown"), (1, 2, "pairing_unknown")])
def test_the_end_of_a_match_that_there_is_not_is_refused(match: int, attempt: int, code: str) -> None:
    hall = Hall(single(*bots(2))).go(10 * S)
    with pytest.raises(TournamentRefused) as refused:
        hall.tournament.match_over(hall.now, match, attempt, won(0))
    assert refused.value.code == code


def test_a_match_that_has_not_begun_cannot_end() -> None:
    hall = Hall(single(*people(2))).go(10 * S)
    with pytest.raises(TournamentRefused) as refused:
        hall.end(1, 0)
    assert refused.value.code == "pairing_state"


# Ways out.


def test_who_withdraws_forfeits_the_match_that_is_on() -> None:
    hall = Hall(single(*people(2))).come(0, 1).go(10 * S).act("a0", Withdraw())
    assert [(stop.match, stop.attempt, stop.side) for stop in hall.stops] == [(1, 1, 0)]
    assert not hall.tournament.over
    assert hall.end(1, result(MatchOutcome.FORFEIT, 1)).result.champion == 1


def test_who_withdraws_forfeits_all_that_remains_without_being_called() -> None:
    hall = Hall(Spec(Settings("round_robin"), people(4), HOST)).go(4 * S).act("a1", Withdraw()).go(S)
    walked = hall.all(WalkedOver)
    assert len(walked) == 3
    assert {record.kind for record in walked} == {Kind.WALKOVER}
    assert len(hall.all(Called)) == 1


def test_the_house_withdraws_anybody_and_an_entrant_only_themselves() -> None:
    hall = Hall(single(*people(3)))
    with pytest.raises(TournamentRefused) as refused:
        hall.act("a1", Withdraw(2))
    assert refused.value.code == "not_organiser"
    hall.act("", Withdraw(2))
    assert states(hall)[2] == EntrantState.WITHDRAWN


def test_withdrawing_twice_is_refused() -> None:
    hall = Hall(single(*people(3))).act("a1", Withdraw())
    with pytest.raises(TournamentRefused) as refused:
        hall.act("a1", Withdraw())
    assert refused.value.code == "entrant_out"


def test_when_both_sides_of_a_pairing_are_out_it_leaves_an_empty_place() -> None:
    hall = Hall(single(*bots(4))).act("", Withdraw(0)).act("", Withdraw(3)).go(10 * S)
    assert hall.pairing(1).outcome == Outcome(Kind.DOUBLE_FORFEIT)
    assert (hall.called, hall.on) == ([], [1])
    assert hall.end(1, 0).result.champion == 1


def test_who_has_lost_as_often_as_one_may_is_eliminated() -> None:
    hall = Hall(Spec(Settings("double_elimination"), bots(4))).go(10 * S).end(1, 0).end(2, 0)
    assert EntrantState.ELIMINATED not in states(hall)
    hall.go(15 * S)
    losers = hall.pairing(next(n for n in (3, 4) if hall.pairing(n).pairing.stage.name == "LOSERS"))
    hall.end(losers.games[-1].match, 0)
    assert losers.right is not None
    assert states(hall)[losers.right] == EntrantState.ELIMINATED


# The end.


def test_the_end_is_told_last_and_nothing_is_due_any_more() -> None:
    hall = Hall(single(*bots(2))).go(10 * S).end(1, 1)
    assert hall.events[-1] == hall.result
    assert hall.tournament.deadline is None
    assert hall.tournament.snapshot().status.phase == Phase.OVER
    with pytest.raises(TournamentRefused) as refused:
        hall.act("", Withdraw(0))
    assert refused.value.code == "tournament_over"


def test_an_upset_is_a_pairing_that_the_worse_seed_won_on_the_court() -> None:
    hall = Hall(single(*bots(8))).go(10 * S)
    for match, side in ((1, 0), (2, 0), (3, 0), (4, 1)):
        hall.end(match, side)
    hall.go(15 * S)
    for match in hall.on:
        hall.end(match, result(MatchOutcome.FORFEIT, 1, 3, 2))
    hall.go(15 * S).end(7, 0)
    assert hall.result.event.upsets == 1


def test_what_was_measured_is_added_up() -> None:
    hall = Hall(single(*bots(4), third_place=True)).go(10 * S)
    quick = replace(won(0), stats=replace(won(0).stats, top_speed=200_000, longest_rally=40))
    hall.end(1, replace(won(1, 9), duration_us=90_000_000)).end(2, quick).go(15 * S)
    for match in hall.on:
        hall.end(match, result(MatchOutcome.FORFEIT, 0, 2, 2))
    event = hall.result.event
    assert (event.matches, event.points, event.upsets) == (4, 20 + 16 + 4 + 4, 1)
    assert (event.longest_match, event.closest_match) == (1, 1)
    assert (event.top_speed_match, event.top_speed) == (2, 200_000)
    assert (event.longest_rally_match, event.longest_rally) == (2, 40)
    assert event.took_ms == 25 * S
    assert event.hits == 4 * 8
    best = {stats.entrant: stats for stats in hall.result.entrants}[3]
    assert (best.matches, best.wins, best.points_for, best.points_against) == (2, 2, 13, 11)
    places = [(line.entrant, line.standing.place) for line in hall.result.standings]
    assert places == [(3, 1), (1, 2), (0, 3), (2, 4)]
