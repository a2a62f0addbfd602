"""The store: units of work over one connection each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.accounts import SqlAccounts
from backend.adapters.sql.database import Database
from backend.adapters.sql.directory import SqlDirectory
from backend.adapters.sql.erasures import SqlErasures
from backend.adapters.sql.friends import SqlFriends
from backend.adapters.sql.invitations import SqlInvitations
from backend.adapters.sql.keys import SqlKeys
from backend.adapters.sql.records import SqlRecords
from backend.adapters.sql.retention import SqlRetention
from backend.adapters.sql.rooms import SqlRooms
from backend.adapters.sql.tournaments import SqlTournaments


class SqlUnit:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection)

    @cached_property
    def friends(self) -> SqlFriends:
        return SqlFriends(self._connection)

    @cached_property
    def rooms(self) -> SqlRooms:
        return SqlRooms(self._connection)

    @cached_property
    def directory(self) -> SqlDirectory:
        return SqlDirectory(self._connection)

    @cached_property
    def records(self) -> SqlRecords:
        return SqlRecords(self._connection)

    @cached_property
    def tournaments(self) -> SqlTournaments:
        return SqlTournaments(self._connection)

    @cached_property
    def invitations(self) -> SqlInvitations:
        return SqlInvitations(self._connection)

    @cached_property
    def erasures(self) -> SqlErasures:
        return SqlErasures(self._connection)

    @cached_property
    def retention(self) -> SqlRetention:
        return SqlRetention(self._connection)

    @cached_property
    def keys(self) -> SqlKeys:
        return SqlKeys(self._connection)


class SqlStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlUnit]:
        async with self._database.read() as connection:
            yield SqlUnit(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlUnit]:
        async with self._database.write() as connection:
            yield SqlUnit(connection)
