"""Tournaments in SQL."""

from collections.abc import Sequence

from matchpoint.v1.tournament_pb2 import TournamentState
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.directory import ON, placement_of
from backend.adapters.sql.tables import sessions, tournaments
from backend.service.kept import Placement, TournamentRow


class SqlTournaments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def end(self, row: TournamentRow) -> None:
        await self._connection.execute(
            update(tournaments)
            .where(tournaments.c.session_id == row.session_id)
            .values(
                digest=row.digest,
                state=row.state.SerializeToString(),
                champion=row.champion,
                ended_ms=row.ended_ms,
            )
        )

    async def get(self, session_id: str) -> TournamentRow | None:
        query = select(tournaments).where(tournaments.c.session_id == session_id, tournaments.c.ended_ms.is_not(None))
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return None
        state = TournamentState.FromString(row.state)
        return TournamentRow(row.session_id, row.digest, state, row.champion, row.ended_ms)

    async def listed(self, limit: int) -> Sequence[tuple[Placement, str | None]]:
        on = await self._listed(sessions.c.stage.in_(ON), sessions.c.created_ms, limit)
        over = tournaments.c.ended_ms.is_not(None)
        return [*on, *await self._listed(over, tournaments.c.ended_ms, limit - len(on))]

    async def _listed(
        self, which: ColumnElement[bool], newest: ColumnElement[int], limit: int
    ) -> list[tuple[Placement, str | None]]:
        query = (
            select(sessions, tournaments.c.champion)
            .join(tournaments, tournaments.c.session_id == sessions.c.session_id)
            .where(which & sessions.c.listed)
            .order_by(newest.desc())
            .limit(limit)
        )
        return [(placement_of(row), row.champion) for row in await self._connection.execute(query)]
