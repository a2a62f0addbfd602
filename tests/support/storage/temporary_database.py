"""Databases for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy.engine import make_url

from backend.adapters.sql.database import WAIT_S, Database
from backend.adapters.sql.store import SqlStore

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))
"""Kinds of database for tests that run on each of them."""


@dataclass(frozen=True)
class TemporaryDatabase:
    """A database that is there for one test."""

    kind: str
    url: str

    @property
    def name(self) -> str:
        """The file of SQLite, or the name of the database on the server."""
        name = make_url(self.url).database
        assert name is not None
        return name

    @asynccontextmanager
    async def opened(self, wait_s: float = WAIT_S) -> AsyncIterator[SqlStore]:
        """A store over it, as one backend has it."""
        database = Database(self.url, wait_s)
        try:
            yield SqlStore(database)
        finally:
            await database.close()
