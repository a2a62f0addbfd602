"""The places that an account has in rooms: one in a room for duels, some in rooms for tournaments.

One of these rooms is where the account is now. Going into another one keeps the place.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.core import rooms
from backend.core.room import RefusalCode, Room, RoomRefused, Step

TOURNAMENTS: Final = 8
"""Places in rooms for tournaments that an account may have."""


@dataclass(frozen=True, slots=True)
class Place:
    """A person's place in a room. `current` says that they are there now."""

    account_id: str
    room: Room
    current: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """Room for duels that is given up for another one, and the match that its member knows to be on in it."""

    room_code: str = ""
    session_id: str = ""


STAYING: Final = Leaving()
"""No room is given up."""


def enter(
    held: Sequence[Place], account_id: str, room: Room, leaving: Leaving = STAYING
) -> Sequence[tuple[Room, Step]]:
    """Steps of the account's other rooms when it goes into this one.

    Raises RoomRefused when there are too many for tournaments, and of a second one for duels when the first is not the
    one that is given up. What is on is left by nobody who does not know of it.
    """
    others = [place.room for place in held if place.room.code != room.code]
    steps: list[tuple[Room, Step]] = []
    duel = next((other for other in others if not other.settings.tournament), None)
    if duel and not room.settings.tournament:
        if leaving != Leaving(duel.code, duel.session_id):
            raise RoomRefused(
                RefusalCode.IN_ANOTHER_ROOM,
                "You are in another room for duels already; leave it first.",
                duel.session_id,
            )
        steps.append((duel, rooms.leave(duel, account_id)))
    elif duel:
        # Nobody is to be called away to a duel from elsewhere.
        steps.append((duel, rooms.look_away(duel, account_id)))
    if room.settings.tournament and len(others) == len(held):
        tournaments = [other for other in others if other.settings.tournament]
        if len(tournaments) >= TOURNAMENTS:
            # A tournament that is over is the one to give up.
            played = next((other for other in tournaments if other.played), None)
            if played is None:
                raise RoomRefused(
                    RefusalCode.TOO_MANY_ROOMS,
                    f"You have places in {TOURNAMENTS} tournaments; leave one of them first.",
                )
            steps.append((played, rooms.leave(played, account_id)))
    return [(other, step) for other, step in steps if step.room is not other]


def changed(before: Room | None, after: Room) -> Collection[str]:
    """Accounts whose place has changed with the room, or that have got or lost one."""
    were, are = _seen(before) if before is not None else {}, _seen(after)
    return [account_id for account_id in {**were, **are} if were.get(account_id) != are.get(account_id)]


def _seen(room: Room) -> dict[str, Any]:
    place = (room.code, room.settings.tournament, room.session_id)
    return {member.account_id: (*place, member.waiting) for member in room.people}
