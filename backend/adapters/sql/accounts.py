"""Accounts and tokens in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import accounts, known_devices, passwords, tokens, voided_tickets
from backend.core.privacy import Audience
from backend.service.models import Account, SignIn, TokenOwner
from backend.service.repositories import NameTaken


class SqlAccounts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, account: Account, name_key: str, created_ms: int, look: str = "") -> None:
        try:
            await self._connection.execute(
                insert(accounts).values(
                    account_id=account.account_id,
                    name=account.name,
                    name_key=name_key,
                    look=look or None,
                    guest=account.guest,
                    created_ms=created_ms,
                    history=account.history.value,
                )
            )
        except IntegrityError:
            raise NameTaken from None

    async def get(self, account_id: str) -> Account | None:
        return await self._one(accounts.c.account_id == account_id)

    async def rename(self, account_id: str, name: str, name_key: str, look: str = "") -> None:
        change = update(accounts).where(accounts.c.account_id == account_id)
        try:
            await self._connection.execute(change.values(name=name, name_key=name_key, look=look or None))
        except IntegrityError:
            raise NameTaken from None

    async def by_name(self, name_key: str) -> Account | None:
        return await self._one(accounts.c.name_key == name_key)

    async def delete(self, account_id: str) -> None:
        await self._connection.execute(delete(accounts).where(accounts.c.account_id == account_id))

    async def created_ms(self, account_id: str) -> int:
        query = select(accounts.c.created_ms).where(accounts.c.account_id == account_id)
        return await self._connection.scalar(query) or 0

    async def password_changed_ms(self, account_id: str) -> int:
        query = select(passwords.c.changed_ms).where(passwords.c.account_id == account_id)
        return await self._connection.scalar(query) or 0

    async def devices_seen_ms(self, account_id: str) -> Sequence[int]:
        query = select(known_devices.c.seen_ms).where(known_devices.c.account_id == account_id)
        return list(await self._connection.scalars(query.order_by(known_devices.c.seen_ms.desc())))

    async def set_history(self, account_id: str, history: Audience) -> None:
        change = update(accounts).where(accounts.c.account_id == account_id)
        await self._connection.execute(change.values(history=history.value))

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

    async def add_token(self, digest: bytes, account_id: str, sign_in: SignIn) -> None:
        row = {"digest": digest, "account_id": account_id, **asdict(sign_in)}
        await self._connection.execute(insert(tokens).values(row))

    async def token_owner(self, digest: bytes) -> TokenOwner | None:
        query = select(tokens.c.account_id, accounts.c.guest, tokens.c.created_ms, tokens.c.used_ms).join(accounts)
        row = (await self._connection.execute(query.where(tokens.c.digest == digest))).one_or_none()
        return TokenOwner(row.account_id, row.guest, row.created_ms, row.used_ms) if row else None

    async def drop_oldest_tokens(self, account_id: str, keep: int) -> None:
        mine = tokens.c.account_id == account_id
        newest = select(tokens.c.digest).where(mine).order_by(tokens.c.used_ms.desc(), tokens.c.created_ms.desc())
        oldest = list(await self._connection.scalars(newest.offset(keep)))
        if oldest:
            await self._connection.execute(delete(tokens).where(tokens.c.digest.in_(oldest)))

    async def use_tokens(self, used_ms: Mapping[bytes, int]) -> None:
        change = update(tokens).where(tokens.c.digest == bindparam("of")).values(used_ms=bindparam("at"))
        await self._connection.execute(change, [{"of": digest, "at": at} for digest, at in used_ms.items()])

    async def sign_ins(self, account_id: str) -> Mapping[bytes, SignIn]:
        rows = await self._connection.execute(select(tokens).where(tokens.c.account_id == account_id))
        return {row.digest: SignIn(row.sign_in_id, row.device, row.created_ms, row.used_ms) for row in rows}

    async def old_tokens(
        self, *, guest: bool, used_ms: int, created_ms: int, limit: int
    ) -> Sequence[tuple[bytes, str]]:
        found: dict[bytes, str] = {}
        # One query for each, so that each uses its index.
        for old in (tokens.c.used_ms <= used_ms, tokens.c.created_ms <= created_ms):
            query = select(tokens.c.digest, tokens.c.account_id).join(accounts).where(old, accounts.c.guest == guest)
            found.update({row.digest: row.account_id for row in await self._connection.execute(query.limit(limit))})
        return list(found.items())

    async def device_seen_ms(self, account_id: str, digest: bytes) -> int | None:
        condition = (known_devices.c.account_id == account_id) & (known_devices.c.digest == digest)
        return await self._connection.scalar(select(known_devices.c.seen_ms).where(condition))

    async def see_device(self, account_id: str, digest: bytes, now_ms: int, keep: int) -> None:
        mine = known_devices.c.account_id == account_id
        await self._connection.execute(delete(known_devices).where(mine & (known_devices.c.digest == digest)))
        row = {"account_id": account_id, "digest": digest, "seen_ms": now_ms}
        await self._connection.execute(insert(known_devices).values(row))
        newest = select(known_devices.c.digest).where(mine).order_by(known_devices.c.seen_ms.desc())
        oldest = list(await self._connection.scalars(newest.offset(keep)))
        if oldest:
            await self._connection.execute(delete(known_devices).where(mine & known_devices.c.digest.in_(oldest)))

    async def forget_devices(self, account_id: str) -> None:
        await self._connection.execute(delete(known_devices).where(known_devices.c.account_id == account_id))

    async def has_token(self, account_id: str) -> bool:
        query = select(tokens.c.digest).where(tokens.c.account_id == account_id).limit(1)
        return await self._connection.scalar(query) is not None

    async def drop_token(self, digest: bytes) -> None:
        await self._connection.execute(delete(tokens).where(tokens.c.digest == digest))

    async def drop_other_tokens(self, account_id: str, digest: bytes) -> None:
        others = (tokens.c.account_id == account_id) & (tokens.c.digest != digest)
        await self._connection.execute(delete(tokens).where(others))

    async def _one(self, which: ColumnElement[bool]) -> Account | None:
        query = select(accounts.c.account_id, accounts.c.name, accounts.c.guest, accounts.c.history).where(which)
        row = (await self._connection.execute(query)).one_or_none()
        return Account(row.account_id, row.name, row.guest, Audience(row.history)) if row else None

    async def void_tickets(self, account_id: str, until_ms: int, forget_ms: int) -> None:
        gone = (voided_tickets.c.account_id == account_id) | (voided_tickets.c.until_ms < forget_ms)
        await self._connection.execute(delete(voided_tickets).where(gone))
        await self._connection.execute(insert(voided_tickets).values(account_id=account_id, until_ms=until_ms))

    async def voided_since(self, since_ms: int) -> Mapping[str, int]:
        query = select(voided_tickets.c.account_id, voided_tickets.c.until_ms)
        rows = await self._connection.execute(query.where(voided_tickets.c.until_ms >= since_ms))
        return {row.account_id: row.until_ms for row in rows}
