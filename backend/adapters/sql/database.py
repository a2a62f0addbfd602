"""Engines: readers beside one serialized writer, and the migrations at the start."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config as AlembicConfig
from matchpoint.v1.refusal_pb2 import Reason
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as QueueTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from wire.refusal import Refused

log = structlog.get_logger("database")

READERS = 4
WAIT_S = 5.0
"""Longest wait for a connection; after it the call fails, and nothing was written."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL: what was acknowledged to a game server survives power loss.
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
)


class Database:
    """A database by its SQLAlchemy URL. Call `open` before use and `close` after it."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._reader = self._engine(READERS, "BEGIN")
        # Eight concurrent writers cost SQLite p99 183-220 ms: writers queue here, for the only connection that writes.
        self._writer = self._engine(1, "BEGIN IMMEDIATE") if self._sqlite else self._reader

    async def open(self) -> None:
        """Brings the schema up to date. Makes the folder of an SQLite file that is not there."""
        if self._sqlite and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        async with self._writer.begin() as connection:
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view. What is written in it is thrown away. Raises Refused when the database cannot."""
        with _told():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end of the block and rolled back by an exception.

        Raises Refused when the database cannot: locked, full, or too many are waiting. Then nothing was written.
        """
        with _told():
            async with self._writer.begin() as connection:
                yield connection

    def _engine(self, size: int, begin: str) -> AsyncEngine:
        engine = create_async_engine(
            self._url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=size,
            max_overflow=0,
            pool_timeout=WAIT_S,
            # What people write, and digests of their tokens, do not belong in logged errors.
            hide_parameters=True,
        )
        if self._sqlite:
            event.listen(engine.sync_engine, "connect", _prepare)
            event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine


@contextmanager
def _told() -> Iterator[None]:
    """Turns what passes (locked, full, busy) into a refusal that says so; mistakes of ours stay exceptions."""
    try:
        yield
    except (OperationalError, QueueTimeout) as error:
        log.error("the database cannot", cause=str(error))
        raise Refused(
            Reason.REASON_SERVER_UNAVAILABLE, "The server cannot save or look things up right now; try again soon."
        ) from error


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _upgrade(connection: Connection) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", "backend:adapters/sql/migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
