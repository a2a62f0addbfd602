"""Several backends over one database: who comes second is told so, and nothing is counted twice or lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from sqlalchemy.exc import IntegrityError

from backend.adapters.sql.store import SqlStore
from backend.contract.records import recorded_result
from backend.core.friends import Standing
from backend.core.room import Room
from backend.core.serialized import Ruleset
from backend.service.models import Account, GameServer, MatchRow, Person, SessionRecord
from backend.service.repositories import InAnotherRoom, NameTaken, RoomRevisionConflict
from backend.service.session_specs import Origin, SessionSpec
from tests.support.fakes.backend_ports import FakeClock, FakeGameServers
from tests.support.harnesses.backend import BackendHarness, pair, report_of
from tests.support.processes.writer import Writer
from tests.support.storage.rows import add, has, room_of
from tests.support.storage.temporary_database import TemporaryDatabase
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

SPEC = SessionSpec(Origin.ROOM, Ruleset(b""))


@pytest.fixture
async def harnesses(store: SqlStore, other: SqlStore) -> AsyncIterator[tuple[BackendHarness, BackendHarness]]:
    """Two backends over one database, which see the same game servers and the same time."""
    clock, game_servers = FakeClock(), FakeGameServers()
    both = BackendHarness(store, clock, game_servers), BackendHarness(other, clock, game_servers)
    for harness in both:
        await harness.open()
        await harness.register()
    yield both
    # What runs by itself reads the store, which is closed next.
    for harness in both:
        await harness.stop()


async def outcomes(*work: object) -> Counter[str]:
    """Carries everything out at once; says how often which exception (or "done") came of it."""
    found = await asyncio.gather(*work, return_exceptions=True)  # type: ignore[call-overload]
    return Counter(type(result).__name__ if isinstance(result, BaseException) else "done" for result in found)


async def test_of_two_changes_of_the_same_revision_one_wins(people: SqlStore, other: SqlStore) -> None:
    room = room_of("ABC234", "ada")
    async with people.write() as unit:
        await unit.rooms.add(room)

    async def change(store: SqlStore, host: str) -> None:
        async with store.write() as unit:
            await unit.rooms.save(room, replace(room, revision=2, host=host))

    assert await outcomes(change(people, "one"), change(other, "two")) == {"done": 1, RoomRevisionConflict.__name__: 1}


async def test_changes_that_read_where_they_write_are_all_there(people: SqlStore, other: SqlStore) -> None:
    async with people.write() as unit:
        await unit.rooms.add(room_of("ABC234", "ada"))

    async def banned(store: SqlStore, name: str) -> None:
        async with store.write() as unit:
            room = await unit.rooms.get("ABC234")
            assert isinstance(room, Room)
            await asyncio.sleep(0)
            await unit.rooms.save(room, replace(room, revision=room.revision + 1, banned=(*room.banned, name)))

    names = [str(number) for number in range(20)]
    done = await outcomes(*(banned((people, other)[number % 2], name) for number, name in enumerate(names)))
    assert done == {"done": 20}
    async with other.read() as unit:
        room = await unit.rooms.get("ABC234")
    assert room is not None
    assert sorted(room.banned, key=int) == names


async def test_there_is_one_writer_at_a_time_over_all_backends(store: SqlStore, other: SqlStore) -> None:
    inside = 0

    async def write(store: SqlStore, name: str) -> None:
        nonlocal inside
        async with store.write() as unit:
            inside += 1
            assert inside == 1
            await unit.accounts.add(Account(name, name, guest=True), name, 1)
            assert inside == 1
            inside -= 1

    await asyncio.gather(*(write((store, other)[number % 2], str(number)) for number in range(20)))
    assert all([await has(other, str(number)) for number in range(20)])


async def test_a_name_is_one_persons_also_when_two_take_it_at_once(store: SqlStore, other: SqlStore) -> None:
    async def take(store: SqlStore, account_id: str) -> None:
        async with store.write() as unit:
            await unit.accounts.add(Account(account_id, "Ada", guest=True), "ada", 1)

    tries = [take((store, other)[number % 2], str(number)) for number in range(6)]
    assert await outcomes(*tries) == {"done": 1, NameTaken.__name__: 5}


async def test_nobody_is_in_two_rooms_for_duels_also_when_two_tabs_open_one_at_once(
    people: SqlStore, other: SqlStore
) -> None:
    async def open_room(store: SqlStore, code: str) -> None:
        async with store.write() as unit:
            await unit.rooms.add(room_of(code, "ada"))

    tries = [open_room((people, other)[number % 2], f"ABC23{number}") for number in range(2, 8)]
    assert await outcomes(*tries) == {"done": 1, InAnotherRoom.__name__: 5}


async def test_a_reader_sees_one_moment_whatever_is_committed_meanwhile(people: SqlStore, other: SqlStore) -> None:
    async with people.read() as reading:
        assert await reading.accounts.get("ada") is not None
        async with other.write() as writing:
            await writing.accounts.rename("ada", "Eda", "eda")
            await writing.accounts.add(Account("new", "new", guest=True), "new", 1)
        account = await reading.accounts.get("ada")
        assert account is not None
        assert account.name == "ada"
        assert await reading.accounts.get("new") is None
    assert await has(people, "new")


async def test_readers_go_on_while_another_process_writes(people: SqlStore, place: TemporaryDatabase) -> None:
    async with Writer.inside(place) as writer, asyncio.timeout(30):
        assert await asyncio.gather(*(has(people, name) for name in ("ada", "writer"))) == [True, False]
        await writer.commit()
        assert await has(people, "writer")


async def test_a_writer_that_is_killed_leaves_nothing_and_holds_nobody_up(
    store: SqlStore, place: TemporaryDatabase
) -> None:
    async with Writer.inside(place) as writer:
        writer.process.kill()
        await writer.process.wait()
        async with asyncio.timeout(4):
            await add(store, "ada")
    assert not await has(store, "writer")


async def record(store: SqlStore, match: int, session_id: str = "s") -> None:
    async with store.write() as unit:
        await unit.records.add(
            MatchRow(session_id, match, 1, b"d" * 32, SPEC, recorded_result(Result()), match),
            [],
            b"",
        )


@pytest.fixture
async def session(store: SqlStore) -> None:
    """Records need a session that they are of."""
    async with store.write() as unit:
        await unit.directory.add_server(GameServer("g", "127.0.0.1:1", 1))
        await unit.directory.add(SessionRecord("s", "g", SPEC, True, True, "", "", 1))


@pytest.mark.usefixtures("session")
async def test_a_record_has_one_key_also_for_who_does_not_look_first(store: SqlStore, other: SqlStore) -> None:
    tries = [record((store, other)[number % 2], 1) for number in range(6)]
    assert await outcomes(*tries) == {"done": 1, IntegrityError.__name__: 5}


@pytest.mark.usefixtures("session")
async def test_pages_neither_repeat_nor_pass_over_anything_while_records_are_added(
    store: SqlStore, other: SqlStore
) -> None:
    for match in range(1, 11):
        await record(store, match)
    found: list[int] = []
    before = None
    new = 11
    while True:
        async with other.read() as unit:
            page = await unit.records.page("", before, 3)
        if not page:
            break
        found += [row.match for row in page]
        before = page[-1].position
        await record(store, new)
        new += 1
    assert found == list(range(10, 0, -1))


@pytest.mark.usefixtures("session")
async def test_records_are_numbered_in_the_order_in_which_they_can_be_seen(
    place: TemporaryDatabase, store: SqlStore, other: SqlStore
) -> None:
    seen: list[list[int]] = []
    writing = True

    async def look() -> None:
        async with place.opened() as third:
            while writing:
                async with third.read() as unit:
                    seen.append([row.position for row in await unit.records.page("", None, 100)][::-1])
                await asyncio.sleep(0)

    looking = asyncio.create_task(look())
    await asyncio.gather(*(record((store, other)[match % 2], match) for match in range(1, 41)))
    writing = False
    await looking
    async with store.read() as unit:
        every = [row.position for row in await unit.records.page("", None, 100)][::-1]
    assert len(every) == 40
    # Who has seen a record never finds one before it that was not there: that would be passed over by the next page.
    assert all(positions == every[: len(positions)] for positions in seen)


async def test_a_result_reported_to_two_backends_at_once_again_and_again_counts_once(
    harnesses: tuple[BackendHarness, BackendHarness],
) -> None:
    account_id = (await harnesses[0].accounts.create_guest("Ada", "", "test"))[0].account_id
    entry = await harnesses[0].start_session(account_id, StartSessionRequest(bot=BotSession()))
    request = report_of(entry.session_id, harnesses[0].game_servers.held[entry.session_id])
    known = await asyncio.gather(*(harnesses[number % 2].report(request) for number in range(10)))
    assert Counter(known) == {False: 1, True: 9}
    stats = (await harnesses[1].records.player_stats(account_id)).totals
    assert (stats.matches, stats.wins, stats.points_for) == (1, 1, 11)


async def test_another_result_of_the_same_match_is_refused_also_when_both_come_at_once(
    harnesses: tuple[BackendHarness, BackendHarness],
) -> None:
    account_id = (await harnesses[0].accounts.create_guest("Ada", "", "test"))[0].account_id
    entry = await harnesses[0].start_session(account_id, StartSessionRequest(bot=BotSession()))
    spec = harnesses[0].game_servers.held[entry.session_id]
    requests = [report_of(entry.session_id, spec, left=left) for left in (10, 11)]
    results = await asyncio.gather(
        *(harness.report(request) for harness, request in zip(harnesses, requests, strict=True)), return_exceptions=True
    )
    (refused,) = [result for result in results if isinstance(result, Refused)]
    assert refused.reason == Reason.REASON_RESULT_DIFFERS
    assert False in results
    stats = (await harnesses[0].records.player_stats(account_id)).totals
    assert (stats.matches, stats.points_for) == (1, 11 if results[0] is refused else 10)


async def test_of_two_starts_of_a_room_through_two_backends_one_wins(
    harnesses: tuple[BackendHarness, BackendHarness],
) -> None:
    ada, _, code = await pair(harnesses[0])
    host = Person(ada.connection.account)
    results = await asyncio.gather(*(harness.lifecycle.start(host) for harness in harnesses), return_exceptions=True)
    (refused,) = [result for result in results if isinstance(result, Refused)]
    assert refused.reason in (Reason.REASON_ROOM_STARTED, Reason.REASON_ROOM_CHANGED)
    assert len(harnesses[0].game_servers.held) == 1
    room = await harnesses[1].rooms.current(ada.account_id)
    assert room is not None
    assert (room.code, [room.session_id]) == (code, list(harnesses[0].game_servers.held))


async def test_a_whole_room_that_comes_at_once_through_two_backends_is_there(
    harnesses: tuple[BackendHarness, BackendHarness],
) -> None:
    host = await harnesses[0].guest("Host")
    await host.do(create_room=lobby_pb2.CreateRoom())
    code = (await host.hears("room")).room.code
    tabs = [await harnesses[number % 2].guest(f"P{number}") for number in range(12)]
    await asyncio.gather(*(tab.do(join_room=lobby_pb2.JoinRoom(code=code)) for tab in tabs))
    room = await harnesses[1].rooms.current(host.account_id)
    assert room is not None
    assert {member.account_id for member in room.members} == {host.account_id, *(tab.account_id for tab in tabs)}


async def test_two_who_ask_each_other_at_once_through_two_backends_are_friends(
    harnesses: tuple[BackendHarness, BackendHarness],
) -> None:
    for number in range(5):
        names = f"Ada {number}", f"Bob {number}"
        ids = [(await harnesses[0].accounts.create_guest(name, "", "test"))[0].account_id for name in names]
        asked = (
            harness.friends.ask(mine, name) for harness, mine, name in zip(harnesses, ids, names[::-1], strict=True)
        )
        await asyncio.gather(*asked)
        for harness, mine, other in zip(harnesses, ids, ids[::-1], strict=True):
            (friend,) = (await harness.friends.list_of(mine)).friends
            assert (friend.account_id, friend.standing) == (other, Standing.FRIEND)


async def test_backends_that_start_at_once_share_their_keys(store: SqlStore, other: SqlStore) -> None:
    clock, game_servers = FakeClock(), FakeGameServers()
    both = BackendHarness(store, clock, game_servers), BackendHarness(other, clock, game_servers)
    await asyncio.gather(*(harness.open() for harness in both))
    assert [key.kid for key in both[0].tickets.keys] == [key.kid for key in both[1].tickets.keys]
    assert both[0].fleet.credential("g") == both[1].fleet.credential("g")
