"""Mapping of the strengths of bots."""

from typing import Final

from matchpoint.v1 import frames_pb2

from backend.core.bots import BotStrength
from wire.refusal import Reason, Refused

PERSON: Final = 0
STRENGTHS: Final = {
    PERSON: frames_pb2.BotStrength.BOT_STRENGTH_UNSPECIFIED,
    BotStrength.EASY: frames_pb2.BotStrength.BOT_STRENGTH_EASY,
    BotStrength.MEDIUM: frames_pb2.BotStrength.BOT_STRENGTH_MEDIUM,
    BotStrength.HARD: frames_pb2.BotStrength.BOT_STRENGTH_HARD,
}
"""Strengths by the number that rooms store."""


def bot_strength(message: "frames_pb2.BotStrength.ValueType", field: str) -> BotStrength:
    """The strength, medium if none is set. Raises Refused for one that is unknown."""
    if not message:
        return BotStrength.MEDIUM
    for strength in BotStrength:
        if STRENGTHS[strength] == message:
            return strength
    raise Refused(Reason.REASON_INVALID_FIELD, "There is no such bot; choose easy, medium or hard.", field=field)
