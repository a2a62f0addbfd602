"""Strengths of bots."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class BotStrength(IntEnum):
    """Strength of a bot, by the number that rooms store; there 0 is a person."""

    EASY = 1
    MEDIUM = 2
    HARD = 3


BOT_NAMES: Final[Mapping[BotStrength, str]] = {
    BotStrength.EASY: "Bot (easy)",
    BotStrength.MEDIUM: "Bot (medium)",
    BotStrength.HARD: "Bot (hard)",
}
