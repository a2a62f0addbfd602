"""Event loop of the sessions: runs due timers, then flushes all dirty sessions in one batch."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Final, Protocol

import structlog

from gameserver.streaming.ports import Clock
from gameserver.streaming.scheduler import Scheduler, Timed

log = structlog.get_logger("sessions")

FLUSH_PER_SESSION: Final = 80
"""Time from one flush to the next, µs for each running session (two seats each).

Messages from gateways come in batches, and each is answered as one: due timers run, then all is flushed. What falls due
between two batches waits for the next: a gRPC write costs the same whatever it carries."""
FLUSH_MOST: Final = 16_000
"""The longest time from one flush to the next, µs."""
QUIET: Final = 8
"""Below this number of sessions nothing waits."""
DISK_RETRY_S: Final = 0.25
"""Seconds after which a journal that could not be written is tried again."""


class Flushable(Timed, Protocol):
    """A match or tournament that is flushed after something has happened to it."""

    dirty: bool
    """Waits for the next flush. The dispatcher's own."""

    @property
    def session_id(self) -> str: ...

    def flush(self, now: int) -> None:
        """Journal and announce what has happened."""

    def abandon(self) -> None:
        """Close all connections after a fault. Called while the fault is handled."""


def log_broken(session_id: str, match: int) -> None:
    """Log the fault that is being handled, with the session that it broke: the one place that does."""
    log.error("a session broke", session_id=session_id, match=match, exc_info=sys.exception())


class Dispatcher:
    """One scheduler and one flush for all sessions of a server."""

    def __init__(self, clock: Clock) -> None:
        """Needs a running event loop."""
        self.clock = clock
        self.loop = asyncio.get_running_loop()
        self.scheduler = Scheduler(clock, self.loop)
        self.running: set[Flushable] = set()
        """Duels, tournaments and matches of tournaments that are not over."""
        self._dirty: list[Flushable] = []
        self._writers: set[Callable[[], None]] = set()
        self._flushing = False
        self._context = Context()
        """Context of the flush: it is everybody's, and not of the request that happened to cause it."""
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, session: Flushable) -> None:
        """Take in a session that is on from now on."""
        self.running.add(session)
        self.mark_dirty(session)

    def end(self, session: Flushable) -> None:
        """Let go of a session that is over, or broke."""
        self.running.discard(session)
        self.scheduler.at(session, None)

    def mark_dirty(self, session: Flushable) -> None:
        """Flush the session soon, and wake it at its deadline, which may have changed."""
        if self._closed:
            return
        self.scheduler.at(session, session.deadline)
        if not session.dirty:
            session.dirty = True
            self._dirty.append(session)
            self._flush_soon()

    def retry_flush(self, session: Flushable) -> None:
        """Flush the session in a moment: the disk may take records again."""
        self.loop.call_later(DISK_RETRY_S, self.mark_dirty, session)

    def wake(self, writer: Callable[[], None]) -> None:
        """Call `writer` at the next flush: it has something to write."""
        self._writers.add(writer)
        self._flush_soon()

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run to its end beside everything else."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def settle(self, now: int) -> None:
        """Run what is due and flush: a batch has just been read."""
        self.scheduler.slack = 2 * self._window()  # the next batch is there before the timer
        self.scheduler.run(now)
        self.flush(now)

    def flush(self, now: int) -> None:
        """Journal and announce what has happened, and let the gateways' writers write it."""
        dirty, self._dirty = self._dirty, []
        for session in dirty:
            try:
                session.flush(now)
            except Exception:
                session.abandon()
        writers, self._writers = self._writers, set()
        for writer in writers:
            writer()

    async def finish(self, within_s: float) -> None:
        """Return when what was spawned is done, or the time is up."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=within_s)

    def stand_still(self) -> None:
        """Wake nothing from here on."""
        self.scheduler.close()

    async def close(self) -> None:
        """Cancel what was spawned, and take in nothing more."""
        self._closed = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            if len(self.running) < QUIET:
                self.loop.call_soon(self._flush_late, context=self._context)
            else:
                self.loop.call_later(self._window() / 1e6, self._flush_late, context=self._context)

    def _window(self) -> int:
        running = len(self.running)
        return 0 if running < QUIET else min(FLUSH_MOST, FLUSH_PER_SESSION * running)

    def _flush_late(self) -> None:
        self._flushing = False
        self.flush(self.clock())
