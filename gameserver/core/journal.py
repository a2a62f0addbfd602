"""Journal records, and the fold that turns them into the state of a match.

Everything that is announced comes from folding one record, live and after a restart alike, so that the numbering of
events goes on unchanged. `verify.py` re-simulates a journal and proves its result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from gameserver.core.bots import Strength
from gameserver.core.chance import commitment
from gameserver.core.game import Event
from gameserver.core.games.pong import Goal, Miss, PaddleMove, Pong, PongState, Volley, state_hash
from gameserver.core.ruleset import Ruleset
from gameserver.core.stats import Figures, PongStats, StatsFold
from gameserver.core.values import NOBODY, SIDES, Intent, value


class JournalError(ValueError):
    """A journal that does not hold together. `position` counts records from 0, `sentence` says what differs."""

    def __init__(self, position: int, sentence: str) -> None:
        super().__init__(f"record {position}: {sentence}")
        self.position = position
        self.sentence = sentence


class Cause(IntEnum):
    """Why the clock changed."""

    WAITING = 1
    START = 2
    PAUSE = 3
    RESUME = 4
    END = 5
    RESTORE = 6


class Outcome(IntEnum):
    """How a match ended."""

    PLAYED = 1
    FORFEIT = 2
    DRAW = 3
    VOID = 4


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who has a seat: an account, a second person at the same keyboard (no account), or a bot."""

    name: str = ""
    account_id: str = ""
    bot: Strength = Strength.PERSON
    #: Added to a bot's mean reaction time, ms.
    bot_reaction_ms: int = 0
    #: The round trip that a person is believed at most, µs; 0 for whatever is measured.
    rtt_most_us: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """Always first: what is being played, and by whom."""

    ruleset: Ruleset
    ruleset_hash: int
    #: What all chance of the play follows from: a secret until the match is over, or 32 bits in older journals.
    seed: int | bytes
    left: Occupant
    right: Occupant
    session_id: str = ""
    match: int = 1
    #: It counts for ratings: what a long line is granted is bounded.
    rated: bool = False

    @property
    def commitment(self) -> bytes:
        """Shown from the beginning, so that everybody can check later that nobody chose the seed; empty for 32 bits."""
        return commitment(self.seed) if isinstance(self.seed, bytes) else b""


@value
class Input:
    """An accepted input. `te` is what counts, `arrival` and `claimed` are measured. `seq` 0: made by the referee."""

    side: int
    seq: int
    te: int
    intent: Intent
    arrival: int
    claimed: int


@value
class Decided:
    """The due event happened: a check, since it follows from the inputs. `at` is when it was decided."""

    seq: int
    t1: int
    by_deadline: bool
    at: int


@value
class Clock:
    """Match time as an affine map: `match_t + rate * max(0, now - server_us)`, all in µs. It is an event too."""

    epoch: int
    match_t: int
    server_us: int
    rate: int
    cause: Cause
    #: Which side is missing; NOBODY when both are or nobody is.
    absent: int
    #: While frozen for somebody: how long until forfeit, ms of server time from `server_us`.
    forfeit_in_ms: int
    pauses_left: int
    pauses_right: int


@value
class Attendance:
    """Who is at the seats. It is an event too."""

    left: bool
    right: bool


@value
class AttendanceChanged:
    """The record of an attendance, with its match time."""

    attendance: Attendance
    t: int


@value
class Grace:
    """What a side is granted for being late, in µs; or, with `save`, that its credit has just saved a ball."""

    side: int
    grace_us: int
    credit_us: int
    rtt_us: int
    save: bool


@value
class Forfeit:
    """A side is out: absent too long, or gave up. NOBODY: both."""

    side: int
    t: int


@value
class SideProgress:
    """What one side has come to at a checkpoint. The names are those of `Facts`."""

    last_seq: int
    last_te: int
    floor: int
    grace: int
    absent: bool
    spent: int


@value
class Progress:
    """What a match has come to at a checkpoint, beside the state of the game. The names are those of `Facts`."""

    clock: Clock
    attendance: Attendance
    decisions: int
    written_t: int
    figures: Figures
    #: Number of the event of each of the points in `figures`.
    goal_seqs: tuple[int, ...]
    left: SideProgress
    right: SideProgress


@value
class Checkpoint:
    """The full state after a point: a rebuild begins at the last one (see `gameserver.core.resume`)."""

    state: PongState
    state_hash: int
    t: int
    topic_seq: int
    #: None in older journals.
    progress: Progress | None = None


@value
class Heartbeat:
    """The match had come to this time: what a restart freezes at."""

    t: int


@value
class Result:
    """How the match ended, and what was measured. It is an event too, the last one."""

    outcome: Outcome
    winner: int
    left: int
    right: int
    duration_us: int
    stats: PongStats


@value
class Ended:
    """The match is over."""

    result: Result


@value
class Reported:
    """The backend has acknowledged the result."""

    unix_ms: int


Record = (
    Opened | Input | Decided | Clock | AttendanceChanged | Grace | Forfeit | Checkpoint | Heartbeat | Ended | Reported
)
MatchEvent = Clock | Attendance | Result | Volley | PaddleMove | Miss | Goal

#: Absences that a side is forgiven, and for how much server time together; the countdowns before a start and a resume.
PAUSES = 2
BUDGET = 30_000_000
COUNTDOWN = 3_000_000
#: Server time after a restart that is on no player's budget.
RESTORE_FREE = 30_000_000


class Facts:
    """What a journal says, so far. `apply` is the only thing that changes it."""

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
        "written_t",
    )

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.game = Pong(opened.ruleset, opened.seed)
        self.stats = StatsFold(self.game)
        self.clock = Clock(0, 0, 0, 0, Cause.WAITING, NOBODY, 0, PAUSES, PAUSES)
        self.attendance = Attendance(opened.left.bot > 0, opened.right.bot > 0)
        #: Sides whose budget runs: those that were missing when the clock stopped.
        self.absentees: tuple[int, ...] = ()
        self.pauses = [PAUSES, PAUSES]
        self.spent = [0, 0]
        self.last_seq = [0, 0]
        self.last_te = [0, 0]
        #: First match time at which an input of the side can still count.
        self.floor = [0, 0]
        self.grace = [0, 0]
        #: Who is out: a side, NOBODY for both; None when nobody is.
        self.forfeited: int | None = None
        self.decisions = 0
        #: When the last event fell due.
        self.decided_t = 0
        #: The match is known to have come to this time.
        self.written_t = 0
        #: Number of the topic's last event. The first serve is number 1.
        self.seq = 1
        #: The events that are never dropped, with their numbers; and how many of them the last checkpoint has.
        self.durable: list[tuple[int, Goal | Result]] = []
        self.checkpointed = 0
        self.result: Result | None = None
        self.reported = False

    def bots(self) -> tuple[bool, bool]:
        """Which sides are bots."""
        return self.opened.left.bot > 0, self.opened.right.bot > 0

    def present(self, side: int) -> bool:
        """Whether the side is there; bots always are."""
        return (self.attendance.right if side else self.attendance.left) or self.bots()[side]

    def apply(self, record: Record) -> Sequence[Event]:
        """Fold one record in and return the events that it means. Raises ValueError when it does not fit."""
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
            until = clock.server_us - (COUNTDOWN if clock.cause == Cause.RESUME else 0)
            free = RESTORE_FREE if before.cause == Cause.RESTORE else 0
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
        """What a checkpoint that is written now has to hold, so that a rebuild can begin there."""
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


def fold(records: Iterable[Record], told: list[Event] | None = None) -> Facts:
    """The state that a journal leads to. Raises JournalError at the first record that does not fit.

    Every event that it means is added to `told`; the first of them has number 2.
    """
    facts: Facts | None = None
    for position, record in enumerate(records):
        try:
            if facts is None:
                if not isinstance(record, Opened):
                    raise ValueError("is not the opening")
                if record.ruleset_hash != record.ruleset.hash():
                    raise ValueError("names another ruleset hash than its ruleset has")
                facts = Facts(record)
            elif facts.result and not isinstance(record, Reported):
                raise ValueError("comes after the end")
            else:
                events = facts.apply(record)
                if told is not None:
                    told += events
        except Exception as error:
            # Whatever somebody has written into a journal is that journal's fault, and nobody else's.
            raise JournalError(position, f"{type(record).__name__} {error}") from error
    if facts is None:
        raise JournalError(0, "the journal is empty")
    return facts
