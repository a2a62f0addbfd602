"""The store in SQL: what it holds together, and that its tables are those of the migrations."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.adapters.sql.tables import metadata
from backend.core.rooms import LastMatch, Member, Room, Settings
from backend.service.ports import Account, CodeTaken, InAnotherRoom, RoomMoved

pytestmark = pytest.mark.anyio


def room_of(code: str, *account_ids: str) -> Room:
    members = tuple(Member(account_id, account_id, seat=n) for n, account_id in enumerate(account_ids))
    return Room(code=code, host=account_ids[0], settings=Settings(b"\x00\xff"), members=members)


@pytest.fixture
async def people(store: SqlStore) -> SqlStore:
    """A store in which ada and bob have accounts."""
    async with store.write() as unit:
        for name in ("ada", "bob"):
            await unit.accounts.add(Account(name, name, guest=True), name, 1)
    return store


async def test_a_room_comes_back_as_it_was_kept(people: SqlStore) -> None:
    room = replace(
        room_of("ABC234", "ada", "bob"),
        revision=7,
        last=LastMatch("session", b"\x01\x02"),
        put_out=("eve",),
        session_id="now",
        members=(Member("ada", "에이다", 0, True, True), Member("bob", "Bob", None, False, False, 99)),
    )
    async with people.write() as unit:
        await unit.rooms.add(room)
    async with people.read() as unit:
        assert await unit.rooms.get("ABC234") == room
        assert await unit.rooms.of_account("bob") == room
        assert await unit.rooms.due(98) == []
        assert await unit.rooms.due(99) == [room]


async def test_a_change_of_an_older_revision_is_refused(people: SqlStore) -> None:
    room = room_of("ABC234", "ada")
    async with people.write() as unit:
        await unit.rooms.add(room)
        await unit.rooms.save(room, replace(room, revision=2))
    with pytest.raises(RoomMoved):
        async with people.write() as unit:
            await unit.rooms.save(room, replace(room, revision=2, host="bob"))
    async with people.read() as unit:
        kept = await unit.rooms.get("ABC234")
    assert kept is not None
    assert kept.host == "ada"


async def test_one_account_is_in_one_room_and_a_code_is_one_rooms(people: SqlStore) -> None:
    async with people.write() as unit:
        await unit.rooms.add(room_of("ABC234", "ada"))
    with pytest.raises(InAnotherRoom):
        async with people.write() as unit:
            await unit.rooms.add(room_of("XYZ789", "ada"))
    with pytest.raises(CodeTaken):
        async with people.write() as unit:
            await unit.rooms.add(room_of("ABC234", "bob"))
    async with people.read() as unit:
        assert await unit.rooms.get("XYZ789") is None


async def test_a_room_without_members_is_gone_and_its_people_free(people: SqlStore) -> None:
    room = room_of("ABC234", "ada", "bob")
    async with people.write() as unit:
        await unit.rooms.add(room)
    async with people.write() as unit:
        await unit.rooms.save(room, replace(room, members=(), revision=2))
    async with people.read() as unit:
        assert await unit.rooms.get("ABC234") is None
        assert await unit.rooms.of_account("ada") is None


async def test_a_unit_of_work_that_fails_leaves_nothing(store: SqlStore) -> None:
    async def fail_half_way() -> None:
        async with store.write() as unit:
            await unit.accounts.add(Account("ada", "ada", guest=True), "ada", 1)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await fail_half_way()
    async with store.read() as unit:
        assert await unit.accounts.get("ada") is None


async def test_what_is_written_while_reading_is_thrown_away(store: SqlStore) -> None:
    async with store.read() as unit:
        await unit.accounts.add(Account("ada", "ada", guest=True), "ada", 1)
    async with store.read() as unit:
        assert await unit.accounts.get("ada") is None


async def test_a_reader_neither_waits_for_the_writer_nor_sees_its_half_done_work(store: SqlStore) -> None:
    async with store.write() as writing:
        await writing.accounts.add(Account("ada", "ada", guest=True), "ada", 1)
        async with asyncio.timeout(2), store.read() as reading:
            assert await reading.accounts.get("ada") is None
    async with store.read() as reading:
        assert await reading.accounts.get("ada") is not None


async def test_writers_queue_for_the_only_connection_that_writes(store: SqlStore) -> None:
    inside = 0

    async def add(number: int) -> None:
        nonlocal inside
        async with store.write() as unit:
            inside += 1
            assert inside == 1
            await unit.accounts.add(Account(str(number), str(number), guest=True), str(number), 1)
            inside -= 1

    await asyncio.gather(*(add(number) for number in range(20)))


async def test_foreign_keys_are_enforced(store: SqlStore) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with store.write() as unit:
            await unit.accounts.add_token(b"secret digest", "nobody", 1)
    assert "secret" not in str(caught.value)


async def test_an_acknowledged_write_is_on_the_disk(store: SqlStore) -> None:
    async with store.write() as unit:
        settings = [
            (await unit._connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous")
        ]
    assert settings == ["wal", 2]


async def test_the_migrations_make_the_tables_that_the_code_names(tmp_path: Path) -> None:
    def difference(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'matchpoint.db'}")
    await database.open()
    async with database.read() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()


async def test_opening_a_database_again_keeps_what_is_in_it(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'matchpoint.db'}"
    for expected in (None, Account("ada", "ada", guest=True)):
        database = Database(url)
        await database.open()
        store = SqlStore(database)
        async with store.read() as unit:
            assert await unit.accounts.get("ada") == expected
        if expected is None:
            async with store.write() as unit:
                await unit.accounts.add(Account("ada", "ada", guest=True), "ada", 1)
        await database.close()
