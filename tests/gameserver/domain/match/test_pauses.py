"""Silence, pauses and the budgets of absences."""

from gameserver.domain.match.deadlines import HEARTBEAT, SILENCE
from gameserver.domain.match.records import (
    Attendance,
    Cause,
    Decided,
    Forfeit,
    Heartbeat,
    Input,
    Outcome,
)
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.events import Goal, PaddleMove
from gameserver.domain.pong.intents import DOWN, STILL, UP
from gameserver.domain.values import LEFT, NOBODY, RIGHT
from tests.support.harnesses.driven_match import ANN, BOT, BUDGET, COUNTDOWN, DrivenMatch, S, verify_so_far


def test_a_heartbeat_is_written_when_nothing_else_was_for_250_ms() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 1_200_000)
    beats = [r.t for r in court.records if isinstance(r, Heartbeat)]
    assert beats == [HEARTBEAT * n for n in range(1, 5)]


def test_silence_for_a_second_pauses_and_any_message_breaks_it() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 2 * S)
    assert court.cause == "START"
    heard = court.beat - 250_000
    court.go(heard + SILENCE, awake=[RIGHT])
    assert court.cause == "START"
    court.go(heard + SILENCE + 1, awake=[RIGHT])
    assert (court.cause, court.clock.rate, court.clock.absent) == ("PAUSE", 0, LEFT)
    assert (court.clock.pauses_left, court.clock.pauses_right) == (1, 2)
    assert court.clock.forfeit_in_ms == 30_000
    assert court.match.state.attendance == Attendance(False, True)
    court.go(court.now + S, awake=[RIGHT])
    court.send(LEFT)
    assert court.cause == "RESUME"
    assert court.match.state.attendance == Attendance(True, True)


def test_what_a_stalled_network_kept_from_before_the_pause_is_no_return() -> None:
    court = DrivenMatch().start()
    before = court.clock.epoch
    court.go(court.now + 3 * S, awake=[RIGHT])
    assert court.cause == "PAUSE"
    court.match.receive(court.now, LEFT, before, (), court.t)
    court.drain()
    assert court.cause == "PAUSE"
    court.match.receive(court.now, LEFT, court.clock.epoch)
    court.drain()
    assert court.cause == "RESUME"


def test_a_pause_stops_the_clock_and_both_paddles_and_a_resume_counts_down() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 400_000)
    court.send(LEFT, (1, court.t, UP))
    court.send(RIGHT, (1, court.t, DOWN))
    court.go(court.now + 100_000)
    court.match.lose(court.now, LEFT)
    court.drain()
    t = court.clock.match_t
    assert t == 500_000
    court.go(court.now + S)
    assert court.t == t
    stops = [r for r in court.records if isinstance(r, Input) and not r.seq]
    assert [(r.side, r.te, r.intent) for r in stops] == [(LEFT, t, STILL), (RIGHT, t, STILL)]
    court.come(LEFT)
    assert (court.clock.cause, court.clock.match_t, court.clock.server_us) == (Cause.RESUME, t, court.now + COUNTDOWN)
    court.go(court.now + COUNTDOWN + 100_000)
    assert court.t == t + 100_000
    assert court.match.state.spent == [S, 0]
    assert verify_so_far(court)


def test_in_flight_inputs_of_who_stayed_still_count_after_a_pause() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    epoch = court.clock.epoch
    court.match.lose(court.now, LEFT)
    court.drain()
    court.go(court.now + 10_000)
    court.send(RIGHT, (1, 495_000, DOWN), (2, 505_000, UP), epoch=epoch)
    court.send(LEFT, (1, 495_000, DOWN), epoch=epoch)
    court.go(court.now + S)
    inputs = [(r.side, r.te, r.seq) for r in court.records if isinstance(r, Input)]
    assert inputs == [(RIGHT, 495_000, 1), (RIGHT, 500_000, 2), (RIGHT, 500_000, 0)]
    assert verify_so_far(court)


def test_a_pause_decides_nothing_that_falls_due_after_it() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t - 10_000)
    epoch = court.clock.epoch
    court.match.lose(court.now, 1 - due.side)
    court.drain()
    court.go(court.now + 15_000)
    court.send(due.side, mark=due.t, epoch=epoch)
    court.go(court.now + S)
    assert not [r for r in court.records if isinstance(r, Decided)]
    court.come(1 - due.side)
    court.go(court.now + COUNTDOWN + 10_000)
    assert not [r for r in court.records if isinstance(r, Decided)]
    court.go(court.now + court.match.state.grace[due.side])
    assert [r.by_deadline for r in court.records if isinstance(r, Decided)] == [True]


def test_what_was_dated_ahead_of_a_pause_never_comes() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    court.send(RIGHT, (1, 540_000, DOWN))
    court.match.lose(court.now, LEFT)
    court.drain()
    court.go(court.now + S)
    court.come(LEFT)
    court.go(court.now + COUNTDOWN + 500_000)
    assert court.of(PaddleMove) == []
    assert court.match.state.game.still(RIGHT)


def test_a_pause_decides_what_had_fallen_due_before_it() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + 1)
    court.match.lose(court.now, due.side)
    court.drain()
    (decided,) = (r for r in court.records if isinstance(r, Decided))
    assert (decided.t1, decided.at) == (due.t, due.t + 1)


def test_a_pause_waits_for_the_mark_of_who_stayed() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + 1)
    court.match.lose(court.now, 1 - due.side)
    court.drain()
    assert not [r for r in court.records if isinstance(r, Decided)]
    court.go(court.now + court.match.state.grace[due.side])
    assert [r.t1 for r in court.records if isinstance(r, Decided)] == [due.t]


def test_the_third_absence_forfeits() -> None:
    court = DrivenMatch().start()
    for _ in range(2):
        court.match.lose(court.now, LEFT)
        court.go(court.now + S)
        court.come(LEFT)
        court.go(court.now + COUNTDOWN + 100_000)
        assert court.match.result is None
    court.match.lose(court.now, LEFT)
    court.drain()
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, RIGHT)
    verify(court.records)


def test_thirty_seconds_of_absence_together_forfeit() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, RIGHT)
    court.go(court.now + 20 * S)
    court.come(RIGHT)
    court.go(court.now + COUNTDOWN + 100_000)
    court.match.lose(court.now, RIGHT)
    court.drain()
    assert court.clock.forfeit_in_ms == 10_000
    court.go(court.now + 10 * S - 1)
    assert court.match.result is None
    court.go(court.now + 1)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)
    assert [r.side for r in court.records if isinstance(r, Forfeit)] == [RIGHT]


def test_when_both_are_absent_the_first_whose_budget_runs_out_forfeits() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, RIGHT)
    court.go(court.now + S)
    court.match.lose(court.now, LEFT)
    court.drain()
    assert (court.clock.absent, court.clock.forfeit_in_ms) == (NOBODY, 29_000)
    court.go(court.now + 29 * S)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)


def test_when_both_budgets_run_out_at_once_level_is_void() -> None:
    court = DrivenMatch().start()
    court.go(court.now + SILENCE + 1, awake=[])
    assert court.clock.absent == NOBODY
    assert court.cause == "PAUSE"
    court.go(court.now + BUDGET)
    assert (court.result.outcome, court.result.winner) == (Outcome.VOID, NOBODY)
    verify(court.records)


def test_when_both_budgets_run_out_at_once_the_leader_wins() -> None:
    court = DrivenMatch().start()
    while not court.of(Goal):
        court.go(court.now + S)
    court.go(court.now + SILENCE + 250_000, awake=[])
    court.go(court.now + BUDGET)
    leader = int(court.result.right > court.result.left)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, leader)
    verify(court.records)


def test_one_of_two_absent_players_coming_back_does_not_resume() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, LEFT)
    court.match.lose(court.now, RIGHT)
    court.go(court.now + S)
    court.come(LEFT)
    assert (court.clock.cause, court.clock.absent) == (Cause.PAUSE, RIGHT)
    court.come(RIGHT)
    assert court.cause == "RESUME"


def test_coming_back_within_the_freeze_resumes_when_it_has_settled() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 100_000)
    court.match.lose(court.now, LEFT)
    court.come(LEFT)
    assert court.cause == "PAUSE"
    court.go(court.now + 130_000)
    assert court.cause == "RESUME"


def test_a_bot_plays_on_after_a_pause() -> None:
    court = DrivenMatch(ANN, BOT)
    court.come(LEFT)
    court.go(court.now + 10 * S)
    court.match.lose(court.now, LEFT)
    court.go(court.now + S)
    moves = len([e for e in court.of(PaddleMove) if isinstance(e, PaddleMove) and e.side == RIGHT])
    court.come(LEFT)
    court.go(court.now + COUNTDOWN + 20 * S)
    assert len([e for e in court.of(PaddleMove) if isinstance(e, PaddleMove) and e.side == RIGHT]) > moves
    assert verify_so_far(court)
