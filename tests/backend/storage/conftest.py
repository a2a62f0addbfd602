"""Every test of this folder runs on SQLite and on a real PostgreSQL server, unless it says which one it is about."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.adapters.sql.store import SqlStore
from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.storage.postgres import PostgresServer
from tests.support.storage.rows import add
from tests.support.storage.temporary_database import KINDS, TemporaryDatabase


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TemporaryDatabase]:
    """A database without any table; of SQLite not even the folder is there."""
    if request.param == "sqlite":
        yield TemporaryDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'matchpoint.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield TemporaryDatabase("postgresql", server.url(name))
    server.drop(name)


@pytest.fixture
async def other(place: TemporaryDatabase) -> AsyncIterator[SqlStore]:
    """The store of another backend over the same database."""
    async with place.opened() as store:
        yield store


@pytest.fixture
async def game_server() -> AsyncIterator[FakeGameServer]:
    # Of the contract only what the backend calls.
    game_server = FakeGameServer()  # type: ignore[abstract]
    await game_server.start()
    yield game_server
    await game_server.stop()


@pytest.fixture
async def people(store: SqlStore) -> SqlStore:
    """A store in which ada and bob have accounts."""
    for name in ("ada", "bob"):
        await add(store, name)
    return store
