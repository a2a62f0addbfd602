"""`python -m backend.adapters.sql.migrate REVISION`: takes the tables of MATCHPOINT_DATABASE_URL forward or back.

A backend brings them forward by itself when it starts. This is for going back before an older version is started;
docs/databases.md says how. No backend may run meanwhile.
"""

import asyncio
import os
import sys
from typing import Final

from alembic.util import CommandError
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from backend.adapters.sql.database import Database
from backend.config import Config
from wire.config import EX_CONFIG, ConfigError

EX_USAGE: Final = 64


async def migrate(url: URL, revision: str) -> None:
    """Raises what `Database.migrate` does."""
    database = Database(url)
    try:
        await database.migrate(revision)
    finally:
        await database.close()


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("migrate: name one revision, such as 0001, head or base.", file=sys.stderr)  # noqa: T201
        return EX_USAGE
    try:
        asyncio.run(migrate(Config.read(os.environ).database_url, arguments[0]))
    except ConfigError as error:
        print(f"migrate: {error}", file=sys.stderr)  # noqa: T201
        return EX_CONFIG
    except (OSError, SQLAlchemyError, CommandError) as error:
        print(f"migrate: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
