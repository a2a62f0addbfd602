"""Mapping of notifications to what the lobby sends."""

import math
from typing import Final
from weakref import WeakKeyDictionary

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectResponse, OutCause
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.contract.accounts import account_message
from backend.contract.bots import STRENGTHS
from backend.contract.friends import friend_list_message
from backend.contract.lobby_requests import DOORS
from backend.contract.tickets import entry_message
from backend.core.room import LeaveReason, Room
from backend.service.notifications import Notification
from backend.service.rooms import notifications
from backend.service.sessions.invitations import InvitationList
from backend.service.social.notifications import FriendList, RoomInvitation

REASONS: Final = {
    LeaveReason.LEFT: OutCause.OUT_CAUSE_LEFT,
    LeaveReason.KICKED: OutCause.OUT_CAUSE_KICKED,
    LeaveReason.AWAY: OutCause.OUT_CAUSE_AWAY,
}
DOOR_MESSAGES: Final = {door: message for message, door in DOORS.items()}


class LobbyResponses:
    """Responses by notification: a room that is sent to many connections is written once."""

    def __init__(self) -> None:
        self._written: WeakKeyDictionary[Notification, ConnectResponse] = WeakKeyDictionary()

    def response_of(self, notification: Notification) -> ConnectResponse:
        response = self._written.get(notification)
        if response is None:
            response = self._written[notification] = lobby_response(notification)
        return response


def lobby_response(notification: Notification) -> ConnectResponse:
    match notification:
        case notifications.Welcome(account):
            return ConnectResponse(welcome=lobby_pb2.Welcome(account=account_message(account)))
        case notifications.CommandDone(request_id):
            return ConnectResponse(in_reply_to=request_id, done=lobby_pb2.Done())
        case notifications.CommandRefused(refused, request_id):
            return ConnectResponse(in_reply_to=request_id, refusal=refused.message)
        case notifications.RoomState(room):
            return ConnectResponse(room=room_message(room))
        case notifications.OutOfRoom(code, reason):
            return ConnectResponse(out_of_room=lobby_pb2.OutOfRoom(code=code, cause=REASONS[reason]))
        case notifications.KnockAnswered(code, accepted):
            return ConnectResponse(knock_answered=lobby_pb2.KnockAnswered(room_code=code, accepted=accepted))
        case notifications.ChatLine(account_id, name, text, unix_ms, code):
            said = lobby_pb2.Said(account_id=account_id, name=name, text=text, unix_ms=unix_ms, room_code=code)
            return ConnectResponse(said=said)
        case notifications.SessionStarted(entry, code):
            return ConnectResponse(started=lobby_pb2.Started(entry=entry_message(entry), room_code=code))
        case notifications.SessionFinished(session_id):
            return ConnectResponse(finished=lobby_pb2.Finished(session_id=session_id))
        case notifications.Places():
            return ConnectResponse(places=places_message(notification))
        case InvitationList():
            return ConnectResponse(invitations=invitations_message(notification))
        case FriendList():
            return ConnectResponse(friends=friend_list_message(notification))
        case RoomInvitation(account_id, name, code):
            invited = lobby_pb2.Invited(account_id=account_id, name=name, room_code=code)
            return ConnectResponse(invited=invited)
    raise TypeError(notification)


def room_message(room: Room) -> lobby_pb2.Room:
    """The room as its members see it."""
    message = lobby_pb2.Room(
        code=room.code,
        revision=room.revision,
        host_account_id=room.host,
        unlisted=room.settings.unlisted,
        session_id=room.session_id,
        capacity=room.capacity,
        door=DOOR_MESSAGES[room.door],
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


def places_message(places: notifications.Places) -> lobby_pb2.Places:
    """An account's places as it sees them: what is on first, then what starts soonest."""
    messages = []
    for place in places.held:
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
        messages.append(message)
    messages.sort(key=lambda one: (not one.session_id, one.played, one.starts_unix_ms or math.inf, one.room_code))
    return lobby_pb2.Places(places=messages, revision=places.revision)


def invitations_message(invitations: InvitationList) -> lobby_pb2.Invitations:
    return lobby_pb2.Invitations(
        invitations=[
            lobby_pb2.Invitation(
                session_id=one.session_id,
                title=one.title,
                by_account_id=one.by_account_id,
                by_name=one.by_name,
                invited_unix_ms=one.invited_ms,
            )
            for one in invitations.invitations
        ],
        revision=invitations.revision,
    )
