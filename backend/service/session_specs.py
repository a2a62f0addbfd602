"""Specs of sessions, as values: what is played, by whom, and from where it came."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from backend.core.bots import BotStrength
from backend.core.serialized import Ruleset, TournamentSpec
from wire.capacity import matches_of_tournament


class Origin(IntEnum):
    """Place from which a session came, by the number that the directory stores."""

    UNKNOWN = 0
    ROOM = 1
    BOT = 2
    """A person against a bot."""
    LOCAL = 3
    """People at one keyboard."""
    HOUSE = 4
    """The showcase match, which is kept out of the records."""
    SERVICE = 5
    """An operator or another service, on the game server itself."""


@dataclass(frozen=True, slots=True)
class SeatSpec:
    """Seat of a session. In a duel 0 is left, 1 is right; in a tournament it is the entrant's number."""

    seat: int
    name: str
    account_id: str = ""
    """Empty for a bot, or a second person at the same keyboard."""
    bot: BotStrength | None = None
    bot_reaction_ms: int = 0
    """Added to the bot's mean reaction time, milliseconds."""
    rating: int = 0
    network_key: str = ""
    """Key of (account, network) under which round trips are remembered; empty if unknown."""
    rtt_most_us: int = 0
    """Longest round trip that is believed, µs; 0 for any."""


@dataclass(frozen=True, slots=True)
class TournamentTerms:
    """Those terms of a tournament by which the backend decides."""

    format: str
    """Name of the format, as in tournament.proto."""
    at_once: int
    """Matches at once at most; 0 for as many as there are pairs."""


TermsReader = Callable[[TournamentSpec], TournamentTerms]
"""Reads the terms of a serialized spec."""


@dataclass(frozen=True, slots=True)
class SessionTournament:
    """Tournament of a session."""

    spec: TournamentSpec
    terms: TournamentTerms
    organiser_account_id: str = ""
    waiting_from: int = 0
    """First seat of the waiting list; 0 without one."""


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """Spec of a session. All chance of its play follows from the `seed` and what its game server adds."""

    origin: Origin
    ruleset: Ruleset
    seats: tuple[SeatSpec, ...] = ()
    seed: int = 0
    join_within_s: int = 0
    """Seconds in which a player has to join first."""
    public: bool = False
    rated: bool = False
    tournament: SessionTournament | None = None
    """None in a duel."""

    @property
    def entrants(self) -> int:
        """Number of seats without the waiting list."""
        return (self.tournament.waiting_from if self.tournament else 0) or len(self.seats)

    @property
    def matches_at_once(self) -> int:
        """The number of matches that may be under way at once; at least 1."""
        return matches_of_tournament(self.entrants, self.tournament.terms.at_once) if self.tournament else 1

    @property
    def organiser_account_id(self) -> str:
        """Account of a tournament's organiser, or empty."""
        return self.tournament.organiser_account_id if self.tournament else ""
