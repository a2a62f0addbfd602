"""Accounts and tokens in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import accounts, passwords, tokens, voided_tickets
from backend.service.kept import Account
from backend.service.ports import NameTaken


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

    async def by_name(self, name_key: str) -> Account | None:
        query = select(accounts.c.account_id, accounts.c.name, accounts.c.guest)
        row = (await self._connection.execute(query.where(accounts.c.name_key == name_key))).one_or_none()
        return Account(row.account_id, row.name, row.guest) if row else None

    async def names(self, account_ids: Sequence[str]) -> Mapping[str, str]:
        query = select(accounts.c.account_id, accounts.c.name).where(accounts.c.account_id.in_(account_ids))
        return {row.account_id: row.name for row in await self._connection.execute(query)}

    async def password(self, account_id: str) -> str | None:
        phc = await self._connection.scalar(select(passwords.c.phc).where(passwords.c.account_id == account_id))
        return None if phc is None else str(phc)

    async def set_password(self, account_id: str, phc: str, now_ms: int) -> None:
        await self._connection.execute(delete(passwords).where(passwords.c.account_id == account_id))
        row = {"account_id": account_id, "phc": phc, "changed_ms": now_ms}
        await self._connection.execute(insert(passwords).values(row))
        mine = accounts.c.account_id == account_id
        await self._connection.execute(update(accounts).where(mine).values(guest=False))

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

    async def drop_other_tokens(self, account_id: str, digest: bytes) -> None:
        others = (tokens.c.account_id == account_id) & (tokens.c.digest != digest)
        await self._connection.execute(delete(tokens).where(others))

    async def void_tickets(self, account_id: str, until_ms: int, forget_ms: int) -> None:
        gone = (voided_tickets.c.account_id == account_id) | (voided_tickets.c.until_ms < forget_ms)
        await self._connection.execute(delete(voided_tickets).where(gone))
        await self._connection.execute(insert(voided_tickets).values(account_id=account_id, until_ms=until_ms))

    async def voided_since(self, since_ms: int) -> Mapping[str, int]:
        query = select(voided_tickets.c.account_id, voided_tickets.c.until_ms)
        rows = await self._connection.execute(query.where(voided_tickets.c.until_ms >= since_ms))
        return {row.account_id: row.until_ms for row in rows}
