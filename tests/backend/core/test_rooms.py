"""The rules of a room, one sentence each."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from backend.core import rooms
from backend.core.doors import REMEMBERED
from backend.core.room import (
    CAPACITY,
    Departure,
    LastMatch,
    LeaveReason,
    RefusalCode,
    Room,
    RoomRefused,
    Settings,
    Step,
)
from backend.core.room_policies import KEEP_MS
from backend.core.serialized import MatchResult, Ruleset

CLASSIC = Settings(Ruleset(b"classic"))
NOW = 1_000_000


def room_of(*names: str) -> Room:
    room = rooms.new_room("ABC234", names[0], names[0].title(), CLASSIC)
    for name in names[1:]:
        room = rooms.join(room, name, name.title()).room
    return room


def ready(room: Room) -> Room:
    for member in room.seated:
        room = rooms.set_ready(room, member.account_id, True).room
    return room


def started(room: Room, session_id: str = "session-1") -> Room:
    return rooms.start(ready(room), room.host, session_id).room


def refusal(command: Callable[[], object]) -> RoomRefused:
    with pytest.raises(RoomRefused) as caught:
        command()
    assert caught.value.sentence.endswith(".")
    return caught.value


def test_who_opens_a_room_is_its_host_on_the_left_seat() -> None:
    room = room_of("ada")
    assert room.host == "ada"
    assert room.member("ada").seat == 0


def test_the_second_takes_the_free_seat_and_the_third_the_bench() -> None:
    room = room_of("ada", "bob", "eve")
    assert [member.seat for member in room.members] == [0, 1, None]


def test_joining_again_changes_nothing() -> None:
    room = room_of("ada", "bob")
    assert rooms.join(room, "bob", "Bob").room is room


def test_a_room_takes_16() -> None:
    room = room_of(*(f"a{n}" for n in range(CAPACITY)))
    assert refusal(lambda: rooms.join(room, "late", "Late")).code is RefusalCode.FULL


def test_joining_while_the_match_is_on_is_refused_with_the_session_to_watch() -> None:
    refused = refusal(lambda: rooms.join(started(room_of("ada", "bob")), "eve", "Eve"))
    assert (refused.code, refused.session_id) == (RefusalCode.STARTED, "session-1")


def test_when_the_host_leaves_whoever_has_been_connected_longest_inherits() -> None:
    room = rooms.drop(room_of("ada", "bob", "eve"), "bob", NOW).room
    step = rooms.leave(room, "ada")
    assert step.room.host == "eve"
    assert step.departures == (Departure("ada", LeaveReason.LEFT),)


def test_when_nobody_is_connected_whoever_was_there_first_inherits() -> None:
    room = rooms.drop(room_of("ada", "bob", "eve"), "bob", NOW).room
    room = rooms.drop(room, "eve", NOW).room
    assert rooms.leave(room, "ada").room.host == "bob"


def test_the_last_to_leave_closes_the_room() -> None:
    assert rooms.leave(room_of("ada"), "ada").closed


def test_a_stranger_is_not_in_the_room() -> None:
    room = room_of("ada")
    commands: list[Callable[[], Step]] = [
        lambda: rooms.leave(room, "eve"),
        lambda: rooms.set_ready(room, "eve", True),
        lambda: rooms.set_seat(room, "eve", True),
        lambda: rooms.kick(room, "eve", "ada"),
        lambda: rooms.start(room, "eve", "s"),
        lambda: rooms.set_settings(room, "eve", CLASSIC),
    ]
    assert [refusal(command).code for command in commands] == [RefusalCode.NOT_IN_ROOM] * len(commands)


def test_only_the_host_kicks_starts_and_sets() -> None:
    room = ready(room_of("ada", "bob"))
    commands: list[Callable[[], Step]] = [
        lambda: rooms.kick(room, "bob", "ada"),
        lambda: rooms.start(room, "bob", "s"),
        lambda: rooms.set_settings(room, "bob", Settings(Ruleset(b"other"))),
    ]
    assert [refusal(command).code for command in commands] == [RefusalCode.NOT_HOST] * len(commands)


def test_who_was_put_out_stays_out() -> None:
    step = rooms.kick(room_of("ada", "bob"), "ada", "bob")
    assert step.departures == (Departure("bob", LeaveReason.KICKED),)
    assert refusal(lambda: rooms.join(step.room, "bob", "Bob")).code is RefusalCode.NOT_ALLOWED


def test_the_host_cannot_kick_themselves_nor_somebody_who_is_gone() -> None:
    room = room_of("ada")
    assert refusal(lambda: rooms.kick(room, "ada", "ada")).code is RefusalCode.NOT_ALLOWED
    assert refusal(lambda: rooms.kick(room, "ada", "bob")).code is RefusalCode.NOT_IN_ROOM


def test_starting_alone_needs_a_second_player() -> None:
    room = ready(room_of("ada"))
    assert refusal(lambda: rooms.start(room, "ada", "s")).code is RefusalCode.NEEDS_PLAYERS


def test_starting_waits_until_everybody_with_a_seat_is_ready() -> None:
    room = rooms.set_ready(room_of("ada", "bob", "eve"), "ada", True).room
    refused = refusal(lambda: rooms.start(room, "ada", "s"))
    assert refused.code is RefusalCode.NOT_READY
    assert "Bob" in refused.sentence


def test_a_second_start_is_told_that_the_match_is_on() -> None:
    refused = refusal(lambda: rooms.start(started(room_of("ada", "bob")), "ada", "session-2"))
    assert (refused.code, refused.session_id) == (RefusalCode.STARTED, "session-1")


def test_while_the_match_is_on_seats_rules_and_readiness_stay() -> None:
    room = started(room_of("ada", "bob"))
    commands: list[Callable[[], Step]] = [
        lambda: rooms.set_ready(room, "ada", False),
        lambda: rooms.set_seat(room, "ada", False),
        lambda: rooms.set_settings(room, "ada", Settings(Ruleset(b"other"))),
    ]
    assert [refusal(command).code for command in commands] == [RefusalCode.STARTED] * len(commands)


def test_other_rules_make_everybody_not_ready() -> None:
    room = rooms.set_settings(ready(room_of("ada", "bob")), "ada", Settings(Ruleset(b"other"))).room
    assert not any(member.ready for member in room.members)


def test_the_same_rules_again_change_nothing() -> None:
    room = ready(room_of("ada", "bob"))
    assert rooms.set_settings(room, "ada", CLASSIC).room is room


def test_on_the_bench_nobody_is_ready() -> None:
    assert refusal(lambda: rooms.set_ready(room_of("ada", "bob", "eve"), "eve", True)).code is RefusalCode.NOT_ALLOWED


def test_a_seat_that_is_given_up_can_be_taken() -> None:
    room = rooms.set_seat(ready(room_of("ada", "bob", "eve")), "ada", False).room
    assert (room.member("ada").seat, room.member("ada").ready) == (None, False)
    room = rooms.set_seat(room, "eve", True).room
    assert room.member("eve").seat == 0
    assert refusal(lambda: rooms.set_seat(room, "ada", True)).code is RefusalCode.FULL


def test_a_match_that_could_not_start_leaves_everybody_ready() -> None:
    room = rooms.cancel(started(room_of("ada", "bob")), "session-1", NOW).room
    assert room.session_id == ""
    assert all(member.ready for member in room.seated)


def test_after_a_match_the_room_is_open_with_its_result_and_nobody_ready() -> None:
    room = rooms.finish(started(room_of("ada", "bob")), LastMatch("session-1", MatchResult(b"11:4")), NOW).room
    assert (room.session_id, room.last) == ("", LastMatch("session-1", MatchResult(b"11:4")))
    assert not any(member.ready for member in room.members)


def test_the_end_of_another_session_changes_nothing() -> None:
    room = started(room_of("ada", "bob"))
    assert rooms.finish(room, LastMatch("another", MatchResult(b"")), NOW).room is room
    assert rooms.cancel(room, "another", NOW).room is room


def test_a_match_that_was_believed_lost_comes_back_to_its_room() -> None:
    lost = rooms.cancel(rooms.drop(started(room_of("ada", "bob", "eve")), "bob", NOW).room, "session-1", NOW).room
    assert lost.deadline_ms is not None
    room = rooms.reattach(lost, "session-1", ("ada", "bob")).room
    assert (room.session_id, room.deadline_ms, room.revision) == ("session-1", None, lost.revision + 1)
    assert rooms.finish(room, LastMatch("session-1", MatchResult(b"11:4")), NOW).room.session_id == ""


def test_a_match_that_was_believed_lost_stays_without_a_room_that_has_gone_on() -> None:
    players = ("ada", "bob")
    lost = rooms.cancel(started(room_of("ada", "bob", "eve")), "session-1", NOW).room
    for room in (
        rooms.start(lost, "ada", "session-2").room,
        rooms.leave(lost, "bob").room,
        rooms.set_seat(lost, "bob", False).room,
        rooms.set_seat(rooms.set_seat(lost, "bob", False).room, "eve", True).room,
    ):
        assert rooms.reattach(room, "session-1", players).room is room


def test_a_place_without_a_connection_is_kept_for_30_s_and_then_lost() -> None:
    room = rooms.drop(ready(room_of("ada", "bob")), "bob", NOW).room
    assert (room.member("bob").connected, room.member("bob").ready) == (False, False)
    assert room.deadline_ms == NOW + KEEP_MS == NOW + 30_000
    assert rooms.expire(room, NOW + KEEP_MS - 1).room is room
    assert rooms.expire(room, NOW + KEEP_MS).departures == (Departure("bob", LeaveReason.AWAY),)


def test_who_comes_back_in_time_keeps_the_place() -> None:
    room = rooms.back(rooms.drop(room_of("ada", "bob"), "bob", NOW).room, "bob").room
    assert room.deadline_ms is None
    assert rooms.expire(room, NOW + KEEP_MS).room is room


def test_dropping_twice_does_not_prolong_the_time() -> None:
    room = rooms.drop(room_of("ada", "bob"), "bob", NOW).room
    assert rooms.drop(room, "bob", NOW + 5_000).room is room


def test_a_running_match_keeps_the_place_and_its_end_starts_the_30_s() -> None:
    room = rooms.drop(started(room_of("ada", "bob")), "bob", NOW).room
    assert room.deadline_ms is None
    room = rooms.finish(room, LastMatch("session-1", MatchResult(b"")), NOW + 60_000).room
    assert room.deadline_ms == NOW + 60_000 + KEEP_MS


def test_a_new_name_is_shown() -> None:
    assert rooms.rename(room_of("ada"), "ada", "Countess").room.member("ada").name == "Countess"


def test_each_change_grows_the_revision_by_one() -> None:
    room = room_of("ada", "bob")
    assert rooms.set_ready(room, "bob", True).room.revision == room.revision + 1


@pytest.mark.parametrize("typed", ["abc234", " ABC 234 ", "AbC-234", "a-b-c-2-3-4"])
def test_a_code_is_recognised_however_it_is_typed(typed: str) -> None:
    assert rooms.normal_code(typed) == "ABC234"


@pytest.mark.parametrize("typed", ["", "ABC23", "ABC2345", "ABC01O", "../../", "ＡBC234", "ABC23\x00"])
def test_what_is_no_code_is_an_unknown_room(typed: str) -> None:
    assert refusal(lambda: rooms.normal_code(typed)).code is RefusalCode.UNKNOWN


def test_the_memory_of_who_was_put_out_is_bounded() -> None:
    room = replace(room_of("ada"), banned=tuple(f"x{n}" for n in range(REMEMBERED)))
    room = rooms.kick(rooms.join(room, "bob", "Bob").room, "ada", "bob").room
    assert len(room.banned) == REMEMBERED
    assert room.banned[-1] == "bob"
