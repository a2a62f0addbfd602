"""Session specs."""

from collections.abc import Sequence
from typing import Final

from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec

from backend.service.accounts import tokens

JOIN_WITHIN_S: Final = 60
BOT_NAMES: Final = {
    BotStrength.BOT_STRENGTH_EASY: "Bot (easy)",
    BotStrength.BOT_STRENGTH_MEDIUM: "Bot (medium)",
    BotStrength.BOT_STRENGTH_HARD: "Bot (hard)",
}
STRENGTHS: Final = (
    BotStrength.BOT_STRENGTH_UNSPECIFIED,
    BotStrength.BOT_STRENGTH_EASY,
    BotStrength.BOT_STRENGTH_MEDIUM,
    BotStrength.BOT_STRENGTH_HARD,
)
"""Strengths by the number that a room stores; 0 is a person."""


def bot_seat(seat: int, strength: "BotStrength.ValueType", reaction_ms: int = 0) -> SeatSpec:
    strength = strength or BotStrength.BOT_STRENGTH_MEDIUM
    return SeatSpec(seat=seat, name=BOT_NAMES[strength], bot=strength, bot_reaction_ms=reaction_ms)


def session_spec(origin: "Origin.ValueType", request_ruleset: bytes, seats: Sequence[SeatSpec]) -> SessionSpec:
    """A spec with a fresh seed. `request_ruleset` is a serialized ruleset that was filled in."""
    spec = SessionSpec(origin=origin, seats=seats, seed=tokens.new_seed(), join_within_s=JOIN_WITHIN_S)
    spec.ruleset.ParseFromString(request_ruleset)
    return spec
