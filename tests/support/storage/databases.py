"""Database of a whole Matchpoint in the tests: SQLite, or PostgreSQL with `--database=postgresql`."""

from functools import cache
from pathlib import Path

from tests.support.storage.postgres import the_server

KINDS = ("sqlite", "postgresql")

#: What this run was told.
kind = KINDS[0]


def use(chosen: str) -> None:
    """To be called once, before any test: a server is started here, if one is needed, and not in the middle of one."""
    global kind
    kind = chosen
    if chosen == "postgresql":
        the_server()


@cache
def url_for(data: Path) -> str:
    """The URL of the database that goes with a data folder; the same one when asked again."""
    if kind == "postgresql":
        return the_server().url(the_server().create())
    return f"sqlite+aiosqlite:///{data / 'matchpoint.db'}"
