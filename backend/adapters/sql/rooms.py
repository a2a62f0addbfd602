"""Rooms in SQL: a document with a revision, and who is in which room."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import room_members, rooms
from backend.core.rooms import LastMatch, Member, Room, Settings
from backend.service.ports import CodeTaken, InAnotherRoom, RoomMoved


class SqlRooms:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, room: Room) -> None:
        try:
            await self._connection.execute(insert(rooms).values(code=room.code, **_columns(room)))
        except IntegrityError:
            raise CodeTaken from None
        await self._move(room.code, {member.account_id for member in room.members}, set())

    async def get(self, code: str) -> Room | None:
        return _room((await self._connection.execute(_select(rooms.c.code == code))).one_or_none())

    async def of_account(self, account_id: str) -> Room | None:
        query = _select(room_members.c.account_id == account_id).join(room_members)
        return _room((await self._connection.execute(query)).one_or_none())

    async def of_accounts(self, account_ids: Sequence[str]) -> Mapping[str, Room]:
        members = select(room_members.c.account_id, room_members.c.code)
        rows = (await self._connection.execute(members.where(room_members.c.account_id.in_(account_ids)))).all()
        found = {room.code: room for room in await self._all(rooms.c.code.in_({row.code for row in rows}))}
        return {row.account_id: found[row.code] for row in rows if row.code in found}

    async def save(self, before: Room, after: Room) -> None:
        unchanged = (rooms.c.code == before.code) & (rooms.c.revision == before.revision)
        change = update(rooms).where(unchanged).values(**_columns(after)) if after.members else None
        done = await self._connection.execute(delete(rooms).where(unchanged) if change is None else change)
        if done.rowcount != 1:
            raise RoomMoved
        if after.members:  # A deleted room takes its rows with it.
            were = {member.account_id for member in before.members}
            now = {member.account_id for member in after.members}
            await self._move(after.code, now - were, were - now)

    async def due(self, now_ms: int) -> Sequence[Room]:
        return await self._all(rooms.c.deadline_ms <= now_ms)

    async def every(self) -> Sequence[Room]:
        return await self._all(rooms.c.code == rooms.c.code)

    async def _all(self, condition: ColumnElement[bool]) -> Sequence[Room]:
        rows = await self._connection.execute(_select(condition))
        return [room for row in rows if (room := _room(row)) is not None]

    async def _move(self, code: str, entered: set[str], left: set[str]) -> None:
        if left:
            gone = (room_members.c.code == code) & room_members.c.account_id.in_(left)
            await self._connection.execute(delete(room_members).where(gone))
        if entered:
            rows = [{"account_id": account_id, "code": code} for account_id in entered]
            try:
                await self._connection.execute(insert(room_members), rows)
            except IntegrityError:
                raise InAnotherRoom from None


def _select(condition: ColumnElement[bool]) -> Any:
    return select(rooms.c.code, rooms.c.revision, rooms.c.document).where(condition)


def _columns(room: Room) -> dict[str, Any]:
    return {
        "revision": room.revision,
        "document": _document(room),
        "session_id": room.session_id,
        "deadline_ms": room.deadline_ms,
    }


def _document(room: Room) -> bytes:
    document = asdict(room)
    del document["code"], document["revision"]
    return json.dumps(document, default=_text, ensure_ascii=False, separators=(",", ":")).encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _room(row: Row[Any] | None) -> Room | None:
    if row is None:
        return None
    kept = json.loads(row.document)
    last = kept["last"]
    return Room(
        code=row.code,
        revision=row.revision,
        host=kept["host"],
        settings=Settings(base64.b64decode(kept["settings"]["ruleset"]), kept["settings"]["unlisted"]),
        members=tuple(Member(**member) for member in kept["members"]),
        session_id=kept["session_id"],
        last=LastMatch(last["session_id"], base64.b64decode(last["result"])) if last else None,
        put_out=tuple(kept["put_out"]),
    )
