"""Rooms as a state machine of values: each function takes a room and gives the next one, or refuses.

A room is open (`session_id` is empty) or its match is on. Members are kept in the order of entering, which is also
the order in which they inherit the room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of room codes: without 0, 1, I and O, which are hard to tell apart."""
CODE_LENGTH = 6
CAPACITY = 16
"""Members of a room at most."""
SEATS = 2
KEEP_MS = 30_000
"""How long the place of a member without a connection is kept, milliseconds."""
PUT_OUT_LIMIT = 64
"""How many accounts a room remembers as put out; the oldest is forgotten first."""


class Why(Enum):
    """Why a command was refused."""

    UNKNOWN = "unknown"
    FULL = "full"
    STARTED = "started"
    NOT_IN_ROOM = "not in room"
    NOT_HOST = "not host"
    NEEDS_PLAYERS = "needs players"
    NOT_READY = "not ready"
    NOT_ALLOWED = "not allowed"


class RoomRefused(Exception):
    """A command that the room's rules refuse; nothing has changed. `session_id` is set for Why.STARTED."""

    def __init__(self, why: Why, sentence: str, session_id: str = "") -> None:
        super().__init__(sentence)
        self.why = why
        self.sentence = sentence
        self.session_id = session_id


class Cause(Enum):
    """Why somebody is out of a room."""

    LEFT = "left"
    KICKED = "kicked"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the host chooses. `ruleset` is opaque here: whoever writes it has checked it."""

    ruleset: bytes
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class LastMatch:
    """The last match of the room. `result` is opaque here."""

    session_id: str
    result: bytes


@dataclass(frozen=True, slots=True)
class Member:
    account_id: str
    name: str
    seat: int | None = None
    ready: bool = False
    connected: bool = True
    away_until_ms: int | None = None
    """When the place of a member without a connection is lost, unix milliseconds; None while a match keeps it."""


@dataclass(frozen=True, slots=True)
class Room:
    code: str
    host: str
    settings: Settings
    members: tuple[Member, ...]
    revision: int = 1
    session_id: str = ""
    last: LastMatch | None = None
    put_out: tuple[str, ...] = ()

    def find(self, account_id: str) -> Member | None:
        return next((member for member in self.members if member.account_id == account_id), None)

    def member(self, account_id: str) -> Member:
        """Raises RoomRefused when the account is not in the room."""
        found = self.find(account_id)
        if found is None:
            raise RoomRefused(Why.NOT_IN_ROOM, "You are not in this room; join it first.")
        return found

    @property
    def seated(self) -> tuple[Member, ...]:
        """The members with a seat, left before right."""
        return tuple(sorted((m for m in self.members if m.seat is not None), key=lambda m: m.seat or 0))

    @property
    def deadline_ms(self) -> int | None:
        """When the next place is lost, unix milliseconds."""
        return min((m.away_until_ms for m in self.members if m.away_until_ms is not None), default=None)


@dataclass(frozen=True, slots=True)
class Out:
    """Somebody is out of the room."""

    account_id: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Step:
    """What a command led to. `room` without members is to be closed."""

    room: Room
    out: tuple[Out, ...] = ()

    @property
    def closed(self) -> bool:
        return not self.room.members


def normal_code(text: str) -> str:
    """The code that somebody typed: case, spaces and hyphens do not matter. Raises RoomRefused when it is none."""
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        raise RoomRefused(Why.UNKNOWN, f"A room code has {CODE_LENGTH} letters and digits; check the link.")
    return code


def new_room(code: str, account_id: str, name: str, settings: Settings) -> Room:
    """A room with its host on the left seat."""
    return Room(code=code, host=account_id, settings=settings, members=(Member(account_id, name, seat=0),))


def join(room: Room, account_id: str, name: str) -> Step:
    """In on a free seat, else on the bench. Whoever is in already stays as they are."""
    if room.find(account_id) is not None:
        return back(room, account_id)
    if account_id in room.put_out:
        raise RoomRefused(Why.NOT_ALLOWED, "The host has put you out of this room; open another one.")
    if room.session_id:
        raise RoomRefused(Why.STARTED, "The match of this room is on; you can watch it.", room.session_id)
    if len(room.members) >= CAPACITY:
        raise RoomRefused(Why.FULL, f"All {CAPACITY} places of this room are taken; open another one.")
    return Step(_next(room, members=(*room.members, Member(account_id, name, seat=_free_seat(room)))))


def leave(room: Room, account_id: str) -> Step:
    room.member(account_id)
    return _without(room, {account_id: Cause.LEFT})


def kick(room: Room, by: str, account_id: str) -> Step:
    """The host puts somebody else out, and they cannot come back."""
    _host_only(room, by)
    if account_id == by:
        raise RoomRefused(Why.NOT_ALLOWED, "You cannot put yourself out; leave the room instead.")
    if room.find(account_id) is None:
        raise RoomRefused(Why.NOT_IN_ROOM, "They are not in the room any more.")
    put_out = (*room.put_out, account_id)[-PUT_OUT_LIMIT:]
    return _without(replace(room, put_out=put_out), {account_id: Cause.KICKED})


def set_ready(room: Room, account_id: str, ready: bool) -> Step:
    member = room.member(account_id)
    _open_only(room)
    if member.seat is None:
        raise RoomRefused(Why.NOT_ALLOWED, "Only players with a seat can be ready; take a seat first.")
    # A word that was still on its way when the connection ended does not count.
    return _with_member(room, replace(member, ready=ready and member.connected))


def set_seat(room: Room, account_id: str, seated: bool) -> Step:
    member = room.member(account_id)
    _open_only(room)
    if seated == (member.seat is not None):
        return Step(room)
    seat = _free_seat(room) if seated else None
    if seated and seat is None:
        raise RoomRefused(Why.FULL, "Both seats are taken; wait until one is free.")
    return _with_member(room, replace(member, seat=seat, ready=False))


def set_settings(room: Room, by: str, settings: Settings) -> Step:
    """The host changes the rules, to which nobody has agreed yet: nobody is ready after it."""
    _host_only(room, by)
    _open_only(room)
    if settings == room.settings:
        return Step(room)
    return Step(_next(room, settings=settings, members=_not_ready(room)))


def rename(room: Room, account_id: str, name: str) -> Step:
    return _with_member(room, replace(room.member(account_id), name=name))


def start(room: Room, by: str, session_id: str) -> Step:
    """The match is on, under `session_id`."""
    _host_only(room, by)
    _open_only(room)
    if len(room.seated) < SEATS:
        raise RoomRefused(Why.NEEDS_PLAYERS, "A second player has to take a seat; send them the room's link.")
    waiting = [member.name for member in room.seated if not member.ready]
    if waiting:
        raise RoomRefused(Why.NOT_READY, f"{' and '.join(waiting)} must be ready first.")
    return Step(_next(room, session_id=session_id))


def call_off(room: Room, session_id: str, now_ms: int) -> Step:
    """The match could not be started or was lost: open again, everybody as ready as before."""
    if room.session_id != session_id:
        return Step(room)
    return Step(_next(room, session_id="", members=_on_the_clock(room.members, now_ms)))


def tie_again(room: Room, session_id: str, seats: Mapping[str, int]) -> Step:
    """A match that was believed lost is on after all. `seats` are its players' by account.

    The room takes it back if it has none, and the same people still sit in the same places; otherwise the match goes
    on without a room.
    """
    if room.session_id or {member.account_id: member.seat for member in room.seated} != seats:
        return Step(room)
    kept = tuple(replace(member, away_until_ms=None) for member in room.members)
    return Step(_next(room, session_id=session_id, members=kept))


def finish(room: Room, last: LastMatch, now_ms: int) -> Step:
    """The match is over and recorded: open again, and who wants a rematch says ready again."""
    if room.session_id != last.session_id:
        return Step(room)
    return Step(_next(room, session_id="", last=last, members=_on_the_clock(_not_ready(room), now_ms)))


def drop(room: Room, account_id: str, now_ms: int) -> Step:
    """The member's last connection has ended. A running match keeps the place; otherwise KEEP_MS do."""
    member = replace(room.member(account_id), ready=False, connected=False)
    return _with_member(room, member if room.session_id else _away(member, now_ms))


def drop_everybody(room: Room, now_ms: int) -> Step:
    """All connections have ended at once, with whoever held them."""
    away = tuple(replace(member, ready=False, connected=False) for member in room.members)
    members = away if room.session_id else _on_the_clock(away, now_ms)
    return Step(room if members == room.members else _next(room, members=members))


def back(room: Room, account_id: str) -> Step:
    """The member has a connection again."""
    return _with_member(room, replace(room.member(account_id), connected=True, away_until_ms=None))


def expire(room: Room, now_ms: int) -> Step:
    """Members whose place was kept until now or earlier are out."""
    late = [m.account_id for m in room.members if m.away_until_ms is not None and m.away_until_ms <= now_ms]
    return _without(room, dict.fromkeys(late, Cause.AWAY)) if late else Step(room)


def _next(
    room: Room,
    *,
    members: tuple[Member, ...] | None = None,
    settings: Settings | None = None,
    session_id: str | None = None,
    last: LastMatch | None = None,
) -> Room:
    return replace(
        room,
        revision=room.revision + 1,
        members=room.members if members is None else members,
        settings=settings or room.settings,
        session_id=room.session_id if session_id is None else session_id,
        last=last or room.last,
    )


def _with_member(room: Room, changed: Member) -> Step:
    members = tuple(changed if m.account_id == changed.account_id else m for m in room.members)
    return Step(room if members == room.members else _next(room, members=members))


def _without(room: Room, gone: dict[str, Cause]) -> Step:
    """The others stay. The room goes to whoever was there first, of those who are connected if anybody is."""
    members = tuple(m for m in room.members if m.account_id not in gone)
    heirs = [m for m in members if m.connected] or list(members)
    host = heirs[0].account_id if room.host in gone and heirs else room.host
    after = replace(_next(room, members=members), host=host)
    return Step(after, tuple(Out(account_id, cause) for account_id, cause in gone.items()))


def _free_seat(room: Room) -> int | None:
    taken = {member.seat for member in room.members}
    return next((seat for seat in range(SEATS) if seat not in taken), None)


def _not_ready(room: Room) -> tuple[Member, ...]:
    return tuple(replace(member, ready=False) for member in room.members)


def _away(member: Member, now_ms: int) -> Member:
    return member if member.away_until_ms is not None else replace(member, away_until_ms=now_ms + KEEP_MS)


def _on_the_clock(members: tuple[Member, ...], now_ms: int) -> tuple[Member, ...]:
    return tuple(m if m.connected else _away(m, now_ms) for m in members)


def _host_only(room: Room, account_id: str) -> None:
    room.member(account_id)
    if room.host != account_id:
        raise RoomRefused(Why.NOT_HOST, "Only the host can do this; ask the host.")


def _open_only(room: Room) -> None:
    if room.session_id:
        raise RoomRefused(Why.STARTED, "The match of this room is on; wait until it is over.", room.session_id)
