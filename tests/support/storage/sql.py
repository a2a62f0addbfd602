"""Statements of tests to a database of either kind, beside the programs, by its URL."""

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.adapters.sql.tables import metadata

T = TypeVar("T")


def rows(url: str, statement: str, **values: object) -> list[Any]:
    """Runs a statement, in which `:name` stands for a value, and commits it. Raises SQLAlchemyError."""
    return _beside(_rows(url, statement, values))


def clear(url: str) -> None:
    """Takes every row away. The tables stay, and so does the count of what was recorded."""
    _beside(_clear(url))


async def _rows(url: str, statement: str, values: Mapping[str, object]) -> list[Any]:
    # By itself, not in a transaction: PostgreSQL makes no database in one.
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            found = await connection.execute(text(statement), values)
            return list(found.all()) if found.returns_rows else []
    finally:
        await engine.dispose()


async def _clear(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            # TRUNCATE takes ten times as long for tables that are almost empty.
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())
    finally:
        await engine.dispose()


def _beside(work: Coroutine[Any, Any, T]) -> T:
    """Runs it in a loop of its own: a test may be in one already, or in a browser's, or in none."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
