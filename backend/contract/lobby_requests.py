"""Mapping of requests to the lobby to its commands, with the checks of their ranges."""

from collections.abc import Callable, Mapping
from typing import Final

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectRequest

from backend.contract.bots import bot_strength
from backend.contract.rulesets import filled_ruleset
from backend.contract.tournament_specs import tournament_settings
from backend.core.places import Leaving
from backend.core.room import Door, Settings
from backend.service.rooms import commands
from backend.service.rooms.commands import LobbyCommand, LobbyRequest
from wire.ranges import check
from wire.refusal import Reason, Refused

DOORS: Final = {
    lobby_pb2.Door.DOOR_OPEN: Door.OPEN,
    lobby_pb2.Door.DOOR_KNOCK: Door.KNOCK,
    lobby_pb2.Door.DOOR_LOCKED: Door.LOCKED,
}


def lobby_request(message: ConnectRequest) -> LobbyRequest:
    try:
        return LobbyRequest(message.request_id, _command(message))
    except Refused as refused:
        return LobbyRequest(message.request_id, refused)


def _command(message: ConnectRequest) -> LobbyCommand:
    """Raises Refused when there is no such command, or a value is out of its range."""
    kind = message.WhichOneof("command")
    if kind is None:
        raise Refused(Reason.REASON_MALFORMED, "There is no such command; load the page again.")
    return READERS[kind](message)


def _create_room(message: ConnectRequest) -> LobbyCommand:
    return commands.CreateRoom(_settings(message.create_room, "create_room"))


def _set_settings(message: ConnectRequest) -> LobbyCommand:
    return commands.SetSettings(_settings(message.set_settings, "set_settings"))


def _settings(wanted: lobby_pb2.CreateRoom | lobby_pb2.SetSettings, command: str) -> Settings:
    ruleset = filled_ruleset(wanted.ruleset, f"{command}.")
    tournament = None
    if wanted.HasField("tournament"):
        tournament = tournament_settings(wanted.tournament, f"{command}.tournament")
    return Settings(ruleset, wanted.unlisted, tournament)


def _join_room(message: ConnectRequest) -> LobbyCommand:
    wanted = message.join_room
    return commands.JoinRoom(wanted.code, Leaving(wanted.leave_code, wanted.leave_session_id))


def _set_door(message: ConnectRequest) -> LobbyCommand:
    door = DOORS.get(message.set_door.door)
    if door is None:
        raise Refused(Reason.REASON_INVALID_FIELD, "Say open, knock or locked.", field="set_door.door")
    return commands.SetDoor(door)


def _answer_knock(message: ConnectRequest) -> LobbyCommand:
    check(message.answer_knock, "answer_knock.")
    return commands.AnswerKnock(message.answer_knock.account_id, message.answer_knock.accept)


def _set_ranking(message: ConnectRequest) -> LobbyCommand:
    check(message.set_ranking, "set_ranking.")
    return commands.SetRanking(tuple(message.set_ranking.account_ids))


READERS: Final[Mapping[str, Callable[[ConnectRequest], LobbyCommand]]] = {
    "create_room": _create_room,
    "join_room": _join_room,
    "leave_room": lambda message: commands.LeaveRoom(message.leave_room.code),
    "set_ready": lambda message: commands.SetReady(message.set_ready.ready),
    "set_settings": _set_settings,
    "say": lambda message: commands.Say(message.say.text),
    "kick": lambda message: commands.Kick(message.kick.account_id),
    "start": lambda message: commands.Start(),
    "set_seat": lambda message: commands.SetSeat(message.set_seat.seated),
    "beat": lambda message: commands.Heartbeat(),
    "invite": lambda message: commands.Invite(message.invite.account_id),
    "set_watching": lambda message: commands.SetWatching(message.set_watching.session_id),
    "add_bot": lambda message: commands.AddBot(bot_strength(message.add_bot.strength, "add_bot.strength")),
    "set_ranking": _set_ranking,
    "set_door": _set_door,
    "new_code": lambda message: commands.GiveNewCode(),
    "answer_knock": _answer_knock,
}
"""Reader of each command, by the name of its field in ConnectRequest."""
