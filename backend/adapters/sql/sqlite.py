"""What is special about SQLite: a file, several readers, one writer."""

import sqlite3
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL: what was acknowledged to a game server survives power loss.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)
_PASSING = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )
)


def settings(wait_s: float, *, writes: bool) -> dict[str, Any]:
    """For `create_async_engine`. `timeout` is SQLite's busy_timeout."""
    return {"connect_args": {"timeout": wait_s}}


def prepare(engine: Engine, *, writes: bool) -> None:
    # The writer takes its lock at the beginning: a transaction that has read already would not get it.
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))


def passes(error: DBAPIError) -> bool:
    """Whether the fault is the file's, not ours. The lowest eight bits are the code, the others say more of it."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _PASSING


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
