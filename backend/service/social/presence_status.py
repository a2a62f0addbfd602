"""Presence of people as their friends see it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from backend.core.room import Door, Room
from backend.service.ports import Unit
from backend.service.social.presence import Presence

BATCH_MAX: Final = 500
"""Accounts in one query: databases take a limited number of parameters."""


class Activity(Enum):
    """Activity of somebody over all their connections: the last of these that applies."""

    AWAY = "away"
    """No lobby connection."""
    ONLINE = "online"
    IN_ROOM = "in room"
    WATCHING = "watching"
    IN_MATCH = "in match"


@dataclass(frozen=True, slots=True)
class PresenceStatus:
    """Presence of one person over all their connections; a match counts before watching, watching before a room."""

    name: str = ""
    activity: Activity = Activity.AWAY
    room_code: str = ""
    """Their room while it has a place."""
    banned: Collection[str] = ()
    """Accounts that cannot join that room."""
    session_id: str = ""
    """Session to watch: their own match, or the one that they watch; empty for none."""


async def presence_statuses(unit: Unit, presence: Presence, account_ids: Collection[str]) -> dict[str, PresenceStatus]:
    """Reads the presence of each account."""
    found: dict[str, PresenceStatus] = {}
    for batch in batches(account_ids):
        watching = {account_id: seen for account_id in batch if (seen := presence.watching(account_id)) is not None}
        connected = list(watching)
        rooms = await unit.rooms.currents(connected)
        playing = {played[0]: played for played in await unit.directory.played_by(connected)}
        shown = await unit.directory.watchable(sorted({one for seen in watching.values() for one in seen if one}))
        names = await unit.accounts.names(batch)
        for account_id in batch:
            name = names.get(account_id, "")
            if account_id in watching:
                room = rooms.get(account_id)
                found[account_id] = _presence_status(name, room, playing.get(account_id), watching[account_id], shown)
            else:
                found[account_id] = PresenceStatus(name)
    return found


def _presence_status(
    name: str,
    room: Room | None,
    playing: tuple[str, str, bool] | None,
    watching: Sequence[str],
    watchable: Collection[str],
) -> PresenceStatus:
    free = room is not None and not room.session_id and len(room.members) < room.capacity
    joinable = room if room is not None and free and room.door is not Door.LOCKED else None
    code, banned = (joinable.code, joinable.banned) if joinable else ("", ())
    if playing is not None:
        _, session_id, open_view = playing
        return PresenceStatus(name, Activity.IN_MATCH, code, banned, session_id if open_view else "")
    if any(watching):
        session_id = next((one for one in watching if one in watchable), "")
        return PresenceStatus(name, Activity.WATCHING, code, banned, session_id)
    if room is not None:
        return PresenceStatus(name, Activity.IN_ROOM, code, banned)
    return PresenceStatus(name, Activity.ONLINE)


def batches(account_ids: Collection[str]) -> Iterator[Sequence[str]]:
    """Batches of ids, each of a size that one query takes."""
    ids = sorted(account_ids)
    for begin in range(0, len(ids), BATCH_MAX):
        yield ids[begin : begin + BATCH_MAX]
