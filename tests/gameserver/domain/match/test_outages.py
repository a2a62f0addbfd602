"""Restarts and suspensions: what outages of ours cost, and where a match goes on."""

from gameserver.domain.match.deadlines import HEARTBEAT
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import (
    Cause,
    Decided,
    Input,
    Outcome,
)
from gameserver.domain.match.state import replay
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.events import Volley
from gameserver.domain.pong.intents import DOWN, UP
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, RIGHT, SIDES
from tests.support.harnesses.driven_match import BOT, COUNTDOWN, NOW, DrivenMatch, S, verify_so_far


def restarted(court: DrivenMatch) -> DrivenMatch:
    """The same match on another server, whose clock has another beginning."""
    court.now += 700 * S
    court.match = Match.restore(replay(court.records), court.now)
    court.drain()
    return court


def test_after_a_restart_the_match_stands_at_what_was_written_and_goes_on_when_all_are_back() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 30 * S)
    score, seq = list(court.match.state.game.score), len(court.events)
    written = replay(court.records).written_t
    assert 0 <= court.t - written <= HEARTBEAT
    restarted(court)
    assert (court.clock.cause, court.clock.match_t) == (Cause.RESTORE, written)
    assert court.match.state.game.score == score
    assert court.match.state.seq == len(court.events) > seq
    assert court.match.state.pauses == [2, 2]
    court.go(court.now + 5 * S)
    court.come(*SIDES)
    assert court.cause == "RESUME"
    assert court.match.state.spent == [0, 0]
    court.go(court.now + COUNTDOWN + 10 * S)
    assert court.t == written + 10 * S
    assert verify_so_far(court)


def test_a_match_that_is_suspended_stands_still_until_each_side_was_lost_and_came_again() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    court.match.suspend(court.now, SIDES)
    court.drain()
    assert (court.clock.cause, court.clock.match_t) == (Cause.RESTORE, 500_000)
    court.go(court.now + S)
    assert court.t == 500_000, "both are there and it stands all the same"
    for side in SIDES:
        court.match.lose(court.now, side, outage=True)
    court.go(court.now + S)
    court.come(*SIDES)
    assert court.cause == "RESUME"
    state = court.match.state
    assert (state.pauses, state.spent) == ([2, 2], [0, 0])
    court.go(court.now + COUNTDOWN + S)
    assert court.t == 500_000 + S
    assert verify_so_far(court)


def test_a_suspended_match_goes_on_for_a_side_that_comes_again_before_it_was_lost() -> None:
    court = DrivenMatch(right=BOT).start()
    court.match.suspend(court.now, (LEFT,))
    court.go(court.now + S)
    court.come(LEFT)
    assert court.cause == "RESUME"


def test_inputs_in_flight_at_a_suspension_save_the_ball_that_they_were_made_for() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + 1_000)
    assert not court.of(Volley)[1:], "the crossing waits for its player's inputs"
    epoch = court.clock.epoch
    court.match.suspend(court.now, SIDES)
    court.drain()
    court.go(court.now + 20_000)
    court.send(due.side, (1, due.t - 30_000, UP), mark=due.t, epoch=epoch)
    (moved,) = (r for r in court.records if isinstance(r, Input) and r.seq)
    (decided,) = (r for r in court.records if isinstance(r, Decided))
    assert moved.te == due.t - 30_000
    assert (decided.t1, decided.by_deadline) == (due.t, False)
    assert court.clock.match_t == due.t + 1_000
    assert verify_so_far(court)


def test_a_journal_that_ends_in_a_suspension_is_taken_up_at_exactly_that_time() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 1_234_567)
    court.match.suspend(court.now, SIDES)
    court.drain()
    court.go(court.now + 150_000)
    restarted(court)
    assert (court.clock.cause, court.clock.match_t) == (Cause.RESTORE, 1_234_567)
    court.come(*SIDES)
    court.go(court.now + COUNTDOWN + S)
    assert court.t == 1_234_567 + S
    assert verify_so_far(court)


def test_outages_cost_no_pause_however_many_there_are() -> None:
    court = DrivenMatch().start()
    for _ in range(5):
        court.go(court.now + 300_000)
        for side in SIDES:
            court.match.lose(court.now, side, outage=True)
        court.drain()
        court.go(court.now + 10 * S)
        court.come(*SIDES)
        court.go(court.now + COUNTDOWN)
    state = court.match.state
    assert (state.result, state.pauses, state.spent) == (None, [2, 2], [0, 0])
    assert court.t == 1_500_000


def test_who_does_not_come_back_from_an_outage_forfeits_after_30_seconds_more_than_the_budget() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, RIGHT, outage=True)
    court.drain()
    assert (court.clock.cause, court.clock.absent, court.clock.forfeit_in_ms) == (Cause.RESTORE, RIGHT, 60_000)
    court.go(court.now + 60 * S)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)


def test_a_restart_during_a_pause_stands_where_the_pause_stood() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    epoch = court.clock.epoch
    court.match.lose(court.now, LEFT)
    court.drain()
    court.go(court.now + 20_000)
    court.send(RIGHT, (1, 495_000, DOWN), epoch=epoch)
    restarted(court)
    assert (court.clock.match_t, court.match.state.pauses) == (500_000, [1, 2])
    assert court.match.state.game.still(RIGHT)
    court.come(*SIDES)
    court.go(court.now + COUNTDOWN + S)
    assert court.t == 1_500_000
    assert verify_so_far(court)


def test_after_a_restart_players_have_30_seconds_more_than_their_budget() -> None:
    court = DrivenMatch().start()
    restarted(court)
    court.come(LEFT)
    assert court.clock.absent == RIGHT
    court.go(court.now + 60 * S)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)


def test_a_restart_before_the_start_waits_again_and_one_between_bots_goes_on_by_itself() -> None:
    assert restarted(DrivenMatch().come(LEFT)).come(*SIDES).cause == "START"
    court = DrivenMatch(BOT, BOT)
    court.go(court.now + 60 * S)
    restarted(court)
    assert court.cause == "RESUME"
    court.go(court.now + 3_000 * S)
    assert court.result.outcome == Outcome.PLAYED
    verify(court.records)


def test_a_restart_after_the_last_goal_and_before_its_result_makes_the_result() -> None:
    court = DrivenMatch(BOT, BOT, Ruleset(points_to_win=1))
    court.go(NOW + 3_000 * S)
    before = court.result
    last = max(n for n, record in enumerate(court.records) if isinstance(record, Decided))
    court.records = court.records[: last + 1]
    restarted(court)
    assert (court.result.winner, court.result.left, court.result.right) == (before.winner, before.left, before.right)
    verify(court.records)


def test_a_restart_of_a_match_that_is_over_changes_nothing() -> None:
    court = DrivenMatch(BOT, BOT, Ruleset(points_to_win=1))
    court.go(NOW + 3_000 * S)
    written, result = list(court.records), court.result
    restarted(court)
    assert (court.records, court.result) == (written, result)
