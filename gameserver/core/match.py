"""The session runtime of one match: deferred commit, admission, clocks, pauses, forfeits, bots. A pure state machine.

The caller gives the time (server's monotonic clock, integer µs, never decreasing by more than a socket's delay) and
carries out the effects. Nothing here waits, reads a clock or does I/O.

    match = Match.open(opened, now, join_within_us=60_000_000)     # or Match.restore(records, now) after a restart
    host.carry_out(match.drain())
    ...
    match.connect(now, LEFT, rtt_us)                 # a Join for the seat was accepted; again for a takeover
    match.receive(now, LEFT, clock_epoch, [(seq, t, UP)], mark_t, rtt_us)    # now: when the message was read
    match.lose(now, LEFT)                            # its connection is gone
    match.suspend(now, SIDES)                        # a program between us and them, or this one, is about to end
    match.resign(now, LEFT)                          # it gives up
    match.end(now)                                   # an operator ends it: void
    match.advance(now)                               # at match.deadline, after the sockets have been drained
    effects = match.drain()                          # after each of these

    effects.records     append to the journal, in order, before anything else is done
    effects.durable     fsync before the events are announced (the match is over)
    effects.events      announce in order; the last one has number match.facts.seq
    match.deadline      server µs at which `advance` is due, or None; look again after each call
    match.clock         the affine map of match time; match.match_t(now); match.horizon for a frame's horizon_t
    match.snapshot()    for a viewer that joins; match.result once it is over

Who must come: every side that is no bot. When all are there the clock starts with a countdown. When the time to join
is over, the side that came wins by forfeit; if nobody came the match is void. A match of bots starts at once.

Silence: a seated player that sends nothing for 1 s, or whose connection is lost, is absent and the match freezes.
Two absences and 30 s together are forgiven to a side; then it forfeits. When both run out at the same instant the
leader wins, and level is void. After a restart of the server everybody is absent, and the first 30 s cost nobody; so
it is when a program of ours fails between a player and us (`outage`): that is no absence of the player's.

A freeze stops the clock at once. What had fallen due is decided, with what those who stayed had sent until then (it
may arrive a grace later); both paddles are stopped by recorded inputs; what is dated under the old clock is dropped
from then on. When all are back the clock starts again after a countdown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gameserver.core.bots import NEVER
from gameserver.core.clocks import changed, exhausted, forfeit_at
from gameserver.core.game import Event
from gameserver.core.games.pong import PongState
from gameserver.core.journal import (
    COUNTDOWN,
    Attendance,
    AttendanceChanged,
    Cause,
    Clock,
    Ended,
    Facts,
    Forfeit,
    Heartbeat,
    Opened,
    Outcome,
    Record,
    Result,
    fold,
)
from gameserver.core.referee import Referee
from gameserver.core.seat import Seat
from gameserver.core.values import NOBODY, SIDES, Intent, value

#: A heartbeat is written when nothing else was for so long.
HEARTBEAT: Final = 250_000
#: A player that is silent for so long is absent.
SILENCE: Final = 1_000_000
#: Time to join when the caller does not say.
JOIN_WITHIN: Final = 60_000_000

_WAITING, _RUNNING, _FREEZING, _FROZEN, _OVER = range(5)


@value
class Effects:
    """What the shell has to do: append `records`, fsync if `durable`, then announce `events`."""

    records: Sequence[Record]
    events: Sequence[Event]
    durable: bool


NOTHING: Final = Effects((), (), False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Enough to join a match: the opening, the clock, who is there, the game, the result once there is one."""

    opened: Opened
    clock: Clock
    attendance: Attendance
    state: PongState
    state_hash: int
    result: Result | None
    seq: int


class Match:
    """One match between two sides. See the module's text."""

    __slots__ = (
        "_durable",
        "_frozen_at",
        "_join_by",
        "_leaving",
        "_phase",
        "_referee",
        "_settle_at",
        "deadline",
        "facts",
    )

    def __init__(self, facts: Facts, now: int, join_by: int) -> None:
        self.facts = facts
        #: Server time at which `advance` is due; None once the match is over.
        self.deadline: int | None = now
        self._referee = Referee(facts, now)
        self._phase = _WAITING
        self._join_by = join_by
        self._frozen_at = self._settle_at = 0
        self._durable = False
        #: Sides that are to be lost in a moment: the clock does not start until they have come again.
        self._leaving: set[int] = set()

    @classmethod
    def open(cls, opened: Opened, now: int, join_within_us: int = JOIN_WITHIN) -> "Match":
        """A new match. Raises RuleError for a bot's level out of range."""
        match = cls(Facts(opened), now, now + join_within_us)
        match._referee.records.append(opened)
        match._referee.events.extend(match.facts.game.opening())
        match._begin(now)
        return match

    @classmethod
    def restore(cls, records: Sequence[Record], now: int, join_within_us: int = JOIN_WITHIN) -> "Match":
        """The match of a journal, after a restart: frozen at what was last written, everybody absent.

        Raises JournalError for a journal that does not hold together.
        """
        facts = fold(records)
        match = cls(facts, now, now + join_within_us)
        if facts.result:
            match._phase, match.deadline = _OVER, None
            return match
        for seat in match._referee.seats:
            seat.resume(facts.last_seq[seat.side], facts.last_te[seat.side], facts.written_t)
        match._referee.write(AttendanceChanged(Attendance(*facts.bots()), facts.written_t))
        if facts.game.due is None:
            match._end_of_play(now, facts.written_t)
        elif facts.clock.cause == Cause.WAITING:
            match._begin(now)
        else:
            match._freeze(now, facts.written_t, Cause.RESTORE, ())
            match._resume_when_all_are_back(now)
            match._arm(now)
        return match

    def _begin(self, now: int) -> None:
        self._referee.show(self.facts.game.volley, 0)
        self._start_when_all_are_there(now)
        self._arm(now)

    # What the caller may ask.

    @property
    def clock(self) -> Clock:
        """The affine map of match time."""
        return self.facts.clock

    @property
    def result(self) -> Result | None:
        """How it ended; None while it goes on."""
        return self.facts.result

    @property
    def horizon(self) -> int:
        """Match time up to which nothing that is drawn of the ball can change any more."""
        due = self.facts.game.due
        return due.t if due else self.facts.clock.match_t

    @property
    def started(self) -> bool:
        """Whether everybody has come and the clock was started."""
        return self._phase != _WAITING

    def match_t(self, now: int) -> int:
        """Match time at server time `now`."""
        clock = self.facts.clock
        return clock.match_t + (now - clock.server_us if clock.rate and now > clock.server_us else 0)

    def rtt_us(self, side: int) -> int:
        """Round-trip time of a side as it was last told, µs; 0 for a bot."""
        return self._referee.seats[side].rtt

    def snapshot(self) -> Snapshot:
        """The full state, up to event `facts.seq`."""
        facts = self.facts
        state = facts.game.snapshot()
        return Snapshot(
            facts.opened, facts.clock, facts.attendance, state, facts.game.state_hash(), facts.result, facts.seq
        )

    @property
    def quiet(self) -> bool:
        """Whether `drain` would have nothing to tell."""
        referee = self._referee
        return not (referee.records or referee.events)

    def drain(self) -> Effects:
        """What is to be done since the last time."""
        referee = self._referee
        if not referee.records and not referee.events:
            return NOTHING
        effects = Effects(referee.records, referee.events, self._durable)
        referee.records, referee.events, self._durable = [], [], False
        return effects

    # What can happen.

    def connect(self, now: int, side: int, rtt_us: int = 0) -> None:
        """Somebody took the seat and is ready, for the first time or again. `rtt_us` as in `receive`."""
        self.advance(now)
        seat = self._referee.seats[side]
        seat.heard = now
        seat.rtt = rtt_us or seat.rtt
        again = side in self._leaving
        self._leaving.discard(side)
        if self._phase == _OVER or seat.bot or (self.facts.present(side) and not again):
            return
        if not self.facts.present(side):
            self._attend(now, side, True)
        if self._phase == _WAITING:
            self._start_when_all_are_there(now)
        else:
            self._return(now)
        self._arm(now)

    def lose(self, now: int, side: int, *, outage: bool = False) -> None:
        """The connection of the seat is gone; in an `outage` with a program of ours, at no cost of the player's."""
        self.advance(now)
        if self._phase != _OVER and not self._referee.seats[side].bot and self.facts.present(side):
            self._leaving.discard(side)
            if outage:
                self._cut_off(now, side)
            else:
                self._absent(now, (side,))
            self._arm(now)

    def suspend(self, now: int, sides: Sequence[int]) -> None:
        """Stand still until each of the sides has connected again: they are about to be lost in an outage.

        What they have sent until now still counts, and may arrive a grace later.
        """
        self.advance(now)
        if self._phase == _OVER:
            return
        self._leaving.update(sides)
        if self._phase == _RUNNING and self._leaving:
            self._freeze(now, self.match_t(now), Cause.RESTORE, ())
        self._arm(now)

    def receive(
        self,
        now: int,
        side: int,
        clock_epoch: int,
        inputs: Sequence[tuple[int, int, Intent]] = (),
        mark_t: int = -1,
        rtt_us: int = 0,
    ) -> None:
        """One message of a player, read at `now`: inputs (seq, t, intent) in order, then a mark, both optional.

        Any message breaks the silence; once it has paused the match, one that is dated under the clock of the pause.
        Times are claims and are clamped; a number that was seen is ignored, and so is everything dated under another
        clock. `rtt_us` is the transport's, 0 when not measured.
        Raises RuleError, before anything is applied, for an intent that the ruleset does not allow.
        """
        facts, referee, phase = self.facts, self._referee, self._phase
        seat = referee.seats[side]
        for _, _, intent in inputs:
            facts.game.check(intent)
        seat.heard = now
        if rtt_us > 0 and rtt_us != seat.rtt:
            self._measured(now, seat, rtt_us)
        clock, latest = facts.clock, NEVER
        if phase == _RUNNING:
            if clock_epoch != clock.epoch:
                return
            arrival = clock.match_t + (now - clock.server_us if now > clock.server_us else 0)
        elif phase == _FREEZING and clock_epoch == clock.epoch - 1 and facts.present(side):
            # In flight when the clock stopped: it counts, but for nothing after the stop.
            arrival, latest = clock.match_t + now - self._frozen_at, clock.match_t
            mark_t = min(mark_t, latest)
        else:
            # Only who knows of the pause is back: what a stalled network kept in a queue was said before it.
            if phase == _FROZEN and clock_epoch == clock.epoch and not facts.present(side):
                self.connect(now, side)
            return
        for seq, t, intent in inputs:
            if seq > seat.last_seq and not seat.too_often(intent, t, now):
                seat.last_seq = seq
                referee.admit(seat, seq, t, intent, arrival, latest)
        if mark_t > seat.mark:
            seat.pass_mark(mark_t, arrival)
        if referee.marked(side):
            self._decide(now, False, arrival)
            self._arm(now)
        elif seat.next_t != NEVER and phase == _RUNNING and self.deadline is not None:
            self.deadline = min(self.deadline, self._when(seat.next_t))

    def _measured(self, now: int, seat: Seat, rtt_us: int) -> None:
        seat.rtt = rtt_us
        clock = self.facts.clock
        if self._phase == _RUNNING and now < clock.server_us:
            # While it counts down, the first grace can still be the right one.
            self._referee.grant(seat, clock.match_t)

    def resign(self, now: int, side: int) -> None:
        """The side gives up: the other wins. Before the start, too."""
        self.advance(now)
        if self._phase != _OVER:
            self._forfeit(now, side)

    def end(self, now: int) -> None:
        """An operator ends it: void."""
        self.advance(now)
        if self._phase != _OVER:
            self._finish(now, Outcome.VOID, NOBODY)

    def advance(self, now: int) -> None:
        """Let happen what is due by `now`. Early is harmless; late is what the players feel."""
        if self.deadline is None or now < self.deadline:
            return
        if self._phase == _RUNNING:
            # Inputs put off what the deadline was for.
            self._arm(now)
            if now < self.deadline:
                return
            self._run(now)
        if self._phase == _RUNNING:
            self._watch(now)
        if self._phase == _FREEZING:
            self._decide_frozen(now)
            if now >= self._settle_at:
                self._settle(now)
                self._resume_when_all_are_back(now)
        if self._phase == _FROZEN or self._phase == _FREEZING:
            self._run_budgets(now)
        elif self._phase == _WAITING and now >= self._join_by:
            self._nobody_waits_any_longer(now)
        self._arm(now)

    # Time.

    def _when(self, t: int) -> int:
        """Server time of a match time, while the clock runs."""
        clock = self.facts.clock
        return clock.server_us + t - clock.match_t

    def _watch(self, now: int) -> None:
        """Write that the match has come to here, when nothing else says so; miss those that are silent."""
        t = self.match_t(now)
        if t - self.facts.written_t >= HEARTBEAT:
            self._referee.write(Heartbeat(t))
        silent = [seat.side for seat in self._referee.seats if now - seat.heard > SILENCE and not seat.bot]
        if silent:
            self._absent(now, silent)

    def _arm(self, now: int) -> None:
        phase = self._phase
        if phase == _RUNNING:
            due = self._when(min(self._referee.next_t(), self.facts.written_t + HEARTBEAT))
            for seat in self._referee.seats:
                if not seat.bot and seat.heard + SILENCE < due:
                    due = seat.heard + SILENCE + 1
            self.deadline = due
        elif phase == _FREEZING:
            self.deadline = self._settle_at
        elif phase == _FROZEN:
            self.deadline = forfeit_at(self.facts)
        else:
            self.deadline = None if phase == _OVER else self._join_by

    # Decisions.

    def _run(self, now: int) -> None:
        """All that is due while the clock runs."""
        clock, referee = self.facts.clock, self._referee
        if now < clock.server_us:
            return
        t = clock.match_t + now - clock.server_us
        while referee.step(t):
            if self.facts.game.due is None:
                self._end_of_play(now, referee.decided_t)
                return

    def _decide(self, now: int, late: bool, at: int) -> None:
        self._referee.decide(late, at)
        if self.facts.game.due is None:
            self._end_of_play(now, self._referee.decided_t)

    # Coming and going.

    def _attend(self, now: int, side: int, there: bool) -> None:
        a = self.facts.attendance
        now_there = Attendance(a.left if side else there, there if side else a.right)
        self._referee.write(AttendanceChanged(now_there, self.match_t(now)))

    def _all_are_there(self) -> bool:
        return not self._leaving and all(self.facts.present(side) for side in SIDES)

    def _start_when_all_are_there(self, now: int) -> None:
        if self._all_are_there():
            self._set_clock(now + COUNTDOWN, 0, 1, Cause.START)
            self._phase = _RUNNING
            for seat in self._referee.seats:
                seat.heard = now
                self._referee.grant(seat, 0)

    def _set_clock(self, server_us: int, match_t: int, rate: int, cause: Cause, excused: Sequence[int] = ()) -> None:
        self._referee.write(changed(self.facts, server_us, match_t, rate, cause, excused))

    def _absent(self, now: int, sides: Sequence[int]) -> None:
        """Freeze for those sides, or end the match when one of them has no pause left."""
        if self._phase == _WAITING:
            for side in sides:
                self._attend(now, side, False)
            return
        out = [side for side in sides if self.facts.pauses[side] == 0]
        for side in sides:
            self._attend(now, side, False)
        if out:
            self._out(now, out)
            return
        if self._phase == _RUNNING:
            self._freeze(now, self.match_t(now), Cause.PAUSE, sides)
        else:
            if self._phase == _FREEZING:
                self._settle(now)
            if self._phase != _OVER:
                self._set_clock(now, self.facts.clock.match_t, 0, Cause.PAUSE, sides)

    def _cut_off(self, now: int, side: int) -> None:
        """Freeze for a side that an outage has taken away. Nobody's pauses are touched."""
        self._attend(now, side, False)
        if self._phase == _RUNNING:
            self._freeze(now, self.match_t(now), Cause.RESTORE, ())
            return
        if self._phase == _FREEZING:
            self._settle(now)
        if self._phase == _FROZEN:
            self._set_clock(now, self.facts.clock.match_t, 0, Cause.RESTORE)

    def _freeze(self, now: int, t: int, cause: Cause, excused: Sequence[int]) -> None:
        self._set_clock(now, t, 0, cause, excused)
        self._phase = _FREEZING
        self._frozen_at = now
        graces = [self.facts.grace[side] for side in SIDES if self._referee.waits_for(side)]
        self._settle_at = now + max(graces, default=0)
        for seat in self._referee.seats:
            seat.drop_held()
        self._decide_frozen(now)
        if now >= self._settle_at:
            self._settle(now)

    def _decide_frozen(self, now: int) -> None:
        """Decide what fell due by the freeze, as far as its inputs are in or can come no more."""
        while self._phase == _FREEZING:
            due, referee = self.facts.game.due, self._referee
            if due is None or due.t > self.facts.clock.match_t:
                return
            late = referee.waits_for(due.side) and not referee.marked(due.side)
            if late and now < self._settle_at:
                return
            self._decide(now, late, self.facts.clock.match_t + now - self._frozen_at)

    def _settle(self, now: int) -> None:
        """In-flight inputs had their time: stop both paddles."""
        self._settle_at = now
        self._decide_frozen(now)
        if self._phase == _FREEZING:
            self._referee.stop(self.facts.clock.match_t)
            self._phase = _FROZEN

    def _return(self, now: int) -> None:
        if self._phase == _FROZEN:
            if self._all_are_there():
                self._resume_when_all_are_back(now)
            else:
                self._set_clock(now, self.facts.clock.match_t, 0, Cause.PAUSE)

    def _resume_when_all_are_back(self, now: int) -> None:
        if self._phase != _FROZEN or not self._all_are_there():
            return
        t = self.facts.clock.match_t
        self._set_clock(now + COUNTDOWN, t, 1, Cause.RESUME)
        self._phase = _RUNNING
        self._referee.show(self.facts.game.volley, t)
        for seat in self._referee.seats:
            seat.heard = now
            self._referee.grant(seat, t)

    def _run_budgets(self, now: int) -> None:
        over = forfeit_at(self.facts)
        if over is not None and now >= over:
            self._out(now, exhausted(self.facts))

    def _nobody_waits_any_longer(self, now: int) -> None:
        missing = [side for side in SIDES if not self.facts.present(side)]
        if any(self._referee.waits_for(side) for side in SIDES):
            self._out(now, missing)
        else:
            self._finish(now, Outcome.VOID, NOBODY)

    def _out(self, now: int, sides: Sequence[int]) -> None:
        if len(sides) == 1:
            self._forfeit(now, sides[0])
            return
        left, right = self.facts.game.score
        if left == right:
            self._referee.write(Forfeit(NOBODY, self.match_t(now)))
            self._finish(now, Outcome.VOID, NOBODY)
        else:
            self._forfeit(now, int(left > right))

    def _forfeit(self, now: int, side: int) -> None:
        self._referee.write(Forfeit(side, self.match_t(now)))
        self._finish(now, Outcome.FORFEIT, 1 - side)

    def _end_of_play(self, now: int, t: int) -> None:
        winner = self.facts.game.winner
        self._finish(now, Outcome.DRAW if winner == NOBODY else Outcome.PLAYED, winner, t)

    def _finish(self, now: int, outcome: Outcome, winner: int, at: int | None = None) -> None:
        facts = self.facts
        t = self.match_t(now) if at is None else at
        self._set_clock(now, t, 0, Cause.END)
        left, right = facts.game.score
        stats = facts.stats.total(t, facts.bots())
        self._referee.write(Ended(Result(outcome, winner, left, right, t, stats)))
        self._phase, self.deadline, self._durable = _OVER, None, True
