"""Friendships and blocks, in SQL."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import accounts, stances
from backend.core.friends import Bond, Stance
from backend.service.models import Bonds


class SqlFriends:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, account_ids: Sequence[str]) -> Mapping[str, Bonds]:
        mine = select(stances, accounts.c.name).join(accounts, accounts.c.account_id == stances.c.other_id)
        theirs = select(stances, accounts.c.name).join(accounts, accounts.c.account_id == stances.c.account_id)
        found: dict[str, Bonds] = {account_id: {} for account_id in account_ids}
        for row in await self._connection.execute(mine.where(stances.c.account_id.in_(account_ids))):
            found[row.account_id][row.other_id] = (row.name, Bond(mine=Stance(row.stance)))
        for row in await self._connection.execute(theirs.where(stances.c.other_id.in_(account_ids))):
            bonds = found[row.other_id]
            _, bond = bonds.get(row.account_id, ("", Bond()))
            bonds[row.account_id] = (row.name, Bond(mine=bond.mine, theirs=Stance(row.stance)))
        return found

    async def between(self, account_id: str, other_id: str) -> Bond:
        there = (stances.c.account_id == account_id) & (stances.c.other_id == other_id)
        back = (stances.c.account_id == other_id) & (stances.c.other_id == account_id)
        rows = (await self._connection.execute(select(stances).where(there | back))).all()
        kept = {row.account_id: Stance(row.stance) for row in rows}
        return Bond(kept.get(account_id, Stance.NONE), kept.get(other_id, Stance.NONE))

    async def save(self, account_id: str, other_id: str, bond: Bond) -> None:
        for one, other, stance in ((account_id, other_id, bond.mine), (other_id, account_id, bond.theirs)):
            await self._drop((stances.c.account_id == one) & (stances.c.other_id == other))
            if stance is not Stance.NONE:
                row = {"account_id": one, "other_id": other, "stance": stance.value}
                await self._connection.execute(insert(stances).values(row))

    async def guests_asking(self, account_id: str) -> int:
        answers = stances.alias()
        mine = (answers.c.account_id == account_id) & (answers.c.other_id == stances.c.account_id)
        query = (
            select(func.count())
            .select_from(stances)
            .join(accounts, accounts.c.account_id == stances.c.account_id)
            .where((stances.c.other_id == account_id) & (stances.c.stance == Stance.WANTS.value) & accounts.c.guest)
            .where(~select(answers.c.account_id).where(mine).exists())
        )
        return await self._connection.scalar(query) or 0

    async def blockers(self, account_id: str) -> Collection[str]:
        blocked = (stances.c.other_id == account_id) & (stances.c.stance == Stance.BLOCKS.value)
        return set(await self._connection.scalars(select(stances.c.account_id).where(blocked)))

    async def forget(self, account_id: str) -> None:
        await self._drop((stances.c.account_id == account_id) | (stances.c.other_id == account_id))

    async def _drop(self, condition: ColumnElement[bool]) -> None:
        await self._connection.execute(delete(stances).where(condition))
