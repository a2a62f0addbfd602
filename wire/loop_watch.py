"""Measurement of the time for which an event loop is held up, and with it everybody that it serves."""

import asyncio
import time
from typing import Final

import structlog

log = structlog.get_logger("loop")

TICK_S: Final = 0.02
HELD_S: Final = 0.02
"""Longest time that one piece of work may take; beyond it a line is logged."""


class LoopWatch:
    """Checks the running loop every tick, and keeps the longest time for which it was kept from that.

    Only time in which the loop's thread ran counts: waiting for a processor of a busy machine is not its own doing. The
    measured value lies between the time of the longest piece of work and one tick more.
    """

    def __init__(self, tick_s: float = TICK_S) -> None:
        self.longest_s = 0.0
        """The longest since the start, seconds."""
        self._tick_s = tick_s
        self._loop = asyncio.get_running_loop()
        self._begin()

    def _begin(self) -> None:
        self._due = self._loop.time() + self._tick_s
        self._ran = time.thread_time()
        self._timer = self._loop.call_at(self._due, self._check)

    def _check(self) -> None:
        late_s = self._loop.time() - self._due
        held_s = min(time.thread_time() - self._ran, late_s + self._tick_s)
        self.longest_s = max(self.longest_s, held_s)
        if held_s > HELD_S + self._tick_s:
            log.warning("the loop was held", ms=round(held_s * 1e3, 1), late_ms=round(late_s * 1e3, 1))
        self._begin()

    def stop(self) -> None:
        """Stops checking."""
        self._timer.cancel()
