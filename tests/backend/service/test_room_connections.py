"""Places in rooms of people whose connections end and come back."""

import asyncio

import pytest

from backend.core.room import CAPACITY
from tests.support.harnesses.backend import BackendHarness, Tab, join, open_room, pair

pytestmark = pytest.mark.anyio


async def test_a_member_without_a_connection_loses_the_place_after_30_s(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await bob.close()
    room = await ada.sees()
    while room.members[1].connected:
        room = await ada.sees()
    harness.clock.advance(29.9)
    await harness.rooms.sweep()
    assert ada.silent()
    harness.clock.advance(0.2)
    await harness.rooms.sweep()
    assert [member.name for member in (await ada.sees()).members] == ["Ada"]


async def test_who_reconnects_within_30_s_finds_the_place_and_the_room_at_once(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    await bob.close()
    harness.clock.advance(29)
    again = await bob.another()
    assert (await again.hears("room")).room.code == code
    harness.clock.advance(60)
    await harness.rooms.sweep()
    room = await harness.rooms.current(bob.account_id)
    assert room is not None
    assert all(member.connected for member in room.members)
    assert ada.account_id in [member.account_id for member in room.members]


async def test_one_tab_of_two_closing_leaves_the_member_connected(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    second = await bob.another()
    await bob.close()
    room = await harness.rooms.current(bob.account_id)
    assert room is not None
    assert room.member(bob.account_id).connected
    await second.close()
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert not room.member(bob.account_id).connected


async def test_every_tab_of_an_account_hears_of_its_room(harness: BackendHarness) -> None:
    ada, code = await open_room(harness)
    bob = await harness.guest("Bob")
    second = await bob.another()
    await bob.do(join_room=join(code))
    assert (await second.hears("room")).room.code == code
    assert ada.account_id


async def test_when_everybody_is_cut_off_at_once_everybody_is_away_and_all_can_come_back_at_once(
    harness: BackendHarness,
) -> None:
    ada, code = await open_room(harness)
    tabs = [ada, *[await harness.guest(f"Guest {n}") for n in range(CAPACITY - 1)]]
    await asyncio.gather(*(tab.do(join_room=join(code)) for tab in tabs[1:]))
    await asyncio.gather(*(tab.close() for tab in tabs))
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert [member.connected for member in room.members] == [False] * CAPACITY
    await asyncio.gather(*(tab.another() for tab in tabs))
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert [member.connected for member in room.members] == [True] * CAPACITY


async def test_when_the_host_is_gone_for_good_the_next_inherits(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await ada.close()
    harness.clock.advance(31)
    await harness.rooms.sweep()
    room = await harness.rooms.current(bob.account_id)
    assert room is not None
    assert (room.host, len(room.members)) == (bob.account_id, 1)


async def test_a_restart_keeps_rooms_and_gives_everybody_30_s_to_come_back(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    again = await harness.restarted()
    back = await Tab.open(again, ada.account_id, ada.token)
    assert (await back.hears("room")).room.code == code
    again.clock.advance(31)
    await again.rooms.sweep()
    room = await again.rooms.current(ada.account_id)
    assert room is not None
    assert [member.account_id for member in room.members] == [ada.account_id]
    assert await again.rooms.current(bob.account_id) is None


async def test_a_new_name_is_seen_in_the_room(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await harness.lobby.rename(await harness.accounts.rename(bob.account_id, "Robert"))
    while (await ada.sees()).members[1].name != "Robert":
        pass
