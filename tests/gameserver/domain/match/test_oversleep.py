"""A server that stands still and wakes: its outage costs nobody a point, a pause or the time to come."""

from gameserver.domain.match.deadlines import OVERSLEPT
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import PAUSES, Cause, Decided, Outcome, Result
from gameserver.domain.match.state import replay
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.events import Goal
from gameserver.domain.pong.intents import UP
from gameserver.domain.timing import STANDARD
from gameserver.domain.values import LEFT, NOBODY, RIGHT, SIDES
from tests.support.harnesses.driven_match import BOT, NOW, DrivenMatch, S

BUDGET = STANDARD.budget_us
COUNTDOWN = STANDARD.countdown_us


def stand_still(court: DrivenMatch, until: int) -> None:
    """The program does nothing until then, and is woken by its timer."""
    court.now = until
    court.match.advance(until)
    court.drain()


def test_what_fell_due_while_the_server_stood_still_is_not_decided() -> None:
    court = DrivenMatch().start()
    court.go(court.now + S)
    written, decided = court.match.state.written_t, len(court.of(Goal))
    stand_still(court, court.now + 8 * S)
    assert (court.cause, court.clock.rate, court.clock.match_t) == ("RESTORE", 0, written)
    court.go(court.now + S)
    assert (court.cause, court.clock.match_t) == ("RESUME", written)
    assert all(record.t1 <= written for record in court.records if isinstance(record, Decided))
    assert len(court.of(Goal)) == decided
    court.go(court.now + COUNTDOWN)
    assert court.t > written


def test_nobody_pays_for_the_silence_of_a_server_that_stood_still() -> None:
    court = DrivenMatch().start()
    for _ in range(4):
        court.go(court.now + COUNTDOWN + S)
        stand_still(court, court.now + 5 * S)
    court.go(court.now + S)
    assert (court.clock.pauses_left, court.clock.pauses_right) == (PAUSES, PAUSES)
    assert court.match.state.spent == [0, 0]
    assert court.match.state.attendance.left
    assert court.match.state.attendance.right


def test_a_message_that_is_read_before_the_timer_fires_notices_it_too() -> None:
    court = DrivenMatch().start()
    court.go(court.now + S)
    written, epoch = court.match.state.written_t, court.clock.epoch
    court.now += 5 * S
    court.send(LEFT, (1, written + 4 * S, UP), mark=written + 4 * S, epoch=epoch)
    assert (court.cause, court.clock.match_t) == ("RESTORE", written)
    court.go(court.now + S)
    assert court.match.state.game.still(LEFT)


def test_inputs_from_before_it_stood_still_count_at_their_own_time() -> None:
    court = DrivenMatch().start()
    court.go(court.now + S)
    written, epoch = court.match.state.written_t, court.clock.epoch
    court.now += 5 * S
    court.send(LEFT, (1, written - 10_000, UP), epoch=epoch)
    [move] = [r for r in court.records if type(r).__name__ == "Input" and r.seq == 1]  # type: ignore[union-attr]
    assert move.te == written - 10_000  # type: ignore[union-attr]


def test_a_wake_up_that_is_a_second_late_is_only_late() -> None:
    court = DrivenMatch().start()
    court.go(court.now + S)
    assert court.match.deadline is not None
    stand_still(court, court.match.deadline + OVERSLEPT)
    assert court.cause != "RESTORE"


def test_the_time_to_join_does_not_run_while_the_server_stands_still() -> None:
    court = DrivenMatch()
    court.go(NOW + 50 * S)
    stand_still(court, NOW + 100 * S)
    assert court.match.result is None
    court.come(*SIDES)
    assert court.cause == "START"


def test_the_budget_of_an_absent_player_does_not_run_while_the_server_stands_still() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, RIGHT)
    court.go(court.now + 20 * S, [LEFT])
    stand_still(court, court.now + 3 * BUDGET)
    assert (court.cause, court.clock.absent) == ("RESTORE", RIGHT)
    court.go(court.now + S, [LEFT])
    assert court.match.result is None
    court.come(RIGHT)
    assert court.cause == "RESUME"
    assert court.match.state.spent[RIGHT] == 0


def test_a_clock_that_stands_says_how_long_it_still_waits_after_an_outage() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, RIGHT)
    court.go(court.now + 20 * S, [LEFT])
    stand_still(court, court.now + 10 * S)
    forfeit = court.clock.server_us + court.clock.forfeit_in_ms * 1_000
    court.go(forfeit - 1, [LEFT])
    assert court.match.result is None
    court.go(forfeit + 1, [LEFT])
    assert court.result.outcome == Outcome.FORFEIT


def test_what_was_in_flight_when_a_freeze_began_still_counts_after_it_stood_still() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.match.state.clock.server_us + due.t + 5_000)
    assert court.match.state.game.due == due, "waits for the grace"
    epoch = court.clock.epoch
    court.match.lose(court.now, 1 - due.side)
    court.now += 5 * S
    court.send(due.side, mark=due.t, epoch=epoch)
    decisions = [record for record in court.records if isinstance(record, Decided)]
    assert (decisions[-1].t1, decisions[-1].by_deadline) == (due.t, False)


def test_a_match_between_bots_goes_on_by_itself() -> None:
    court = DrivenMatch(BOT, BOT)
    court.go(court.now + COUNTDOWN + S)
    stand_still(court, court.now + 60 * S)
    assert court.cause == "RESUME"
    court.go(court.now + 3_600 * S)
    assert court.result.outcome == Outcome.PLAYED


def test_the_journal_of_a_match_that_was_slept_through_proves_its_result() -> None:
    court = DrivenMatch(BOT, BOT)
    while court.match.deadline is not None:
        court.go(court.now + 20 * S)
        if court.match.deadline is not None:
            stand_still(court, court.now + 3 * S)
    assert isinstance(court.events[-1], Result)
    assert verify(court.records) == court.result
    state = replay(court.records)
    assert state.seq == len(court.events)
    assert state.clock.cause == Cause.END
    assert state.clock.absent == NOBODY


def test_a_restart_that_follows_stands_where_the_server_stood_still() -> None:
    court = DrivenMatch().start()
    court.go(court.now + S)
    written = court.match.state.written_t
    stand_still(court, court.now + 5 * S)
    again = Match.restore(replay(court.records), court.now + S)
    assert again.clock.match_t == written
