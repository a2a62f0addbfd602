"""A big room does not multiply: changes are told together, and everybody ends up with the room as it is."""

import asyncio
from collections.abc import Iterable

import pytest
from matchpoint.v1 import lobby_pb2

from backend.core import rooms
from backend.core.room import Room, Settings
from backend.core.serialized import Ruleset
from backend.service.notifications import Notification
from backend.service.rooms.broadcast import INTERVAL_MIN_S, RoomBroadcast
from backend.service.rooms.notifications import RoomState
from tests.support.harnesses.backend import BackendHarness, Tab

pytestmark = pytest.mark.anyio


class Told:
    """Record of the revisions of rooms that each account was sent."""

    def __init__(self) -> None:
        self.sent: dict[str, list[tuple[str, int]]] = {}

    def publish(self, account_ids: Iterable[str], message: RoomState) -> None:
        for account_id in account_ids:
            self.sent.setdefault(account_id, []).append((message.room.code, message.room.revision))


def changes(code: str = "ABC234", count: int = 9) -> list[Room]:
    """A room of two, and what it becomes as one of them toggles."""
    room = rooms.new_room(code, "ada", "Ada", Settings(Ruleset(b"")))
    found = [rooms.join(room, "bob", "Bob").room]
    for number in range(count):
        found.append(rooms.set_seat(found[-1], "bob", number % 2 == 1).room)
    return found


async def test_the_first_change_is_told_at_once_and_those_that_follow_together() -> None:
    told = Told()
    broadcast = RoomBroadcast(told.publish)
    for room in changes():
        broadcast.announce(room, ("ada", "bob"))
    assert told.sent["ada"] == [("ABC234", 2)]
    await asyncio.sleep(INTERVAL_MIN_S + 0.1)
    assert told.sent["ada"] == [("ABC234", 2), ("ABC234", 11)]


async def test_whoever_changes_something_sees_it_at_once() -> None:
    told = Told()
    broadcast = RoomBroadcast(told.publish)
    for room in changes(count=3):
        broadcast.announce(room, ("ada", "bob"), by="bob")
    assert [revision for _, revision in told.sent["bob"]] == [2, 3, 4, 5]
    await asyncio.sleep(INTERVAL_MIN_S + 0.1)
    assert [revision for _, revision in told.sent["bob"]] == [2, 3, 4, 5]
    assert [revision for _, revision in told.sent["ada"]] == [2, 5]


async def test_what_is_on_or_over_is_told_to_everybody_at_once() -> None:
    told = Told()
    broadcast = RoomBroadcast(told.publish)
    first, second, third = changes(count=2)
    broadcast.announce(first, ("ada", "bob"))
    broadcast.announce(second, ("ada", "bob"))
    broadcast.announce(third, ("ada", "bob"), at_once=True)
    assert told.sent["ada"] == [("ABC234", 2), ("ABC234", 4)]
    await asyncio.sleep(INTERVAL_MIN_S + 0.1)
    assert len(told.sent["ada"]) == 2


async def test_who_has_gone_to_another_room_is_not_told_of_the_one_before() -> None:
    told = Told()
    broadcast = RoomBroadcast(told.publish)
    first, second = changes(count=1)
    broadcast.announce(first, ("ada", "bob"))
    broadcast.announce(second, ("ada", "bob"))
    broadcast.moved("bob", "XYZ234")
    await asyncio.sleep(INTERVAL_MIN_S + 0.1)
    assert (len(told.sent["ada"]), len(told.sent["bob"])) == (2, 1)


async def test_of_a_burst_of_toggles_everybody_gets_few_rooms_and_the_last_one(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await ada.do(create_room=lobby_pb2.CreateRoom())
    code = (await ada.hears("room")).room.code
    others: list[Tab] = []
    for number in range(8):
        others.append(await harness.guest(f"Guest {number}"))
        await others[-1].do(join_room=lobby_pb2.JoinRoom(code=code))
    await asyncio.sleep(2 * INTERVAL_MIN_S)
    before = await harness.rooms.current(ada.account_id)
    seen: list[Notification] = []
    harness.bus.subscribe(ada.account_id, seen.append)
    began = asyncio.get_running_loop().time()
    for number in range(5):
        for tab in others:
            await tab.ask(set_seat=lobby_pb2.SetSeat(seated=False))
            await tab.ask(set_seat=lobby_pb2.SetSeat(seated=True))
            await tab.ask(set_ready=lobby_pb2.SetReady(ready=number % 2 == 0))
    took = asyncio.get_running_loop().time() - began
    await asyncio.sleep(2 * INTERVAL_MIN_S)
    after = await harness.rooms.current(ada.account_id)
    assert before is not None
    assert after is not None
    revisions = [message.room.revision for message in seen if isinstance(message, RoomState)]
    assert revisions[-1] == after.revision > before.revision
    assert len(revisions) <= took / INTERVAL_MIN_S + 2
