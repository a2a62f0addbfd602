"""Refusals of rooms."""

from typing import Final

from backend.core.room import RefusalCode, RoomRefused
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


def refusal_of(refused: RoomRefused) -> Refused:
    return Refused(REASONS[refused.code], refused.sentence, session_id=refused.session_id)


def no_room(code: RefusalCode) -> Refused:
    if code is RefusalCode.NOT_IN_ROOM:
        return Refused(Reason.REASON_NOT_IN_ROOM, "You are in no room now; open or join one first.")
    return Refused(Reason.REASON_ROOM_UNKNOWN, "There is no such room any more; open another one.")


def in_another_room() -> Refused:
    return Refused(Reason.REASON_ALREADY_IN_ROOM, "You are in another room for duels already; leave it first.")
