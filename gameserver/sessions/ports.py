"""What the service needs from outside, each as a small protocol."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import SessionSpec
from matchpoint.v1.stats_pb2 import ReportStatsRequest
from matchpoint.v1.tournament_pb2 import Scoreboard, TournamentSpec
from matchpoint.v1.tournament_pb2 import TournamentState as TournamentStateMessage

from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import Ended, MatchEvent, Opened, Record
from gameserver.domain.match.state import MatchState
from gameserver.domain.tournament import records as tournament
from gameserver.domain.tournament.state import TournamentSnapshot as TournamentSnapshotState
from gameserver.domain.tournament.state import TournamentState

#: The server's monotonic clock, µs. Its zero means nothing.
Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Seal:
    """What lies before a record in its file."""

    #: SHA-256 of it.
    digest: bytes
    #: Its length in bytes.
    length: int


class Journal(Protocol):
    """The journal of one match. What `append` returned from survives the death of the process."""

    def append(self, records: Sequence[bytes]) -> None:
        """Write records, all or none. Raises OSError when the disk does not take them."""

    async def sync(self) -> None:
        """Returns when all that was appended survives a power loss. Raises OSError."""

    def content(self) -> bytes:
        """The file as it is, its first line included."""
        ...

    def seal(self, more: Sequence[bytes] = ()) -> Seal:
        """Of the file as it would be with these records behind it."""
        ...

    def cut(self, whole: int) -> None:
        """Drop what lies behind the last whole record: a torn tail. Raises OSError."""

    def close(self) -> None:
        """Let go of it; it stays what it is."""

    def retire(self, *, keep: bool) -> None:
        """The journal is over and reported: put it away, or (with `keep` false) remove it."""

    def set_aside(self) -> None:
        """The journal needs a person's eyes: move it to where nothing resends or removes it."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a journal and a report are about: a session's match, and which playing of it."""

    session_id: str
    #: 1 in a duel; in a tournament 0 is the tournament itself.
    match: int = 1
    #: From 1.
    attempt: int = 1


class JournalStore(Protocol):
    """All journals of this game server."""

    def create(self, key: Key) -> Journal:
        """A new journal. Raises FileExistsError when there is or was one, retired or not, and OSError."""
        ...

    def content(self, key: Key) -> bytes | None:
        """The bytes of a journal, retired or not; None when there is none."""
        ...

    def has(self, key: Key) -> bool:
        """Whether there is a journal, retired or not."""
        ...

    def unreported(self) -> Sequence[Key]:
        """Journals that were never retired: the outbox at a start. Raises OSError."""
        ...

    def reopen(self, key: Key) -> Journal:
        """One of those, for appending once its torn tail is cut off. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """What was numbered on a topic before this tenure: the last number, and the durable events with theirs."""

    seq: int
    durable: Sequence[tuple[int, MatchEvent | tournament.TournamentEvent]]


@dataclass(frozen=True, slots=True)
class RestoredMatch:
    """What the journal of a match leads to."""

    facts: MatchState
    spec: SessionSpec
    #: The last tenure that wrote to it.
    epoch: int
    #: Bytes up to the end of its last whole record.
    whole: int

    @property
    def past(self) -> Past:
        """What its topic has told."""
        return Past(self.facts.seq, self.facts.durable)


@dataclass(frozen=True, slots=True)
class PastMatch:
    """A journal that was read back."""

    #: What the core folds.
    records: Sequence[Record]
    spec: SessionSpec
    #: The last tenure that wrote to it.
    epoch: int


@dataclass(frozen=True, slots=True)
class TournamentJournal:
    """A tournament's journal that is being read back: there may be thousands of records."""

    #: One after another, once. Raises JournalError at one that makes no sense.
    records: Iterator[tournament.TournamentRecord]
    spec: SessionSpec
    #: Bytes up to the end of its last whole record.
    whole: int


@dataclass(frozen=True, slots=True)
class RestoredTournament:
    """What the journal of a tournament leads to."""

    facts: TournamentState
    #: All events that it means.
    told: Sequence[tournament.TournamentEvent]
    #: What its spectators have, if they see it later: facts of their own, equal to the others.
    seen: TournamentState | None
    spec: SessionSpec
    #: The tenure that takes it up.
    epoch: int
    #: Bytes up to the end of its last whole record.
    whole: int


@dataclass(frozen=True, slots=True)
class PastTournament:
    """A tournament's journal that was read back."""

    records: Sequence[tournament.TournamentRecord]
    spec: SessionSpec
    #: The last tenure that wrote to it.
    epoch: int


def tenures(records: Iterable[tournament.TournamentRecord]) -> int:
    """How many game servers have held the tournament of these records, one after another."""
    return 1 + sum(1 for record in records if isinstance(record, tournament.Restored))


@dataclass(frozen=True, slots=True)
class TournamentSnapshot:
    """All of a tournament: what the core knows of it, what it is, and what is on."""

    state: TournamentSnapshotState
    spec: TournamentSpec
    scoreboard: Scoreboard | None = None


class Codec(Protocol):
    """Core values as the bytes of the contract, and back."""

    #: Kinds of events that are never dropped.
    durable: Collection[type]
    #: Kinds of records that hold a seal.
    sealed: Collection[type]

    def record(self, record: Record, epoch: int, seal: Seal | None = None) -> bytes:
        """A journal record written in a tenure, with a seal if it is of a kind that is `sealed`. Not for `Opened`."""
        ...

    def opened(self, opened: Opened, spec: SessionSpec) -> bytes:
        """The first record: it keeps the spec too."""
        ...

    def read(self, content: bytes) -> PastMatch:
        """A journal file. Raises JournalUnreadable, or JournalError when records do not make sense."""
        ...

    def restore(self, content: bytes) -> RestoredMatch:
        """What a journal file leads to, folded from its last checkpoint on. Raises as `read` does."""
        ...

    def is_empty(self, content: bytes) -> bool:
        """Whether there is no whole record in a journal file, and nothing else either. Raises nothing."""
        ...

    def result(self, ended: Ended) -> tuple[Result, bytes]:
        """The result of a match, and its digest."""
        ...

    def tournament_opened(self, opened: tournament.TournamentOpened, spec: SessionSpec) -> bytes:
        """A tournament's first record: it keeps the spec."""
        ...

    def tournament_record(self, record: tournament.TournamentRecord, digest: bytes = b"") -> bytes:
        """A record of a tournament's journal; `digest` only with `Ended`. Not for `Opened`."""
        ...

    def open_tournament(self, content: bytes) -> TournamentJournal:
        """A tournament's journal file, to be read record by record. Raises JournalUnreadable."""
        ...

    def read_tournament(self, content: bytes) -> PastTournament:
        """A tournament's journal file. Raises JournalUnreadable, or JournalError when records do not make sense."""
        ...

    def tournament_state(self, snapshot: TournamentSnapshot) -> tuple[TournamentStateMessage, bytes]:
        """All of a tournament, and the digest of it."""
        ...

    def frame(
        self,
        topic: int,
        epoch: int,
        seq: int,
        server_us: int,
        horizon_t: int,
        events: Sequence[MatchEvent | tournament.TournamentEvent],
        snapshot: MatchSnapshot | TournamentSnapshot | None = None,
    ) -> bytes:
        """A serialized ServerMessage of one frame; the same bytes are a StreamGameStateResponse."""
        ...

    def connections(self, numbers: Sequence[int]) -> bytes:
        """Who a delivery is for, as `delivery` takes it."""
        ...

    def delivery(self, connections: bytes, message: bytes, close_code: int = 0) -> bytes:
        """One entry of a PlayResponse, with tag and length: a response is any number of these, one after another."""
        ...


class ResultSink(Protocol):
    """Where results go: the backend."""

    async def report(self, request: ReportStatsRequest) -> None:
        """Returns when the report is committed there.

        Raises Refused when it never will be, and Unreachable when it is worth trying again.
        """


class Unreachable(Exception):
    """The other end was not reached, or could not answer now: try again."""
