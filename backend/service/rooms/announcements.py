"""What people are told of the rooms in which they have places.

Whoever is in a room now gets it whole when it has changed (`room_rounds` says when). Everybody gets a list of all their
places when something of it is another.
"""

from collections.abc import Collection
from dataclasses import dataclass

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectResponse

from backend.core import places
from backend.core.places import Place
from backend.core.room import Room, Step
from backend.service.ports import Bus, Clock, Store, Unit
from backend.service.rooms.broadcast import RoomRounds
from backend.service.rooms.messages import CAUSES, ids_of, places_of


@dataclass(frozen=True, slots=True)
class News:
    """A step of a room that is kept, to be told once it is committed."""

    step: Step
    here: Collection[str]
    """Who is there now: they get the room."""
    placed: Collection[str]
    """Whose places are others now: they get the list of them."""
    by: str = ""
    """Who has done it, if anybody: they see it at once."""
    at_once: bool = False
    """Everybody sees it at once: it is on or over, or has another code."""


async def keep(unit: Unit, before: Room, step: Step, by: str = "") -> News:
    """Saves a step, which `by` has done. Raises RoomMoved, InAnotherRoom."""
    room = step.room
    await unit.rooms.save(before, room)
    at_once = (before.session_id, before.code) != (room.session_id, room.code)
    return News(step, await unit.rooms.here(room.code), places.changed(before, room), by, at_once)


class Tidings:
    def __init__(self, store: Store, clock: Clock, bus: Bus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._rounds = RoomRounds(bus.publish)
        self._revision = 0

    async def tell(self, *several: News) -> None:
        """To be called as soon as it is committed."""
        self.tell_rooms(*several)
        await self.tell_places(*several)

    def tell_rooms(self, *several: News) -> None:
        """Tells the rooms, in that order. The places are told later, once nothing waits for it."""
        for news in several:
            step, room = news.step, news.step.room
            for out in step.out:
                gone = lobby_pb2.OutOfRoom(code=room.code, cause=CAUSES[out.cause])
                self._bus.publish((out.account_id,), ConnectResponse(out_of_room=gone))
            for answered in step.answered:
                message = lobby_pb2.KnockAnswered(room_code=room.code, accepted=answered.accepted)
                self._bus.publish((answered.account_id,), ConnectResponse(knock_answered=message))
            self._bus.touch((*ids_of(room), *(out.account_id for out in news.step.out)))
            if step.closed:
                self._rounds.forget(room.code)
            else:
                self._rounds.tell(room, news.here, by=news.by, at_once=news.at_once)

    def went(self, account_id: str, code: str) -> None:
        """Somebody is in that room now."""
        self._rounds.went(account_id, code)

    async def places(self, account_id: str) -> lobby_pb2.Places:
        """Where the account has places, read now."""
        revision = self._next_revision()
        async with self._store.read() as unit:
            return places_of(await unit.rooms.places((account_id,)), revision)

    async def tell_places(self, *several: News) -> None:
        held: dict[str, list[Place]] = {account_id: [] for news in several for account_id in news.placed}
        if not held:
            return
        revision = self._next_revision()
        async with self._store.read() as unit:
            for place in await unit.rooms.places(list(held)):
                held[place.account_id].append(place)
        for account_id, some in held.items():
            self._bus.publish((account_id,), ConnectResponse(places=places_of(some, revision)))

    def _next_revision(self) -> int:
        """Grows with each call, also over a restart. To be taken before what it stands for is read."""
        self._revision = max(self._revision + 1, self._clock.unix_ms())
        return self._revision
