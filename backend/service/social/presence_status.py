"""What people are doing, as their friends see it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from matchpoint.v1.friend_pb2 import Whereabouts

from backend.core.room import Door, Room
from backend.service.ports import Presence, Unit

AT_ONCE = 500
"""Accounts in one query: databases take a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody is doing: the most of it, over all their connections."""

    name: str = ""
    whereabouts: "Whereabouts.ValueType" = Whereabouts.WHEREABOUTS_AWAY
    room_code: str = ""
    """Their room while it has a place."""
    put_out: Collection[str] = ()
    """Who cannot join that room."""
    session_id: str = ""
    """What can be watched: their own match, or the one that they watch."""


async def sights_of(unit: Unit, presence: Presence, account_ids: Collection[str]) -> dict[str, Sight]:
    """What each of them is doing now."""
    found: dict[str, Sight] = {}
    for some in in_parts(account_ids):
        watching = {account_id: seen for account_id in some if (seen := presence.watching(account_id)) is not None}
        here = list(watching)
        rooms = await unit.rooms.currents(here)
        playing = {played[0]: played for played in await unit.directory.played_by(here)}
        shown = await unit.directory.watchable(sorted({one for seen in watching.values() for one in seen if one}))
        names = await unit.accounts.names(some)
        for account_id in some:
            name = names.get(account_id, "")
            if account_id in watching:
                room = rooms.get(account_id)
                found[account_id] = _sight(name, room, playing.get(account_id), watching[account_id], shown)
            else:
                found[account_id] = Sight(name)
    return found


def _sight(
    name: str,
    room: Room | None,
    playing: tuple[str, str, bool] | None,
    watching: Sequence[str],
    watchable: Collection[str],
) -> Sight:
    free = room is not None and not room.session_id and len(room.members) < room.capacity
    joinable = room if room is not None and free and room.door is not Door.LOCKED else None
    code, put_out = (joinable.code, joinable.put_out) if joinable else ("", ())
    if playing is not None:
        _, session_id, open_view = playing
        return Sight(name, Whereabouts.WHEREABOUTS_IN_MATCH, code, put_out, session_id if open_view else "")
    if any(watching):
        session_id = next((one for one in watching if one in watchable), "")
        return Sight(name, Whereabouts.WHEREABOUTS_WATCHING, code, put_out, session_id)
    if room is not None:
        return Sight(name, Whereabouts.WHEREABOUTS_IN_ROOM, code, put_out)
    return Sight(name, Whereabouts.WHEREABOUTS_ONLINE)


def in_parts(account_ids: Collection[str]) -> Iterator[Sequence[str]]:
    """As many at once as a query takes."""
    ids = sorted(account_ids)
    for begin in range(0, len(ids), AT_ONCE):
        yield ids[begin : begin + AT_ONCE]
