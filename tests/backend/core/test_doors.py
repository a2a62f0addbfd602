"""Admission to a room."""

from dataclasses import replace

import pytest

from backend.core import doors, rooms
from backend.core.room import Door, KnockAnswer, RefusalCode, Room, RoomRefused, Settings
from backend.core.serialized import Ruleset

HOME, SCHOOL = "203.0.113.5", "198.51.100.1"


def room_of(door: Door = Door.OPEN) -> Room:
    room = rooms.new_room("ABC234", "ada", "Ada", Settings(Ruleset(b"classic")), HOME)
    room = rooms.join(room, "bob", "Bob", SCHOOL).room
    return doors.set_door(room, "ada", door).room


def refused(room: Room, account_id: str, address: str = SCHOOL, *, guest: bool = True) -> RefusalCode:
    with pytest.raises(RoomRefused) as caught:
        rooms.join(room, account_id, account_id.title(), address, guest=guest)
    return caught.value.code


def test_through_an_open_door_comes_whoever_has_the_code() -> None:
    assert rooms.join(room_of(), "eve", "Eve", SCHOOL).room.find("eve")


def test_into_a_locked_room_comes_nobody_new_and_who_has_a_place_comes_back() -> None:
    room = room_of(Door.LOCKED)
    assert refused(room, "eve") is RefusalCode.LOCKED
    assert rooms.join(room, "bob", "Bob", SCHOOL).room.find("bob")


def test_who_knocks_is_seen_by_name_and_comes_in_when_the_host_says_yes() -> None:
    room = room_of(Door.KNOCK)
    assert refused(room, "eve") is RefusalCode.KNOCKED
    room = doors.knock(room, "eve", "Eve", SCHOOL).room
    assert [knock.name for knock in room.knocks] == ["Eve"]
    step = doors.answer_knock(room, "ada", "eve", True)
    assert (step.room.knocks, step.knock_answers) == ((), (KnockAnswer("eve", True),))
    assert rooms.join(step.room, "eve", "Eve", SCHOOL).room.find("eve")


def test_whom_the_host_does_not_let_in_cannot_knock_again() -> None:
    room = doors.knock(room_of(Door.KNOCK), "eve", "Eve", SCHOOL).room
    step = doors.answer_knock(room, "ada", "eve", False)
    assert step.knock_answers == (KnockAnswer("eve", False),)
    assert refused(step.room, "eve") is RefusalCode.NOT_ALLOWED


def test_only_the_host_has_the_key() -> None:
    room = doors.knock(room_of(Door.KNOCK), "eve", "Eve", SCHOOL).room
    with pytest.raises(RoomRefused, match="Only the host"):
        doors.set_door(room, "bob", Door.OPEN)
    with pytest.raises(RoomRefused, match="Only the host"):
        doors.answer_knock(room, "bob", "eve", True)
    with pytest.raises(RoomRefused, match="Only the host"):
        doors.new_code(room, "bob", "XYZ234")


def test_one_address_cannot_take_up_the_door_with_guests() -> None:
    room = room_of(Door.KNOCK)
    for number in range(doors.KNOCKS_OF_ADDRESS):
        room = doors.knock(room, f"guest {number}", "Guest", SCHOOL).room
    with pytest.raises(RoomRefused) as caught:
        doors.knock(room, "one more", "Guest", SCHOOL)
    assert caught.value.code is RefusalCode.FULL
    assert doors.knock(room, "eve", "Eve", HOME).room.knocks[-1].name == "Eve"
    for number in range(doors.KNOCKS):
        room = replace(room, knocks=room.knocks[: doors.KNOCKS - 1])
        room = doors.knock(room, f"from afar {number}", "Guest", f"192.0.2.{number}").room
    assert len(room.knocks) == doors.KNOCKS


def test_opening_the_door_answers_who_knocks() -> None:
    room = doors.knock(room_of(Door.KNOCK), "eve", "Eve", SCHOOL).room
    assert doors.set_door(room, "ada", Door.OPEN).knock_answers == (KnockAnswer("eve", True),)
    assert doors.set_door(room, "ada", Door.LOCKED).knock_answers == (KnockAnswer("eve", False),)


def test_who_was_put_out_does_not_come_back_as_a_new_guest_from_the_same_network() -> None:
    room = rooms.kick(room_of(), "ada", "bob").room
    assert refused(room, "bob", HOME) is RefusalCode.NOT_ALLOWED
    assert refused(room, "bob again", SCHOOL) is RefusalCode.NOT_ALLOWED
    assert rooms.join(room, "eve", "Eve", HOME).room.find("eve")


def test_an_account_of_ones_own_comes_in_from_where_a_guest_was_put_out() -> None:
    room = rooms.kick(room_of(), "ada", "bob").room
    assert rooms.join(room, "eve", "Eve", SCHOOL, guest=False).room.find("eve")


def test_an_invitation_of_the_hosts_opens_every_door_and_forgives() -> None:
    room = rooms.kick(room_of(Door.LOCKED), "ada", "bob").room
    room = doors.admit(room, "ada", "bob").room
    assert rooms.join(room, "bob", "Bob", SCHOOL).room.find("bob")
    room = room_of(Door.LOCKED)
    assert doors.admit(room, "bob", "eve").room is room


def test_a_new_code_keeps_who_is_in_and_waits_for_the_end_of_the_match() -> None:
    room = room_of()
    after = doors.new_code(room, "ada", "XYZ234").room
    assert (after.code, after.members, after.revision) == ("XYZ234", room.members, room.revision + 1)
    with pytest.raises(RoomRefused) as caught:
        doors.new_code(replace(room, session_id="session"), "ada", "XYZ234")
    assert caught.value.code is RefusalCode.STARTED


def test_what_a_room_remembers_is_bounded() -> None:
    room = room_of()
    for number in range(2 * doors.REMEMBERED):
        room = rooms.join(room, f"x{number}", "X", f"address {number}", guest=False).room
        room = rooms.kick(room, "ada", f"x{number}").room
        room = doors.admit(room, "ada", f"x{number}").room
    assert max(len(room.banned), len(room.banned_addresses), len(room.admitted)) <= doors.REMEMBERED
