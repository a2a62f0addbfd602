"""Requests for sessions without a room. Their ranges were checked before they were made."""

from dataclasses import dataclass

from backend.core.bots import BotStrength
from backend.core.serialized import Ruleset, TournamentSpec
from backend.service.session_specs import TournamentTerms


@dataclass(frozen=True, slots=True)
class BotDuel:
    """A match against a bot."""

    ruleset: Ruleset
    strength: BotStrength
    reaction_ms: int
    """Added to the bot's mean reaction time, milliseconds, -60 to 120."""


@dataclass(frozen=True, slots=True)
class LocalDuel:
    """A match of two people at one keyboard. Names are as they were typed; an empty one stands for the usual name."""

    ruleset: Ruleset
    left_name: str
    right_name: str


@dataclass(frozen=True, slots=True)
class LocalTournament:
    """A tournament at one keyboard. Names are as they were typed."""

    ruleset: Ruleset
    spec: TournamentSpec
    terms: TournamentTerms
    names: tuple[str, ...]


SessionRequest = BotDuel | LocalDuel | LocalTournament
