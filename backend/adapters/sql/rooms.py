"""Rooms in SQL: a document with a revision, and who has a place in which room."""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    String,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import room_members, rooms, tournament_rooms
from backend.core.entrants import NEVER_MS
from backend.core.places import Place
from backend.core.room import Door, Knock, LastMatch, Member, Room, Settings, Tournament
from backend.core.serialized import MatchResult, Ruleset, TournamentSpec
from backend.service.repositories import CodeTaken, InAnotherRoom, RoomRevisionConflict

DOCUMENT_KEYS: Final = {"banned": "put_out", "banned_addresses": "put_out_addresses"}
"""Fields of a room that are called otherwise in its document, which older versions have to read."""


class SqlRooms:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, room: Room) -> None:
        try:
            await self._connection.execute(insert(rooms).values(code=room.code, **_columns(room)))
        except IntegrityError:
            raise CodeTaken from None
        await self._update_members(room, {member.account_id for member in room.people}, set())
        await self._keep_tournament(None, room)

    async def get(self, code: str) -> Room | None:
        return _room((await self._connection.execute(_select(rooms.c.code == code))).one_or_none())

    async def current(self, account_id: str) -> Room | None:
        query = _select((room_members.c.account_id == account_id) & room_members.c.current).join(room_members)
        return _room((await self._connection.execute(query)).one_or_none())

    async def currents(self, account_ids: Sequence[str]) -> Mapping[str, Room]:
        found = await self._places(room_members.c.account_id.in_(account_ids) & room_members.c.current)
        return {place.account_id: place.room for place in found}

    async def places(self, account_ids: Sequence[str]) -> Sequence[Place]:
        return await self._places(room_members.c.account_id.in_(account_ids))

    async def present(self, code: str) -> Collection[str]:
        query = select(room_members.c.account_id).where((room_members.c.code == code) & room_members.c.current)
        return set((await self._connection.execute(query)).scalars())

    async def go(self, account_id: str, code: str) -> None:
        await self._clear_current(account_id)
        here = (room_members.c.account_id == account_id) & (room_members.c.code == code)
        await self._connection.execute(update(room_members).where(here).values(current=True))

    async def save(self, before: Room, after: Room) -> None:
        if after.code != before.code:
            await self._give_code(before, after)
            return
        unchanged = (rooms.c.code == before.code) & (rooms.c.revision == before.revision)
        change = update(rooms).where(unchanged).values(**_columns(after)) if after.people else None
        done = await self._connection.execute(delete(rooms).where(unchanged) if change is None else change)
        if done.rowcount != 1:
            raise RoomRevisionConflict
        if after.people:  # A deleted room takes its rows with it.
            were = {member.account_id for member in before.people}
            now = {member.account_id for member in after.people}
            await self._update_members(after, now - were, were - now)
            await self._keep_tournament(before, after)

    async def _give_code(self, before: Room, after: Room) -> None:
        """Moves everything that hangs on the room's code. Its people are the same."""
        here = select(rooms.c.code).where((rooms.c.code == before.code) & (rooms.c.revision == before.revision))
        if await self._connection.scalar(here) is None:
            raise RoomRevisionConflict
        try:
            await self._connection.execute(insert(rooms).values(code=after.code, **_columns(after)))
        except IntegrityError:
            raise CodeTaken from None
        for table in (room_members, tournament_rooms):
            await self._connection.execute(update(table).where(table.c.code == before.code).values(code=after.code))
        await self._connection.execute(delete(rooms).where(rooms.c.code == before.code))

    async def due(self, now_ms: int) -> Sequence[Room]:
        return await self._all(rooms.c.deadline_ms <= now_ms)

    async def starting(self, now_ms: int) -> Sequence[Room]:
        here = select(tournament_rooms.c.code).where(tournament_rooms.c.starts_ms <= now_ms)
        return await self._all(rooms.c.code.in_(here) & (rooms.c.session_id == ""))

    async def open_for_entrants(self, limit: int, after: Sequence[Any] = ()) -> Sequence[Room]:
        here = tournament_rooms.c
        # As `entrants.room_key` has it.
        starts_ms = func.coalesce(here.starts_ms, literal(NEVER_MS, BigInteger))
        key = tuple_(starts_ms, -here.opened_ms, rooms.c.code)
        query = _select(here.listed & (rooms.c.session_id == "")).join(tournament_rooms)
        if after:
            query = query.where(key > tuple_(*after, types=(BigInteger, BigInteger, String)))
        query = query.order_by(*key).limit(limit)
        return [room for row in await self._connection.execute(query) if (room := _room(row)) is not None]

    async def every(self) -> Sequence[Room]:
        return await self._all(rooms.c.code == rooms.c.code)

    async def _keep_tournament(self, before: Room | None, after: Room) -> None:
        values = _tournament(after)
        if values is None or (before is not None and _tournament(before) == values):
            return
        here = tournament_rooms.c.code == after.code
        await self._connection.execute(
            insert(tournament_rooms).values(code=after.code, **values)
            if before is None
            else update(tournament_rooms).where(here).values(**values)
        )

    async def _all(self, condition: ColumnElement[bool]) -> Sequence[Room]:
        rows = await self._connection.execute(_select(condition))
        return [room for row in rows if (room := _room(row)) is not None]

    async def _places(self, condition: ColumnElement[bool]) -> Sequence[Place]:
        members = select(room_members.c.account_id, room_members.c.code, room_members.c.current).where(condition)
        rows = (await self._connection.execute(members.order_by(room_members.c.code))).all()
        found = {room.code: room for room in await self._all(rooms.c.code.in_({row.code for row in rows}))}
        return [Place(row.account_id, found[row.code], row.current) for row in rows if row.code in found]

    async def _clear_current(self, *account_ids: str) -> None:
        """Takes the accounts out of their current rooms; their places stay."""
        there = room_members.c.account_id.in_(account_ids) & room_members.c.current
        await self._connection.execute(update(room_members).where(there).values(current=False))

    async def _update_members(self, room: Room, entered: set[str], left: set[str]) -> None:
        if left:
            gone = (room_members.c.code == room.code) & room_members.c.account_id.in_(left)
            await self._connection.execute(delete(room_members).where(gone))
        if entered:
            await self._clear_current(*entered)
            duel = room.settings.tournament is None
            rows = [
                {"account_id": account_id, "code": room.code, "duel": duel, "current": True} for account_id in entered
            ]
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


def _tournament(room: Room) -> dict[str, Any] | None:
    tournament = room.settings.tournament
    if tournament is None:
        return None
    # Without a time nothing will happen as long as nobody is there.
    soon = tournament.starts_ms or any(member.connected for member in room.people)
    open_ = tournament.opened_ms and room.door is not Door.LOCKED
    listed = bool(soon and open_ and not room.settings.unlisted)
    return {"listed": listed, "opened_ms": tournament.opened_ms, "starts_ms": tournament.starts_ms or None}


def _document(room: Room) -> bytes:
    document = {DOCUMENT_KEYS.get(name, name): value for name, value in asdict(room).items()}
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
        settings=_settings(kept["settings"]),
        members=tuple(Member(**member) for member in kept["members"]),
        session_id=kept["session_id"],
        last=LastMatch(last["session_id"], MatchResult(base64.b64decode(last["result"]))) if last else None,
        banned=tuple(kept[DOCUMENT_KEYS["banned"]]),
        # Rooms from before there were doors have none.
        banned_addresses=tuple(kept.get(DOCUMENT_KEYS["banned_addresses"], ())),
        door=Door(kept.get("door", Door.OPEN)),
        knocks=tuple(Knock(**knock) for knock in kept.get("knocks", ())),
        admitted=tuple(kept.get("admitted", ())),
    )


def _settings(kept: dict[str, Any]) -> Settings:
    # Rooms from before there were tournaments have nothing about them.
    tournament = kept.get("tournament")
    return Settings(
        Ruleset(base64.b64decode(kept["ruleset"])),
        kept["unlisted"],
        Tournament(**{**tournament, "spec": TournamentSpec(base64.b64decode(tournament["spec"]))})
        if tournament
        else None,
    )
