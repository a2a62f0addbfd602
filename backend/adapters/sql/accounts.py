"""Accounts and tokens in SQL."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import accounts, tokens
from backend.service.ports import Account, NameTaken


class SqlAccounts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, account: Account, name_key: str, created_ms: int) -> None:
        try:
            await self._connection.execute(
                insert(accounts).values(
                    account_id=account.account_id,
                    name=account.name,
                    name_key=name_key,
                    guest=account.guest,
                    created_ms=created_ms,
                )
            )
        except IntegrityError:
            raise NameTaken from None

    async def get(self, account_id: str) -> Account | None:
        query = select(accounts.c.account_id, accounts.c.name, accounts.c.guest)
        row = (await self._connection.execute(query.where(accounts.c.account_id == account_id))).one_or_none()
        return Account(row.account_id, row.name, row.guest) if row else None

    async def rename(self, account_id: str, name: str, name_key: str) -> None:
        change = update(accounts).where(accounts.c.account_id == account_id)
        try:
            await self._connection.execute(change.values(name=name, name_key=name_key))
        except IntegrityError:
            raise NameTaken from None

    async def add_token(self, digest: bytes, account_id: str, created_ms: int) -> None:
        row = {"digest": digest, "account_id": account_id, "created_ms": created_ms}
        await self._connection.execute(insert(tokens).values(row))

    async def account_of(self, digest: bytes) -> str | None:
        found = await self._connection.scalar(select(tokens.c.account_id).where(tokens.c.digest == digest))
        return None if found is None else str(found)

    async def has_token(self, account_id: str) -> bool:
        query = select(tokens.c.digest).where(tokens.c.account_id == account_id).limit(1)
        return await self._connection.scalar(query) is not None

    async def drop_token(self, digest: bytes) -> None:
        await self._connection.execute(delete(tokens).where(tokens.c.digest == digest))
