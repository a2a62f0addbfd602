"""A game server whose waits for people's sake are short, so that a tournament of 16 takes a minute and not a quarter
of an hour. Nothing else is different. See `tests.support.faults.crashing`: MATCHPOINT_HURRIED=1.
"""

from typing import Final

from gameserver.domain.timing import Timing

HURRIED: Final = Timing(
    countdown_us=1_000_000,
    budget_us=6_000_000,
    restore_free_us=8_000_000,
    call_countdown_ms=1_000,
    return_ms=12_000,
    draw_s=1,
)
"""The waits that are shortened, and what they are then."""
