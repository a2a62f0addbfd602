"""Engines: readers beside one writer, and the migrations at the start."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import structlog
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from matchpoint.v1.refusal_pb2 import Reason
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as QueueTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from backend.adapters.sql import postgres, sqlite
from backend.adapters.sql.cancellation import connected
from wire.durations import Durations
from wire.refusal import Refused

log = structlog.get_logger("database")

READERS: Final = 4
WAIT_S: Final = 5.0
DIALECTS: Final = {"sqlite": sqlite, "postgresql": postgres}


class Database:
    """A database by its SQLAlchemy URL: SQLite or PostgreSQL. Call `open` before use and `close` after it.

    There is one writer at a time, whatever the database and however many backends: what a transaction has read stays
    true until it is committed, records are numbered in the order in which they were committed, and nothing has to be
    begun again. Readers neither wait for the writer nor hold it up.

    `wait_s` is the longest wait for each: a connection, the other writers, an answer. After it the call fails.
    """

    def __init__(self, url: str | URL, wait_s: float = WAIT_S) -> None:
        self._url = make_url(url)
        self._wait_s = wait_s
        self.durations = Durations()
        """Seconds for which connections were used, the wait for them included, by kind: "read" or "write"."""
        self._dialect = DIALECTS[self._url.get_backend_name()]
        self._reader = self._engine(READERS, writes=False)
        # Our own writers queue here, and so hold no connections while they wait.
        self._writer = self._engine(1, writes=True)

    async def open(self) -> None:
        """Brings the schema up to date, one backend after the other. Makes an SQLite file, for its owner only.

        Raises OSError or SQLAlchemyError.
        """
        if self._dialect is sqlite and self._url.database and not self._url.query:
            sqlite.make_private(Path(self._url.database))
        await self.migrate()

    async def migrate(self, revision: str = "head") -> None:
        """Forward or back to a revision: "head" is the newest, "base" has no tables. All the way or not at all.

        Raises OSError, SQLAlchemyError, or alembic's CommandError for a revision that is not there.
        """
        async with self._writer.begin() as connection:
            await connection.run_sync(_migrate, revision)

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view. What is written in it is thrown away. Raises Refused when the database cannot."""
        with self._told("read"):
            async with connected(self._reader, transaction=False) as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end of the block and rolled back by an exception.

        Raises Refused when the database cannot: locked, full, read-only, gone, or too many are waiting. Then nothing
        was written, with one exception that no database can help: when it goes away while it commits.
        """
        with self._told("write"):
            async with connected(self._writer, transaction=True) as connection:
                yield connection

    def _engine(self, size: int, *, writes: bool) -> AsyncEngine:
        engine = create_async_engine(
            self._url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=size,
            max_overflow=0,
            pool_timeout=self._wait_s,
            # What people write, and digests of their tokens, do not belong in logged errors.
            hide_parameters=True,
            **self._dialect.settings(self._wait_s, writes=writes),
        )
        self._dialect.prepare(engine.sync_engine, writes=writes)
        return engine

    @contextmanager
    def _told(self, kind: str) -> Iterator[None]:
        """Turns what passes (locked, full, gone) into a refusal that says so; mistakes of ours stay exceptions."""
        began_s = time.perf_counter()
        try:
            yield
        except (DBAPIError, QueueTimeout, OSError) as error:
            if isinstance(error, DBAPIError) and not error.connection_invalidated and not self._dialect.passes(error):
                raise
            log.error("the database cannot", cause=str(error))
            raise Refused(
                Reason.REASON_SERVER_UNAVAILABLE, "The server cannot save or look things up right now; try again soon."
            ) from error
        finally:
            self.durations.add(time.perf_counter() - began_s, kind)


def _migrate(connection: Connection, revision: str) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", "backend:adapters/sql/migrations")
    config.attributes["connection"] = connection
    now = MigrationContext.configure(connection).get_current_revision() or "base"
    behind = {passed.revision for passed in ScriptDirectory.from_config(config).iterate_revisions(now, "base")}
    if revision == "base" or revision in behind:
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
