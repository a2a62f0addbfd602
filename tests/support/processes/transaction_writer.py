"""A backend's store in a process of its own, in the middle of a transaction.

    python -m tests.support.processes.transaction_writer URL WAIT_S

It adds the account "writer", says so, and commits when it reads a line.
"""

import asyncio
import sys

from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.service.models import Account


async def main(url: str, wait_s: str) -> None:
    database = Database(url, float(wait_s))
    async with SqlStore(database).write() as unit:
        await unit.accounts.add(Account("writer", "writer", guest=True), "writer", 1)
        print("inside", flush=True)
        sys.stdin.readline()
    print("committed", flush=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
