"""The session directory in SQL."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from matchpoint.v1 import session_pb2
from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import game_servers, session_seats, sessions, tournaments
from backend.contract.session_specs import session_spec, session_spec_message
from backend.core.admission import Usage
from backend.service.models import GameServer, SessionRecord, Stage
from backend.service.session_specs import SeatSpec

ON: Final = (Stage.CREATING.value, Stage.LIVE.value)


class SqlDirectory:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_server(self, server: GameServer) -> None:
        values = {"address": server.address, "incarnation": server.incarnation}
        condition = game_servers.c.server == server.server
        done = await self._connection.execute(update(game_servers).where(condition).values(**values))
        if done.rowcount == 0:
            await self._connection.execute(insert(game_servers).values(server=server.server, **values))

    async def server(self, name: str) -> GameServer | None:
        query = select(game_servers).where(game_servers.c.server == name)
        row = (await self._connection.execute(query)).one_or_none()
        return GameServer(row.server, row.address, row.incarnation) if row else None

    async def add(self, session: SessionRecord) -> None:
        await self._connection.execute(
            insert(sessions).values(
                session_id=session.session_id,
                server=session.server,
                epoch=session.epoch,
                stage=session.stage.value,
                origin=session.spec.origin.value,
                listed=session.listed,
                open_view=session.open_view,
                spec=session_spec_message(session.spec).SerializeToString(),
                account_id=session.account_id,
                room_code=session.room_code,
                created_ms=session.created_ms,
                address=session.address,
                places=session.spec.matches_at_once,
            )
        )
        if session.tournament:
            await self._connection.execute(insert(tournaments).values(session_id=session.session_id))
        seats = {seat.account_id for seat in session.spec.seats if seat.account_id}
        if seats:
            rows = [{"account_id": account_id, "session_id": session.session_id} for account_id in sorted(seats)]
            await self._connection.execute(insert(session_seats), rows)

    async def add_seat(self, session: SessionRecord, seat: SeatSpec) -> None:
        spec = session_spec_message(replace(session.spec, seats=(*session.spec.seats, seat)))
        condition = sessions.c.session_id == session.session_id
        await self._connection.execute(update(sessions).where(condition).values(spec=spec.SerializeToString()))
        if seat.account_id and all(one.account_id != seat.account_id for one in session.spec.seats):
            row = {"account_id": seat.account_id, "session_id": session.session_id}
            await self._connection.execute(insert(session_seats).values(row))

    async def get(self, session_id: str) -> SessionRecord | None:
        row = (
            await self._connection.execute(select(sessions).where(sessions.c.session_id == session_id))
        ).one_or_none()
        return session_record_of(row) if row else None

    async def set_stage(self, session_id: str, stage: Stage, epoch: int | None = None) -> None:
        # What is over stays over, whatever is still on its way.
        condition = (sessions.c.session_id == session_id) & (sessions.c.stage != Stage.OVER.value)
        values: dict[str, Any] = {"stage": stage.value} if epoch is None else {"stage": stage.value, "epoch": epoch}
        if stage.value not in ON:
            # Nobody needs to know any more from where it was asked for.
            values["address"] = ""
        await self._connection.execute(update(sessions).where(condition).values(**values))

    async def on_server(self, server: str) -> Sequence[SessionRecord]:
        return await self._all((sessions.c.stage != Stage.OVER.value) & (sessions.c.server == server))

    async def listed(self) -> Sequence[tuple[str, int, int]]:
        condition = (sessions.c.stage == Stage.LIVE.value) & sessions.c.listed & tournaments.c.session_id.is_(None)
        query = select(sessions.c.session_id, sessions.c.origin, sessions.c.created_ms)
        query = query.outerjoin(tournaments, tournaments.c.session_id == sessions.c.session_id).where(condition)
        return [(row.session_id, row.origin, row.created_ms) for row in await self._connection.execute(query)]

    async def several(self, session_ids: Sequence[str]) -> Sequence[SessionRecord]:
        return await self._all(sessions.c.session_id.in_(session_ids))

    async def live_of_origin(self, origin: int) -> int:
        condition = sessions.c.stage.in_(ON) & (sessions.c.origin == origin)
        return await self._connection.scalar(select(func.count()).select_from(sessions).where(condition)) or 0

    async def usage_of(self, account_id: str, address: str) -> Usage:
        on = sessions.c.stage.in_(ON)
        count = select(func.count()).select_from(sessions).where(on & (sessions.c.account_id == account_id))
        places = select(func.sum(sessions.c.places)).where(on & (sessions.c.address == address))
        held = await self._connection.scalar(places) if address else 0
        return Usage(sessions=await self._connection.scalar(count) or 0, places=held or 0)

    async def played_by(self, account_ids: Sequence[str]) -> Sequence[tuple[str, str, bool]]:
        query = (
            select(session_seats.c.account_id, sessions.c.session_id, _seen().label("seen"))
            .join(sessions)
            .where(session_seats.c.account_id.in_(account_ids) & sessions.c.stage.in_(ON))
            .order_by(sessions.c.created_ms)
        )
        rows = await self._connection.execute(query)
        return [(row.account_id, row.session_id, row.seen) for row in rows]

    async def sessions_of(self, account_id: str, limit: int) -> Sequence[str]:
        query = select(sessions.c.session_id).join(session_seats).where(session_seats.c.account_id == account_id)
        return list(await self._connection.scalars(query.order_by(sessions.c.created_ms.desc()).limit(limit)))

    async def watchable(self, session_ids: Sequence[str]) -> Collection[str]:
        condition = sessions.c.session_id.in_(session_ids) & sessions.c.stage.in_(ON) & _seen()
        return set(await self._connection.scalars(select(sessions.c.session_id).where(condition)))

    async def servers_with_sessions(self) -> Sequence[str]:
        rows = await self._connection.scalars(select(sessions.c.server).where(sessions.c.stage.in_(ON)).distinct())
        return list(rows)

    async def _all(self, condition: ColumnElement[bool]) -> Sequence[SessionRecord]:
        rows = await self._connection.execute(select(sessions).where(condition).order_by(sessions.c.created_ms))
        return [session_record_of(row) for row in rows]


def _seen() -> ColumnElement[bool]:
    """Condition for showing it to friends. An unlisted one is reached by its link only."""
    return sessions.c.open_view & sessions.c.listed


def session_record_of(row: Row[Any]) -> SessionRecord:
    return SessionRecord(
        session_id=row.session_id,
        server=row.server,
        spec=session_spec(session_pb2.SessionSpec.FromString(row.spec)),
        listed=row.listed,
        open_view=row.open_view,
        account_id=row.account_id,
        room_code=row.room_code,
        created_ms=row.created_ms,
        epoch=row.epoch,
        stage=Stage(row.stage),
    )
