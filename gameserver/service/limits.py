"""How much one connection may send. Beyond it the connection is closed, so that nobody else pays for it."""

from typing import Final

#: Messages of one connection: so many a second, in bursts of at most so many.
MESSAGES_PER_S: Final = 120
MESSAGES_BURST: Final = 240
#: Inputs of one seat. A page sends 30 targets a second at most, a hand changes direction less often. It bounds a
#: journal, of which each input takes some 45 bytes, to what fits in one report.
INPUTS_PER_S: Final = 40
INPUTS_BURST: Final = 200
#: Inputs and marks in one message.
ITEMS_MOST: Final = 64
#: Bytes of one message.
BYTES_MOST: Final = 4_096


class Allowance:
    """A token bucket that counts in time: each takes what it takes to earn one."""

    __slots__ = ("_cost", "_free_at", "_full")

    def __init__(self, now: int, per_s: int = MESSAGES_PER_S, burst: int = MESSAGES_BURST) -> None:
        self._cost = 1_000_000 // per_s
        self._full = burst * self._cost
        self._free_at = now - self._full

    def take(self, now: int, count: int = 1) -> bool:
        """Whether `count` more are within the limit at `now`, µs. If not, none is taken."""
        free_at = max(self._free_at, now - self._full) + count * self._cost
        if free_at > now:
            return False
        self._free_at = free_at
        return True
