"""Retention in SQL. Each statement looks at the rows of one step only."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, String

from backend.adapters.sql.directory import ON
from backend.adapters.sql.tables import accounts, match_sides, matches, room_members, sessions, tokens, tournaments
from backend.service.models import CreatedKey


class SqlRetention:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def guests(self, after: CreatedKey, before_ms: int, limit: int) -> Sequence[CreatedKey]:
        key = tuple_(accounts.c.created_ms, accounts.c.account_id)
        query = select(accounts.c.created_ms, accounts.c.account_id).where(accounts.c.guest)
        query = query.where(accounts.c.created_ms < before_ms, key > tuple_(*after, types=(BigInteger, String)))
        rows = await self._connection.execute(query.order_by(*key).limit(limit))
        return [(row.created_ms, row.account_id) for row in rows]

    async def unused(self, account_ids: Sequence[str], since_ms: int) -> Collection[str]:
        mine = accounts.c.account_id
        used = (tokens.c.account_id == mine) & (tokens.c.used_ms >= since_ms)
        query = select(mine).where(
            mine.in_(account_ids),
            accounts.c.guest,
            ~exists().where(match_sides.c.account_id == mine),
            ~exists().where(room_members.c.account_id == mine),
            ~exists().where(used),
        )
        return set(await self._connection.scalars(query))

    async def drop_guests(self, account_ids: Collection[str]) -> None:
        await self._connection.execute(delete(accounts).where(accounts.c.account_id.in_(account_ids)))

    async def sessions(self, after: CreatedKey, before_ms: int, limit: int) -> Sequence[CreatedKey]:
        key = tuple_(sessions.c.created_ms, sessions.c.session_id)
        query = select(sessions.c.created_ms, sessions.c.session_id).where(sessions.c.stage.not_in(ON))
        query = query.where(sessions.c.created_ms < before_ms, key > tuple_(*after, types=(BigInteger, String)))
        rows = await self._connection.execute(query.order_by(*key).limit(limit))
        return [(row.created_ms, row.session_id) for row in rows]

    async def unplayed(self, session_ids: Sequence[str]) -> Collection[str]:
        mine = sessions.c.session_id
        query = select(mine).where(
            mine.in_(session_ids),
            sessions.c.stage.not_in(ON),
            ~exists().where(matches.c.session_id == mine),
            ~exists().where(tournaments.c.session_id == mine),
        )
        return set(await self._connection.scalars(query))

    async def drop_sessions(self, session_ids: Collection[str]) -> None:
        await self._connection.execute(delete(sessions).where(sessions.c.session_id.in_(session_ids)))
