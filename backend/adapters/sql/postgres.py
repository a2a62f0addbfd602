"""Dialect of PostgreSQL: a server, which several backends may share."""

from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

WRITER: Final = 0x6D61746368
"""The lock of the only writer: a number that nobody else on the database uses ("match")."""

# Classes and codes of PostgreSQL's Appendix A that say nothing about what we asked.
_PASSING: Final = (
    "08",  # no connection
    "25006",  # read-only: a standby, or set so by hand
    "25P03",  # idle in a transaction for too long: we were stopped in the middle
    "28",  # the password is not taken any more
    "3D",  # the database is not there
    "40",  # deadlock, or overtaken
    "53",  # disk full, out of memory, too many connections
    "55P03",  # waited too long for the writers before
    "57",  # shutting down, starting up, cancelled
    "58",  # its disk
    "XX",  # its files
)


def settings(wait_s: float, *, writes: bool) -> dict[str, Any]:
    """Arguments for `create_async_engine`."""
    wait_ms = str(round(wait_s * 1000))
    return {
        # Costs one round trip, so that a server that was restarted costs no call.
        "pool_pre_ping": True,
        # A reader has one view, taken by its first statement. The writer sees all that was committed before its lock.
        "isolation_level": "READ COMMITTED" if writes else "REPEATABLE READ",
        "connect_args": {
            "timeout": wait_s,
            # A server that hangs or a network that swallows everything. The server's own limit is reached before.
            "command_timeout": wait_s * 2,
            "server_settings": {
                "application_name": "matchpoint",
                "lock_timeout": wait_ms,
                # A backend that is stopped in the middle of a transaction does not keep the others from writing.
                "idle_in_transaction_session_timeout": wait_ms,
                # What was acknowledged to a game server survives power loss.
                "synchronous_commit": "on",
            },
        },
    }


def prepare(engine: Engine, *, writes: bool) -> None:
    # One writer at a time over all backends, as with SQLite. The lock goes with the transaction, or its connection.
    # That promises what SERIALIZABLE does, but no transaction fails for another and has to be begun again.
    if writes:
        lock = f"SELECT pg_advisory_xact_lock({WRITER})"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(lock))


def passes(error: DBAPIError) -> bool:
    """True if the fault is the server's, not ours."""
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(_PASSING)
