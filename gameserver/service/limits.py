"""How much one connection may send. Beyond it the connection is closed, so that nobody else pays for it."""

from typing import Final

#: Messages of one connection: so many a second, in bursts of at most so many.
MESSAGES_PER_S: Final = 120
MESSAGES_BURST: Final = 240
#: Inputs and marks in one message.
ITEMS_MOST: Final = 64
#: Bytes of one message.
BYTES_MOST: Final = 4_096

_COST: Final = 1_000_000 // MESSAGES_PER_S
_FULL: Final = MESSAGES_BURST * _COST


class Allowance:
    """A token bucket that counts in time: each message costs what it takes to earn one."""

    __slots__ = ("_free_at",)

    def __init__(self, now: int) -> None:
        self._free_at = now - _FULL

    def take(self, now: int) -> bool:
        """Whether one more message is within the limit at `now`, µs."""
        free_at = max(self._free_at, now - _FULL) + _COST
        if free_at > now:
            return False
        self._free_at = free_at
        return True
