"""Mapping of rooms and their refusals to contract messages."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import OutCause
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.core.places import Place
from backend.core.room import Door, LeaveReason, RefusalCode, Room, RoomRefused
from backend.service.sessions.session_spec import STRENGTHS
from wire.refusal import Reason, Refused

REASONS: Final = {
    RefusalCode.UNKNOWN: Reason.REASON_ROOM_UNKNOWN,
    RefusalCode.FULL: Reason.REASON_ROOM_FULL,
    RefusalCode.STARTED: Reason.REASON_ROOM_STARTED,
    RefusalCode.NOT_IN_ROOM: Reason.REASON_NOT_IN_ROOM,
    RefusalCode.NOT_HOST: Reason.REASON_NOT_HOST,
    RefusalCode.NEEDS_PLAYERS: Reason.REASON_ROOM_NEEDS_PLAYERS,
    RefusalCode.NEEDS_ENTRANTS: Reason.REASON_ENTRANTS_COUNT,
    RefusalCode.NOT_READY: Reason.REASON_NOT_READY,
    RefusalCode.NOT_ALLOWED: Reason.REASON_NOT_ALLOWED,
    RefusalCode.TOO_MANY_ROOMS: Reason.REASON_TOO_MANY_ROOMS,
    RefusalCode.LOCKED: Reason.REASON_ROOM_LOCKED,
    RefusalCode.KNOCKED: Reason.REASON_ROOM_KNOCKED,
    RefusalCode.IN_ANOTHER_ROOM: Reason.REASON_ALREADY_IN_ROOM,
}
LEAVE_REASONS: Final = {
    LeaveReason.LEFT: OutCause.OUT_CAUSE_LEFT,
    LeaveReason.KICKED: OutCause.OUT_CAUSE_KICKED,
    LeaveReason.AWAY: OutCause.OUT_CAUSE_AWAY,
}
DOORS: Final = {
    Door.OPEN: lobby_pb2.Door.DOOR_OPEN,
    Door.KNOCK: lobby_pb2.Door.DOOR_KNOCK,
    Door.LOCKED: lobby_pb2.Door.DOOR_LOCKED,
}


def message_of(room: Room) -> lobby_pb2.Room:
    """The room as its members see it."""
    message = lobby_pb2.Room(
        code=room.code,
        revision=room.revision,
        host_account_id=room.host,
        unlisted=room.settings.unlisted,
        session_id=room.session_id,
        capacity=room.capacity,
        door=DOORS[room.door],
        knocks=[lobby_pb2.Knock(account_id=knock.account_id, name=knock.name) for knock in room.knocks],
        members=[
            lobby_pb2.Member(
                account_id=member.account_id,
                name=member.name,
                seated=member.seat is not None,
                seat=member.seat or 0,
                ready=member.ready,
                connected=member.connected,
                waiting=member.waiting,
                bot=STRENGTHS[member.bot],
            )
            for member in room.members
        ],
    )
    message.ruleset.ParseFromString(room.settings.ruleset)
    if (tournament := room.settings.tournament) is not None:
        message.tournament.spec.ParseFromString(tournament.spec)
        message.tournament.capacity = tournament.capacity
        message.tournament.starts_unix_ms = tournament.starts_ms
    if room.last is not None:
        message.last.session_id = room.last.session_id
        if room.last.result:
            message.last.result.ParseFromString(room.last.result)
    return message


def places_of(held: Iterable[Place], revision: int) -> lobby_pb2.Places:
    """An account's places as it sees them: what is on first, then what starts soonest."""
    places = []
    for place in held:
        room, member = place.room, place.room.find(place.account_id)
        message = lobby_pb2.Place(
            room_code=room.code,
            session_id=room.session_id,
            waiting=member is not None and member.waiting,
            current=place.current,
            played=room.played,
        )
        if (tournament := room.settings.tournament) is not None:
            message.title = TournamentSpec.FromString(tournament.spec).title
            message.starts_unix_ms = tournament.starts_ms
        places.append(message)
    places.sort(key=lambda one: (not one.session_id, one.played, one.starts_unix_ms or math.inf, one.room_code))
    return lobby_pb2.Places(places=places, revision=revision)


def ids_of(room: Room) -> Sequence[str]:
    """The accounts in it: those that can be told something."""
    return [member.account_id for member in room.people]


def refusal_of(refused: RoomRefused) -> Refused:
    return Refused(REASONS[refused.code], refused.sentence, session_id=refused.session_id)


def no_room(code: RefusalCode) -> Refused:
    if code is RefusalCode.NOT_IN_ROOM:
        return Refused(Reason.REASON_NOT_IN_ROOM, "You are in no room now; open or join one first.")
    return Refused(Reason.REASON_ROOM_UNKNOWN, "There is no such room any more; open another one.")


def in_another_room() -> Refused:
    return Refused(Reason.REASON_ALREADY_IN_ROOM, "You are in another room for duels already; leave it first.")
