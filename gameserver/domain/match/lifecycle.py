"""The course of a match: it waits, runs, freezes, stands frozen, is over; and all that moves it from one to another.

Silence: a seated player that sends nothing for 1 s, or whose connection is lost, is absent and the match freezes.
Two absences and 30 s together are forgiven to a side; then it forfeits. When both run out at the same instant the
leader wins, and level is void. After a restart of the server everybody is absent, and the first 30 s cost nobody; so
it is when a program of ours fails between a player and us (`cut_off`): that is no absence of the player's.

An absence never helps: it must not buy time to think about a ball. So when a side goes while a ball flies toward it (or
while it is not known yet where a ball flies that has reached the other side) play goes on, the paddle as it was steered
last, until that is decided; only then does the match freeze. A ball that flies away, a serve that was not launched and
a countdown freeze at once. Who is back before then has had no pause.

A freeze stops the clock at once. What had fallen due is decided, with what those who stayed had sent until then (it
may arrive a grace later); both paddles are stopped by recorded inputs; what is dated under the old clock is dropped
from then on. When all are back the clock starts again after a countdown.

An outage of this program costs nobody a point. A match asks to be woken at least once a second; when that comes over a
second late, the program stood still (a hung machine, SIGSTOP), nobody was heard and nothing was decided in time. So
the clock is stopped where the journal last was, as after a restart, and started again after a countdown; budgets and
the time to join do not run meanwhile.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from gameserver.domain.match.clocks import changed, exhausted, forfeit_at
from gameserver.domain.match.commit import DeferredCommit
from gameserver.domain.match.records import (
    COUNTDOWN,
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

#: A heartbeat is written when nothing else was for so long.
HEARTBEAT: Final = 250_000
#: A player that is silent for so long is absent.
SILENCE: Final = 1_000_000
#: A match is woken at least so often, so that it notices when it was not.
LOOK: Final = 1_000_000
#: Woken so much too late, this program stood still. Below it players feel it as a late decision, and may lose a ball.
OVERSLEPT: Final = 1_000_000


class Phase(IntEnum):
    """Where a match is in its course."""

    WAITING = 0
    RUNNING = 1
    #: The clock stands; what is in flight still counts.
    FREEZING = 2
    FROZEN = 3
    OVER = 4


WAITING, RUNNING, FREEZING, FROZEN, OVER = Phase


class MatchLifecycle:
    """Moves one match on. Only `gameserver.domain.match.match.Match` has one, and nobody else writes to it."""

    __slots__ = (
        "deadline",
        "durable",
        "frozen_at",
        "gone",
        "join_by",
        "leaving",
        "phase",
        "referee",
        "settle_at",
        "state",
        "undecided",
    )

    def __init__(self, state: MatchState, now: int, join_by: int, secret: bytes) -> None:
        """Waits from `now` on, until `join_by` (server time). `secret` is what bots think from.

        Raises RuleError for a bot's level out of range.
        """
        self.state = state
        self.referee = DeferredCommit(state, now, secret)
        self.phase = WAITING
        #: Server time at which `advance` is due; None once the match is over, or waits for a call.
        self.deadline: int | None = now
        self.join_by = join_by
        #: Server times of the last freeze, and at which nothing that was in flight then can count any more.
        self.frozen_at = self.settle_at = 0
        #: The match has ended, and that was not told yet.
        self.durable = False
        #: Sides that are to be lost in a moment: the clock does not start until they have come again.
        self.leaving: set[int] = set()
        #: Sides that have gone while the match still runs, and those of them that a ball in the air is yet to decide.
        self.gone: set[int] = set()
        self.undecided: set[int] = set()

    def begin(self, now: int) -> None:
        """Show the first serve, and start if nobody has to come."""
        self.referee.show(self.state.game.volley, 0)
        self._start_when_all_are_there(now)
        self.arm(now)

    def advance(self, now: int) -> None:
        """Let happen what is due by `now`."""
        if self.deadline is None or now < self.deadline:
            return
        self.wake(now)
        if self.phase == RUNNING:
            # Inputs put off what the deadline was for.
            self.arm(now)
            if now < self.deadline:
                return
            self._run(now)
        if self.phase == RUNNING:
            self._watch(now)
        if self.phase == FREEZING:
            self._decide_frozen(now)
            if now >= self.settle_at:
                self._settle(now)
                self.resume_when_all_are_back(now)
        if self.phase == FROZEN or self.phase == FREEZING:
            self._run_budgets(now)
        elif self.phase == WAITING and now >= self.join_by:
            self._nobody_waits_any_longer(now)
        self.arm(now)

    def wake(self, now: int) -> None:
        """Before anything else happens at `now`: if this program stood still until now, that was no time."""
        if self.deadline is None or (late := now - self.deadline) <= OVERSLEPT:
            return
        if self.phase == RUNNING:
            self.freeze(now, self.state.written_t, Cause.RESTORE)
            self.resume_when_all_are_back(now)
        elif self.phase == FREEZING:
            self.frozen_at += late
            self.settle_at += late
        elif self.phase == FROZEN:
            self._set_clock(now, self.state.clock.match_t, 0, Cause.RESTORE)
        else:
            self.join_by += late
        self.arm(now)

    def match_t(self, now: int) -> int:
        """Match time at server time `now`."""
        clock = self.state.clock
        return clock.match_t + (now - clock.server_us if clock.rate and now > clock.server_us else 0)

    def when(self, t: int) -> int:
        """Server time of a match time, while the clock runs."""
        clock = self.state.clock
        return clock.server_us + t - clock.match_t

    def _watch(self, now: int) -> None:
        """Write that the match has come to here, when nothing else says so; miss those that are silent."""
        t = self.match_t(now)
        if t - self.state.written_t >= HEARTBEAT:
            self.referee.write(Heartbeat(t))
        waits_for = self.referee.waits_for
        silent = [seat.side for seat in self.referee.seats if now - seat.heard > SILENCE and waits_for(seat.side)]
        if silent:
            self.miss(now, silent)

    def arm(self, now: int) -> None:
        """Set the deadline."""
        phase = self.phase
        if phase == RUNNING:
            due = self.when(min(self.referee.next_t(), self.state.written_t + HEARTBEAT))
            for seat in self.referee.seats:
                if seat.heard + SILENCE < due and self.referee.waits_for(seat.side):
                    due = seat.heard + SILENCE + 1
            self.deadline = due
        elif phase == FREEZING:
            self.deadline = self.settle_at
        elif phase == FROZEN:
            over = forfeit_at(self.state)
            self.deadline = None if over is None else min(over, now + LOOK)
        else:
            self.deadline = None if phase == OVER else min(self.join_by, now + LOOK)

    # Decisions.

    def _run(self, now: int) -> None:
        """All that is due while the clock runs."""
        clock, referee = self.state.clock, self.referee
        if now < clock.server_us:
            return
        t = clock.match_t + now - clock.server_us
        while referee.step(t):
            if self.state.game.due is None:
                self.end_of_play(now, referee.decided_t)
                return
            if self.gone:
                self._freeze_for_the_gone(now)
                if self.phase != RUNNING:
                    return

    def decide(self, now: int, late: bool, at: int) -> None:
        """Let the due event happen; see `Referee.decide`."""
        self.referee.decide(late, at)
        if self.state.game.due is None:
            self.end_of_play(now, self.referee.decided_t)
        elif self.gone and self.phase == RUNNING:
            self._freeze_for_the_gone(now)

    # Coming and going.

    def come(self, now: int, side: int) -> None:
        """A person has taken the seat, for the first time or again."""
        again = side in self.leaving
        self.leaving.discard(side)
        there = self.state.present(side)
        if self.phase == OVER or (there and not again):
            return
        if not there:
            self._attend(now, side, True)
        self.gone.discard(side)
        self.undecided.discard(side)
        if self.phase == WAITING:
            self._start_when_all_are_there(now)
        elif self.phase == FROZEN:
            if self._all_are_there():
                self.resume_when_all_are_back(now)
            else:
                self._set_clock(now, self.state.clock.match_t, 0, Cause.PAUSE)
        self.arm(now)

    def miss(self, now: int, sides: Sequence[int]) -> None:
        """Those sides are absent: freeze as soon as that helps none of them, or end the match when one is out."""
        waiting = self.phase == WAITING
        out = [side for side in sides if self.state.pauses[side] == 0]
        for side in sides:
            self._attend(now, side, False)
        if waiting:
            return
        if out:
            self._out(now, out)
            return
        if self.phase == RUNNING:
            self.gone.update(sides)
            self.undecided.update(sides)
            self._run(now)
            if self.phase == RUNNING:
                self._freeze_for_the_gone(now)
        else:
            if self.phase == FREEZING:
                self._settle(now)
            if self.phase != OVER:
                self._set_clock(now, self.state.clock.match_t, 0, Cause.PAUSE, sides)

    def _freeze_for_the_gone(self, now: int) -> None:
        """Freeze once nothing in the air is yet to decide about those who have gone."""
        t = self.match_t(now)
        if now >= self.state.clock.server_us:
            self.undecided = {side for side in self.undecided if self._is_at(side, t)}
        else:
            self.undecided.clear()
        if not self.undecided:
            self.freeze(now, t, Cause.PAUSE, tuple(self.gone))

    def _is_at(self, side: int, t: int) -> bool:
        """Whether a ball in the air at `t` flies toward `side`, or may: the other side's crossing is not decided."""
        game = self.state.game
        return game.due is not None and (game.due.t <= t or game.flies_to(t) == side)

    def cut_off(self, now: int, side: int) -> None:
        """Freeze for a side that an outage has taken away. Nobody's pauses are touched."""
        self._attend(now, side, False)
        if self.phase == RUNNING:
            self.freeze(now, self.match_t(now), Cause.RESTORE)
            return
        if self.phase == FREEZING:
            self._settle(now)
        if self.phase == FROZEN:
            self._set_clock(now, self.state.clock.match_t, 0, Cause.RESTORE)

    def _attend(self, now: int, side: int, there: bool) -> None:
        a = self.state.attendance
        now_there = Attendance(a.left if side else there, there if side else a.right)
        self.referee.write(AttendanceChanged(now_there, self.match_t(now)))

    def _all_are_there(self) -> bool:
        return not self.leaving and all(self.state.present(side) for side in SIDES)

    def _start_when_all_are_there(self, now: int) -> None:
        if self._all_are_there():
            self._set_clock(now + COUNTDOWN, 0, 1, Cause.START)
            self._run_from(now, 0)

    # The clock stops and starts.

    def freeze(self, now: int, t: int, cause: Cause, excused: Sequence[int] = ()) -> None:
        """Stop the clock at match time `t`. Each of `excused` uses up a pause."""
        self.gone.clear()
        self.undecided.clear()
        self._set_clock(now, t, 0, cause, excused)
        self.phase = FREEZING
        self.frozen_at = now
        graces = [self.state.grace[side] for side in SIDES if self.referee.waits_for(side)]
        self.settle_at = now + max(graces, default=0)
        for seat in self.referee.seats:
            seat.drop_held()
        self._decide_frozen(now)
        if now >= self.settle_at:
            self._settle(now)

    def _decide_frozen(self, now: int) -> None:
        """Decide what fell due by the freeze, as far as its inputs are in or can come no more."""
        while self.phase == FREEZING:
            due, referee = self.state.game.due, self.referee
            if due is None or due.t > self.state.clock.match_t:
                return
            late = referee.waits_for(due.side) and not referee.marked(due.side)
            if late and now < self.settle_at:
                return
            self.decide(now, late, self.state.clock.match_t + now - self.frozen_at)

    def _settle(self, now: int) -> None:
        """In-flight inputs had their time: stop both paddles."""
        self.settle_at = now
        self._decide_frozen(now)
        if self.phase == FREEZING:
            self.referee.stop(self.state.clock.match_t)
            self.phase = FROZEN

    def resume_when_all_are_back(self, now: int) -> None:
        """Count down, if the match stands frozen for nobody."""
        if self.phase == FROZEN and self._all_are_there():
            t = self.state.clock.match_t
            self._set_clock(now + COUNTDOWN, t, 1, Cause.RESUME)
            self.referee.show(self.state.game.volley, t)
            self._run_from(now, t)

    def _run_from(self, now: int, t: int) -> None:
        self.phase = RUNNING
        for seat in self.referee.seats:
            seat.heard = now
            self.referee.grant(seat, t)

    def _set_clock(self, server_us: int, match_t: int, rate: int, cause: Cause, excused: Sequence[int] = ()) -> None:
        self.referee.write(changed(self.state, server_us, match_t, rate, cause, excused))

    # How it ends.

    def forfeit(self, now: int, side: int) -> None:
        """The other side wins."""
        self.referee.write(Forfeit(side, self.match_t(now)))
        self.finish(now, Outcome.FORFEIT, 1 - side)

    def end_of_play(self, now: int, t: int) -> None:
        """The rules have ended it, at match time `t`."""
        winner = self.state.game.winner
        self.finish(now, Outcome.DRAW if winner == NOBODY else Outcome.PLAYED, winner, t)

    def finish(self, now: int, outcome: Outcome, winner: int, at: int | None = None) -> None:
        """End it, at match time `at` or where it stands."""
        state = self.state
        t = self.match_t(now) if at is None else at
        self._set_clock(now, t, 0, Cause.END)
        left, right = state.game.score
        stats = state.stats.total(t, state.bots())
        self.referee.write(Ended(Result(outcome, winner, left, right, t, stats)))
        self.durable = True
        self.is_over()

    def is_over(self) -> None:
        """Nothing happens any more."""
        self.phase, self.deadline = OVER, None

    def _run_budgets(self, now: int) -> None:
        over = forfeit_at(self.state)
        if over is not None and now >= over:
            self._out(now, exhausted(self.state))

    def _nobody_waits_any_longer(self, now: int) -> None:
        missing = [side for side in SIDES if not self.state.present(side)]
        if any(self.referee.waits_for(side) for side in SIDES):
            self._out(now, missing)
        else:
            self.finish(now, Outcome.VOID, NOBODY)

    def _out(self, now: int, sides: Sequence[int]) -> None:
        if len(sides) == 1:
            self.forfeit(now, sides[0])
            return
        left, right = self.state.game.score
        if left == right:
            self.referee.write(Forfeit(NOBODY, self.match_t(now)))
            self.finish(now, Outcome.VOID, NOBODY)
        else:
            self.forfeit(now, int(left > right))
