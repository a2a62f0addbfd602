"""Databases of both kinds, and a whole backend over each."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.service.limits import Limits
from tests.support.fakes.backend_ports import FakeClock, FakeGameServers
from tests.support.harnesses.backend import BackendHarness
from tests.support.storage import sql
from tests.support.storage.postgres import PostgresServer, the_server
from tests.support.storage.temporary_database import KINDS, TemporaryDatabase


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database file with nothing in it but the schema: migrating once is enough."""
    path = tmp_path_factory.mktemp("migrated") / "matchpoint.db"

    async def migrate() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await database.open()
        await database.close()

    asyncio.run(migrate())
    return path.read_bytes()


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """One server for all tests. Who stops it has to start it again."""
    return the_server()


@pytest.fixture(scope="session")
def postgres_migrated(postgres: PostgresServer) -> str:
    """The name of a database with nothing in it but the schema."""
    name = postgres.create()

    async def migrate() -> None:
        database = Database(postgres.url(name))
        await database.open()
        await database.close()

    asyncio.run(migrate())
    return name


@pytest.fixture(scope="session")
def postgres_shared(postgres: PostgresServer, postgres_migrated: str) -> str:
    """The URL of a database for all tests that leave the tables themselves alone, one after the other."""
    return postgres.url(postgres.create(postgres_migrated))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> TemporaryDatabase:
    """A database with the schema and nothing else, for tests that leave the schema as it is."""
    if request.param == "sqlite":
        return a_file(request, tmp_path)
    # Cleared, since to make one takes longer than most tests.
    url: str = request.getfixturevalue("postgres_shared")
    sql.clear(url)
    return TemporaryDatabase("postgresql", url)


@pytest.fixture(params=KINDS)
def own_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TemporaryDatabase]:
    """The same, for tests that do something to the database itself."""
    if request.param == "sqlite":
        yield a_file(request, tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_migrated"))
    yield TemporaryDatabase("postgresql", server.url(name))
    server.drop(name)


def a_file(request: pytest.FixtureRequest, folder: Path) -> TemporaryDatabase:
    """SQLite's."""
    path = folder / "matchpoint.db"
    path.write_bytes(request.getfixturevalue("migrated"))
    return TemporaryDatabase("sqlite", f"sqlite+aiosqlite:///{path}")


@pytest.fixture
async def store(place: TemporaryDatabase) -> AsyncIterator[SqlStore]:
    async with place.opened() as store:
        yield store


@pytest.fixture
async def limited(store: SqlStore) -> AsyncIterator[BackendHarness]:
    """The same with the limits that hold if nobody sets them."""
    harness = BackendHarness(store, FakeClock(), FakeGameServers(), Limits())
    await harness.open()
    await harness.register()
    yield harness
    await harness.stop()


@pytest.fixture
async def harness(store: SqlStore) -> AsyncIterator[BackendHarness]:
    harness = BackendHarness(store, FakeClock(), FakeGameServers())
    await harness.open()
    await harness.register()
    yield harness
    await harness.stop()
