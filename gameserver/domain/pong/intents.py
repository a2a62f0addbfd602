"""Intents: what a player wants of the paddle."""

from typing import Final

from gameserver.domain.values import RuleError, value


@value
class Direction:
    """Intent: keep moving. `dir` is -1 (up), 0 (still) or 1 (down)."""

    dir: int


@value
class Target:
    """Intent: go to `y` (0 to 90,000 units) at no more than the paddle speed, and stop there exactly."""

    y: int


Intent = Direction | Target

UP: Final = Direction(-1)
STILL: Final = Direction(0)
DOWN: Final = Direction(1)


def direction(sign: int) -> Direction:
    """The direction of that sign. Raises RuleError unless it is -1, 0 or 1."""
    if sign == 0:
        return STILL
    if sign == 1:
        return DOWN
    if sign == -1:
        return UP
    raise RuleError("dir", "has to be -1 (up), 0 (still) or 1 (down)")
