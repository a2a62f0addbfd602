"""Results on their way to the backend: sent until acknowledged.

There is no second store: the outbox is every journal that has a result and no `Reported` record, and this is only its
memory. A result that the backend refuses for good is set aside with an alarm, and holds up no other.
"""

import asyncio
import random
from collections.abc import Callable, Collection
from typing import Final

import structlog

from gameserver.domain.match.records import Reported
from gameserver.sessions.ports import Codec, Journal, Key, Report, ResultSink, Unreachable
from gameserver.sessions.values import Origin
from wire.refusal import Refused

log = structlog.get_logger("reporting")

AT_ONCE: Final = 8
"""Reports that are on their way at once."""
RETRY_FIRST: Final = 0.1
"""Seconds before the second try: doubled each time, with up to half of it more by chance."""
RETRY_MOST: Final = 5.0
"""The longest time between two tries, seconds."""


class Reporter:
    """The outbox at work."""

    def __init__(self, sink: ResultSink, codec: Codec, wall_ms: Callable[[], int]) -> None:
        self._sink = sink
        self._codec = codec
        self._wall_ms = wall_ms
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[Key, asyncio.Task[None]] = {}

    @property
    def waiting(self) -> list[str]:
        """The sessions whose result the backend does not have yet."""
        return list(dict.fromkeys(key.session_id for key in self._tasks))

    async def settled(self) -> None:
        """Return when all that waits now is reported or set aside."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def add(self, key: Key, report: Report, journal: Journal, wait_s: float = 0) -> None:
        """Report a result until the backend has it, not before `wait_s` seconds from now.

        The queue is as long as matches have ended, each with its open journal. A tournament's own report comes after
        those of its matches.
        """
        before = [task for other, task in self._tasks.items() if not key.match and other.session_id == key.session_id]
        task = asyncio.get_running_loop().create_task(self._report(key, report, journal, wait_s, before))
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def close(self) -> None:
        """Stop trying; the next start goes on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _report(
        self,
        key: Key,
        report: Report,
        journal: Journal,
        wait_s: float,
        before: Collection[asyncio.Task[None]],
    ) -> None:
        if before:
            await asyncio.wait(before)
        await asyncio.sleep(wait_s)
        pause = RETRY_FIRST
        refused: Refused | None = None
        while True:
            try:
                if refused is None:
                    await self._send(report, journal)
                else:
                    journal.set_aside()
                return
            except Refused as error:
                log.critical(
                    "the backend refuses a result; its journal is set aside",
                    session_id=key.session_id,
                    match=key.match,
                    reason=error.reason,
                    sentence=error.sentence,
                )
                refused = error
                continue
            except Unreachable as error:
                log.info("a result waits for the backend", session_id=key.session_id, cause=str(error))
            except OSError:
                log.exception("a result waits for the disk", session_id=key.session_id)
            except Exception:
                # A fault of ours. No fault makes the result be given up.
                log.exception("a result could not be reported", session_id=key.session_id)
            await asyncio.sleep(pause * random.uniform(1, 1.5))
            pause = min(RETRY_MOST, 2 * pause)

    async def _send(self, report: Report, journal: Journal) -> None:
        await journal.sync()  # after a restart it may only be written; the backend must not know what we could lose
        content = journal.content()
        async with self._gate:
            await self._sink.report(report, content)
        journal.append([self._codec.record(Reported(self._wall_ms()), 0)])
        journal.retire(keep=report.spec.origin != Origin.HOUSE)
