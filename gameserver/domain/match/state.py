"""State of a match, as its journal makes it.

Everything that is announced comes from applying one record, live and after a restart alike, so that the numbering of
events goes on unchanged. `verify.py` re-simulates a journal and proves its result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gameserver.domain.match.records import (
    PAUSES,
    Attendance,
    AttendanceChanged,
    Cause,
    Checkpoint,
    Clock,
    Decided,
    Ended,
    Forfeit,
    Grace,
    Heartbeat,
    Input,
    JournalError,
    MatchEvent,
    Opened,
    Progress,
    Record,
    Reported,
    Result,
    SideProgress,
)
from gameserver.domain.match.stats import Figures, StatsAccumulator
from gameserver.domain.pong.events import Goal, Miss, PaddleMove, Volley
from gameserver.domain.pong.rules import Pong, state_hash
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.values import NOBODY, SIDES


class MatchState:
    """State of a match, as the records so far make it. `apply` changes it, and nothing else."""

    __slots__ = (
        "absentees",
        "attendance",
        "checkpointed",
        "clock",
        "decided_t",
        "decisions",
        "durable",
        "floor",
        "forfeited",
        "game",
        "grace",
        "last_seq",
        "last_te",
        "opened",
        "pauses",
        "reported",
        "result",
        "seq",
        "spent",
        "stats",
        "timing",
        "written_t",
    )

    def __init__(self, opened: Opened, timing: Timing = STANDARD) -> None:
        self.opened = opened
        self.timing = timing
        self.game = Pong(opened.ruleset, opened.seed)
        self.stats = StatsAccumulator(self.game)
        self.clock = Clock(0, 0, 0, 0, Cause.WAITING, NOBODY, 0, PAUSES, PAUSES)
        self.attendance = Attendance(opened.left.bot > 0, opened.right.bot > 0)
        self.absentees: tuple[int, ...] = ()
        """Sides whose budget runs: those that were missing when the clock stopped."""
        self.pauses = [PAUSES, PAUSES]
        self.spent = [0, 0]
        self.last_seq = [0, 0]
        self.last_te = [0, 0]
        self.floor = [0, 0]
        """First match time at which an input of the side can still count."""
        self.grace = [0, 0]
        self.forfeited: int | None = None
        """Side that has forfeited, NOBODY for both; None when neither has."""
        self.decisions = 0
        self.decided_t = 0
        """Match time at which the last event fell due, µs."""
        self.written_t = 0
        """The match is known to have come to this time."""
        self.seq = 1
        """Number of the topic's last event. The first serve is number 1."""
        self.durable: list[tuple[int, Goal | Result]] = []
        """The events that are never dropped, with their numbers; and how many of them the last checkpoint has."""
        self.checkpointed = 0
        self.result: Result | None = None
        self.reported = False

    @classmethod
    def at_checkpoint(
        cls,
        opened: Opened,
        checkpoint: Checkpoint,
        progress: Progress,
        durable: Sequence[tuple[int, Goal | Result]],
        figures: Sequence[Figures],
        timing: Timing = STANDARD,
    ) -> "MatchState":
        """Rebuild the state at a checkpoint, whose progress is `progress`, without the records before it.

        `durable` are the durable events until then, `figures` those of each checkpoint up to this one.
        """
        state = cls(opened, timing)
        state.durable += durable
        state.game = Pong.restore(opened.ruleset, checkpoint.state, opened.seed)
        state.stats = StatsAccumulator.resume(state.game, figures)
        state.clock, state.attendance = progress.clock, progress.attendance
        state.pauses = [progress.clock.pauses_left, progress.clock.pauses_right]
        state.decisions, state.decided_t, state.written_t = progress.decisions, checkpoint.t, progress.written_t
        state.seq, state.checkpointed = checkpoint.topic_seq, len(state.durable)
        sides = (progress.left, progress.right)
        state.absentees = tuple(side for side in SIDES if sides[side].absent)
        for side, at in enumerate(sides):
            state.last_seq[side], state.last_te[side] = at.last_seq, at.last_te
            state.floor[side], state.grace[side], state.spent[side] = at.floor, at.grace, at.spent
        return state

    def bots(self) -> tuple[bool, bool]:
        """Return, by side, whether it is a bot."""
        return self.opened.left.bot > 0, self.opened.right.bot > 0

    def present(self, side: int) -> bool:
        """Report whether the side is present; bots always are."""
        return (self.attendance.right if side else self.attendance.left) or self.bots()[side]

    def trailing(self) -> int:
        """Return the side with fewer points; NOBODY when they are level."""
        left, right = self.game.score
        return NOBODY if left == right else int(left > right)

    def apply(self, record: Record) -> Sequence[MatchEvent]:
        """Apply one record and return the events that it means. Raises ValueError when it does not fit."""
        events: Sequence[MatchEvent]
        if isinstance(record, Input):
            move = self._input(record)
            if move is None:
                return ()
            events = (move,)
        elif isinstance(record, Decided):
            events = self._decided(record)
        elif isinstance(record, Clock):
            self._clock(record)
            events = (record,)
        elif isinstance(record, AttendanceChanged):
            self.attendance = record.attendance
            self.written_t = max(self.written_t, record.t)
            events = (record.attendance,)
        elif isinstance(record, Ended):
            self.result = record.result
            self.durable.append((self.seq + 1, record.result))
            events = (record.result,)
        else:
            self._silent(record)
            return ()
        self.seq += len(events)
        return events

    def _input(self, record: Input) -> PaddleMove | None:
        side, te = record.side, record.te
        if te < self.floor[side] or te < self.last_te[side]:
            low = max(self.floor[side], self.last_te[side])
            raise ValueError(f"counts at {te}, but the side's stream had passed {low}")
        move = self.game.admit(side, record.intent, te, record.seq)
        self.last_te[side] = te
        self._come_to(record.arrival)
        if record.seq:
            self.last_seq[side] = record.seq
            self.stats.arrived(side, te, record.claimed, record.arrival)
        if move:
            self.stats.moved(move, record.claimed)
        return move

    def _decided(self, record: Decided) -> Sequence[Volley | PaddleMove | Miss | Goal]:
        due = self.game.due
        if due is None or due.t != record.t1:
            raise ValueError(f"decides {record.t1}, but {due.t if due else 'nothing'} is due")
        self.decisions += 1
        if record.seq != self.decisions:
            raise ValueError(f"is decision {record.seq}, but {self.decisions} comes next")
        if due.side != NOBODY:
            # The next input can count from the microsecond after: "te = t1" came before the decision.
            self.floor[due.side] = due.t + 1
        self.decided_t = due.t
        events = self.game.decide()
        self.stats.decided(events, record.at)
        if events and isinstance(goal := events[0], Goal):
            self.durable.append((self.seq + 1, goal))
        self._come_to(record.at)
        return events

    def _come_to(self, t: int) -> None:
        # After a stop in-flight inputs are still stamped as if it ran: the match does not come to that time.
        if self.clock.rate and t > self.written_t:
            self.written_t = t

    def _clock(self, clock: Clock) -> None:
        before = self.clock
        if self.absentees and clock.cause != Cause.RESTORE:
            until = clock.server_us - (self.timing.countdown_us if clock.cause == Cause.RESUME else 0)
            free = self.timing.restore_free_us if before.cause == Cause.RESTORE else 0
            for side in self.absentees:
                self.spent[side] += max(0, until - before.server_us - free)
        frozen = clock.cause in (Cause.PAUSE, Cause.RESTORE)
        self.absentees = tuple(side for side in SIDES if not self.present(side)) if frozen else ()
        self.clock = clock
        self.pauses = [clock.pauses_left, clock.pauses_right]
        self.written_t = max(self.written_t, clock.match_t)

    def _silent(self, record: Record) -> None:
        if isinstance(record, Heartbeat):
            self.written_t = max(self.written_t, record.t)
        elif isinstance(record, Grace):
            self.grace[record.side] = record.grace_us
            self.stats.granted(record.side, record.rtt_us, record.save)
        elif isinstance(record, Checkpoint):
            self._checkpoint(record)
        elif isinstance(record, Forfeit):
            self.forfeited = record.side
        elif isinstance(record, Reported):
            self.reported = True
        elif isinstance(record, Opened):
            raise ValueError("opens a journal that is open")

    def _checkpoint(self, record: Checkpoint) -> None:
        state = self.game.snapshot()
        if record.state_hash != (now := state_hash(state)):
            raise ValueError(f"holds state {record.state_hash:08x}, but the inputs make {now:08x}")
        if replace(record.state, over=state.over, winner=state.winner) != state:
            raise ValueError("holds a state that is not the one of its hash")
        if record.t != self.decided_t:
            raise ValueError(f"is dated {record.t}, but the point was decided at {self.decided_t}")
        if record.topic_seq != self.seq:
            raise ValueError(f"counts {record.topic_seq} events, but {self.seq} were made")
        if record.progress and record.progress != self.progress():
            raise ValueError("holds figures that the records before it do not give")
        self.checkpointed = len(self.durable)
        self.stats.mark()

    def progress(self) -> Progress:
        """Return what a checkpoint written now has to hold, so that a rebuild can begin there."""
        left, right = (
            SideProgress(
                self.last_seq[side],
                self.last_te[side],
                self.floor[side],
                self.grace[side],
                side in self.absentees,
                self.spent[side],
            )
            for side in SIDES
        )
        goal_seqs = tuple(seq for seq, _ in self.durable[self.checkpointed :])
        figures = self.stats.figures()
        return Progress(self.clock, self.attendance, self.decisions, self.written_t, figures, goal_seqs, left, right)


def replay(records: Iterable[Record], events: list[MatchEvent] | None = None, timing: Timing = STANDARD) -> MatchState:
    """Replay a journal and return the state that it leads to; `timing` is the one that it was written with.

    Every event that it means is added to `events`; the first of them has number 2.
    Raises JournalError at the first record that does not fit.
    """
    state: MatchState | None = None
    for position, record in enumerate(records):
        try:
            if state is None:
                if not isinstance(record, Opened):
                    raise ValueError("is not the opening")
                if record.ruleset_hash != record.ruleset.hash():
                    raise ValueError("names another ruleset hash than its ruleset has")
                state = MatchState(record, timing)
            elif state.result and not isinstance(record, Reported):
                raise ValueError("comes after the end")
            else:
                announced = state.apply(record)
                if events is not None:
                    events += announced
        except Exception as error:
            # Whatever somebody has written into a journal is that journal's fault, and nobody else's.
            raise JournalError(position, f"{type(record).__name__} {error}") from error
    if state is None:
        raise JournalError(0, "the journal is empty")
    return state
