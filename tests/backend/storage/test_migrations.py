"""The tables come from migrations, which lead forward and back on every database."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from backend.adapters.sql import migrate
from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.adapters.sql.tables import metadata
from backend.core import names
from backend.service.models import Account
from backend.service.repositories import InAnotherRoom, NameTaken
from tests.support.storage import sql
from tests.support.storage.rows import add, cup_of, has, room_of
from tests.support.storage.temporary_database import TemporaryDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture
def place(own_place: TemporaryDatabase) -> TemporaryDatabase:
    """Keeps damage that is done to a database here from other tests."""
    return own_place


def revisions() -> list[str]:
    """From the first to the newest."""
    config = AlembicConfig()
    config.set_main_option("script_location", "backend:adapters/sql/migrations")
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1
    return [script.revision for script in scripts.walk_revisions()][::-1]


def difference(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def tables(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_the_migrations_make_the_tables_that_the_code_names(empty: TemporaryDatabase) -> None:
    database = Database(empty.url)
    await database.open()
    async with database.read() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()


async def test_every_step_leads_forward_and_back_and_forward_again(empty: TemporaryDatabase) -> None:
    database = Database(empty.url)
    await database.open()
    await database.migrate("base")
    assert await tables(database) == {"alembic_version"}
    before = "base"
    for revision in revisions():
        await database.migrate(revision)
        there = await tables(database)
        await database.migrate(before)
        await database.migrate(revision)
        assert await tables(database) == there
        before = revision
    assert await tables(database) == {"alembic_version", *metadata.tables}
    async with database.read() as connection:
        assert await connection.run_sync(difference) == []
    for revision in [*revisions()[-2::-1], "base"]:
        await database.migrate(revision)
    assert await tables(database) == {"alembic_version"}
    await database.close()


async def test_places_in_rooms_go_along_forward_and_back(place: TemporaryDatabase) -> None:
    database = Database(place.url)
    store = SqlStore(database)
    await add(store, "ada")
    await add(store, "bob")
    async with store.write() as unit:
        await unit.rooms.add(cup_of("CUP234", "ada"))
        await unit.rooms.add(room_of("ABC234", "bob"))
    await database.migrate("0003")
    await database.migrate("head")
    async with store.write() as unit:
        assert {code: await unit.rooms.present(code) for code in ("CUP234", "ABC234")} == {
            "CUP234": {"ada"},
            "ABC234": {"bob"},
        }
        # What each was for is known still: of two rooms for duels the second is refused, of those for tournaments none.
        await unit.rooms.add(cup_of("CUP567", "ada", "bob"))
    with pytest.raises(InAnotherRoom):
        async with store.write() as unit:
            await unit.rooms.add(room_of("XYZ789", "bob"))
    async with store.write() as unit:
        await unit.rooms.go("bob", "ABC234")
    # Back to one room each: where they are now.
    await database.migrate("0003")
    await database.migrate("head")
    async with store.read() as unit:
        found = {place.account_id: place.room.code for place in await unit.rooms.places(["ada", "bob"])}
        assert found == {"ada": "CUP567", "bob": "ABC234"}
    await database.close()


async def test_names_that_look_alike_already_stay_and_the_older_one_keeps_its_look(place: TemporaryDatabase) -> None:
    database = Database(place.url)
    store = SqlStore(database)
    for number, name in enumerate(("paypal", "paypaI", "Ada")):
        async with store.write() as unit:
            await unit.accounts.add(Account(str(number), name, guest=False), name, number)
    await database.migrate("0008")
    await database.migrate("head")
    async with store.read() as unit:
        assert await unit.accounts.names(["0", "1", "2"]) == {"0": "paypal", "1": "paypaI", "2": "Ada"}
    looks = [row.look for row in sql.rows(place.url, "SELECT look FROM accounts ORDER BY account_id")]
    assert looks == [names.look("paypal"), None, names.look("Ada")]
    for taken in ("paypal", "Ada"):
        with pytest.raises(NameTaken):
            async with store.write() as unit:
                await unit.accounts.add(Account("3", taken, guest=True), "another key", 3, names.look(taken))
    await database.close()


async def test_what_is_there_already_stays_when_the_database_is_opened_again(empty: TemporaryDatabase) -> None:
    for expected in (False, True):
        database = Database(empty.url)
        await database.open()
        store = SqlStore(database)
        assert await has(store, "ada") is expected
        if not expected:
            await add(store, "ada")
        await database.close()


async def test_backends_that_start_at_once_on_an_empty_database_migrate_it_once(empty: TemporaryDatabase) -> None:
    databases = [Database(empty.url) for _ in range(4)]
    if empty.kind == "sqlite":
        await databases[0].open()
    await asyncio.gather(*(database.open() for database in databases))
    await add(SqlStore(databases[0]), "ada")
    assert await has(SqlStore(databases[-1]), "ada")
    for database in databases:
        await database.close()


async def test_a_way_that_breaks_off_leaves_the_tables_as_they_were(
    place: TemporaryDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise RuntimeError("cut")

    database = Database(place.url)
    before = await tables(database)
    # The way back has taken some tables away already.
    monkeypatch.setattr("alembic.op.drop_index", cut)
    with pytest.raises(RuntimeError, match="cut"):
        await database.migrate("base")
    assert await tables(database) == before
    await database.close()


async def test_a_revision_that_is_not_there_is_refused_and_changes_nothing(place: TemporaryDatabase) -> None:
    database = Database(place.url)
    before = await tables(database)
    with pytest.raises(CommandError):
        await database.migrate("9999")
    assert await tables(database) == before
    await database.close()


async def test_a_person_takes_the_tables_back_with_one_command(
    place: TemporaryDatabase, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("data")
    (folder / "service.token").write_text("service-token-of-the-tests-0123456789")
    monkeypatch.setenv("MATCHPOINT_DATA", str(folder))
    monkeypatch.setenv("MATCHPOINT_DATABASE_URL", place.url)
    run = asyncio.get_running_loop().run_in_executor
    assert await run(None, migrate.main, ["base"]) == 0
    database = Database(place.url)
    assert await tables(database) == {"alembic_version"}
    assert await run(None, migrate.main, ["head"]) == 0
    assert await tables(database) == {"alembic_version", *metadata.tables}
    assert await run(None, migrate.main, ["9999"]) == 1
    assert await run(None, migrate.main, []) == migrate.EX_USAGE
    await database.close()
