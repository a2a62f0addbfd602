"""Rules of tournament rooms only: entrants, bots among them, a ranking and a waiting list.

Members without a connection keep their place for weeks: absence from a match is the game server's business. Nobody has
to be ready.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.core.room import Member, RefusalCode, Room, RoomRefused, Settings, Step, Tournament

KEEP_MS: Final = 31 * 24 * 3_600_000
"""Milliseconds for which the place of a member without a connection is kept, so that a forgotten room ends."""
LEAST: Final = 2
NEVER_MS: Final = 2**62
"""Sort key of a tournament that waits for its host, instead of a start time."""
BOT_ID: Final = "bot-{}"
"""Shorter than the id of any account."""


def in_order(members: Sequence[Member], tournament: Tournament) -> tuple[Member, ...]:
    """Sorts entrants by their ranking, then the waiting list, then those who watch. A free place moves the first up."""
    playing = sorted((m for m in members if m.playing), key=lambda m: m.waiting)
    taken = [replace(m, seat=seat, waiting=False) for seat, m in enumerate(playing[: tournament.capacity])]
    waiting = [replace(m, seat=None, waiting=True) for m in playing[tournament.capacity :]]
    return (*taken, *waiting, *(m for m in members if not m.playing))


def take_part(room: Room, member: Member, wanted: bool) -> tuple[Member, ...]:
    """Enters the member behind all entrants, or lets them only watch from now on."""
    if wanted == member.playing:
        return room.members
    others = (m for m in room.members if m.account_id != member.account_id)
    return (*others, replace(member, seat=None, waiting=wanted))


def add_bot(room: Room, by: str, name: str, strength: int) -> Step:
    """Adds a bot, as the host: an entrant, or one on the waiting list. Numbers its name if that is taken."""
    room.host_only(by)
    room.open_only()
    _for_tournaments(room)
    if len(room.members) >= room.capacity:
        raise RoomRefused(
            RefusalCode.FULL, f"All {room.capacity} places of this room are taken; put somebody out first."
        )
    ids, names = {m.account_id for m in room.members}, {m.name for m in room.members}
    numbers = range(1, room.capacity + 1)
    new_id = next(found for n in numbers if (found := BOT_ID.format(n)) not in ids)
    new_name = next(found for n in numbers if (found := name if n == 1 else f"{name} {n}") not in names)
    return Step(_with(room, (*room.members, Member(new_id, new_name, waiting=True, bot=strength))))


def rank(room: Room, by: str, account_ids: Sequence[str]) -> Step:
    """Ranks the entrants, as the host: all of them, each once, the best first."""
    room.host_only(by)
    room.open_only()
    _for_tournaments(room)
    seated = {m.account_id: m for m in room.seated}
    if len(account_ids) != len(seated) or set(account_ids) != set(seated):
        raise RoomRefused(
            RefusalCode.NOT_ALLOWED, "A ranking names every entrant once; look at the room and rank again."
        )
    ranked = [replace(seated[account_id], seat=seat) for seat, account_id in enumerate(account_ids)]
    members = (*ranked, *(m for m in room.members if m.seat is None))
    return Step(room if members == room.members else _with(room, members))


def start(room: Room, session_id: str) -> Room:
    """Marks the tournament as on, and drops the time of its start."""
    assert room.settings.tournament is not None
    if len(room.seated) < LEAST:
        raise RoomRefused(
            RefusalCode.NEEDS_ENTRANTS, "A tournament needs two entrants at least; send others the room's link."
        )
    kept = tuple(replace(member, away_until_ms=None) for member in room.members)
    return replace(_without_start(room), session_id=session_id, members=kept)


def not_started(room: Room) -> Step:
    """Drops the time of a start that has failed: the host has to start it, or set another time."""
    return Step(_without_start(room)) if room.settings.tournament and not room.session_id else Step(room)


def room_key(room: Room) -> tuple[int, int, str]:
    """Sort key in the list of those that are open: the next to start first, then the newest."""
    assert room.settings.tournament is not None
    return room.settings.tournament.starts_ms or NEVER_MS, -room.settings.tournament.opened_ms, room.code


def _without_start(room: Room) -> Room:
    settings = room.settings
    assert settings.tournament is not None
    after = Settings(settings.ruleset, settings.unlisted, replace(settings.tournament, starts_ms=0))
    return replace(room, revision=room.revision + 1, settings=after)


def _for_tournaments(room: Room) -> None:
    if room.settings.tournament is None:
        raise RoomRefused(RefusalCode.NOT_ALLOWED, "This room is for duels; open one for a tournament.")


def _with(room: Room, members: Sequence[Member]) -> Room:
    assert room.settings.tournament is not None
    return replace(room, revision=room.revision + 1, members=in_order(members, room.settings.tournament))
