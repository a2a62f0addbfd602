"""Signing keys in SQL."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import signing_keys
from backend.service.models import SigningKey


class SqlKeys:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, key: SigningKey) -> None:
        await self._connection.execute(
            insert(signing_keys).values(kid=key.kid, purpose=key.purpose, secret=key.secret, created_ms=key.created_ms)
        )

    async def of(self, purpose: str) -> Sequence[SigningKey]:
        query = select(signing_keys).where(signing_keys.c.purpose == purpose)
        rows = await self._connection.execute(query.order_by(signing_keys.c.created_ms.desc(), signing_keys.c.kid))
        return [SigningKey(row.kid, row.purpose, row.secret, row.created_ms) for row in rows]

    async def drop(self, kid: str) -> None:
        await self._connection.execute(delete(signing_keys).where(signing_keys.c.kid == kid))
