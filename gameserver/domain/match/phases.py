"""Phases of a match, and the transitions between them. `MatchLifecycle` makes them; nothing else does."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Phase(IntEnum):
    """Phase of a match."""

    WAITING = 0
    """Not everybody has come yet; the clock has never run."""
    RUNNING = 1
    """The clock runs, a countdown included."""
    FREEZING = 2
    """The clock stands; inputs that were in flight still count."""
    FROZEN = 3
    """The clock stands, and nothing counts until all are back."""
    OVER = 4
    """The match has a result; nothing more happens."""


TRANSITIONS: Final[Mapping[Phase, frozenset[Phase]]] = {
    # Straight to FREEZING: a match that is rebuilt from a journal in which it ran.
    Phase.WAITING: frozenset((Phase.RUNNING, Phase.FREEZING, Phase.OVER)),
    Phase.RUNNING: frozenset((Phase.FREEZING, Phase.OVER)),
    Phase.FREEZING: frozenset((Phase.FROZEN, Phase.OVER)),
    Phase.FROZEN: frozenset((Phase.RUNNING, Phase.OVER)),
    Phase.OVER: frozenset(),
}
"""Phases that may follow each phase."""


def check_transition(before: Phase, after: Phase) -> None:
    """Raise AssertionError unless `after` may follow `before`. Stays on under `python -O`: a match must not go on."""
    if after not in TRANSITIONS[before]:
        raise AssertionError(f"a match cannot go from {before.name} to {after.name}")
