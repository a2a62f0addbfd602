"""Runtime of one match: deferred commit, admission, clocks, pauses, forfeits, bots. A pure state machine.

The caller gives the time (server's monotonic clock, integer µs, never decreasing by more than a socket's delay) and
carries out the effects. Nothing here waits, reads a clock or does I/O.

    match = Match.open(opened, now, join_within_us=60_000_000, secret=secret)
    match = Match.restore(replay(records), now)      # or this, after a restart
    runner.carry_out(match.drain())
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

Every side that is no bot must come. When all are there the clock starts with a countdown. When the time to join is
over, the side that came wins by forfeit; if nobody came the match is void. A match of bots starts at once.

`lifecycle.py` says what silence, pauses and outages do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gameserver.domain.match.admission import InputAdmission
from gameserver.domain.match.lifecycle import FREEZING, FROZEN, OVER, RUNNING, WAITING, MatchLifecycle
from gameserver.domain.match.records import Attendance, Clock, MatchEvent, Opened, Outcome, Record, Result
from gameserver.domain.match.state import MatchState
from gameserver.domain.pong.events import PongState
from gameserver.domain.pong.intents import Intent
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.values import NEVER, NOBODY, value

JOIN_WITHIN: Final = 60_000_000
"""Time to join when the caller does not say, µs."""


@value
class MatchEffects:
    """Effects for the caller to carry out: append `records`, fsync if `durable`, then announce `events`."""

    records: Sequence[Record]
    events: Sequence[MatchEvent]
    durable: bool


NO_EFFECTS: Final = MatchEffects((), (), False)


@dataclass(frozen=True, slots=True)
class MatchSnapshot:
    """State of a match for a viewer that joins: opening, clock, attendance, game, and the result once there is one."""

    opened: Opened
    clock: Clock
    attendance: Attendance
    state: PongState
    state_hash: int
    result: Result | None
    seq: int
    """Number of the last event that it contains."""
    last_inputs: tuple[int, int]
    """Number of the last input that was taken from each side: the next one must have a higher number."""
    pairing: int = 0
    """Number of the pairing that the match belongs to; 0 outside a tournament."""


class Match:
    """Match between two sides; the module's text shows its use."""

    __slots__ = ("_commit", "_lifecycle", "state")

    def __init__(self, state: MatchState, now: int, join_by: int, secret: bytes) -> None:
        self.state: Final = state
        """The state that the records make; it changes by them alone."""
        self._lifecycle: Final = MatchLifecycle(state, now, join_by, secret)
        self._commit: Final = self._lifecycle.commit

    @classmethod
    def open(
        cls,
        opened: Opened,
        now: int,
        join_within_us: int = JOIN_WITHIN,
        secret: bytes = b"",
        timing: Timing = STANDARD,
    ) -> "Match":
        """Open a new match; `secret` seeds its bots. Raises RuleError for a bot's level out of range."""
        match = cls(MatchState(opened, timing), now, now + join_within_us, secret)
        match._commit.write_opening()
        match._lifecycle.begin(now)
        return match

    @classmethod
    def restore(cls, state: MatchState, now: int, join_within_us: int = JOIN_WITHIN, secret: bytes = b"") -> "Match":
        """Take up the match of a journal, after a restart: frozen at what was last written, everybody absent.

        Raises RuleError for a bot's level out of range.
        """
        match = cls(state, now, now + join_within_us, secret)
        match._lifecycle.restore(now)
        return match

    # Questions.

    @property
    def deadline(self) -> int | None:
        """Server time at which `advance` is due, µs; None once the match is over, or waits for a call."""
        return self._lifecycle.deadline

    @property
    def clock(self) -> Clock:
        """The affine map of match time."""
        return self.state.clock

    @property
    def result(self) -> Result | None:
        """The result; None while the match goes on."""
        return self.state.result

    @property
    def horizon(self) -> int:
        """Match time up to which the drawn path of the ball can no longer change, µs."""
        return horizon_of(self.state)

    @property
    def started(self) -> bool:
        """True once everybody has come and the clock was started."""
        return self._lifecycle.phase != WAITING

    def match_t(self, now: int) -> int:
        """Match time at server time `now`, µs."""
        return self._lifecycle.match_t(now)

    def rtt_us(self, side: int) -> int:
        """Round-trip time of a side as it was last measured, µs; 0 for a bot."""
        return self._commit.admissions[side].rtt

    def snapshot(self) -> MatchSnapshot:
        """The full state, up to event `state.seq`."""
        left, right = self._commit.admissions
        return replace(snapshot_of(self.state), last_inputs=(left.last_seq, right.last_seq))

    @property
    def quiet(self) -> bool:
        """True when `drain` would return nothing."""
        return not self._commit.has_output

    def drain(self) -> MatchEffects:
        """Return the effects since the last call.

        Raises AssertionError if the match is over without a result, or has one and goes on: it must not be announced.
        """
        if not self._commit.has_output:
            return NO_EFFECTS
        if (self.state.result is None) == (self._lifecycle.phase == OVER):
            raise AssertionError(f"a match in phase {self._lifecycle.phase.name} has the result {self.state.result}")
        records, events = self._commit.take_output()
        return MatchEffects(records, events, self._lifecycle.take_ended())

    # Things that happen.

    def advance(self, now: int) -> None:
        """Let happen what is due by `now`. Early is harmless; late is felt by the players."""
        self._lifecycle.advance(now)

    def connect(self, now: int, side: int, rtt_us: int = 0) -> None:
        """Take note that a player is ready to play the side, for the first time or again. `rtt_us` as in `receive`."""
        self._lifecycle.advance(now)
        admission = self._commit.admissions[side]
        admission.hear(now)
        admission.measure(rtt_us)
        if not admission.bot:
            self._lifecycle.join(now, side)

    def lose(self, now: int, side: int, *, outage: bool = False) -> None:
        """Take note that the side's connection is lost; in an `outage` of our programs it costs the player nothing."""
        self._lifecycle.advance(now)
        self._lifecycle.lose(now, side, outage=outage)

    def suspend(self, now: int, sides: Sequence[int]) -> None:
        """Stand still until each of the sides has connected again: they are about to be lost in an outage.

        What they have sent until now still counts, and may arrive a grace later.
        """
        self._lifecycle.advance(now)
        self._lifecycle.suspend(now, sides)

    def receive(
        self,
        now: int,
        side: int,
        clock_epoch: int,
        inputs: Sequence[tuple[int, int, Intent]] = (),
        mark_t: int = -1,
        rtt_us: int = 0,
    ) -> None:
        """Take one message of a player, read at `now`: inputs (seq, t, intent) in order, then a mark, both optional.

        Any message breaks the silence; once it has paused the match, one that is dated under the clock of the pause.
        Times are claims and are clamped; a number that was seen is ignored, and so is everything dated under another
        clock. `rtt_us` is the transport's, 0 when not measured.
        Raises RuleError, before anything is applied, for an intent that the ruleset does not allow.
        """
        lifecycle, state, commit = self._lifecycle, self.state, self._commit
        admission = commit.admissions[side]
        for _, _, intent in inputs:
            state.game.check(intent)
        lifecycle.notice_oversleep(now)
        phase = lifecycle.phase
        admission.hear(now)
        if admission.measure(rtt_us):
            self._measured(now, admission)
        clock, latest = state.clock, NEVER
        if phase == RUNNING:
            if clock_epoch != clock.epoch:
                return
            if side in lifecycle.departed:
                lifecycle.join(now, side)
            arrival = clock.match_t + (now - clock.server_us if now > clock.server_us else 0)
        elif phase == FREEZING and clock_epoch == clock.epoch - 1 and state.present(side):
            # In flight when the clock stopped: it counts, but for nothing after the stop.
            arrival, latest = clock.match_t + now - lifecycle.frozen_at, clock.match_t
            mark_t = min(mark_t, latest)
        else:
            # Only a player who knows of the pause is back: what a stalled network has queued was said before it.
            if phase == FROZEN and clock_epoch == clock.epoch and not state.present(side):
                self.connect(now, side)
            return
        for seq, t, intent in inputs:
            if admission.accepts(seq, intent, t, now):
                commit.admit(admission, seq, t, intent, arrival, latest)
        if mark_t > admission.mark:
            admission.pass_mark(mark_t, arrival)
        if commit.is_complete(side):
            lifecycle.decide(now, False, arrival)
            lifecycle.schedule(now)
        elif admission.next_t != NEVER and phase == RUNNING:
            lifecycle.bring_forward(admission.next_t)

    def _measured(self, now: int, admission: InputAdmission) -> None:
        clock = self.state.clock
        if self._lifecycle.phase == RUNNING and now < clock.server_us:
            # While it counts down, the first grace can still be the right one.
            self._commit.latch_grace(admission, clock.match_t)

    def resign(self, now: int, side: int) -> None:
        """Let the side give up: the other one wins. Before the start, too."""
        self._lifecycle.advance(now)
        if self._lifecycle.phase != OVER:
            self._lifecycle.forfeit(now, side)

    def end(self, now: int) -> None:
        """End the match on an operator's word: void."""
        self._lifecycle.advance(now)
        if self._lifecycle.phase != OVER:
            self._lifecycle.finish(now, Outcome.VOID, NOBODY)


def snapshot_of(state: MatchState) -> MatchSnapshot:
    """Snapshot of a state, as its records tell."""
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
    """Match time up to which the drawn path of the ball can no longer change, µs."""
    due = state.game.due
    return due.t if due else state.clock.match_t
