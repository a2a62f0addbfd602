"""One match as its players meet it: coming, starting, pausing, leaving, ending."""

from collections.abc import Sequence

import pytest

from gameserver.domain.match.admission import CREDIT_MOST
from gameserver.domain.match.lifecycle import HEARTBEAT, SILENCE
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import (
    Attendance,
    Cause,
    Clock,
    Decided,
    Ended,
    Forfeit,
    Heartbeat,
    Input,
    MatchEvent,
    Occupant,
    Opened,
    Outcome,
    Record,
    Result,
)
from gameserver.domain.match.state import replay
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Goal, PaddleMove, Volley
from gameserver.domain.pong.intents import DOWN, STILL, UP, Intent, Target
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from gameserver.domain.timing import STANDARD
from gameserver.domain.values import LEFT, NOBODY, RIGHT, SIDES, RuleError

BUDGET = STANDARD.budget_us
COUNTDOWN = STANDARD.countdown_us

S = 1_000_000
NOW = 50 * S
ANN, BOB, BOT = Occupant("Ann", "a"), Occupant("Bob", "b"), Occupant("Bot", bot=Strength.EASY)


class Court:
    """A match whose time the test drives; it keeps what was written and announced."""

    def __init__(self, left: Occupant = ANN, right: Occupant = BOB, ruleset: Ruleset = CLASSIC, seed: int = 1) -> None:
        self.now = NOW
        self.records: list[Record] = []
        self.events: list[MatchEvent] = []
        self.match = Match.open(Opened(ruleset, ruleset.hash(), seed, left, right), NOW)
        self.beat = NOW
        self.drain()

    def drain(self) -> None:
        effects = self.match.drain()
        self.records += effects.records
        self.events += effects.events
        if any(isinstance(record, Ended) for record in effects.records):
            assert effects.durable

    def go(self, until: int, awake: Sequence[int] = SIDES) -> None:
        """Let server time pass; those who are awake send something every 250 ms."""
        self.beat = max(self.beat, self.now)
        while self.match.deadline is not None:
            due = min(self.match.deadline, self.beat, until)
            self.now = max(self.now, due)
            if self.now >= until:
                break
            if due == self.beat:
                self.beat += 250_000
                for side in awake:
                    if not self.match.state.bots()[side] and self.match.state.present(side):
                        self.send(side)
            else:
                self.match.advance(self.now)
            self.drain()
        self.now = max(self.now, until)
        self.match.advance(self.now)
        self.drain()

    def come(self, *sides: int) -> "Court":
        for side in sides:
            self.match.connect(self.now, side)
        self.drain()
        return self

    def start(self) -> "Court":
        self.come(*SIDES)
        self.go(self.now + COUNTDOWN)
        return self

    def send(self, side: int, *inputs: tuple[int, int, Intent], mark: int = -1, epoch: int = -1) -> None:
        at = self.match.clock.epoch if epoch < 0 else epoch
        self.match.receive(self.now, side, at, inputs, mark, 20_000)
        self.drain()

    def of(self, kind: type) -> list[MatchEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def clock(self) -> Clock:
        return self.match.clock

    @property
    def cause(self) -> str:
        return self.match.clock.cause.name

    @property
    def t(self) -> int:
        return self.match.match_t(self.now)

    @property
    def result(self) -> Result:
        assert self.match.result is not None
        return self.match.result


def test_the_match_waits_until_both_are_there_and_then_counts_down() -> None:
    court = Court()
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
    court = Court()
    assert court.events == [court.match.snapshot().state.volley]
    assert court.match.state.seq == 1


def test_bots_start_without_being_waited_for() -> None:
    assert Court(BOT, BOT).cause == "START"
    assert Court(ANN, BOT).come(LEFT).cause == "START"


def test_a_match_that_nobody_joins_is_void_after_the_time_to_join() -> None:
    for court in (Court(), Court(ANN, BOT)):
        court.go(NOW + 59 * S)
        assert court.match.result is None
        court.go(NOW + 60 * S)
        assert (court.result.outcome, court.result.winner) == (Outcome.VOID, NOBODY)
        assert court.match.deadline is None
        verify(court.records)


def test_if_only_one_came_the_other_forfeits() -> None:
    court = Court().come(RIGHT)
    court.go(NOW + 60 * S)
    assert (court.result.outcome, court.result.winner, court.result.duration_us) == (Outcome.FORFEIT, RIGHT, 0)
    verify(court.records)


def test_who_came_and_went_before_the_start_did_not_come() -> None:
    court = Court().come(LEFT)
    court.match.lose(court.now, LEFT)
    court.come(RIGHT)
    assert court.cause == "WAITING"
    court.go(NOW + 60 * S)
    assert court.result.winner == RIGHT


def test_every_number_an_event_can_have_is_used_once() -> None:
    court = Court(BOT, BOT)
    court.go(NOW + 3_000 * S)
    assert court.match.state.seq == len(court.events)
    assert isinstance(court.events[-1], Result)
    assert court.result.outcome == Outcome.PLAYED
    assert court.result.left + court.result.right == len(court.of(Goal))
    verify(court.records)


def test_an_input_counts_at_the_time_it_is_dated_with() -> None:
    court = Court().start()
    court.go(court.now + 500_000)
    court.send(LEFT, (1, court.t - 20_000, UP))
    assert court.of(PaddleMove) == [PaddleMove(LEFT, 480_000, 45_000, -1, -1, 1)]


def test_an_input_from_the_past_counts_as_early_as_grace_and_credit_allow() -> None:
    court = Court().start()
    court.go(court.now + 800_000)
    court.send(LEFT, (1, 3, UP))
    (move,) = court.of(PaddleMove)
    assert isinstance(move, PaddleMove)
    grace = court.match.state.grace[LEFT]
    assert grace == 10_000 + 25_000 or grace == 25_000
    assert move.t == 800_000 - grace - CREDIT_MOST


def test_an_input_dated_ahead_is_held_to_its_time_and_one_far_ahead_counts_on_arrival() -> None:
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
    court.go(court.now + 500_000)
    court.send(LEFT, (2, 490_000, UP))
    court.send(LEFT, (2, 495_000, DOWN), (1, 496_000, DOWN))
    assert len(court.of(PaddleMove)) == 1


def test_what_is_dated_under_an_older_clock_is_dropped() -> None:
    court = Court().start()
    court.send(LEFT, (1, 0, UP), epoch=court.clock.epoch - 1)
    court.send(LEFT, (2, 0, UP), epoch=court.clock.epoch + 1)
    assert court.of(PaddleMove) == []


def test_an_intent_that_the_ruleset_refuses_is_refused_and_nothing_of_its_message_applied() -> None:
    court = Court(ruleset=Ruleset(directions_only=True)).start()
    with pytest.raises(RuleError, match="move by direction"):
        court.match.receive(court.now, LEFT, court.clock.epoch, [(1, 0, UP), (2, 0, Target(5))])
    assert court.of(PaddleMove) == []


def test_targets_count_at_most_every_30_ms() -> None:
    court = Court().start()
    for n in range(1, 101):
        court.go(court.now + 10_000)
        court.send(LEFT, (n, court.t, Target(40_000 + n)))
    assert len(court.of(PaddleMove)) == 34


def test_a_crossing_is_decided_by_the_mark_and_at_the_latest_when_the_grace_is_over() -> None:
    for marked in (True, False):
        court = Court().start()
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
    court = Court().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t - 30_000)
    court.send(due.side, mark=due.t)
    court.go(court.now + 29_999)
    assert not [r for r in court.records if isinstance(r, Decided)]
    court.go(court.now + 1)
    assert [r.at for r in court.records if isinstance(r, Decided)] == [due.t]


def test_a_decided_crossing_stands_whatever_is_sent_afterwards() -> None:
    court = Court().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + court.match.state.grace[due.side] + 1)
    court.send(due.side, (1, due.t - 50_000, UP))
    (move,) = court.of(PaddleMove)
    assert isinstance(move, PaddleMove)
    assert move.t == due.t + 1
    assert verify_so_far(court)


def verify_so_far(court: Court) -> bool:
    court.match.end(court.now)
    court.drain()
    return verify(court.records).outcome == Outcome.VOID


def test_a_heartbeat_is_written_when_nothing_else_was_for_250_ms() -> None:
    court = Court().start()
    court.go(court.now + 1_200_000)
    beats = [r.t for r in court.records if isinstance(r, Heartbeat)]
    assert beats == [HEARTBEAT * n for n in range(1, 5)]


def test_silence_for_a_second_pauses_and_any_message_breaks_it() -> None:
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + 1)
    court.match.lose(court.now, due.side)
    court.drain()
    (decided,) = (r for r in court.records if isinstance(r, Decided))
    assert (decided.t1, decided.at) == (due.t, due.t + 1)


def test_a_pause_waits_for_the_mark_of_who_stayed() -> None:
    court = Court().start()
    due = court.match.state.game.due
    assert due is not None
    court.go(court.now + due.t + 1)
    court.match.lose(court.now, 1 - due.side)
    court.drain()
    assert not [r for r in court.records if isinstance(r, Decided)]
    court.go(court.now + court.match.state.grace[due.side])
    assert [r.t1 for r in court.records if isinstance(r, Decided)] == [due.t]


def test_the_third_absence_forfeits() -> None:
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
    court.match.lose(court.now, RIGHT)
    court.go(court.now + S)
    court.match.lose(court.now, LEFT)
    court.drain()
    assert (court.clock.absent, court.clock.forfeit_in_ms) == (NOBODY, 29_000)
    court.go(court.now + 29 * S)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)


def test_when_both_budgets_run_out_at_once_level_is_void() -> None:
    court = Court().start()
    court.go(court.now + SILENCE + 1, awake=[])
    assert court.clock.absent == NOBODY
    assert court.cause == "PAUSE"
    court.go(court.now + BUDGET)
    assert (court.result.outcome, court.result.winner) == (Outcome.VOID, NOBODY)
    verify(court.records)


def test_when_both_budgets_run_out_at_once_the_leader_wins() -> None:
    court = Court().start()
    while not court.of(Goal):
        court.go(court.now + S)
    court.go(court.now + SILENCE + 250_000, awake=[])
    court.go(court.now + BUDGET)
    leader = int(court.result.right > court.result.left)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, leader)
    verify(court.records)


def test_one_of_two_absent_players_coming_back_does_not_resume() -> None:
    court = Court().start()
    court.match.lose(court.now, LEFT)
    court.match.lose(court.now, RIGHT)
    court.go(court.now + S)
    court.come(LEFT)
    assert (court.clock.cause, court.clock.absent) == (Cause.PAUSE, RIGHT)
    court.come(RIGHT)
    assert court.cause == "RESUME"


def test_coming_back_within_the_freeze_resumes_when_it_has_settled() -> None:
    court = Court().start()
    court.go(court.now + 100_000)
    court.match.lose(court.now, LEFT)
    court.come(LEFT)
    assert court.cause == "PAUSE"
    court.go(court.now + 130_000)
    assert court.cause == "RESUME"


def test_giving_up_lets_the_other_win_at_once() -> None:
    court = Court().start()
    court.go(court.now + 5 * S)
    court.match.resign(court.now, LEFT)
    court.drain()
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, RIGHT)
    assert court.result.duration_us == court.clock.match_t == 5 * S
    assert court.cause == "END"
    verify(court.records)


def test_a_match_that_is_over_stays_as_it_ended() -> None:
    court = Court().start()
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


def test_a_bot_plays_on_after_a_pause() -> None:
    court = Court(ANN, BOT)
    court.come(LEFT)
    court.go(court.now + 10 * S)
    court.match.lose(court.now, LEFT)
    court.go(court.now + S)
    moves = len([e for e in court.of(PaddleMove) if isinstance(e, PaddleMove) and e.side == RIGHT])
    court.come(LEFT)
    court.go(court.now + COUNTDOWN + 20 * S)
    assert len([e for e in court.of(PaddleMove) if isinstance(e, PaddleMove) and e.side == RIGHT]) > moves
    assert verify_so_far(court)


def restarted(court: Court) -> Court:
    """The same match on another server, whose clock has another beginning."""
    court.now += 700 * S
    court.match = Match.restore(replay(court.records), court.now)
    court.drain()
    return court


def test_after_a_restart_the_match_stands_at_what_was_written_and_goes_on_when_all_are_back() -> None:
    court = Court().start()
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
    court = Court().start()
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
    court = Court(right=BOT).start()
    court.match.suspend(court.now, (LEFT,))
    court.go(court.now + S)
    court.come(LEFT)
    assert court.cause == "RESUME"


def test_inputs_in_flight_at_a_suspension_save_the_ball_that_they_were_made_for() -> None:
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
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
    court = Court().start()
    court.match.lose(court.now, RIGHT, outage=True)
    court.drain()
    assert (court.clock.cause, court.clock.absent, court.clock.forfeit_in_ms) == (Cause.RESTORE, RIGHT, 60_000)
    court.go(court.now + 60 * S)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)


def test_a_restart_during_a_pause_stands_where_the_pause_stood() -> None:
    court = Court().start()
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
    court = Court().start()
    restarted(court)
    court.come(LEFT)
    assert court.clock.absent == RIGHT
    court.go(court.now + 60 * S)
    assert (court.result.outcome, court.result.winner) == (Outcome.FORFEIT, LEFT)


def test_a_restart_before_the_start_waits_again_and_one_between_bots_goes_on_by_itself() -> None:
    assert restarted(Court().come(LEFT)).come(*SIDES).cause == "START"
    court = Court(BOT, BOT)
    court.go(court.now + 60 * S)
    restarted(court)
    assert court.cause == "RESUME"
    court.go(court.now + 3_000 * S)
    assert court.result.outcome == Outcome.PLAYED
    verify(court.records)


def test_a_restart_after_the_last_goal_and_before_its_result_makes_the_result() -> None:
    court = Court(BOT, BOT, Ruleset(points_to_win=1))
    court.go(NOW + 3_000 * S)
    before = court.result
    last = max(n for n, record in enumerate(court.records) if isinstance(record, Decided))
    court.records = court.records[: last + 1]
    restarted(court)
    assert (court.result.winner, court.result.left, court.result.right) == (before.winner, before.left, before.right)
    verify(court.records)


def test_a_restart_of_a_match_that_is_over_changes_nothing() -> None:
    court = Court(BOT, BOT, Ruleset(points_to_win=1))
    court.go(NOW + 3_000 * S)
    written, result = list(court.records), court.result
    restarted(court)
    assert (court.records, court.result) == (written, result)


def test_the_horizon_is_the_undecided_crossing() -> None:
    court = Court().start()
    volley = court.events[0]
    assert isinstance(volley, Volley)
    assert court.match.horizon == volley.t1
