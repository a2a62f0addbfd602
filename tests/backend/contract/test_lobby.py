"""Mapping between the lobby's messages and the backend's commands and notifications."""

from matchpoint.v1 import frames_pb2, lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectRequest

from backend.contract.bots import STRENGTHS
from backend.contract.lobby_requests import DOORS, READERS, lobby_request
from backend.contract.lobby_responses import LobbyResponses
from backend.core import rooms
from backend.core.bots import BotStrength
from backend.core.room import Door, Settings
from backend.core.serialized import Ruleset
from backend.service.rooms.commands import AddBot, CreateRoom
from backend.service.rooms.notifications import RoomState
from wire.refusal import Reason, Refused


def test_every_command_of_the_contract_has_a_reader() -> None:
    (commands,) = ConnectRequest.DESCRIPTOR.oneofs
    assert set(READERS) == {field.name for field in commands.fields}


def test_every_door_and_strength_of_the_contract_has_a_value() -> None:
    assert set(DOORS.values()) == set(Door)
    assert {*DOORS, lobby_pb2.Door.DOOR_UNSPECIFIED} == set(lobby_pb2.Door.values())
    assert set(STRENGTHS.values()) == set(frames_pb2.BotStrength.values())
    assert set(STRENGTHS) == {0, *BotStrength}


def test_a_command_that_cannot_be_read_comes_as_its_refusal() -> None:
    request = lobby_request(ConnectRequest(request_id=7, add_bot=lobby_pb2.AddBot(strength=9)))  # type: ignore[arg-type]
    assert request.request_id == 7
    assert isinstance(request.command, Refused)
    assert (request.command.reason, request.command.field) == (Reason.REASON_INVALID_FIELD, "add_bot.strength")


def test_a_bot_is_of_medium_strength_unless_another_one_is_set() -> None:
    assert lobby_request(ConnectRequest(add_bot=lobby_pb2.AddBot())).command == AddBot(BotStrength.MEDIUM)


def test_a_ruleset_is_kept_with_its_defaults_filled_in() -> None:
    command = lobby_request(ConnectRequest(create_room=lobby_pb2.CreateRoom())).command
    assert isinstance(command, CreateRoom)
    room = rooms.new_room("ABC234", "ada", "Ada", command.settings)
    assert LobbyResponses().response_of(RoomState(room)).room.ruleset.points_to_win == 11


def test_a_notification_to_many_connections_is_written_once() -> None:
    responses = LobbyResponses()
    notification = RoomState(rooms.new_room("ABC234", "ada", "Ada", Settings(Ruleset(b""))))
    assert responses.response_of(notification) is responses.response_of(notification)
    another = RoomState(notification.room)
    assert responses.response_of(another) is not responses.response_of(notification)
