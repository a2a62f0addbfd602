"""Turns: sessions are woken when they want to be, and what has happened to them is flushed, all of them together."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final

import structlog

from gameserver.sessions.context import Flushed
from gameserver.sessions.ports import Clock
from gameserver.streaming.scheduler import Due, Scheduler
from gameserver.streaming.spectator_delay import Woken

log = structlog.get_logger("turns")

#: What gateways send comes in batches, and each is answered as one: what is due happens, then all is flushed. What
#: falls due between two batches waits for the next, so many µs for each running session (two seats each), at most
#: FLUSH_MOST: a gRPC write costs the same whatever it carries. Below QUIET sessions nothing waits.
FLUSH_PER_SESSION: Final = 80
FLUSH_MOST: Final = 16_000
QUIET: Final = 8
#: Seconds after which a journal that could not be written is tried again.
DISK_RETRY_S: Final = 0.25


class Turns:
    """One scheduler and one flush for all sessions of a server."""

    def __init__(self, clock: Clock) -> None:
        """Needs a running event loop."""
        self.clock = clock
        #: Sessions and matches of tournaments that are not over.
        self.on = 0
        self.loop = asyncio.get_running_loop()
        self._scheduler = Scheduler(clock, self.loop)
        self._dirty: list[Flushed] = []
        self._wakers: set[Callable[[], None]] = set()
        self._flushing = False
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    def touch(self, session: Flushed) -> None:
        """It has something to flush, and perhaps another deadline."""
        if self._closed:
            return
        self._scheduler.at(session, session.deadline)
        if not session.dirty:
            session.dirty = True
            self._dirty.append(session)
            self._flush_soon()

    def wait(self, session: Woken) -> None:
        """It has another deadline and nothing to flush."""
        self._scheduler.at(session, session.deadline)

    def wake_at(self, what: Due, when: int | None) -> None:
        """Wake it at this time (server µs), or not at all."""
        self._scheduler.at(what, when)

    def touch_later(self, session: Flushed) -> None:
        """The same as `touch`, in a moment: the disk may take records again."""
        self.loop.call_later(DISK_RETRY_S, self.touch, session)

    def wake(self, writer: Callable[[], None]) -> None:
        """`writer` has something to write at the next flush."""
        self._wakers.add(writer)
        self._flush_soon()

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run to its end beside everything else."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def settle(self, now: int) -> None:
        """A batch has just been read: let happen what is due, then flush."""
        self._scheduler.slack = 2 * self._window()  # the next batch is there before the timer
        self.run(now)
        self.flush(now)

    def run(self, now: int) -> None:
        """Let happen what is due."""
        self._scheduler.run(now)

    def flush(self, now: int) -> None:
        """Journal and announce what has happened, and let the gateways' writers write it."""
        dirty, self._dirty = self._dirty, []
        for session in dirty:
            try:
                session.flush(now)
            except Exception:
                log.exception("a match broke", session=session.session_id)
                session.abandon()
        wakers, self._wakers = self._wakers, set()
        for writer in wakers:
            writer()

    async def finish(self, within_s: float) -> None:
        """Returns when what was spawned is done, or the time is up."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=within_s)

    def stand_still(self) -> None:
        """Nobody is woken any more."""
        self._scheduler.close()

    async def close(self) -> None:
        """From here on nothing happens any more."""
        self._closed = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            if self.on < QUIET:
                self.loop.call_soon(self._flush_late)
            else:
                self.loop.call_later(self._window() / 1e6, self._flush_late)

    def _window(self) -> int:
        return 0 if self.on < QUIET else min(FLUSH_MOST, FLUSH_PER_SESSION * self.on)

    def _flush_late(self) -> None:
        self._flushing = False
        self.flush(self.clock())
