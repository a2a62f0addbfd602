"""Invitations to tournaments in SQL."""

from collections.abc import Collection, Sequence

from matchpoint.v1.session_pb2 import SessionSpec
from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.directory import ON
from backend.adapters.sql.tables import accounts, invitations, sessions, stances
from backend.core.friends import Stance
from backend.service.models import Invitation, OpenInvitation


class SqlInvitations:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, invitation: Invitation) -> None:
        await self._connection.execute(
            insert(invitations).values(
                session_id=invitation.session_id,
                account_id=invitation.account_id,
                by_account_id=invitation.by_account_id,
                declined=invitation.declined,
                invited_ms=invitation.invited_ms,
            )
        )

    async def get(self, session_id: str, account_id: str) -> Invitation | None:
        row = (await self._connection.execute(select(invitations).where(_one(session_id, account_id)))).one_or_none()
        if row is None:
            return None
        return Invitation(row.session_id, row.account_id, row.by_account_id, row.invited_ms, row.declined)

    async def decline(self, session_id: str, account_id: str) -> None:
        change = update(invitations).where(_one(session_id, account_id))
        await self._connection.execute(change.values(declined=True))

    async def drop(self, session_id: str, account_id: str) -> None:
        await self._connection.execute(delete(invitations).where(_one(session_id, account_id)))

    async def end(self, session_id: str) -> Collection[str]:
        condition = invitations.c.session_id == session_id
        waiting = set(await self._connection.scalars(select(invitations.c.account_id).where(condition, _waits())))
        await self._connection.execute(delete(invitations).where(condition))
        return waiting

    async def count_to(self, session_id: str) -> int:
        query = select(func.count()).select_from(invitations).where(invitations.c.session_id == session_id)
        return await self._connection.scalar(query) or 0

    async def count_open(self, account_id: str) -> int:
        mine = (invitations.c.account_id == account_id) & _waits()
        query = select(func.count()).select_from(invitations).join(sessions).where(mine, sessions.c.stage.in_(ON))
        return await self._connection.scalar(query) or 0

    async def open_of(self, account_id: str) -> Sequence[OpenInvitation]:
        blocked = exists().where(
            (stances.c.account_id == account_id)
            & (stances.c.other_id == invitations.c.by_account_id)
            & (stances.c.stance == Stance.BLOCKS.value)
        )
        query = (
            select(invitations, sessions.c.spec, accounts.c.name)
            .join(sessions, sessions.c.session_id == invitations.c.session_id)
            .join(accounts, accounts.c.account_id == invitations.c.by_account_id)
            .where((invitations.c.account_id == account_id) & _waits() & sessions.c.stage.in_(ON) & ~blocked)
            .order_by(invitations.c.invited_ms.desc(), invitations.c.session_id)
        )
        return [
            OpenInvitation(
                row.session_id,
                SessionSpec.FromString(row.spec).tournament.title,
                row.by_account_id,
                row.name,
                row.invited_ms,
            )
            for row in await self._connection.execute(query)
        ]

    async def sessions_of(self, account_id: str) -> Sequence[str]:
        query = select(invitations.c.session_id).where(invitations.c.account_id == account_id)
        return list(await self._connection.scalars(query.order_by(invitations.c.session_id)))


def _one(session_id: str, account_id: str) -> ColumnElement[bool]:
    return (invitations.c.session_id == session_id) & (invitations.c.account_id == account_id)


def _waits() -> ColumnElement[bool]:
    return ~invitations.c.declined
