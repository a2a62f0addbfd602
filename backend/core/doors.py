"""Rules of admission to a room: its door, knocking, its code, and bans.

Members pass every door, and so do accounts that the host has let in or invited. A banned account does not come back,
nor a guest from the same network address, so that another name is no way in. Registered accounts come in from there,
since behind one address there may be many people.
"""

from dataclasses import replace
from typing import Final

from backend.core.room import Door, Knock, KnockAnswer, RefusalCode, Room, RoomRefused, Step

KNOCKS: Final = 32
KNOCKS_OF_ADDRESS: Final = 4
"""Open knocks: in all, and from one network address."""
REMEMBERED: Final = 64
"""Accounts or addresses that a room remembers as banned or let in; the oldest is forgotten first."""


def check_door(room: Room, account_id: str, address: str, *, guest: bool) -> None:
    """Returns when somebody without a place here may come in now. Raises RoomRefused; KNOCKED: they may knock."""
    if account_id in room.banned:
        raise RoomRefused(RefusalCode.NOT_ALLOWED, "The host has put you out of this room; open another one.")
    if account_id in room.admitted:
        return
    if guest and address and address in room.banned_addresses:
        raise RoomRefused(
            RefusalCode.NOT_ALLOWED,
            "Somebody was put out of this room who came from your network; sign in to an account to come in.",
        )
    if room.door is Door.LOCKED:
        raise RoomRefused(RefusalCode.LOCKED, "The host has locked this room; ask them, or open another one.")
    if room.door is Door.KNOCK:
        raise RoomRefused(RefusalCode.KNOCKED, "The host has been asked; you can come in once they say yes.")


def set_door(room: Room, by: str, door: Door) -> Step:
    """Sets the door, as its host. Open knocks are answered: with yes when it opens, else with no."""
    room.host_only(by)
    if door is room.door:
        return Step(room)
    after = replace(room, revision=room.revision + 1, door=door, knocks=())
    let_in = door is Door.OPEN
    return Step(after, knock_answers=tuple(KnockAnswer(knock.account_id, let_in) for knock in room.knocks))


def knock(room: Room, account_id: str, name: str, address: str) -> Step:
    """Adds a request to come in, for the host to see. Raises RoomRefused when there are too many."""
    if any(one.account_id == account_id for one in room.knocks):
        return Step(room)
    near = sum(one.address == address for one in room.knocks) if address else 0
    if len(room.knocks) >= KNOCKS or near >= KNOCKS_OF_ADDRESS:
        raise RoomRefused(
            RefusalCode.FULL, "Many are knocking at this room already; wait until the host has answered some."
        )
    return Step(replace(room, revision=room.revision + 1, knocks=(*room.knocks, Knock(account_id, name, address))))


def answer_knock(room: Room, by: str, account_id: str, accept: bool) -> Step:
    """Admits an account that knocks, as the host, or bans it, so that it cannot knock again."""
    room.host_only(by)
    if all(one.account_id != account_id for one in room.knocks):
        raise RoomRefused(RefusalCode.NOT_IN_ROOM, "They do not knock any more.")
    left = tuple(one for one in room.knocks if one.account_id != account_id)
    after = replace(room, revision=room.revision + 1, knocks=left)
    if accept:
        after = replace(after, admitted=(*after.admitted, account_id)[-REMEMBERED:])
    else:
        after = replace(after, banned=(*after.banned, account_id)[-REMEMBERED:])
    return Step(after, knock_answers=(KnockAnswer(account_id, accept),))


def admit(room: Room, by: str, account_id: str) -> Step:
    """Invites an account. The host's invitation opens every door and lifts a ban; that of others changes nothing."""
    room.member(by)
    needless = account_id in room.admitted or (room.door is Door.OPEN and account_id not in room.banned)
    if room.host != by or needless or room.find(account_id) is not None:
        return Step(room)
    return Step(
        replace(
            room,
            revision=room.revision + 1,
            admitted=(*room.admitted, account_id)[-REMEMBERED:],
            banned=tuple(one for one in room.banned if one != account_id),
            knocks=tuple(one for one in room.knocks if one.account_id != account_id),
        )
    )


def new_code(room: Room, by: str, code: str) -> Step:
    """Gives the room another code, as its host; only its members know it. Open knocks are dropped."""
    room.host_only(by)
    room.open_only()
    return Step(replace(room, code=code, revision=room.revision + 1, knocks=()))
