"""One timer for every session: a heap of due times, no task and no tick per match."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from heapq import heappop, heappush
from typing import Final, Protocol

DRAIN_TURNS: Final = 3
"""Turns of the event loop that a due session waits, so that what had arrived on a socket before the deadline is handled
before it. A gRPC message needs two: the wake-up, then the reader's own turn."""


class Scheduled(Protocol):
    """Something that the scheduler wakes."""

    scheduled: int | None
    """The time at which the heap will wake it, µs of the server's monotonic clock, or None. The scheduler's own."""

    def on_due(self, now: int) -> None:
        """Do what is due. Called at `scheduled` or later, never earlier. Never raises: others are waiting."""


class Timed(Scheduled, Protocol):
    """Something that knows its own deadline."""

    @property
    def deadline(self) -> int | None:
        """The time at which `on_due` is wanted, server µs, or None."""


class Scheduler:
    """Wakes sessions at their due times. A session has one due time; a new one replaces it."""

    def __init__(self, clock: Callable[[], int], loop: asyncio.AbstractEventLoop) -> None:
        self.slack = 0
        """Tolerated lateness of the timer, µs: a busy server calls `run` more often than that of its own accord."""
        self._clock = clock
        self._loop = loop
        self._context = Context()
        """Context of the timer: it serves all sessions, and not the request that happened to arm it."""
        self._heap: list[tuple[int, int, Scheduled]] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0
        self._busy = False

    def schedule(self, timed: Timed) -> None:
        """Wake `timed` at its deadline."""
        self.at(timed, timed.deadline)

    def at(self, session: Scheduled, due: int | None) -> None:
        """Wake `session` at `due` (µs of the clock), or not at all; this replaces an earlier due time."""
        if due == session.scheduled:
            return
        session.scheduled = due
        if due is None:
            return
        self._count += 1
        heappush(self._heap, (due, self._count, session))
        if not self._busy and (self._timer is None or due + self.slack < self._timer_at):
            self._arm(due)

    def run(self, now: int) -> None:
        """Wake all that are due by `now`. To be called when the sockets have just been drained."""
        heap, self._busy = self._heap, True
        try:
            while heap and heap[0][0] <= now:
                due, _, session = heappop(heap)
                if session.scheduled == due:
                    session.scheduled = None
                    session.on_due(now)
        finally:
            self._busy = False
            if self._timer is None:
                self._arm_next()

    def close(self) -> None:
        """Wake nothing from here on."""
        self._heap.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _arm(self, due: int) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer_at = due + self.slack
        # Rounded up to the loops' own granularity, else the last fraction of a millisecond is spent on early timers.
        wait_ms = max(0, self._timer_at - self._clock() + 999) // 1_000
        self._timer = self._loop.call_later(wait_ms / 1_000, self._on_timer, context=self._context)

    def _arm_next(self) -> None:
        heap = self._heap
        while heap and heap[0][2].scheduled != heap[0][0]:
            heappop(heap)
        if heap:
            self._arm(heap[0][0])

    def _on_timer(self) -> None:
        self._timer = None
        # Event loops round their timers, so some fire early; and `run` may have been there before.
        if self._heap and self._heap[0][0] <= self._clock():
            self._busy = True
            self._loop.call_soon(self._drain, DRAIN_TURNS)
        else:
            self._arm_next()

    def _drain(self, turns: int) -> None:
        if turns:
            self._loop.call_soon(self._drain, turns - 1)
        else:
            self.run(self._clock())
