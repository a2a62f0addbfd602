"""The host decides who comes in: doors, knocks, new codes, and who was put out."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import Door

from tests.support.harnesses.backend import BackendHarness, Tab
from tests.support.harnesses.backend_tournaments import CUP

pytestmark = pytest.mark.anyio

SCHOOL, ELSEWHERE = "198.51.100.1", "203.0.113.9"


def join(code: str) -> lobby_pb2.JoinRoom:
    return lobby_pb2.JoinRoom(code=code)


async def hosted(harness: BackendHarness, door: "Door.ValueType" = Door.DOOR_OPEN) -> tuple[Tab, str]:
    """Ada's room with that door, and its code."""
    ada = await harness.guest("Ada", ELSEWHERE)
    await ada.do(create_room=lobby_pb2.CreateRoom())
    code = (await ada.hears("room")).room.code
    if door != Door.DOOR_OPEN:
        await ada.do(set_door=lobby_pb2.SetDoor(door=door))
    return ada, code


async def test_a_room_is_open_until_its_host_says_something_else(harness: BackendHarness) -> None:
    ada, code = await hosted(harness)
    bob = await harness.guest("Bob")
    await bob.do(join_room=join(code))
    assert (await bob.hears("room")).room.door == Door.DOOR_OPEN
    await ada.do(set_door=lobby_pb2.SetDoor(door=Door.DOOR_LOCKED))
    assert (await bob.sees(door=Door.DOOR_LOCKED)).code == code
    eve = await harness.guest("Eve")
    assert await eve.refused(join_room=join(code)) == "REASON_ROOM_LOCKED"


async def test_who_knocks_is_shown_to_the_host_and_comes_in_when_let_in(harness: BackendHarness) -> None:
    ada, code = await hosted(harness, Door.DOOR_KNOCK)
    bob = await harness.guest("Bob")
    assert await bob.refused(join_room=join(code)) == "REASON_ROOM_KNOCKED"
    room = await ada.sees(door=Door.DOOR_KNOCK)
    while not room.knocks:
        room = (await ada.hears("room")).room
    assert [(knock.account_id, knock.name) for knock in room.knocks] == [(bob.account_id, "Bob")]
    await ada.do(answer_knock=lobby_pb2.AnswerKnock(account_id=bob.account_id, accept=True))
    answered = (await bob.hears("knock_answered")).knock_answered
    assert (answered.room_code, answered.accepted) == (code, True)
    await bob.do(join_room=join(code))
    assert len((await bob.hears("room")).room.members) == 2


async def test_who_is_not_let_in_is_told_and_not_asked_about_again(harness: BackendHarness) -> None:
    ada, code = await hosted(harness, Door.DOOR_KNOCK)
    bob = await harness.guest("Bob")
    assert await bob.refused(join_room=join(code)) == "REASON_ROOM_KNOCKED"
    await ada.do(answer_knock=lobby_pb2.AnswerKnock(account_id=bob.account_id))
    assert not (await bob.hears("knock_answered")).knock_answered.accepted
    assert await bob.refused(join_room=join(code)) == "REASON_NOT_ALLOWED"


async def test_a_host_does_not_hear_the_knocking_of_somebody_they_have_blocked(harness: BackendHarness) -> None:
    ada, code = await hosted(harness, Door.DOOR_KNOCK)
    bob = await harness.guest("Bob")
    await harness.friends.block(ada.account_id, bob.account_id)
    assert await bob.refused(join_room=join(code)) == "REASON_ROOM_KNOCKED"
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert not room.knocks


@pytest.mark.parametrize("cup", [False, True])
async def test_a_new_code_keeps_everybody_in_and_the_old_one_leads_nowhere(harness: BackendHarness, cup: bool) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    await ada.do(create_room=lobby_pb2.CreateRoom(tournament=CUP if cup else None))
    old = (await ada.hears("room")).room.code
    await bob.do(join_room=join(old))
    await bob.hears("room")
    await ada.do(new_code=lobby_pb2.NewCode())
    room = (await bob.hears("room")).room
    while room.code == old:
        room = (await bob.hears("room")).room
    assert [member.name for member in room.members] == ["Ada", "Bob"]
    places = (await harness.rooms.places(bob.account_id)).held
    assert [(place.room.code, place.current) for place in places] == [(room.code, True)]
    eve = await harness.guest("Eve")
    assert await eve.refused(join_room=join(old)) == "REASON_ROOM_UNKNOWN"
    await eve.do(join_room=join(room.code))
    again = await bob.another()
    assert (await again.hears("room")).room.code == room.code


async def test_who_was_put_out_is_not_back_under_another_name(harness: BackendHarness) -> None:
    ada, code = await hosted(harness)
    bob = await harness.guest("Bob", SCHOOL)
    await bob.do(join_room=join(code))
    await ada.do(kick=lobby_pb2.Kick(account_id=bob.account_id))
    again = await harness.guest("Robert", SCHOOL)
    assert await again.refused(join_room=join(code)) == "REASON_NOT_ALLOWED"
    neighbour, token = await harness.credentials.register("", "", "Neighbour", "a long enough secret", SCHOOL)
    with_account = await Tab.open(harness, neighbour.account_id, token, SCHOOL)
    await with_account.do(join_room=join(code))


async def test_a_guests_tournament_is_listed_once_its_host_has_an_account(limited: BackendHarness) -> None:
    ada = await limited.guest("Ada", SCHOOL)
    await ada.do(create_room=lobby_pb2.CreateRoom(tournament=CUP))
    assert (await ada.hears("room")).room.unlisted
    assert not (await limited.list_tournaments()).tournaments
    account, token = await limited.credentials.register(
        ada.account_id, ada.token, "Ada", "a long enough secret", SCHOOL
    )
    limited.lobby.token_replaced(account, ada.token, token)
    await limited.lobby.rename(account)
    await ada.do(set_settings=lobby_pb2.SetSettings(tournament=CUP))
    assert len((await limited.list_tournaments()).tournaments) == 1
