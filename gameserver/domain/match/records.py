"""Records of a match's journal, and the events that applying them means."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from gameserver.domain.match.stats import Figures, PongStats
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Goal, Miss, PaddleMove, PongState, Volley
from gameserver.domain.pong.intents import Intent
from gameserver.domain.pong.randomness import commitment
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import value


class JournalError(ValueError):
    """Journal that contradicts itself or the rules. `position` counts records from 0, `sentence` says what differs."""

    def __init__(self, position: int, sentence: str) -> None:
        super().__init__(f"record {position}: {sentence}")
        self.position = position
        self.sentence = sentence


class Cause(IntEnum):
    """Reasons for which the clock changes."""

    WAITING = 1
    START = 2
    PAUSE = 3
    RESUME = 4
    END = 5
    RESTORE = 6


class Outcome(IntEnum):
    """Ways in which a match ends."""

    PLAYED = 1
    FORFEIT = 2
    DRAW = 3
    VOID = 4


@dataclass(frozen=True, slots=True)
class Occupant:
    """Occupant of a side: an account, a second person at the same keyboard (no account), or a bot."""

    name: str = ""
    account_id: str = ""
    bot: Strength = Strength.PERSON
    bot_reaction_ms: int = 0
    """Added to a bot's mean reaction time, ms."""
    rtt_most_us: int = 0
    """The round trip that a person is believed at most, µs; 0 for whatever is measured."""


@dataclass(frozen=True, slots=True)
class Opened:
    """First record of every journal: the ruleset and the players."""

    ruleset: Ruleset
    ruleset_hash: int
    seed: int | bytes
    """Source of all chance in the play: a secret until the match is over, or 32 bits in older journals."""
    left: Occupant
    right: Occupant
    session_id: str = ""
    match: int = 1
    rated: bool = False
    """It counts for ratings: what a long line is granted is bounded."""

    @property
    def commitment(self) -> bytes:
        """Commitment to the secret, shown from the beginning; empty for a seed of 32 bits.

        With it everybody can check later that nobody chose the seed.
        """
        return commitment(self.seed) if isinstance(self.seed, bytes) else b""


@value
class Input:
    """An accepted input. `te` is what counts, `arrival` and `claimed` are measured. `seq` 0: made by the server."""

    side: int
    seq: int
    te: int
    intent: Intent
    arrival: int
    claimed: int


@value
class Decided:
    """Decision of the due event: a check, since it follows from the inputs. `at` is when it was decided."""

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
    absent: int
    """Side that is missing; NOBODY when both are or nobody is."""
    forfeit_in_ms: int
    """While frozen for somebody: how long until forfeit, ms of server time from `server_us`."""
    pauses_left: int
    pauses_right: int


@value
class Attendance:
    """Presence of both sides. It is an event too."""

    left: bool
    right: bool


@value
class AttendanceChanged:
    """The record of an attendance, with its match time."""

    attendance: Attendance
    t: int


@value
class Grace:
    """Lateness granted to a side, µs; with `save`: its credit has just saved a ball."""

    side: int
    grace_us: int
    credit_us: int
    rtt_us: int
    save: bool


@value
class Forfeit:
    """Forfeit of a side that was absent too long or gave up; NOBODY for both."""

    side: int
    t: int


@value
class SideProgress:
    """Progress of one side at a checkpoint. The names are those of `MatchState`."""

    last_seq: int
    last_te: int
    floor: int
    grace: int
    absent: bool
    spent: int


@value
class Progress:
    """Progress of a match at a checkpoint, beside the state of the game. The names are those of `MatchState`."""

    clock: Clock
    attendance: Attendance
    decisions: int
    written_t: int
    figures: Figures
    goal_seqs: tuple[int, ...]
    """Number of the event of each of the points in `figures`."""
    left: SideProgress
    right: SideProgress


@value
class Checkpoint:
    """The full state after a point: a rebuild begins at the last one (see `gameserver.domain.match.resume`)."""

    state: PongState
    state_hash: int
    t: int
    topic_seq: int
    progress: Progress | None = None
    """None in older journals."""


@value
class Heartbeat:
    """Time that the match had come to: a restart freezes there."""

    t: int


@value
class Result:
    """Result and statistics of a match. It is an event too, the last one."""

    outcome: Outcome
    winner: int
    left: int
    right: int
    duration_us: int
    stats: PongStats


@value
class Ended:
    """End of the match."""

    result: Result


@value
class Reported:
    """Acknowledgement of the result by the backend."""

    unix_ms: int


Record = (
    Opened | Input | Decided | Clock | AttendanceChanged | Grace | Forfeit | Checkpoint | Heartbeat | Ended | Reported
)
MatchEvent = Clock | Attendance | Result | Volley | PaddleMove | Miss | Goal

PAUSES: Final = 2
"""Absences that a side is forgiven in a match."""
