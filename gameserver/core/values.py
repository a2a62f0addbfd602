"""Words that every part of the core shares: values, sides, intents."""

from dataclasses import dataclass
from typing import Any, Final, TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def value(cls: type[_T]) -> type[_T]:
    """A slotted dataclass that the type checker holds to be frozen.

    Not frozen at run time: a frozen `__init__` takes three times as long, and these are made on every input.
    """
    made: Any = dataclass(slots=True)(cls)
    return made  # type: ignore[no-any-return]


#: Sides of the court. In a duel they are the seat numbers too.
LEFT: Final = 0
RIGHT: Final = 1
SIDES: Final = (LEFT, RIGHT)
#: No side: nobody won, nobody is waited for.
NOBODY: Final = -1


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


class RuleError(ValueError):
    """A value that the rules refuse. `field` names it, `sentence` tells a person what would be accepted."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


def direction(sign: int) -> Direction:
    """The direction of that sign. Raises RuleError unless it is -1, 0 or 1."""
    if sign == 0:
        return STILL
    if sign == 1:
        return DOWN
    if sign == -1:
        return UP
    raise RuleError("dir", "has to be -1 (up), 0 (still) or 1 (down)")


def fnv1a(octets: bytes) -> int:
    """FNV-1a, 32 bit (Fowler, Noll, Vo). Not against forgery: it finds two programs that disagree."""
    h = 0x811C9DC5
    for octet in octets:
        h = (h ^ octet) * 0x01000193 & 0xFFFFFFFF
    return h
