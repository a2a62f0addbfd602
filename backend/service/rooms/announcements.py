"""Announcements of room changes to the people who have places there.

People in a room get it whole when it has changed (`broadcast` says when). Everybody gets a list of all their
places when something of it is another.
"""

from collections.abc import Collection
from dataclasses import dataclass

from backend.core import places
from backend.core.places import Place
from backend.core.room import Room, Step
from backend.service.bus import Bus
from backend.service.ports import Clock, Store, Unit
from backend.service.revisions import Revisions
from backend.service.rooms.broadcast import RoomBroadcast
from backend.service.rooms.notifications import KnockAnswered, OutOfRoom, Places


@dataclass(frozen=True, slots=True)
class RoomChange:
    """Stored step of a room, to be announced once it is committed."""

    step: Step
    present: Collection[str]
    """Accounts that are in the room now: they get it whole."""
    placed: Collection[str]
    """Accounts whose list of places has changed: they get the list."""
    by: str = ""
    """Account that made the change, or empty: it sees the change at once."""
    at_once: bool = False
    """Everybody sees it at once: it is on or over, or has another code."""


async def save_step(unit: Unit, before: Room, step: Step, by: str = "") -> RoomChange:
    """Saves a step, which `by` has done. Raises RoomRevisionConflict, InAnotherRoom."""
    room = step.room
    await unit.rooms.save(before, room)
    at_once = (before.session_id, before.code) != (room.session_id, room.code)
    return RoomChange(step, await unit.rooms.present(room.code), places.changed(before, room), by, at_once)


class RoomAnnouncer:
    def __init__(self, store: Store, clock: Clock, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._broadcast = RoomBroadcast(bus.publish)
        self._revisions = Revisions(clock)

    async def announce(self, *changes: RoomChange) -> None:
        """Announces committed changes, as soon as possible."""
        self.announce_rooms(*changes)
        await self.announce_places(*changes)

    def announce_rooms(self, *changes: RoomChange) -> None:
        """Sends the rooms, in that order. Lists of places follow later, when nothing waits for them."""
        for change in changes:
            step, room = change.step, change.step.room
            for departure in step.departures:
                self._bus.publish((departure.account_id,), OutOfRoom(room.code, departure.reason))
            for answer in step.knock_answers:
                self._bus.publish((answer.account_id,), KnockAnswered(room.code, answer.accepted))
            self._bus.notify_changed((*room.account_ids, *(departure.account_id for departure in step.departures)))
            if step.closed:
                self._broadcast.forget(room.code)
            else:
                self._broadcast.announce(room, change.present, by=change.by, at_once=change.at_once)

    def moved(self, account_id: str, code: str) -> None:
        """Notes that the account is in that room now."""
        self._broadcast.moved(account_id, code)

    async def places(self, account_id: str) -> Places:
        """Reads the places of the account."""
        revision = self._revisions.next()
        async with self._store.read() as unit:
            return Places(await unit.rooms.places((account_id,)), revision)

    async def announce_places(self, *changes: RoomChange) -> None:
        held: dict[str, list[Place]] = {account_id: [] for change in changes for account_id in change.placed}
        if not held:
            return
        revision = self._revisions.next()
        async with self._store.read() as unit:
            for place in await unit.rooms.places(list(held)):
                held[place.account_id].append(place)
        for account_id, some in held.items():
            self._bus.publish((account_id,), Places(some, revision))
