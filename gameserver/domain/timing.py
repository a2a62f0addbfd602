"""Waits that a match or a tournament makes for people's sake: one value, given to each by the composition.

A journal has to be replayed with the timing that it was written with: budgets and deadlines follow from it.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Timing:
    """The waits. Nobody plays differently by them, so a test may shorten them; rulesets hold what changes the play."""

    countdown_us: int = 3_000_000
    """Countdown before a start and a resume of a match, server µs: long enough to put the hands on the keys."""
    budget_us: int = 30_000_000
    """Server time that a side's absences may take together in a match, µs: a page reloads, or Wi-Fi changes."""
    restore_free_us: int = 30_000_000
    """Server time after a restart that is on no player's budget, µs: the outage was ours."""
    call_countdown_ms: int = 5_000
    """From the call of a pairing to its first serve at the earliest, ms."""
    return_ms: int = 20_000
    """Time that entrants have to come back after a restart, before any deadline, ms: an outage of ours walks nobody
    over."""
    call_s: int = 60
    """Time to answer a call when a tournament does not say, seconds."""
    rest_s: int = 10
    """Rest between two pairings of an entrant when a tournament does not say, seconds."""
    between_s: int = 5
    """Time between two matches of a pairing, seconds."""
    draw_s: int = 5
    """Time for which the draw is shown before anybody is called, seconds."""


STANDARD: Final = Timing()
"""The timing of every server that people play on."""
