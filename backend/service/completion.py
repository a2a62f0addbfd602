"""Completion of work whose caller may be gone.

A call is cancelled when its caller hangs up. What has been committed by then still has to be announced, and a session
that is in the directory still has to be created.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from wire.refusal import Refused

log = structlog.get_logger("completion")

T = TypeVar("T")


class CompletionRunner:
    """Carries work to its end. The number at once is limited by the server, which limits calls."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        """Returns or raises what `work` does. If this is cancelled, `work` goes on."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def settled(self) -> None:
        """Returns once all running work has ended."""
        while self._running:
            await asyncio.wait(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        # The caller gets it too, if it still waits; logged here so that it cannot go unnoticed.
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refused):
            log.error("work failed", exc_info=error)
