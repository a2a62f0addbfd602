"""Another process that writes to the database of a test."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.adapters.sql.database import WAIT_S
from cli.config import CHECKOUT
from tests.support.storage.temporary_database import TemporaryDatabase


class Writer:
    """Another process in the middle of a transaction (transaction_writer.py)."""

    def __init__(self, process: Process) -> None:
        self.process = process

    @classmethod
    @asynccontextmanager
    async def inside(cls, place: TemporaryDatabase, wait_s: float = WAIT_S) -> AsyncIterator["Writer"]:
        """Entered when it has written something that it has not committed. Killed at the end."""
        command = (sys.executable, "-m", "tests.support.processes.transaction_writer", place.url, str(wait_s))
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=CHECKOUT)
        writer = cls(process)
        try:
            assert await writer.said() == "inside"
            yield writer
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def commit(self) -> None:
        """Returns once it has committed."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        assert await self.said() == "committed"

    async def said(self) -> str:
        """Its next line, "" when it has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            return (await self.process.stdout.readline()).decode().strip()
