"""Every test of this folder runs on SQLite and on a real PostgreSQL server, unless it says which one it is about."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from backend.adapters.sql.database import WAIT_S
from backend.adapters.sql.store import SqlStore
from backend.core.room import Member, Room, Settings, Tournament
from backend.core.serialized import Ruleset, TournamentSpec
from backend.service.models import Account
from cli.config import CHECKOUT
from tests.backend.adapters.conftest import GameServer
from tests.backend.database_fixtures import KINDS, Place
from tests.postgres import PostgresServer


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A database without any table; of SQLite not even the folder is there."""
    if request.param == "sqlite":
        yield Place("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'matchpoint.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield Place("postgresql", server.url(name))
    server.drop(name)


@pytest.fixture
async def other(place: Place) -> AsyncIterator[SqlStore]:
    """The store of another backend over the same database."""
    async with place.opened() as store:
        yield store


@pytest.fixture
async def game_server() -> AsyncIterator[GameServer]:
    # Of the contract only what the backend calls.
    game_server = GameServer()  # type: ignore[abstract]
    await game_server.start()
    yield game_server
    await game_server.stop()


@pytest.fixture
async def people(store: SqlStore) -> SqlStore:
    """A store in which ada and bob have accounts."""
    for name in ("ada", "bob"):
        await add(store, name)
    return store


class Writer:
    """Another process in the middle of a transaction (writer.py)."""

    def __init__(self, process: Process) -> None:
        self.process = process

    @classmethod
    @asynccontextmanager
    async def inside(cls, place: Place, wait_s: float = WAIT_S) -> AsyncIterator["Writer"]:
        """Entered when it has written something that it has not committed. Killed at the end."""
        command = (sys.executable, "-m", "tests.backend.storage.writer", place.url, str(wait_s))
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


async def add(store: SqlStore, name: str) -> None:
    """An account whose id is its name."""
    async with store.write() as unit:
        await unit.accounts.add(Account(name, name, guest=True), name, 1)


async def has(store: SqlStore, name: str) -> bool:
    """True if `add` has come through."""
    async with store.read() as unit:
        return await unit.accounts.get(name) is not None


def room_of(code: str, *account_ids: str) -> Room:
    members = tuple(Member(account_id, account_id, seat=n) for n, account_id in enumerate(account_ids))
    return Room(code=code, host=account_ids[0], settings=Settings(Ruleset(b"\x00\xff")), members=members)


def cup_of(code: str, *account_ids: str) -> Room:
    """A room for a tournament."""
    settings = Settings(
        Ruleset(b"\x00\xff"), tournament=Tournament(TournamentSpec(b"\x00\xff"), capacity=8, opened_ms=1)
    )
    return replace(room_of(code, *account_ids), settings=settings)
