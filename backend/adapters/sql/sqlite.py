"""Dialect of SQLite: a file, several readers, one writer."""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    # FULL: what was acknowledged to a game server survives power loss.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)
_PASSING: Final = frozenset(
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
    """Arguments for `create_async_engine`. `timeout` is SQLite's busy_timeout."""
    return {"connect_args": {"timeout": wait_s}}


def make_private(file: Path) -> None:
    """Makes the file and its folder, and keeps others from reading it, whatever it was before. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    for part in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        if part.exists() and part.stat().st_mode & 0o077:
            part.chmod(0o600)


def prepare(engine: Engine, *, writes: bool) -> None:
    # The writer takes its lock at the beginning: a transaction that has read already would not get it.
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))


def passes(error: DBAPIError) -> bool:
    """True if the fault is the file's, not ours. The lowest eight bits are the code, the others are details."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _PASSING


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
