"""A database that is locked, full, read-only, hung or gone: work is refused and says why, and nothing is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.stats_pb2 import GetPlayerStatsRequest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.compose import Tuning
from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.harnesses.backend import report_of
from tests.support.harnesses.backend_port import Wire, serving
from tests.support.processes.writer import Writer
from tests.support.storage.postgres import PostgresServer, stopped
from tests.support.storage.rows import add, has
from tests.support.storage.temporary_database import TemporaryDatabase
from wire.channel import PERSON_TOKEN
from wire.refusal import Refused, from_rpc_error

pytestmark = pytest.mark.anyio


@pytest.fixture
def place(own_place: TemporaryDatabase) -> TemporaryDatabase:
    """Keeps damage that is done to a database here from other tests."""
    return own_place


IMPATIENT_S = 0.3


@pytest.fixture
async def impatient(place: TemporaryDatabase) -> AsyncIterator[SqlStore]:
    """A store that gives up soon."""
    async with place.opened(IMPATIENT_S) as store:
        yield store


async def refused(work: Any) -> None:
    """Carries the work out, which has to be refused in the one way that storage has."""
    with pytest.raises(Refused) as caught:
        async with asyncio.timeout(30):
            await work
    assert (caught.value.reason, caught.value.status) == (
        Reason.REASON_SERVER_UNAVAILABLE,
        grpc.StatusCode.UNAVAILABLE,
    )
    assert caught.value.sentence.endswith("try again soon.")


async def test_behind_another_process_that_does_not_end_its_transaction_work_is_refused_then_goes_on(
    impatient: SqlStore, place: TemporaryDatabase
) -> None:
    async with Writer.inside(place) as writer:
        results = await asyncio.gather(*(add(impatient, str(n)) for n in range(8)), return_exceptions=True)
        assert {type(result) for result in results} == {Refused}
        assert not await has(impatient, "0")
        await writer.commit()
    assert await has(impatient, "writer")
    assert not await has(impatient, "0")
    await add(impatient, "0")
    assert await has(impatient, "0")


@contextmanager
def full(place: TemporaryDatabase, postgres: PostgresServer | None, store: SqlStore) -> Iterator[None]:
    """No page more: SQLite by its own limit, PostgreSQL by the code that a full disk has."""
    if postgres is None:
        engine = store._database._writer.sync_engine

        def limit(connection: Any, *_: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # No less than there are now.

        event.listen(engine, "checkout", limit)
        yield
        event.remove(engine, "checkout", limit)
        event.listen(engine, "checkout", lambda connection, *_: connection.execute("PRAGMA max_page_count = 1000000"))
        return
    raises = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END"
    postgres.say(f"CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $${raises}$$", place.name)
    postgres.say("CREATE TRIGGER disk_full BEFORE INSERT ON accounts EXECUTE FUNCTION disk_full()", place.name)
    yield
    postgres.say("DROP TRIGGER disk_full ON accounts", place.name)


async def test_a_full_database_refuses_what_is_new_and_gives_out_what_it_has(
    request: pytest.FixtureRequest, store: SqlStore, place: TemporaryDatabase
) -> None:
    await add(store, "ada")
    server = request.getfixturevalue("postgres") if place.kind == "postgresql" else None
    kept = []
    with full(place, server, store):
        async with asyncio.timeout(20):
            for number in range(1000):
                try:
                    await add(store, f"{number:020}")
                except Refused:
                    await refused(add(store, "f" * 20))
                    break
                kept.append(f"{number:020}")
            else:
                pytest.fail("it was never full")
        assert await has(store, "ada")
    for name in kept:
        assert await has(store, name)
    await add(store, "late")


async def test_a_read_only_database_refuses_what_is_new_and_gives_out_what_it_has(
    request: pytest.FixtureRequest, place: TemporaryDatabase, store: SqlStore
) -> None:
    await add(store, "ada")
    if place.kind == "sqlite":
        closed = TemporaryDatabase(place.kind, f"sqlite+aiosqlite:///file:{place.name}?mode=ro&uri=true")
    else:
        closed = place
        say = request.getfixturevalue("postgres").say
        say(f"ALTER DATABASE {place.name} SET default_transaction_read_only = on")
    async with closed.opened() as reading:
        await refused(add(reading, "bob"))
        assert await has(reading, "ada")
        assert not await has(reading, "bob")


async def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_database(store: SqlStore) -> None:
    with pytest.raises(DBAPIError):
        async with store.write() as unit:
            await unit._connection.exec_driver_sql("SELECT nothing_of_this_name")
    await add(store, "ada")


@pytest.fixture(params=["no database", "damaged"])
def damaged(request: pytest.FixtureRequest, tmp_path: Path, migrated: bytes) -> TemporaryDatabase:
    """A file of which something else has been made, wholly or after its first page."""
    sound = migrated[:4096] if request.param == "damaged" else b""
    path = tmp_path / "matchpoint.db"
    path.write_bytes(sound + b"\xff" * (len(migrated) - len(sound)))
    return TemporaryDatabase("sqlite", f"sqlite+aiosqlite:///{path}")


async def test_a_file_that_is_no_sound_database_any_more_is_a_refusal(damaged: TemporaryDatabase) -> None:
    async with damaged.opened() as store:
        await refused(add(store, "ada"))
        await refused(has(store, "ada"))


# What only a server can do.


@pytest.fixture
def on_postgres(postgres: PostgresServer, postgres_migrated: str) -> TemporaryDatabase:
    return TemporaryDatabase("postgresql", postgres.url(postgres.create(postgres_migrated)))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_while_the_server_is_away_work_is_refused_and_when_it_is_back_nothing_is_missing(
    postgres: PostgresServer, on_postgres: TemporaryDatabase, mode: str
) -> None:
    async with on_postgres.opened(IMPATIENT_S) as store:
        await add(store, "before")
        async with stopped(postgres, mode):
            await refused(add(store, "meanwhile"))
            await refused(has(store, "before"))
        await add(store, "after")
        found = [await has(store, name) for name in ("before", "meanwhile", "after")]
        assert found == [True, False, True]


@pytest.mark.slow
async def test_what_was_acknowledged_is_there_after_crashes_of_the_server(
    postgres: PostgresServer, on_postgres: TemporaryDatabase
) -> None:
    acknowledged: list[str] = []
    enough = asyncio.Event()
    crashing = True

    async def write(store: SqlStore, writer: int) -> None:
        number = 0
        while crashing:
            name = f"{writer}-{number}"
            number += 1
            try:
                await add(store, name)
            except Refused:
                await asyncio.sleep(0.01)
            else:
                acknowledged.append(name)
                if len(acknowledged) % 20 == 0:
                    enough.set()

    async with on_postgres.opened() as one, on_postgres.opened() as two:
        writers = [asyncio.create_task(write(store, n)) for n, store in enumerate((one, two, one, two))]
        for _ in range(3):
            enough.clear()
            async with asyncio.timeout(20):
                await enough.wait()
            async with stopped(postgres, "immediate"):
                pass
        crashing = False
        await asyncio.gather(*writers)
        assert [name for name in acknowledged if not await has(two, name)] == []


@pytest.mark.slow
async def test_a_server_that_hangs_is_given_up_and_used_again_when_it_answers(
    postgres: PostgresServer, on_postgres: TemporaryDatabase
) -> None:
    async with on_postgres.opened(IMPATIENT_S) as store:
        await add(store, "before")
        with hung(postgres):
            await refused(add(store, "meanwhile"))
            await refused(has(store, "before"))
        async with asyncio.timeout(30):
            while True:
                try:
                    await add(store, "after")
                    break
                except Refused:
                    continue
        assert [await has(store, name) for name in ("before", "after")] == [True, True]


@contextmanager
def hung(postgres: PostgresServer) -> Iterator[None]:
    """Every process of the server stands still."""
    children = Path(f"/proc/{postgres.pid}/task/{postgres.pid}/children").read_text()
    processes = [postgres.pid, *map(int, children.split())]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@pytest.mark.slow
async def test_a_backend_that_is_stopped_in_the_middle_of_a_transaction_does_not_keep_others_from_writing(
    on_postgres: TemporaryDatabase,
) -> None:
    async with on_postgres.opened() as store, Writer.inside(on_postgres, IMPATIENT_S) as writer:
        writer.process.send_signal(signal.SIGSTOP)
        await add(store, "ada")
        assert await has(store, "ada")
        writer.process.send_signal(signal.SIGCONT)
        # Its transaction is over, and it is told so.
        said, _ = await writer.process.communicate(b"\n")
        assert writer.process.returncode
        assert b"committed" not in said
        assert not await has(store, "writer")


# The whole backend over such a database, from outside.


def person(token: str) -> tuple[tuple[str, str], ...]:
    return ((PERSON_TOKEN, token),)


async def unavailable(call: Any) -> None:
    """The call has to end as UNAVAILABLE with a typed refusal, never as INTERNAL."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    found = from_rpc_error(caught.value)
    assert (caught.value.code(), found and found.reason) == (
        grpc.StatusCode.UNAVAILABLE,
        Reason.REASON_SERVER_UNAVAILABLE,
    )


async def play_on(wire: Wire, game_server: FakeGameServer, fault: Any) -> None:
    """A match is on when the fault comes, is over while it lasts, and is reported until it is acknowledged."""
    registering = await wire.register(game_server)
    token = await wire.guest("Ada")
    request = StartSessionRequest(bot=BotSession())
    entry = (await wire.directory.StartSession(request, metadata=person(token))).entry
    spec = game_server.sessions[entry.session_id]
    report = report_of(entry.session_id, spec)
    async with fault:
        await asyncio.gather(
            unavailable(wire.directory.StartSession(request, metadata=person(token))),
            unavailable(wire.reports.ReportStats(report, metadata=registering.reporting)),
        )
    for known in (False, True):
        answer = await wire.reports.ReportStats(report, metadata=registering.reporting)
        assert answer.already_known is known
    account_id = spec.seats[0].account_id
    stats = (await wire.stats.GetPlayerStats(GetPlayerStatsRequest(account_id=account_id))).stats
    assert (stats.matches, stats.wins, stats.points_for) == (1, 1, 11)
    assert list(game_server.sessions) == [entry.session_id]
    registering.cancel()


@pytest.mark.slow
async def test_a_result_is_not_acknowledged_before_it_is_kept_and_counts_once_it_is(
    place: TemporaryDatabase, tmp_path: Path, migrated: bytes, game_server: FakeGameServer
) -> None:
    async with serving(tmp_path, migrated, Tuning(database_wait_s=IMPATIENT_S), database_url=place.url) as wire:
        await play_on(wire, game_server, Writer.inside(place, 60))


@pytest.mark.slow
async def test_a_result_waits_for_a_server_that_is_away(
    postgres: PostgresServer,
    on_postgres: TemporaryDatabase,
    tmp_path: Path,
    migrated: bytes,
    game_server: FakeGameServer,
) -> None:
    async with serving(tmp_path, migrated, database_url=on_postgres.url) as wire:
        await play_on(wire, game_server, stopped(postgres, "immediate"))


@pytest.mark.slow
async def test_a_database_that_is_not_there_is_said_at_the_start(postgres: PostgresServer) -> None:
    database = Database(postgres.url("nowhere"))
    with pytest.raises(DBAPIError, match="does not exist"):
        await database.open()
    await database.close()
