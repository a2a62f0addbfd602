"""One match between two people: its start, the times at which inputs count, and its end."""

import pytest

from gameserver.domain.match.admission import CREDIT_MOST
from gameserver.domain.match.records import (
    Cause,
    Decided,
    Outcome,
    Result,
)
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.events import Goal, PaddleMove, Volley
from gameserver.domain.pong.intents import DOWN, UP, Target
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, NOBODY, RIGHT, RuleError
from tests.support.harnesses.driven_match import ANN, BOT, COUNTDOWN, NOW, DrivenMatch, S, verify_so_far


def test_the_match_waits_until_both_are_there_and_then_counts_down() -> None:
    court = DrivenMatch()
    court.go(NOW + 10 * S)
    court.come(LEFT)
    assert (court.clock.cause, court.match.started) == (Cause.WAITING, False)
    court.come(RIGHT)
    assert (court.clock.cause, court.clock.rate, court.clock.match_t) == (Cause.START, 1, 0)
    assert court.clock.server_us == court.now + COUNTDOWN
    court.go(court.now + COUNTDOWN)
    assert court.t == 0
    court.go(court.now + S)
    assert court.t == S


def test_who_joins_finds_the_first_serve_announced() -> None:
    court = DrivenMatch()
    assert court.events == [court.match.snapshot().state.volley]
    assert court.match.state.seq == 1


def test_bots_start_without_being_waited_for() -> None:
    assert DrivenMatch(BOT, BOT).cause == "START"
    assert DrivenMatch(ANN, BOT).come(LEFT).cause == "START"


def test_a_match_that_nobody_joins_is_void_after_the_time_to_join() -> None:
    for court in (DrivenMatch(), DrivenMatch(ANN, BOT)):
        court.go(NOW + 59 * S)
        assert court.match.result is None
        court.go(NOW + 60 * S)
        assert (court.result.outcome, court.result.winner) == (Outcome.VOID, NOBODY)
        assert court.match.deadline is None
        verify(court.records)


def test_if_only_one_came_the_other_forfeits() -> None:
    court = DrivenMatch().come(RIGHT)
    court.go(NOW + 60 * S)
    assert (court.result.outcome, court.result.winner, court.result.duration_us) == (Outcome.FORFEIT, RIGHT, 0)
    verify(court.records)


def test_who_came_and_went_before_the_start_did_not_come() -> None:
    court = DrivenMatch().come(LEFT)
    court.match.lose(court.now, LEFT)
    court.come(RIGHT)
    assert court.cause == "WAITING"
    court.go(NOW + 60 * S)
    assert court.result.winner == RIGHT


def test_every_number_an_event_can_have_is_used_once() -> None:
    court = DrivenMatch(BOT, BOT)
    court.go(NOW + 3_000 * S)
    assert court.match.state.seq == len(court.events)
    assert isinstance(court.events[-1], Result)
    assert court.result.outcome == Outcome.PLAYED
    assert court.result.left + court.result.right == len(court.of(Goal))
    verify(court.records)


def test_an_input_counts_at_the_time_it_is_dated_with() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    court.send(LEFT, (1, court.t - 20_000, UP))
    assert court.of(PaddleMove) == [PaddleMove(LEFT, 480_000, 45_000, -1, -1, 1)]


def test_an_input_from_the_past_counts_as_early_as_grace_and_credit_allow() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 800_000)
    court.send(LEFT, (1, 3, UP))
    (move,) = court.of(PaddleMove)
    assert isinstance(move, PaddleMove)
    grace = court.match.state.grace[LEFT]
    assert grace == 10_000 + 25_000 or grace == 25_000
    assert move.t == 800_000 - grace - CREDIT_MOST


def test_an_input_dated_ahead_is_held_to_its_time_and_one_far_ahead_counts_on_arrival() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    court.send(LEFT, (1, 560_000, UP))
    assert court.of(PaddleMove) == []
    court.go(court.now + 59_999)
    assert court.of(PaddleMove) == []
    court.go(court.now + 1)
    assert [e.t for e in court.of(PaddleMove) if isinstance(e, PaddleMove)] == [560_000]
    court.send(RIGHT, (1, 4_000_000_000, DOWN))
    assert [e.t for e in court.of(PaddleMove) if isinstance(e, PaddleMove)] == [560_000, 560_000]


def test_an_input_behind_a_held_one_waits_behind_it() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    court.send(LEFT, (1, 550_000, UP))
    court.send(LEFT, (2, 500_000, DOWN))
    court.go(court.now + 60_000)
    moves = [(e.t, e.input_seq) for e in court.of(PaddleMove) if isinstance(e, PaddleMove)]
    assert moves == [
        (550_000, 1),
        (550_000, 2),
    ]


def test_a_number_that_was_seen_is_ignored() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 500_000)
    court.send(LEFT, (2, 490_000, UP))
    court.send(LEFT, (2, 495_000, DOWN), (1, 496_000, DOWN))
    assert len(court.of(PaddleMove)) == 1


def test_what_is_dated_under_an_older_clock_is_dropped() -> None:
    court = DrivenMatch().start()
    court.send(LEFT, (1, 0, UP), epoch=court.clock.epoch - 1)
    court.send(LEFT, (2, 0, UP), epoch=court.clock.epoch + 1)
    assert court.of(PaddleMove) == []


def test_an_intent_that_the_ruleset_refuses_is_refused_and_nothing_of_its_message_applied() -> None:
    court = DrivenMatch(ruleset=Ruleset(directions_only=True)).start()
    with pytest.raises(RuleError, match="move by direction"):
        court.match.receive(court.now, LEFT, court.clock.epoch, [(1, 0, UP), (2, 0, Target(5))])
    assert court.of(PaddleMove) == []


def test_targets_count_at_most_every_30_ms() -> None:
    court = DrivenMatch().start()
    for n in range(1, 101):
        court.go(court.now + 10_000)
        court.send(LEFT, (n, court.t, Target(40_000 + n)))
    assert len(court.of(PaddleMove)) == 34


def test_a_crossing_is_decided_by_the_mark_and_at_the_latest_when_the_grace_is_over() -> None:
    for marked in (True, False):
        court = DrivenMatch().start()
        due = court.match.state.game.due
        assert due is not None
        court.go(court.now + due.t - 1)
        assert not [r for r in court.records if isinstance(r, Decided)]
        grace = court.match.state.grace[due.side]
        court.go(court.now + 11_001)
        if marked:
            court.send(due.side, mark=due.t)
        court.go(court.now + grace - 11_002)
        assert len([r for r in court.records if isinstance(r, Decided)]) == marked
        court.go(court.now + 2)
        (decided,) = (r for r in court.records if isinstance(r, Decided))
        assert decided == Decided(1, due.t, not marked, due.t + (11_000 if marked else grace))


def test_a_mark_ahead_of_its_arrival_does_not_decide_before_the_crossing() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t - 30_000)
    court.send(due.side, mark=due.t)
    court.go(court.now + 29_999)
    assert not [r for r in court.records if isinstance(r, Decided)]
    court.go(court.now + 1)
    assert [r.at for r in court.records if isinstance(r, Decided)] == [due.t]


def test_a_decided_crossing_stands_whatever_is_sent_afterwards() -> None:
    court = DrivenMatch().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + court.match.state.grace[due.side] + 1)
    court.send(due.side, (1, due.t - 50_000, UP))
    (move,) = court.of(PaddleMove)
    assert isinstance(move, PaddleMove)
    assert move.t == due.t + 1
    assert verify_so_far(court)


def test_giving_up_lets_the_other_win_at_once() -> None:
    court = DrivenMatch().start()
    court.go(court.now + 5 * S)
    court.match.resign(court.now, LEFT)
    court.drain()
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, RIGHT)
    assert court.result.duration_us == court.clock.match_t == 5 * S
    assert court.cause == "END"
    verify(court.records)


def test_a_match_that_is_over_stays_as_it_ended() -> None:
    court = DrivenMatch().start()
    court.match.end(court.now)
    court.drain()
    written = list(court.records)
    court.match.connect(court.now, LEFT)
    court.match.lose(court.now, LEFT)
    court.match.receive(court.now, LEFT, court.clock.epoch, [(1, 0, UP)])
    court.match.resign(court.now, LEFT)
    court.match.end(court.now)
    court.go(court.now + 100 * S)
    assert court.records == written
    assert (court.result.outcome, court.match.deadline) == (Outcome.VOID, None)


def test_the_horizon_is_the_undecided_crossing() -> None:
    court = DrivenMatch().start()
    volley = court.events[0]
    assert isinstance(volley, Volley)
    assert court.match.horizon == volley.t1
