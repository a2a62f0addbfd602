"""Records of a tournament's journal, and the events that applying them means. Times are unix milliseconds.

An event is the new state of one thing: a reader who keeps the last one of each has what `TournamentState.snapshot` has.
One rule goes with `Status`: pairings of a Swiss round beyond `rounds_drawn` are gone.
"""

from enum import IntEnum

from gameserver.domain.match.records import Result
from gameserver.domain.tournament.commands import Command
from gameserver.domain.tournament.pairings import Kind, Outcome, Pairing, Standing
from gameserver.domain.tournament.settings import TiebreakRules
from gameserver.domain.tournament.spec import Entrant, Spec
from gameserver.domain.values import value


class Phase(IntEnum):
    """Phase of a tournament."""

    CHECK_IN = 1
    DRAWN = 2
    """The draw is being shown."""
    PLAYING = 3
    OVER = 4
    REVIEW = 5
    """All is played, and can still be corrected."""


class EntrantState(IntEnum):
    """State of an entrant."""

    WAITING = 1
    """On the waiting list."""
    EXPECTED = 2
    """Has not checked in yet."""
    IN = 3
    ELIMINATED = 4
    """Eliminated."""
    WITHDRAWN = 5
    DISQUALIFIED = 6
    ABSENT = 7
    """Did not check in."""


class PairingState(IntEnum):
    """State of a pairing."""

    OPEN = 1
    """A side is not known yet."""
    READY = 2
    """Both are known; they rest, or play elsewhere, or have to wait for a free court."""
    CALLED = 3
    """Both are called to their match."""
    PLAYING = 4
    DECIDED = 5
    SKIPPED = 6
    """Turned out not to be needed: a reset."""


# Records.


@value
class TournamentOpened:
    """Opening of a tournament: its first record."""

    spec: Spec
    at: int
    session_id: str = ""


@value
class CommandAccepted:
    """Command that was allowed. `by` is an account, empty for the house."""

    by: str
    act: Command
    at: int


@value
class CheckedIn:
    """End of the check-in: entrants who have not come are out, and the waiting list comes in for them."""

    at: int


@value
class Drawn:
    """The seeds: entrants by seed."""

    entrants: tuple[int, ...]
    at: int


@value
class RoundDrawn:
    """A round of a format that draws by results: seeds (left, right), right EMPTY for the bye."""

    pairs: tuple[tuple[int, int], ...]
    at: int


@value
class Called:
    """Call of both sides of a pairing to a match, which begins at `starts_at` at the earliest."""

    pairing: int
    match: int
    attempt: int
    at: int
    starts_at: int
    deadline: int
    """Time at which an absent side loses."""


@value
class Begun:
    """Begin of a match: both sides came."""

    match: int
    attempt: int
    at: int


@value
class MatchEnded:
    """End of a match."""

    match: int
    attempt: int
    result: Result
    at: int


@value
class WalkedOver:
    """Decision of a pairing without a match, or without another one. `winner` is a side, or NO_SIDE."""

    pairing: int
    kind: Kind
    winner: int
    at: int


@value
class Restored:
    """Restart of the game server: every deadline is at least `Timing.return_ms` away."""

    at: int


@value
class Played:
    """End of play: the results are under review, for `Spec.review_s` or until the organiser confirms them."""

    at: int


@value
class EntrantStats:
    """Statistics of one entrant. Walkovers, byes and reopened matches do not count. Speeds in units per second, µs."""

    entrant: int
    matches: int = 0
    wins: int = 0
    points_for: int = 0
    points_against: int = 0
    hits: int = 0
    longest_rally: int = 0
    top_speed: int = 0
    play_us: int = 0


@value
class EventStats:
    """Statistics of the whole tournament. Matches are named by number, 0 where there is none."""

    matches: int = 0
    points: int = 0
    hits: int = 0
    play_us: int = 0
    took_ms: int = 0
    """From the draw to the end."""
    longest_rally_match: int = 0
    longest_rally: int = 0
    top_speed_match: int = 0
    top_speed: int = 0
    closest_match: int = 0
    """The smallest difference, the most points among equals."""
    longest_match: int = 0
    upsets: int = 0
    """Pairings that were won on the court by the worse seed."""


@value
class TournamentResult:
    """Result of a tournament. It is an event too, the last one."""

    champion: int | None
    """An entrant; None when there is none."""
    cancelled: bool
    standings: tuple["StandingLine", ...]
    entrants: tuple[EntrantStats, ...]
    event: EventStats


@value
class TournamentEnded:
    """End of the tournament."""

    result: TournamentResult
    at: int


@value
class TournamentReported:
    """Acknowledgement of the tournament's result by the backend."""

    at: int


TournamentRecord = (
    TournamentOpened
    | CommandAccepted
    | CheckedIn
    | Drawn
    | RoundDrawn
    | Called
    | Begun
    | MatchEnded
    | WalkedOver
    | Restored
    | Played
    | TournamentEnded
    | TournamentReported
)

# Events.


@value
class Status:
    """Status of the tournament as a whole."""

    phase: Phase
    paused: bool
    deadline: int
    """End of the check-in, of the showing of the draw, or of the review, unix ms; 0 otherwise."""
    rounds_drawn: int
    """Rounds drawn so far, and to be drawn in all: of a Swiss."""
    rounds: int


@value
class Seeds:
    """The draw: entrants by seed."""

    entrants: tuple[int, ...]


@value
class EntrantLine:
    """An entrant."""

    entrant: int
    who: Entrant
    seed: int
    """0 before the draw, and for those who are not in it."""
    state: EntrantState


@value
class PlayedMatch:
    """One match of a pairing. `winner` is a side; NO_SIDE while it is on, and when it was level."""

    match: int
    attempt: int
    result: Result | None
    winner: int


@value
class PairingLine:
    """A pairing. Its sides as entrants, None where nobody is (yet); `pairing` has them as seeds, and where from."""

    pairing: Pairing
    state: PairingState
    left: int | None
    right: int | None
    left_won: int
    """Matches won in it."""
    right_won: int
    games: tuple[PlayedMatch, ...]
    """The last one may be called, or on."""
    starts_at: int
    """While called."""
    deadline: int

    @property
    def outcome(self) -> Outcome | None:
        """Outcome of the pairing; None while it is open."""
        return self.pairing.outcome


@value
class StandingLine:
    """One line of the table. `tiebreaks` names those of the standing, in order; `rules` is their edition."""

    entrant: int
    standing: Standing
    tiebreaks: tuple[str, ...] = ()
    rules: TiebreakRules = TiebreakRules.UNSPECIFIED


@value
class StandingsTable:
    """The table, best first; groups one after another."""

    lines: tuple[StandingLine, ...]


TournamentEvent = Status | Seeds | EntrantLine | PairingLine | StandingsTable | TournamentResult
