"""Promises of the store, on every database."""

import asyncio
from dataclasses import replace

import pytest
from matchpoint.v1.result_pb2 import Result
from sqlalchemy.exc import IntegrityError

from backend.adapters.sql.store import SqlStore
from backend.contract.records import recorded_result
from backend.core import places
from backend.core.friends import Bond, Stance
from backend.core.room import LastMatch, Member
from backend.core.serialized import MatchResult, Ruleset
from backend.service.models import Account, GameServer, MatchRow, SessionRecord, SideRow, SideTotals, SignIn, Stage
from backend.service.repositories import CodeTaken, InAnotherRoom, RoomRevisionConflict
from backend.service.session_specs import Origin, SessionSpec
from tests.support.storage.rows import cup_of, room_of
from tests.support.storage.temporary_database import TemporaryDatabase

pytestmark = pytest.mark.anyio

SPEC = SessionSpec(Origin.ROOM, Ruleset(b""))


async def test_a_room_comes_back_as_it_was_kept(people: SqlStore) -> None:
    room = replace(
        room_of("ABC234", "ada", "bob"),
        revision=7,
        last=LastMatch("session", MatchResult(b"\x01\x02")),
        banned=("eve",),
        session_id="now",
        members=(Member("ada", "에이다", 0, True, True), Member("bob", "Bob", None, False, False, 99)),
    )
    async with people.write() as unit:
        await unit.rooms.add(room)
    async with people.read() as unit:
        assert await unit.rooms.get("ABC234") == room
        assert await unit.rooms.current("bob") == room
        assert await unit.rooms.due(98) == []
        assert await unit.rooms.due(99) == [room]


async def test_a_change_of_an_older_revision_is_refused(people: SqlStore) -> None:
    room = room_of("ABC234", "ada")
    async with people.write() as unit:
        await unit.rooms.add(room)
        await unit.rooms.save(room, replace(room, revision=2))
    with pytest.raises(RoomRevisionConflict):
        async with people.write() as unit:
            await unit.rooms.save(room, replace(room, revision=2, host="bob"))
    async with people.read() as unit:
        kept = await unit.rooms.get("ABC234")
    assert kept is not None
    assert kept.host == "ada"


async def test_one_account_is_in_one_room_for_duels_and_a_code_is_one_rooms(people: SqlStore) -> None:
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


async def test_an_account_has_places_in_several_rooms_and_is_in_the_one_that_it_went_to_last(people: SqlStore) -> None:
    duel, first, second = room_of("ABC234", "ada"), cup_of("CUP234", "bob"), cup_of("CUP567", "ada")
    joined = replace(first, revision=2, members=(*first.members, Member("ada", "ada", seat=1)))
    async with people.write() as unit:
        await unit.rooms.add(duel)
        await unit.rooms.add(first)
        await unit.rooms.save(first, joined)
        assert await unit.rooms.current("ada") == joined
        await unit.rooms.add(second)
        assert await unit.rooms.currents(["ada", "bob", "eve"]) == {"ada": second, "bob": joined}
        await unit.rooms.go("ada", "ABC234")
    async with people.read() as unit:
        assert await unit.rooms.current("ada") == duel
        assert await unit.rooms.places(["ada"]) == [
            places.Place("ada", duel, current=True),
            places.Place("ada", joined, current=False),
            places.Place("ada", second, current=False),
        ]
        assert await unit.rooms.places(["bob"]) == [places.Place("bob", joined, current=True)]
        assert await unit.rooms.present("CUP234") == {"bob"}
        assert await unit.rooms.present("CUP567") == set()


async def test_a_place_that_is_lost_takes_the_account_out_of_no_other_room(people: SqlStore) -> None:
    cup, duel = cup_of("CUP234", "bob", "ada"), room_of("ABC234", "ada")
    async with people.write() as unit:
        await unit.rooms.add(cup)
        await unit.rooms.add(duel)
        await unit.rooms.save(cup, replace(cup, revision=2, members=cup.members[:1]))
        assert await unit.rooms.current("ada") == duel
        await unit.rooms.save(duel, replace(duel, members=(), revision=2))
        assert await unit.rooms.current("ada") is None
        assert await unit.rooms.places(["ada"]) == []
        assert await unit.rooms.present("CUP234") == {"bob"}


async def test_a_room_without_members_is_gone_and_its_people_free(people: SqlStore) -> None:
    room = room_of("ABC234", "ada", "bob")
    async with people.write() as unit:
        await unit.rooms.add(room)
    async with people.write() as unit:
        await unit.rooms.save(room, replace(room, members=(), revision=2))
    async with people.read() as unit:
        assert await unit.rooms.get("ABC234") is None
        assert await unit.rooms.current("ada") is None


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


async def test_foreign_keys_are_enforced(store: SqlStore) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with store.write() as unit:
            await unit.accounts.add_token(b"secret digest", "nobody", SignIn("id", "", 1, 1))
    assert "secret" not in str(caught.value)


async def test_an_acknowledged_write_is_on_the_disk(place: TemporaryDatabase, store: SqlStore) -> None:
    asked: dict[str, dict[str, object]] = {
        "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2},
        "postgresql": {"SHOW synchronous_commit": "on"},
    }
    async with store.write() as unit:
        for question, answer in asked[place.kind].items():
            assert (await unit._connection.exec_driver_sql(question)).scalar() == answer


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "x" * 10_000, "' OR 1=1 --", "에이다 \U0001f3d3"])
async def test_whatever_is_asked_for_is_found_or_not_and_never_an_error(people: SqlStore, text: str) -> None:
    async with people.read() as unit:
        assert await unit.accounts.get(text) is None
        assert await unit.accounts.by_name(text) is None
        assert await unit.accounts.password(text) is None
        assert await unit.accounts.names([text]) == {}
        assert await unit.friends.between(text, "ada") == Bond()
        assert await unit.friends.blockers(text) == set()
        assert await unit.rooms.get(text) is None
        assert await unit.rooms.current(text) is None
        assert await unit.directory.get(text) is None
        assert await unit.directory.several([text, text]) == []
        assert await unit.records.get(text, 2**32 - 1, 2**32 - 1) is None
        assert await unit.records.journal(text, 2**32 - 1) is None
        assert await unit.records.page(text or "nobody", 2**63 - 1, 20) == []


async def test_numbers_come_back_up_to_the_largest_of_the_contract(people: SqlStore) -> None:
    most = 2**32 - 1
    totals = SideTotals(
        wins=1, points_for=most, points_against=most, hits=most, longest_rally=most, top_speed=most, distance=most
    )
    async with people.write() as unit:
        await unit.directory.add_server(GameServer("g", "127.0.0.1:1", most))
        await unit.directory.add(SessionRecord("s", "g", SPEC, True, True, "ada", "", 1))
        for match in (1, most):
            row = MatchRow("s", match, most, b"d" * 32, SPEC, recorded_result(Result()), 1)
            await unit.records.add(row, [SideRow("ada", 0, True, totals)], b"journal")
        await unit.directory.set_stage("s", Stage.LIVE, most)
    async with people.read() as unit:
        assert await unit.directory.server("g") == GameServer("g", "127.0.0.1:1", most)
        session = await unit.directory.get("s")
        assert session is not None
        assert session.epoch == most
        assert await unit.records.journal("s", most) == b"journal"
        summed = await unit.records.totals("ada")
    assert (summed.matches, summed.wins, summed.hits, summed.top_speed) == (2, 2, 2 * most, most)


async def test_names_of_every_script_come_back_letter_by_letter(store: SqlStore) -> None:
    names = ["민서", "Zoë", "Ада", "木村", "مريم", "\U0001f3d3" * 20]
    async with store.write() as unit:
        for number, name in enumerate(names):
            await unit.accounts.add(Account(str(number), name, guest=False), name.casefold(), 1)
    async with store.read() as unit:
        for number, name in enumerate(names):
            assert await unit.accounts.get(str(number)) == Account(str(number), name, guest=False)


async def test_what_is_over_stays_over(people: SqlStore) -> None:
    async with people.write() as unit:
        await unit.directory.add_server(GameServer("g", "127.0.0.1:1", 1))
        await unit.directory.add(SessionRecord("s", "g", SPEC, True, True, "ada", "", 1))
        await unit.directory.set_stage("s", Stage.OVER)
        await unit.directory.set_stage("s", Stage.LIVE)
    async with people.read() as unit:
        session = await unit.directory.get("s")
    assert session is not None
    assert session.stage is Stage.OVER


async def test_what_is_between_two_people_is_seen_from_both_sides(people: SqlStore) -> None:
    bond = Bond(Stance.WANTS, Stance.BLOCKS)
    async with people.write() as unit:
        await unit.friends.save("ada", "bob", bond)
    async with people.read() as unit:
        assert await unit.friends.between("ada", "bob") == bond
        assert await unit.friends.between("bob", "ada") == bond.turned
        assert await unit.friends.of(["ada", "bob"]) == {
            "ada": {"bob": ("bob", bond)},
            "bob": {"ada": ("ada", bond.turned)},
        }
        assert await unit.friends.blockers("ada") == {"bob"}
    async with people.write() as unit:
        await unit.friends.save("bob", "ada", Bond())
    async with people.read() as unit:
        assert await unit.friends.of(["ada"]) == {"ada": {}}


async def test_between_people_who_are_not_there_nothing_can_be(people: SqlStore) -> None:
    with pytest.raises(IntegrityError):
        async with people.write() as unit:
            await unit.friends.save("ada", "nobody", Bond(Stance.WANTS, Stance.NONE))


async def test_a_password_makes_a_guest_somebody_with_an_account(people: SqlStore) -> None:
    async with people.write() as unit:
        await unit.accounts.set_password("ada", "first", 1)
        await unit.accounts.set_password("ada", "second", 2)
    async with people.read() as unit:
        assert await unit.accounts.password("ada") == "second"
        assert await unit.accounts.password("bob") is None
        account = await unit.accounts.get("ada")
    assert account is not None
    assert not account.guest


async def test_tickets_are_void_until_a_time_and_that_is_forgotten_at_another(people: SqlStore) -> None:
    async with people.write() as unit:
        await unit.accounts.void_tickets("ada", 10, 0)
        await unit.accounts.void_tickets("ada", 20, 0)
    async with people.read() as unit:
        assert await unit.accounts.voided_since(20) == {"ada": 20}
        assert await unit.accounts.voided_since(21) == {}
    async with people.write() as unit:
        await unit.accounts.void_tickets("bob", 30, 25)
    async with people.read() as unit:
        assert await unit.accounts.voided_since(0) == {"bob": 30}
