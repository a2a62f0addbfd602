"""Phase machine of a match: WAITING -> RUNNING -> FREEZING -> FROZEN -> RUNNING ... -> OVER.

Silence: a player that sends nothing for 1 s, or whose connection is lost, is absent and the match freezes. A side is
forgiven two absences and 30 s together; then it forfeits. When both sides run out at the same instant the leader wins,
and level is void. After a restart of the server everybody is absent, and the first 30 s cost nobody; likewise when one
of our programs fails between a player and this one (`lose` in an outage): that is no absence of the player's.

An absence freezes the match once no ball is in the air for the side that has left; `pending_absences.py` says why.

A freeze stops the clock at once. What had fallen due is decided, with what those who stayed had sent until then (it
may arrive a grace later); both paddles are stopped by recorded inputs; what is dated under the old clock is dropped
from then on. When all are back the clock starts again after a countdown.

An outage of this program costs nobody a point. When a wake-up comes over a second late, the program stood still (a hung
machine, SIGSTOP): nobody was heard and nothing was decided in time. So the clock is stopped where the journal last was,
as after a restart, and started again after a countdown; budgets and the time to join do not run meanwhile.
"""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.match import deadlines
from gameserver.domain.match.clocks import exhausted, forfeit_at, next_clock
from gameserver.domain.match.commit import DeferredCommit
from gameserver.domain.match.pending_absences import PendingAbsences
from gameserver.domain.match.phases import Phase, check_transition
from gameserver.domain.match.records import (
    Attendance,
    AttendanceChanged,
    Cause,
    Ended,
    Forfeit,
    Heartbeat,
    Outcome,
    Result,
)
from gameserver.domain.match.state import MatchState
from gameserver.domain.values import NOBODY, SIDES

WAITING, RUNNING, FREEZING, FROZEN, OVER = Phase


class MatchLifecycle:
    """Moves one match through its phases. `Match` owns it and reads its attributes; it alone writes them."""

    __slots__ = (
        "_ended",
        "_join_by",
        "_pending",
        "_settle_at",
        "commit",
        "deadline",
        "departed",
        "frozen_at",
        "phase",
        "state",
    )

    def __init__(self, state: MatchState, now: int, join_by: int, secret: bytes) -> None:
        """Wait from `now` until `join_by` (server time, µs). `secret` seeds the bots.

        Raises RuleError for a bot's level out of range.
        """
        self.state: Final = state
        self.commit: Final = DeferredCommit(state, now, secret)
        self.phase = WAITING
        self.deadline: int | None = now
        """Server time at which `advance` is due, µs; None once the match is over, or waits for a call."""
        self._join_by = join_by
        self.frozen_at = 0
        """Server time of the last freeze, µs."""
        self._settle_at = 0
        """Server time after which nothing that was in flight at the last freeze can count, µs."""
        self._ended = False
        """The match has ended, and `take_ended` has not told so yet."""
        self._pending: Final = PendingAbsences()
        self.departed: Final = self._pending.departed
        """Sides that have left while the match still runs. Read with every message, hence the short way."""

    def _enter(self, phase: Phase) -> None:
        """Change the phase: the only place that does. Raises AssertionError for a transition that there is not."""
        check_transition(self.phase, phase)
        self.phase = phase

    def take_ended(self) -> bool:
        """Return whether the match ended since the last call: its result must be durable before it is announced."""
        ended, self._ended = self._ended, False
        return ended

    def restore(self, now: int) -> None:
        """Take up a match of a journal after a restart: frozen at what was last written, everybody absent."""
        state = self.state
        if state.result:
            self._close()
            return
        for admission in self.commit.admissions:
            side = admission.side
            admission.resume(state.last_seq[side], state.last_te[side], state.written_t)
        self.commit.write(AttendanceChanged(Attendance(*state.bots()), state.written_t))
        if state.game.due is None:
            # Where the last event was: what was decided late before it may be written with a later time.
            self._end_play(now, state.decided_t)
        elif state.clock.cause == Cause.WAITING:
            self.begin(now)
        else:
            self._freeze(now, state.written_t, Cause.RESTORE)
            self._resume_when_all_present(now)
            self.schedule(now)

    def begin(self, now: int) -> None:
        """Show the first serve, and start if nobody has to come."""
        self.commit.show(self.state.game.volley, 0)
        self._start_when_all_present(now)
        self.schedule(now)

    def advance(self, now: int) -> None:
        """Let happen what is due by `now`."""
        if self.deadline is None or now < self.deadline:
            return
        self.notice_oversleep(now)
        if self.phase == RUNNING:
            # Inputs put off what the deadline was for.
            self.schedule(now)
            if now < self.deadline:
                return
            self._run(now)
        if self.phase == RUNNING:
            self._watch(now)
        if self.phase == FREEZING:
            self._decide_frozen(now)
            if now >= self._settle_at:
                self._settle(now)
                self._resume_when_all_present(now)
        if self.phase == FROZEN or self.phase == FREEZING:
            self._run_budgets(now)
        elif self.phase == WAITING and now >= self._join_by:
            self._end_waiting(now)
        self.schedule(now)

    def notice_oversleep(self, now: int) -> None:
        """Take the time out for which this program stood still, before anything else happens at `now`."""
        if self.deadline is None or (late := now - self.deadline) <= deadlines.OVERSLEPT:
            return
        if self.phase == RUNNING:
            self._freeze(now, self.state.written_t, Cause.RESTORE)
            self._resume_when_all_present(now)
        elif self.phase == FREEZING:
            self.frozen_at += late
            self._settle_at += late
        elif self.phase == FROZEN:
            self._set_clock(now, self.state.clock.match_t, 0, Cause.RESTORE)
        else:
            self._join_by += late
        self.schedule(now)

    def match_t(self, now: int) -> int:
        """Match time at server time `now`."""
        clock = self.state.clock
        return clock.match_t + (now - clock.server_us if clock.rate and now > clock.server_us else 0)

    def _watch(self, now: int) -> None:
        """Write a heartbeat when nothing else was written; mark silent players absent."""
        t = self.match_t(now)
        if t - self.state.written_t >= deadlines.HEARTBEAT:
            self.commit.write(Heartbeat(t))
        if silent := deadlines.silent_sides(self.commit, now):
            self._mark_absent(now, silent)

    def schedule(self, now: int) -> None:
        """Set the deadline."""
        phase = self.phase
        if phase == RUNNING:
            self.deadline = deadlines.while_running(self.state, self.commit)
        elif phase == FREEZING:
            self.deadline = self._settle_at
        elif phase == FROZEN:
            self.deadline = deadlines.while_frozen(self.state, now)
        else:
            self.deadline = None if phase == OVER else min(self._join_by, now + deadlines.WAKE_INTERVAL)

    def bring_forward(self, t: int) -> None:
        """Move the deadline forward to match time `t`, while the clock runs."""
        if self.deadline is not None:
            clock = self.state.clock
            self.deadline = min(self.deadline, clock.server_us + t - clock.match_t)

    # Decisions.

    def _run(self, now: int) -> None:
        """Do all that is due while the clock runs."""
        clock, commit = self.state.clock, self.commit
        if now < clock.server_us:
            return
        t = clock.match_t + now - clock.server_us
        while commit.step(t):
            if self.state.game.due is None:
                self._end_play(now, commit.decided_t)
                return
            if self.departed:
                self._freeze_for_departed(now)
                if self.phase != RUNNING:
                    return

    def decide(self, now: int, late: bool, at: int) -> None:
        """Let the due event happen; see `DeferredCommit.decide`."""
        self.commit.decide(late, at)
        if self.state.game.due is None:
            self._end_play(now, self.commit.decided_t)
        elif self.departed and self.phase == RUNNING:
            self._freeze_for_departed(now)

    # Coming and going.

    def join(self, now: int, side: int) -> None:
        """Take note of a person who has come, for the first time or again."""
        again = self._pending.end(side)
        there = self.state.present(side)
        if self.phase == OVER or (there and not again):
            return
        if not there:
            self._set_attendance(now, side, True)
        if self.phase == WAITING:
            self._start_when_all_present(now)
        elif self.phase == FROZEN:
            if self._all_present():
                self._resume_when_all_present(now)
            else:
                self._set_clock(now, self.state.clock.match_t, 0, Cause.PAUSE)
        self.schedule(now)

    def _mark_absent(self, now: int, sides: Sequence[int]) -> None:
        """Mark sides absent: freeze as soon as that helps none of them, or end the match when one is out of pauses."""
        waiting = self.phase == WAITING
        out = [side for side in sides if self.state.pauses[side] == 0]
        for side in sides:
            self._set_attendance(now, side, False)
        if waiting:
            return
        if out:
            self._forfeit_all(now, out)
            return
        if self.phase == RUNNING:
            self._pending.add(sides)
            self._run(now)
            if self.phase == RUNNING:
                self._freeze_for_departed(now)
        else:
            if self.phase == FREEZING:
                self._settle(now)
            if self.phase != OVER:
                self._set_clock(now, self.state.clock.match_t, 0, Cause.PAUSE, sides)

    def _freeze_for_departed(self, now: int) -> None:
        """Freeze once no ball in the air is yet to be decided for those who have left."""
        t = self.match_t(now)
        counts_down = now < self.state.clock.server_us
        if counts_down or not self._pending.await_ball(self.state.game, t):
            self._freeze(now, t, Cause.PAUSE, tuple(self.departed))

    def lose(self, now: int, side: int, *, outage: bool) -> None:
        """Take note of a lost connection; in an `outage` of our programs it costs the player nothing."""
        if self.phase == OVER or not self.commit.waits_for(side):
            return
        self._pending.leaving.discard(side)
        if outage:
            self._cut_off(now, side)
        else:
            self._mark_absent(now, (side,))
        self.schedule(now)

    def suspend(self, now: int, sides: Sequence[int]) -> None:
        """Freeze until each of the sides, which are about to be lost in an outage, has come again."""
        if self.phase == OVER:
            return
        self._pending.leaving.update(sides)
        if self.phase == RUNNING and self._pending.leaving:
            self._freeze(now, self.match_t(now), Cause.RESTORE)
        self.schedule(now)

    def _cut_off(self, now: int, side: int) -> None:
        """Freeze for a side that an outage has taken away. Nobody's pauses are touched."""
        self._set_attendance(now, side, False)
        if self.phase == RUNNING:
            self._freeze(now, self.match_t(now), Cause.RESTORE)
            return
        if self.phase == FREEZING:
            self._settle(now)
        if self.phase == FROZEN:
            self._set_clock(now, self.state.clock.match_t, 0, Cause.RESTORE)

    def _set_attendance(self, now: int, side: int, there: bool) -> None:
        a = self.state.attendance
        now_there = Attendance(a.left if side else there, there if side else a.right)
        self.commit.write(AttendanceChanged(now_there, self.match_t(now)))

    def _all_present(self) -> bool:
        return not self._pending.leaving and all(self.state.present(side) for side in SIDES)

    def _start_when_all_present(self, now: int) -> None:
        if self._all_present():
            self._set_clock(now + self.state.timing.countdown_us, 0, 1, Cause.START)
            self._run_from(now, 0)

    # The clock stops and starts.

    def _freeze(self, now: int, t: int, cause: Cause, excused: Sequence[int] = ()) -> None:
        """Stop the clock at match time `t`. Each of `excused` uses up a pause."""
        self._pending.clear()
        self._set_clock(now, t, 0, cause, excused)
        self._enter(FREEZING)
        self.frozen_at = now
        graces = [self.state.grace[side] for side in SIDES if self.commit.waits_for(side)]
        self._settle_at = now + max(graces, default=0)
        for admission in self.commit.admissions:
            admission.drop_held()
        self._decide_frozen(now)
        if now >= self._settle_at:
            self._settle(now)

    def _decide_frozen(self, now: int) -> None:
        """Decide what fell due by the freeze, as far as its inputs are in or can come no more."""
        while self.phase == FREEZING:
            due, commit = self.state.game.due, self.commit
            if due is None or due.t > self.state.clock.match_t:
                return
            late = commit.waits_for(due.side) and not commit.is_complete(due.side)
            if late and now < self._settle_at:
                return
            self.decide(now, late, self.state.clock.match_t + now - self.frozen_at)

    def _settle(self, now: int) -> None:
        """Stop both paddles: in-flight inputs had their time."""
        self._settle_at = now
        self._decide_frozen(now)
        if self.phase == FREEZING:
            self.commit.stop(self.state.clock.match_t)
            self._enter(FROZEN)

    def _resume_when_all_present(self, now: int) -> None:
        """Count down, if the match stands frozen for nobody."""
        if self.phase == FROZEN and self._all_present():
            t = self.state.clock.match_t
            self._set_clock(now + self.state.timing.countdown_us, t, 1, Cause.RESUME)
            self.commit.show(self.state.game.volley, t)
            self._run_from(now, t)

    def _run_from(self, now: int, t: int) -> None:
        self._enter(RUNNING)
        for admission in self.commit.admissions:
            admission.hear(now)
            self.commit.latch_grace(admission, t)

    def _set_clock(self, server_us: int, match_t: int, rate: int, cause: Cause, excused: Sequence[int] = ()) -> None:
        self.commit.write(next_clock(self.state, server_us, match_t, rate, cause, excused))

    # How it ends.

    def forfeit(self, now: int, side: int) -> None:
        """End the match with a win of the other side, or void if `side` is NOBODY."""
        self.commit.write(Forfeit(side, self.match_t(now)))
        if side == NOBODY:
            self.finish(now, Outcome.VOID, NOBODY)
        else:
            self.finish(now, Outcome.FORFEIT, 1 - side)

    def _end_play(self, now: int, t: int) -> None:
        """End the match as the rules have decided it, at match time `t`."""
        winner = self.state.game.winner
        self.finish(now, Outcome.DRAW if winner == NOBODY else Outcome.PLAYED, winner, t)

    def finish(self, now: int, outcome: Outcome, winner: int, at: int | None = None) -> None:
        """End the match, at match time `at` or where it stands."""
        state = self.state
        t = self.match_t(now) if at is None else at
        self._set_clock(now, t, 0, Cause.END)
        left, right = state.game.score
        stats = state.stats.total(t, state.bots())
        self.commit.write(Ended(Result(outcome, winner, left, right, t, stats)))
        self._ended = True
        self._close()

    def _close(self) -> None:
        """Enter the last phase: nothing happens from here on."""
        self._enter(OVER)
        self.deadline = None

    def _run_budgets(self, now: int) -> None:
        over = forfeit_at(self.state)
        if over is not None and now >= over:
            self._forfeit_all(now, exhausted(self.state))

    def _end_waiting(self, now: int) -> None:
        missing = [side for side in SIDES if not self.state.present(side)]
        if any(self.commit.waits_for(side) for side in SIDES):
            self._forfeit_all(now, missing)
        else:
            self.finish(now, Outcome.VOID, NOBODY)

    def _forfeit_all(self, now: int, sides: Sequence[int]) -> None:
        self.forfeit(now, sides[0] if len(sides) == 1 else self.state.trailing())
