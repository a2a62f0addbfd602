"""The session runtime of one match: deferred commit, admission, clocks, pauses, forfeits, bots. A pure state machine.

The caller gives the time (server's monotonic clock, integer µs, never decreasing by more than a socket's delay) and
carries out the effects. Nothing here waits, reads a clock or does I/O.

    match = Match.open(opened, now, join_within_us=60_000_000, secret=secret)
    match = Match.restore(fold(records), now)        # or this, after a restart
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
    effects.events      announce in order; the last one has number match.state.seq
    match.deadline      server µs at which `advance` is due, or None; look again after each call
    match.clock         the affine map of match time; match.match_t(now); match.horizon for a frame's horizon_t
    match.snapshot()    for a viewer that joins; match.result once it is over

Who must come: every side that is no bot. When all are there the clock starts with a countdown. When the time to join
is over, the side that came wins by forfeit; if nobody came the match is void. A match of bots starts at once.

What silence, pauses and outages do is in `gameserver.domain.match.lifecycle`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gameserver.domain.match.admission import InputAdmission
from gameserver.domain.match.lifecycle import FREEZING, FROZEN, OVER, RUNNING, WAITING, MatchLifecycle
from gameserver.domain.match.records import (
    Attendance,
    AttendanceChanged,
    Cause,
    Clock,
    MatchEvent,
    Opened,
    Outcome,
    Record,
    Result,
)
from gameserver.domain.match.state import MatchState
from gameserver.domain.pong.intents import Intent
from gameserver.domain.pong.rules import PongState
from gameserver.domain.values import NEVER, NOBODY, value

#: Time to join when the caller does not say.
JOIN_WITHIN: Final = 60_000_000


@value
class MatchEffects:
    """What the shell has to do: append `records`, fsync if `durable`, then announce `events`."""

    records: Sequence[Record]
    events: Sequence[MatchEvent]
    durable: bool


NO_EFFECTS: Final = MatchEffects((), (), False)


@dataclass(frozen=True, slots=True)
class MatchSnapshot:
    """Enough to join a match: the opening, the clock, who is there, the game, the result once there is one."""

    opened: Opened
    clock: Clock
    attendance: Attendance
    state: PongState
    state_hash: int
    result: Result | None
    seq: int
    #: Numbers of the last inputs that were taken from each side: what comes next has to have a higher one.
    last_inputs: tuple[int, int]
    #: In a tournament: the pairing that it belongs to.
    pairing: int = 0


class Match:
    """One match between two sides. See the module's text."""

    __slots__ = ("_course", "_referee", "state")

    def __init__(self, state: MatchState, now: int, join_by: int, secret: bytes) -> None:
        self.state = state
        self._course = MatchLifecycle(state, now, join_by, secret)
        self._referee = self._course.referee

    @classmethod
    def open(cls, opened: Opened, now: int, join_within_us: int = JOIN_WITHIN, secret: bytes = b"") -> "Match":
        """A new match; `secret` is what its bots think from. Raises RuleError for a bot's level out of range."""
        match = cls(MatchState(opened), now, now + join_within_us, secret)
        match._referee.records.append(opened)
        match._referee.events.extend(match.state.game.opening())
        match._course.begin(now)
        return match

    @classmethod
    def restore(cls, state: MatchState, now: int, join_within_us: int = JOIN_WITHIN, secret: bytes = b"") -> "Match":
        """The match of a journal, after a restart: frozen at what was last written, everybody absent.

        Raises RuleError for a bot's level out of range.
        """
        match = cls(state, now, now + join_within_us, secret)
        course, referee = match._course, match._referee
        if state.result:
            course.is_over()
            return match
        for seat in referee.seats:
            seat.resume(state.last_seq[seat.side], state.last_te[seat.side], state.written_t)
        referee.write(AttendanceChanged(Attendance(*state.bots()), state.written_t))
        if state.game.due is None:
            # Where the last event was: what was decided late before it may be written with a later time.
            course.end_of_play(now, state.decided_t)
        elif state.clock.cause == Cause.WAITING:
            course.begin(now)
        else:
            course.freeze(now, state.written_t, Cause.RESTORE)
            course.resume_when_all_are_back(now)
            course.arm(now)
        return match

    # What the caller may ask.

    @property
    def deadline(self) -> int | None:
        """Server time at which `advance` is due; None once the match is over, or waits for a call."""
        return self._course.deadline

    @property
    def clock(self) -> Clock:
        """The affine map of match time."""
        return self.state.clock

    @property
    def result(self) -> Result | None:
        """How it ended; None while it goes on."""
        return self.state.result

    @property
    def horizon(self) -> int:
        """Match time up to which nothing that is drawn of the ball can change any more."""
        return horizon_of(self.state)

    @property
    def started(self) -> bool:
        """Whether everybody has come and the clock was started."""
        return self._course.phase != WAITING

    def match_t(self, now: int) -> int:
        """Match time at server time `now`."""
        return self._course.match_t(now)

    def rtt_us(self, side: int) -> int:
        """Round-trip time of a side as it was last told, µs; 0 for a bot."""
        return self._referee.seats[side].rtt

    def snapshot(self) -> MatchSnapshot:
        """The full state, up to event `facts.seq`."""
        left, right = self._referee.seats
        return replace(snapshot_of(self.state), last_inputs=(left.last_seq, right.last_seq))

    @property
    def quiet(self) -> bool:
        """Whether `drain` would have nothing to tell."""
        referee = self._referee
        return not (referee.records or referee.events)

    def drain(self) -> MatchEffects:
        """What is to be done since the last time."""
        referee, course = self._referee, self._course
        if not referee.records and not referee.events:
            return NO_EFFECTS
        effects = MatchEffects(referee.records, referee.events, course.durable)
        referee.records, referee.events, course.durable = [], [], False
        return effects

    # What can happen.

    def advance(self, now: int) -> None:
        """Let happen what is due by `now`. Early is harmless; late is what the players feel."""
        self._course.advance(now)

    def connect(self, now: int, side: int, rtt_us: int = 0) -> None:
        """Somebody took the seat and is ready, for the first time or again. `rtt_us` as in `receive`."""
        course = self._course
        course.advance(now)
        seat = self._referee.seats[side]
        seat.heard = now
        seat.believe(rtt_us)
        if not seat.bot:
            course.come(now, side)

    def lose(self, now: int, side: int, *, outage: bool = False) -> None:
        """The connection of the seat is gone; in an `outage` with a program of ours, at no cost of the player's."""
        course = self._course
        course.advance(now)
        if course.phase != OVER and self._referee.waits_for(side):
            course.leaving.discard(side)
            if outage:
                course.cut_off(now, side)
            else:
                course.miss(now, (side,))
            course.arm(now)

    def suspend(self, now: int, sides: Sequence[int]) -> None:
        """Stand still until each of the sides has connected again: they are about to be lost in an outage.

        What they have sent until now still counts, and may arrive a grace later.
        """
        course = self._course
        course.advance(now)
        if course.phase != OVER:
            course.leaving.update(sides)
            if course.phase == RUNNING and course.leaving:
                course.freeze(now, course.match_t(now), Cause.RESTORE)
            course.arm(now)

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
        course, state, referee = self._course, self.state, self._referee
        seat = referee.seats[side]
        for _, _, intent in inputs:
            state.game.check(intent)
        course.wake(now)
        phase = course.phase
        seat.heard = now
        if seat.believe(rtt_us):
            self._measured(now, seat)
        clock, latest = state.clock, NEVER
        if phase == RUNNING:
            if clock_epoch != clock.epoch:
                return
            if side in course.gone:
                course.come(now, side)
            arrival = clock.match_t + (now - clock.server_us if now > clock.server_us else 0)
        elif phase == FREEZING and clock_epoch == clock.epoch - 1 and state.present(side):
            # In flight when the clock stopped: it counts, but for nothing after the stop.
            arrival, latest = clock.match_t + now - course.frozen_at, clock.match_t
            mark_t = min(mark_t, latest)
        else:
            # Only who knows of the pause is back: what a stalled network kept in a queue was said before it.
            if phase == FROZEN and clock_epoch == clock.epoch and not state.present(side):
                self.connect(now, side)
            return
        for seq, t, intent in inputs:
            if seq > seat.last_seq and not seat.too_often(intent, t, now):
                seat.last_seq = seq
                referee.admit(seat, seq, t, intent, arrival, latest)
        if mark_t > seat.mark:
            seat.pass_mark(mark_t, arrival)
        if referee.marked(side):
            course.decide(now, False, arrival)
            course.arm(now)
        elif seat.next_t != NEVER and phase == RUNNING and course.deadline is not None:
            course.deadline = min(course.deadline, course.when(seat.next_t))

    def _measured(self, now: int, seat: InputAdmission) -> None:
        clock = self.state.clock
        if self._course.phase == RUNNING and now < clock.server_us:
            # While it counts down, the first grace can still be the right one.
            self._referee.grant(seat, clock.match_t)

    def resign(self, now: int, side: int) -> None:
        """The side gives up: the other wins. Before the start, too."""
        course = self._course
        course.advance(now)
        if course.phase != OVER:
            course.forfeit(now, side)

    def end(self, now: int) -> None:
        """An operator ends it: void."""
        course = self._course
        course.advance(now)
        if course.phase != OVER:
            course.finish(now, Outcome.VOID, NOBODY)


def snapshot_of(state: MatchState) -> MatchSnapshot:
    """The full state that facts say."""
    game, (left, right) = state.game, state.last_seq
    return MatchSnapshot(
        state.opened,
        state.clock,
        state.attendance,
        game.snapshot(),
        game.state_hash(),
        state.result,
        state.seq,
        (left, right),
    )


def horizon_of(state: MatchState) -> int:
    """Match time up to which nothing that is drawn of the ball can change any more."""
    due = state.game.due
    return due.t if due else state.clock.match_t
