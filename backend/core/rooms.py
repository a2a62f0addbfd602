"""Rooms as a state machine: each function takes a room and gives the next one, or refuses.

The differences between rooms for duels and for tournaments are in `room_policies`.
"""

from collections.abc import Collection
from dataclasses import replace

from backend.core.doors import REMEMBERED, check_door
from backend.core.room import (
    ALPHABET,
    CODE_LENGTH,
    Departure,
    LastMatch,
    LeaveReason,
    Member,
    RefusalCode,
    Room,
    RoomRefused,
    Settings,
    Step,
)
from backend.core.room_policies import policy_of


def normal_code(text: str) -> str:
    """The code that somebody typed: case, spaces and hyphens do not matter. Raises RoomRefused when it is none."""
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        raise RoomRefused(RefusalCode.UNKNOWN, f"A room code has {CODE_LENGTH} letters and digits; check the link.")
    return code


def new_room(code: str, account_id: str, name: str, settings: Settings, address: str = "") -> Room:
    """A room with its host on the left seat, or as the first entrant."""
    host = Member(account_id, name, seat=0, address=address)
    return Room(code=code, host=account_id, settings=settings, members=(host,))


def join(room: Room, account_id: str, name: str, address: str = "", *, guest: bool = True) -> Step:
    """Adds a member, on a free seat, else on the bench or the waiting list. A member stays as they are."""
    if room.find(account_id) is not None:
        return back(room, account_id)
    if room.session_id and account_id not in room.banned:
        raise RoomRefused(
            RefusalCode.STARTED, f"The {room.play} of this room is on; you can watch it.", room.session_id
        )
    check_door(room, account_id, address, guest=guest)
    if len(room.members) >= room.capacity:
        raise RoomRefused(RefusalCode.FULL, f"All {room.capacity} places of this room are taken; open another one.")
    new = policy_of(room.settings).newcomer(room, account_id, name, address)
    return Step(_next(room, members=(*room.members, new)))


def leave(room: Room, account_id: str) -> Step:
    room.member(account_id)
    return _without(room, {account_id: LeaveReason.LEFT})


def kick(room: Room, by: str, account_id: str) -> Step:
    """Removes another member for good, as the host (`doors` has bans)."""
    room.host_only(by)
    if account_id == by:
        raise RoomRefused(RefusalCode.NOT_ALLOWED, "You cannot put yourself out; leave the room instead.")
    if room.find(account_id) is None:
        raise RoomRefused(RefusalCode.NOT_IN_ROOM, "They are not in the room any more.")
    member = room.member(account_id)
    if not member.bot:
        others = [one for one in room.banned_addresses if one != member.address]
        room = replace(
            room,
            banned=(*room.banned, account_id)[-REMEMBERED:],
            banned_addresses=(*others, *filter(None, [member.address]))[-REMEMBERED:],
            admitted=tuple(one for one in room.admitted if one != account_id),
        )
    return _without(room, {account_id: LeaveReason.KICKED})


def set_ready(room: Room, account_id: str, ready: bool) -> Step:
    member = room.member(account_id)
    room.open_only()
    policy_of(room.settings).check_ready(member)
    # A word that was still on its way when the connection ended does not count.
    return _with_member(room, replace(member, ready=ready and member.connected))


def set_seat(room: Room, account_id: str, seated: bool) -> Step:
    member = room.member(account_id)
    room.open_only()
    members = policy_of(room.settings).take_seat(room, member, seated)
    return Step(room if members == room.members else _next(room, members=members))


def set_settings(room: Room, by: str, settings: Settings) -> Step:
    """Changes the settings, as the host. Nobody is ready afterwards, since nobody has agreed to them yet."""
    room.host_only(by)
    room.open_only()
    if (settings.tournament is None) != (room.settings.tournament is None):
        raise RoomRefused(
            RefusalCode.NOT_ALLOWED, "A room stays what it is, for duels or a tournament; open another one."
        )
    settings = policy_of(settings).change_settings(room.settings, settings)
    if settings == room.settings:
        return Step(room)
    return Step(_next(room, settings=settings, members=_not_ready(room)))


def rename(room: Room, account_id: str, name: str) -> Step:
    return _with_member(room, replace(room.member(account_id), name=name))


def start(room: Room, by: str, session_id: str) -> Step:
    """Marks the match as on, under `session_id`."""
    room.host_only(by)
    room.open_only()
    return Step(policy_of(room.settings).start(room, session_id))


def cancel(room: Room, session_id: str, now_ms: int) -> Step:
    """Opens the room again after a match that was lost or never began; members are as ready as before."""
    if room.session_id != session_id:
        return Step(room)
    return Step(_next(room, session_id="", members=_on_the_clock(room, room.members, now_ms)))


def reattach(room: Room, session_id: str, players: Collection[str]) -> Step:
    """Takes back a match that was believed lost, between these accounts.

    The room takes it back if it has none, and the same people would play now; otherwise it goes on without a room.
    """
    if room.session_id or {member.account_id for member in room.people if member.playing} != set(players):
        return Step(room)
    kept = tuple(replace(member, away_until_ms=None) for member in room.members)
    return Step(_next(room, session_id=session_id, members=kept))


def finish(room: Room, last: LastMatch, now_ms: int) -> Step:
    """Opens the room again after a match that is recorded; nobody is ready for a rematch yet."""
    if room.session_id != last.session_id:
        return Step(room)
    settings = policy_of(room.settings).finish(room.settings)
    members = _on_the_clock(room, _not_ready(room), now_ms)
    return Step(_next(room, session_id="", last=last, members=members, settings=settings))


def look_away(room: Room, account_id: str) -> Step:
    """Marks a member who is in another room now: the place is kept, but they are not ready for a next match."""
    return Step(room) if room.session_id else _with_member(room, replace(room.member(account_id), ready=False))


def drop(room: Room, account_id: str, now_ms: int) -> Step:
    """Marks a member without a connection. A running match keeps the place; otherwise it is kept for a while."""
    member = replace(room.member(account_id), ready=False, connected=False)
    return _with_member(room, member if room.session_id else _away(room, member, now_ms))


def drop_everybody(room: Room, now_ms: int) -> Step:
    """Marks every member as away: all connections have ended at once."""
    away = tuple(replace(member, ready=False, connected=bool(member.bot)) for member in room.members)
    members = away if room.session_id else _on_the_clock(room, away, now_ms)
    return Step(room if members == room.members else _next(room, members=members))


def back(room: Room, account_id: str) -> Step:
    """Marks a member who has a connection again."""
    return _with_member(room, replace(room.member(account_id), connected=True, away_until_ms=None))


def expire(room: Room, now_ms: int) -> Step:
    """Members whose place was kept until now or earlier are out."""
    late = [m.account_id for m in room.members if m.away_until_ms is not None and m.away_until_ms <= now_ms]
    return _without(room, dict.fromkeys(late, LeaveReason.AWAY)) if late else Step(room)


def _next(
    room: Room,
    *,
    members: tuple[Member, ...] | None = None,
    settings: Settings | None = None,
    session_id: str | None = None,
    last: LastMatch | None = None,
) -> Room:
    settings = settings or room.settings
    members = room.members if members is None else members
    return replace(
        room,
        revision=room.revision + 1,
        members=policy_of(settings).in_order(members, settings),
        settings=settings,
        session_id=room.session_id if session_id is None else session_id,
        last=last or room.last,
    )


def _with_member(room: Room, changed: Member) -> Step:
    members = tuple(changed if m.account_id == changed.account_id else m for m in room.members)
    return Step(room if members == room.members else _next(room, members=members))


def _without(room: Room, gone: dict[str, LeaveReason]) -> Step:
    """Removes members. The room goes to the first that stays, of the connected ones if there are any."""
    members = tuple(m for m in room.members if m.account_id not in gone)
    people = [m for m in members if not m.bot]
    heirs = [m for m in people if m.connected] or people
    host = heirs[0].account_id if room.host in gone and heirs else room.host
    after = replace(_next(room, members=members), host=host)
    return Step(after, tuple(Departure(account_id, reason) for account_id, reason in gone.items()))


def _not_ready(room: Room) -> tuple[Member, ...]:
    return tuple(replace(member, ready=False) for member in room.members)


def _away(room: Room, member: Member, now_ms: int) -> Member:
    keep_ms = policy_of(room.settings).keep_ms
    return member if member.away_until_ms is not None else replace(member, away_until_ms=now_ms + keep_ms)


def _on_the_clock(room: Room, members: tuple[Member, ...], now_ms: int) -> tuple[Member, ...]:
    return tuple(m if m.connected else _away(room, m, now_ms) for m in members)
