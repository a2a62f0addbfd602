"""The session directory in SQL."""

from collections.abc import Collection, Sequence
from typing import Any

from matchpoint.v1.session_pb2 import SeatSpec, SessionSpec
from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import game_servers, session_seats, sessions, tournaments
from backend.core.admission import Held
from backend.service.models import GameServer, Placement, Stage
from wire.capacity import matches_at_once

ON = (Stage.CREATING.value, Stage.LIVE.value)


class SqlDirectory:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_server(self, server: GameServer) -> None:
        values = {"address": server.address, "incarnation": server.incarnation}
        here = game_servers.c.server == server.server
        done = await self._connection.execute(update(game_servers).where(here).values(**values))
        if done.rowcount == 0:
            await self._connection.execute(insert(game_servers).values(server=server.server, **values))

    async def server(self, name: str) -> GameServer | None:
        query = select(game_servers).where(game_servers.c.server == name)
        row = (await self._connection.execute(query)).one_or_none()
        return GameServer(row.server, row.address, row.incarnation) if row else None

    async def add(self, placement: Placement) -> None:
        await self._connection.execute(
            insert(sessions).values(
                session_id=placement.session_id,
                server=placement.server,
                epoch=placement.epoch,
                stage=placement.stage.value,
                origin=placement.spec.origin,
                listed=placement.listed,
                open_view=placement.open_view,
                spec=placement.spec.SerializeToString(),
                account_id=placement.account_id,
                room_code=placement.room_code,
                created_ms=placement.created_ms,
                address=placement.address,
                places=matches_at_once(placement.spec),
            )
        )
        if placement.tournament:
            await self._connection.execute(insert(tournaments).values(session_id=placement.session_id))
        seats = {seat.account_id for seat in placement.spec.seats if seat.account_id}
        if seats:
            rows = [{"account_id": account_id, "session_id": placement.session_id} for account_id in sorted(seats)]
            await self._connection.execute(insert(session_seats), rows)

    async def add_seat(self, placement: Placement, seat: SeatSpec) -> None:
        spec = SessionSpec()
        spec.CopyFrom(placement.spec)
        spec.seats.append(seat)
        here = sessions.c.session_id == placement.session_id
        await self._connection.execute(update(sessions).where(here).values(spec=spec.SerializeToString()))
        if seat.account_id and all(one.account_id != seat.account_id for one in placement.spec.seats):
            row = {"account_id": seat.account_id, "session_id": placement.session_id}
            await self._connection.execute(insert(session_seats).values(row))

    async def get(self, session_id: str) -> Placement | None:
        row = (
            await self._connection.execute(select(sessions).where(sessions.c.session_id == session_id))
        ).one_or_none()
        return placement_of(row) if row else None

    async def move(self, session_id: str, stage: Stage, epoch: int | None = None) -> None:
        # What is over stays over, whatever is still on its way.
        here = (sessions.c.session_id == session_id) & (sessions.c.stage != Stage.OVER.value)
        values: dict[str, Any] = {"stage": stage.value} if epoch is None else {"stage": stage.value, "epoch": epoch}
        if stage.value not in ON:
            # Nobody needs to know any more from where it was asked for.
            values["address"] = ""
        await self._connection.execute(update(sessions).where(here).values(**values))

    async def on_server(self, server: str) -> Sequence[Placement]:
        return await self._all((sessions.c.stage != Stage.OVER.value) & (sessions.c.server == server))

    async def listed(self) -> Sequence[tuple[str, int, int]]:
        here = (sessions.c.stage == Stage.LIVE.value) & sessions.c.listed & tournaments.c.session_id.is_(None)
        query = select(sessions.c.session_id, sessions.c.origin, sessions.c.created_ms)
        query = query.outerjoin(tournaments, tournaments.c.session_id == sessions.c.session_id).where(here)
        return [(row.session_id, row.origin, row.created_ms) for row in await self._connection.execute(query)]

    async def several(self, session_ids: Sequence[str]) -> Sequence[Placement]:
        return await self._all(sessions.c.session_id.in_(session_ids))

    async def live_of_origin(self, origin: int) -> int:
        here = sessions.c.stage.in_(ON) & (sessions.c.origin == origin)
        return await self._connection.scalar(select(func.count()).select_from(sessions).where(here)) or 0

    async def held_by(self, account_id: str, address: str) -> Held:
        on = sessions.c.stage.in_(ON)
        count = select(func.count()).select_from(sessions).where(on & (sessions.c.account_id == account_id))
        places = select(func.sum(sessions.c.places)).where(on & (sessions.c.address == address))
        held = await self._connection.scalar(places) if address else 0
        return Held(sessions=await self._connection.scalar(count) or 0, places=held or 0)

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
        here = sessions.c.session_id.in_(session_ids) & sessions.c.stage.in_(ON) & _seen()
        return set(await self._connection.scalars(select(sessions.c.session_id).where(here)))

    async def servers_with_sessions(self) -> Sequence[str]:
        rows = await self._connection.scalars(select(sessions.c.server).where(sessions.c.stage.in_(ON)).distinct())
        return list(rows)

    async def _all(self, condition: ColumnElement[bool]) -> Sequence[Placement]:
        rows = await self._connection.execute(select(sessions).where(condition).order_by(sessions.c.created_ms))
        return [placement_of(row) for row in rows]


def _seen() -> ColumnElement[bool]:
    """Friends are shown the way to it. To one that is unlisted only those have it to whom somebody gave the link."""
    return sessions.c.open_view & sessions.c.listed


def placement_of(row: Row[Any]) -> Placement:
    return Placement(
        session_id=row.session_id,
        server=row.server,
        spec=SessionSpec.FromString(row.spec),
        listed=row.listed,
        open_view=row.open_view,
        account_id=row.account_id,
        room_code=row.room_code,
        created_ms=row.created_ms,
        epoch=row.epoch,
        stage=Stage(row.stage),
    )
