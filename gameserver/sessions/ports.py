"""Ports of the sessions: journals, the codec of the contract, the outbox and the backend."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gameserver.domain.match.records import Opened, Record, Result
from gameserver.domain.match.state import MatchState
from gameserver.domain.tournament import records as tournament
from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.spec import Entrant, Spec
from gameserver.domain.tournament.state import TournamentSnapshot, TournamentState
from gameserver.sessions.values import Board, SessionSpec
from gameserver.streaming.ports import FrameEncoder, ResumePoint
from wire.refusal import Refused

Done = TypeVar("Done")

WallClock = Callable[[], int]
"""Milliseconds since 1970 UTC: deadlines of a tournament outlive the process."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Digest and length of what lies before a record in its file."""

    digest: bytes
    """SHA-256."""
    length: int
    """Bytes."""


class Journal(Protocol):
    """The journal of one match. What `append` returned from survives the death of the process."""

    def append(self, records: Sequence[bytes]) -> None:
        """Write records, all or none. Raises OSError when the disk does not take them."""

    async def sync(self) -> None:
        """Return when all that was appended survives a power loss. Raises OSError."""

    def content(self) -> bytes:
        """Read the file as it is, its first line included."""
        ...

    def seal(self, more: Sequence[bytes] = ()) -> Seal:
        """Seal the file as it would be with these records behind it."""
        ...

    def cut(self, whole: int) -> None:
        """Drop what lies behind the last whole record: a torn tail. Raises OSError."""

    def close(self) -> None:
        """Close the file; it stays what it is."""

    def retire(self, *, keep: bool) -> None:
        """Move a reported journal to its archive, or (with `keep` false) remove it."""

    def set_aside(self) -> None:
        """Move the journal to where nothing resends or removes it: a person has to look at it."""


@dataclass(frozen=True, slots=True)
class Key:
    """The subject of a journal or a report: a session's match, and which playing of it."""

    session_id: str
    match: int = 1
    """1 in a duel; in a tournament 0 is the tournament itself."""
    attempt: int = 1
    """From 1."""


class JournalStore(Protocol):
    """All journals of this game server."""

    def create(self, key: Key) -> Journal:
        """Create a journal. Raises FileExistsError when there is or was one, retired or not, and OSError."""
        ...

    def content(self, key: Key) -> bytes | None:
        """Read a journal, retired or not; None when there is none."""
        ...

    def has(self, key: Key) -> bool:
        """Report whether there is a journal, retired or not."""
        ...

    def unreported(self) -> Sequence[Key]:
        """List the journals that were never retired: the outbox at a start. Raises OSError."""
        ...

    def reopen(self, key: Key) -> Journal:
        """Open one of those, for appending once its torn tail is cut off. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class RestoredMatch:
    """The state that a match's journal leads to."""

    state: MatchState
    spec: SessionSpec
    epoch: int
    """The last tenure that wrote to it."""
    whole: int
    """Bytes up to the end of its last whole record."""

    @property
    def resume_point(self) -> ResumePoint:
        """The numbering of its topic so far."""
        return ResumePoint(self.state.seq, self.state.durable)


@dataclass(frozen=True, slots=True)
class MatchJournal:
    """A match's journal, read back record by record."""

    records: Sequence[Record]
    spec: SessionSpec
    epoch: int
    """The last tenure that wrote to it."""


@dataclass(frozen=True, slots=True)
class TournamentReader:
    """A tournament's journal that is being read back: there may be thousands of records."""

    records: Iterator[tournament.TournamentRecord]
    """One after another, once. Raises JournalError at one that makes no sense."""
    spec: SessionSpec
    whole: int
    """Bytes up to the end of its last whole record."""


@dataclass(frozen=True, slots=True)
class RestoredTournament:
    """The state that a tournament's journal leads to."""

    state: TournamentState
    events: Sequence[tournament.TournamentEvent]
    """All events that it means."""
    seen: TournamentState | None
    """The spectators' own copy of the facts, equal to the others; None if they see the tournament without a delay."""
    spec: SessionSpec
    epoch: int
    """The tenure that takes it up."""
    whole: int
    """Bytes up to the end of its last whole record."""


@dataclass(frozen=True, slots=True)
class TournamentJournal:
    """A tournament's journal, read back record by record."""

    records: Sequence[tournament.TournamentRecord]
    spec: SessionSpec
    epoch: int
    """The last tenure that wrote to it."""


def tenures(records: Iterable[tournament.TournamentRecord]) -> int:
    """Count the game servers that have held the tournament of these records, one after another."""
    return 1 + sum(1 for record in records if isinstance(record, tournament.Restored))


@dataclass(frozen=True, slots=True)
class TournamentView:
    """All of a tournament: its state, its settings, and the scores of matches that are on."""

    state: TournamentSnapshot
    spec: SessionSpec
    scoreboard: Board | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Report of one match (then it has a `result`) or of a tournament itself (then `tournament`)."""

    key: Key
    spec: SessionSpec
    session_over: bool
    """Nothing more is reported of the session after this."""
    result: Result | None = None
    tournament: TournamentView | None = None


class Codec(FrameEncoder, Protocol):
    """Domain values as the bytes of the contract, and back."""

    sealed: Collection[type]
    """Kinds of records that hold a seal."""

    # Specs.

    def match_opening(self, key: Key, spec: SessionSpec, secret: bytes) -> Opened:
        """Make the first record of a match, from a filled spec; all chance of its play follows from `secret`."""
        ...

    def match_spec(self, spec: SessionSpec, left: Entrant, right: Entrant) -> SessionSpec:
        """Make the spec of one match of a tournament: a duel of two of its entrants."""
        ...

    def tournament_spec(self, spec: SessionSpec) -> Spec:
        """Read the tournament of a filled spec."""
        ...

    def tournament_refusal(self, error: TournamentRefused, path: str = "") -> Refused:
        """Express a refusal of the domain in the contract. `path` goes before the field."""
        ...

    # The journal of a match.

    def opened(self, opened: Opened, spec: SessionSpec) -> bytes:
        """Encode the first record: it keeps the spec too."""
        ...

    def record(self, record: Record, epoch: int, seal: Seal | None = None) -> bytes:
        """Encode a record written in a tenure, with a seal if its kind is `sealed`. Not for `Opened`."""
        ...

    def read(self, content: bytes) -> MatchJournal:
        """Read a match's journal. Raises JournalUnreadable, or JournalError when records do not make sense."""
        ...

    def restore(self, content: bytes) -> RestoredMatch:
        """Restore a match from its journal, folded from its last checkpoint on. Raises as `read` does."""
        ...

    def is_empty(self, content: bytes) -> bool:
        """Report whether a journal has no whole record, and nothing else either. Raises nothing."""
        ...

    # The journal of a tournament.

    def tournament_opened(self, opened: tournament.TournamentOpened, spec: SessionSpec) -> bytes:
        """Encode a tournament's first record: it keeps the spec."""
        ...

    def tournament_record(self, record: tournament.TournamentRecord, digest: bytes = b"") -> bytes:
        """Encode a record of a tournament; `digest` only with `Ended`. Not for `Opened`."""
        ...

    def open_tournament(self, content: bytes) -> TournamentReader:
        """Begin to read a tournament's journal, record by record. Raises JournalUnreadable."""
        ...

    def read_tournament(self, content: bytes) -> TournamentJournal:
        """Read a tournament's journal. Raises JournalUnreadable, or JournalError when records do not make sense."""
        ...

    def tournament_digest(self, view: TournamentView) -> bytes:
        """Digest all of a tournament."""
        ...

    # The scoreboard.

    def scoreboard(self, board: Board) -> bytes:
        """Serialize the ServerMessage of a scoreboard."""
        ...

    def scoreboard_of(self, message: bytes) -> Board:
        """Read what `scoreboard` has made; an empty one from b""."""
        ...


class Outbox(Protocol):
    """Results on their way to the backend."""

    def add(self, key: Key, report: Report, journal: Journal, wait_s: float = 0) -> None:
        """Report a result until the backend has it, not before `wait_s` seconds from now."""


class ResultSink(Protocol):
    """The backend as the receiver of results."""

    async def report(self, report: Report, journal: bytes) -> None:
        """Return when the report is committed there, with the content of its journal.

        Raises Refused when it never will be, and Unreachable when it is worth trying again.
        """


class RoundDrawer(Protocol):
    """Draws the rounds of a Swiss. Every implementation draws the same round for the same contenders."""

    async def __call__(self, wanted: RoundToDraw) -> Pairs:
        """Draw the round; empty where there is no legal one. Raises OSError when it cannot be drawn now."""
        ...


class Offload(Protocol):
    """Runs long work beside the event loop. The work touches nothing but what it is given."""

    async def __call__(self, work: Callable[[], Done]) -> Done:
        """Return what the work returns; raise what it raises."""
        ...


class Unreachable(Exception):
    """The backend was not reached, or could not answer now: try again."""
