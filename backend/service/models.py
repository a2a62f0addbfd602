"""Values that the backend stores: accounts, sessions, matches, tournaments, invitations, keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from backend.core.friends import Bond
from backend.core.privacy import Audience
from backend.core.serialized import MatchResult, TournamentState
from backend.service.session_specs import Origin, SessionSpec

Bonds = dict[str, tuple[str, Bond]]
"""Account id of the other -> their name, and what is between the two."""


CreatedKey = tuple[int, str]
"""Creation time in unix milliseconds, and the id: the order in which retention passes over old rows."""


@dataclass(frozen=True, slots=True)
class Account:
    """A durable identity."""

    account_id: str
    name: str
    guest: bool
    history: Audience = Audience.EVERYBODY
    """Audience that may see its matches and totals."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign-in of an account on one device. `device` is a label or empty; `used_ms` is exact to the hour."""

    sign_in_id: str
    device: str
    created_ms: int
    used_ms: int


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Owner of a token, and the token's age (unix milliseconds)."""

    account_id: str
    guest: bool
    created_ms: int
    used_ms: int


@dataclass(frozen=True, slots=True)
class Person:
    """Caller of a command: the account, and its network address, for limits."""

    account: Account
    address: str = ""

    @property
    def account_id(self) -> str:
        return self.account.account_id


class Stage(Enum):
    """Stage of a session, as the directory knows it."""

    CREATING = "creating"
    """Committed; its game server may not have it yet."""
    LIVE = "live"
    OVER = "over"
    LOST = "lost"
    """Its game server does not have it. It carries no statistics, and yields to a late result."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One row of the session directory: which game server holds which session."""

    session_id: str
    server: str
    spec: SessionSpec
    listed: bool
    open_view: bool
    """True if it may be watched without a ticket."""
    account_id: str
    """Account that started it; empty for the showcase match and for operators."""
    room_code: str
    """The room it was started from, or empty."""
    created_ms: int
    epoch: int = 1
    stage: Stage = Stage.CREATING
    address: str = ""
    """Network address of the start; empty in a record that was read."""

    @classmethod
    def of_operator(cls, session_id: str, server: str, spec: SessionSpec, created_ms: int) -> "SessionRecord":
        """A session that was made on the game server itself."""
        return cls(
            session_id=session_id,
            server=server,
            spec=spec,
            listed=spec.public,
            open_view=spec.public,
            account_id="",
            room_code="",
            created_ms=created_ms,
            stage=Stage.LIVE,
        )

    @property
    def on(self) -> bool:
        return self.stage in (Stage.CREATING, Stage.LIVE)

    @property
    def tournament(self) -> bool:
        return self.spec.tournament is not None

    @property
    def local(self) -> bool:
        """True if it is played at one keyboard."""
        return self.spec.origin is Origin.LOCAL


@dataclass(frozen=True, slots=True)
class GameServer:
    """A game server that the directory knows."""

    server: str
    address: str
    incarnation: int


@dataclass(frozen=True, slots=True)
class SideTotals:
    """Statistics of one account in one match, or summed over many. Distances in units, speeds in units per second."""

    matches: int = 1
    wins: int = 0
    losses: int = 0
    draws: int = 0
    points_for: int = 0
    points_against: int = 0
    hits: int = 0
    longest_rally: int = 0
    top_speed: int = 0
    play_us: int = 0
    distance: int = 0


@dataclass(frozen=True, slots=True)
class PlayerTotals:
    """Totals of an account over the matches that count."""

    account_id: str
    name: str
    totals: SideTotals


@dataclass(frozen=True, slots=True)
class SideRow:
    """Statistics of one side of a match. `side` is 0 for left, 1 for right; totals include it if `counted`."""

    account_id: str
    side: int
    counted: bool
    totals: SideTotals


class Outcome(Enum):
    """Way in which a match ended."""

    PLAYED = "played"
    """By the rules, with a winner."""
    DRAW = "draw"
    """By the rules, without a winner."""
    FORFEIT = "forfeit"
    """One side resigned or stayed away."""
    VOID = "void"
    """Neither side was there."""
    UNKNOWN = "unknown"
    """Newer than this program."""


@dataclass(frozen=True, slots=True)
class SideStats:
    """Statistics of one side of a match. Distance in units, speed in units per second, round trip in µs."""

    hits: int = 0
    top_speed: int = 0
    distance: int = 0
    rtt_us: int = 0


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """Result of a match, as far as the backend decides by it. Pairs are left and right."""

    outcome: Outcome
    winner: int | None
    """0 for left, 1 for right; None without one."""
    points: tuple[int, int]
    duration_us: int
    longest_rally: int
    top_speed: int
    sides: tuple[SideStats, SideStats]
    document: bytes
    """All of it as it was reported, to be stored and given back (`contract.records`)."""


@dataclass(frozen=True, slots=True)
class Report:
    """Report of a game server: a match that is over, or as match 0 the end of a tournament."""

    session_id: str
    match: int
    attempt: int
    digest: bytes
    """Identity of the result: another report of the same attempt has to have the same."""
    spec: SessionSpec
    result: RecordedResult
    last_result: MatchResult
    """Result as the room stores it."""
    journal: bytes
    journal_digest: bytes
    session_over: bool
    tournament: TournamentState
    champion: str = ""
    """Name of a tournament's champion, or empty."""


@dataclass(frozen=True, slots=True)
class MatchRow:
    """Record of a match.

    `position` orders records by when they were committed; 0 before that. `listed` says whether public lists have it,
    `counted` whether it counts in totals, and `rated` whether it moves ratings.
    """

    session_id: str
    match: int
    attempt: int
    digest: bytes
    spec: SessionSpec
    result: RecordedResult
    recorded_ms: int
    position: int = 0
    listed: bool = True
    journal_digest: bytes = b""
    """SHA-256 of the journal; empty for what was recorded by older versions. It outlives the journal."""
    counted: bool = True
    rated: bool = False


@dataclass(frozen=True, slots=True)
class MatchPage:
    """Page of a list of matches, the newest first. The token is empty on the last page."""

    matches: Sequence[MatchRow]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class TournamentRow:
    """Record of a tournament that is over. `champion` is a name, or empty."""

    session_id: str
    digest: bytes
    state: TournamentState
    champion: str
    ended_ms: int


@dataclass(frozen=True, slots=True)
class TournamentEntrant:
    """Entrant of a tournament. `entrant` is the number of its seat."""

    entrant: int
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TournamentSnapshot:
    """A tournament as its game server tells it."""

    state: TournamentState
    entrants: tuple[TournamentEntrant, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """Invitation of an account to a tournament by its organiser."""

    session_id: str
    account_id: str
    by_account_id: str
    invited_ms: int
    declined: bool = False


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """Invitation as its receiver sees it."""

    session_id: str
    title: str
    by_account_id: str
    by_name: str
    invited_ms: int


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`purpose` is "ticket" (Ed25519, 32 raw bytes) or "fleet" (HMAC)."""

    kid: str
    purpose: str
    secret: bytes
    created_ms: int
