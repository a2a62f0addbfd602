"""For how long an event loop is held: what everybody who is served by it waits for."""

import asyncio
import time
from typing import Final

import structlog

log = structlog.get_logger("loop")

TICK_S: Final = 0.02
HELD_S: Final = 0.02
"""Nothing may hold a loop for longer; beyond it a line is logged."""


class LoopWatch:
    """Looks in on the running loop now and then, and notes how long it was kept from that.

    Time counts in which the loop's thread ran: on a busy machine it also waits for a processor, which is not its own
    doing. What is noted is between what the longest piece of work took and one tick more.
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
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        late_s = self._loop.time() - self._due
        held_s = min(time.thread_time() - self._ran, late_s + self._tick_s)
        self.longest_s = max(self.longest_s, held_s)
        if held_s > HELD_S + self._tick_s:
            log.warning("the loop was held", ms=round(held_s * 1e3, 1), late_ms=round(late_s * 1e3, 1))
        self._begin()

    def stop(self) -> None:
        """Looks no more."""
        self._timer.cancel()
