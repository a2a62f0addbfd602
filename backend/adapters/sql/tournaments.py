"""Tournaments in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.directory import ON, session_record_of
from backend.adapters.sql.tables import sessions, tournaments
from backend.core.serialized import TournamentState
from backend.service.models import SessionRecord, TournamentRow


class SqlTournaments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def end(self, row: TournamentRow) -> None:
        await self._connection.execute(
            update(tournaments)
            .where(tournaments.c.session_id == row.session_id)
            .values(
                digest=row.digest,
                state=row.state,
                champion=row.champion,
                ended_ms=row.ended_ms,
            )
        )

    async def get(self, session_id: str) -> TournamentRow | None:
        query = select(tournaments).where(tournaments.c.session_id == session_id, tournaments.c.ended_ms.is_not(None))
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return None
        state = TournamentState(bytes(row.state))
        return TournamentRow(row.session_id, row.digest, state, row.champion, row.ended_ms)

    async def listed(
        self, limit: int, after: Sequence[Any] = (), *, over: bool
    ) -> Sequence[tuple[SessionRecord, str | None, int]]:
        which = tournaments.c.ended_ms.is_not(None) if over else sessions.c.stage.in_(ON)
        when = tournaments.c.ended_ms if over else sessions.c.created_ms
        query = (
            select(sessions, tournaments.c.champion, when.label("listed_ms"))
            .join(tournaments, tournaments.c.session_id == sessions.c.session_id)
            .where(which & sessions.c.listed)
            .order_by(when.desc(), sessions.c.session_id)
            .limit(limit)
        )
        if after:
            when_ms, _, session_id = after
            query = query.where((when < when_ms) | ((when == when_ms) & (sessions.c.session_id > session_id)))
        rows = await self._connection.execute(query)
        return [(session_record_of(row), row.champion, row.listed_ms) for row in rows]
