"""Periodic background jobs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from wire.refusal import Refused

log = structlog.get_logger("periodic_jobs")

INTERVAL_S: Final = 1.0


class PeriodicJobs:
    """Runs its jobs one after the other. One that fails does not keep the others from running."""

    def __init__(self, *jobs: Callable[[], Awaitable[None]]) -> None:
        self._jobs = jobs

    async def run(self) -> None:
        """A round every INTERVAL_S seconds, until cancelled."""
        while True:
            await self.run_once()
            await asyncio.sleep(INTERVAL_S)

    async def run_once(self) -> None:
        for job in self._jobs:
            try:
                await job()
            except Refused as refused:
                log.warning("periodic job has to wait", sentence=refused.sentence)
            except Exception:
                log.exception("periodic job failed", job=getattr(job, "__qualname__", repr(job)))
