"""Terms that every part of the domain shares: values, sides, refused values."""

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


LEFT: Final = 0
"""Sides of the court. In a duel they are the seat numbers too."""
RIGHT: Final = 1
SIDES: Final = (LEFT, RIGHT)
NOBODY: Final = -1
"""No side: nobody won, nobody is waited for."""
NEVER: Final = 1 << 62
"""Match time that is never reached, µs."""


class RuleError(ValueError):
    """A value that the rules refuse. `field` names it, `sentence` tells a person what would be accepted."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


def fnv1a(octets: bytes) -> int:
    """FNV-1a, 32 bit (Fowler, Noll, Vo). Not against forgery: it finds two programs that disagree."""
    h = 0x811C9DC5
    for octet in octets:
        h = (h ^ octet) * 0x01000193 & 0xFFFFFFFF
    return h
