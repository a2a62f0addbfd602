"""Cancellation of callers who wait for the database: a page closes, a deadline passes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from backend.adapters.sql.database import Database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'matchpoint.db'}", wait_s=1.0)
    await database.open()
    yield database
    await database.close()


async def write(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO tokens_of_a_test VALUES (1)"))
        await connection.execute(text("INSERT INTO tokens_of_a_test VALUES (2)"))


async def look(database: Database) -> None:
    """Holds the writer's lock for a moment."""
    async with database.write() as connection:
        await connection.execute(text("SELECT count(*) FROM tokens_of_a_test"))


async def count(database: Database) -> int:
    async with database.read() as connection:
        found: int = await connection.scalar(text("SELECT count(*) FROM tokens_of_a_test"))
        return found


async def test_writers_that_are_cancelled_at_any_moment_leave_nothing_half_done_and_nobody_locked_out(
    database: Database,
) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE tokens_of_a_test (n INTEGER)"))
    random = Random(1)
    for round_ in range(400):
        tasks = [asyncio.create_task(work(database)) for work in (look, look, write)]
        await asyncio.sleep(random.random() * 0.004)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if round_ % 10 == 0:
            # Raises Refused when somebody who is gone still holds the lock.
            await write(database)
    before = await count(database)
    assert before % 2 == 0
    await write(database)
    assert await count(database) == before + 2
