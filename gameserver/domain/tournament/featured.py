"""Choice of the featured match, by a stated rule, so that everybody who has not chosen sees the same one."""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.values import value

STAYS: Final = 10_000
"""A match is shown so long before another one may take its place, ms."""
LINGERS: Final = 5_000
"""A match that is over is shown so much longer, ms."""


@value
class Live:
    """A match that is on. `to_end` as in Pairing."""

    match: int
    to_end: int
    left: int
    right: int


@value
class Featured:
    """Featured match, 0 for none. `over_ms` is the time at which it was first seen to be over; 0 while it is on."""

    match: int = 0
    since_ms: int = 0
    over_ms: int = 0


def feature(before: Featured, live: Sequence[Live], now_ms: int) -> Featured:
    """Return the match to feature now: the closest to the end of the bracket, then the closest score, then the first.

    It changes every STAYS at most; when its match is over, LINGERS after that.
    """
    best = min(live, key=lambda one: (one.to_end, abs(one.left - one.right), one.match), default=None)
    if before.match:
        if any(one.match == before.match for one in live):
            if best is None or best.match == before.match or now_ms - before.since_ms < STAYS:
                return Featured(before.match, before.since_ms) if before.over_ms else before
        elif not before.over_ms:
            return Featured(before.match, before.since_ms, now_ms)
        elif now_ms - before.over_ms < LINGERS:
            return before
    return Featured(best.match, now_ms) if best else Featured()
