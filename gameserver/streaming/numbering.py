"""Epochs: which numbering an event belongs to."""

from dataclasses import dataclass
from typing import Final

ATTEMPT_STRIDE: Final = 1_000
"""Epochs between two attempts at one match: more than a session is ever restarted."""
BREAK_STRIDE: Final = 100
"""Epochs between two takes of a match that broke."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The parts of an epoch. Contract and journals have them as one number each, which grows with every part."""

    tenure: int
    """The game server process that holds the session, from 1: one more after each restart."""
    attempt: int = 1
    """The playing of the match, from 1."""
    breaks: int = 0
    """Faults of this process after which the match went on from its journal."""

    @property
    def journal_epoch(self) -> int:
        """The epoch that records of the match carry."""
        return self.tenure + self.breaks * BREAK_STRIDE

    @property
    def topic_epoch(self) -> int:
        """The epoch of the match's topic: each attempt has a numbering of its own."""
        return self.journal_epoch + (self.attempt - 1) * ATTEMPT_STRIDE
