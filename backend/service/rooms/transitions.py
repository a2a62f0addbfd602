"""Transitions of rooms in the store: compare-and-set on the revision, tried again, and announced."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from backend.core.room import CAPACITY, RefusalCode, Room, RoomRefused, Step
from backend.service.ports import Store, Unit
from backend.service.repositories import RoomRevisionConflict
from backend.service.rooms.announcements import RoomAnnouncer, RoomChange, save_step
from backend.service.rooms.refusals import no_room, refusal_of
from backend.service.sessions.tournaments import Tournaments
from wire.refusal import Reason, Refused

T = TypeVar("T")
Load = Callable[[Unit], Awaitable[Room | None]]
Transition = Callable[[Room], Step]

TRIES: Final = 2 * CAPACITY
"""Attempts at a command whose room changes at the same moment. Each time another one has succeeded, and no more than
CAPACITY members can be faster."""


class RoomTransitions:
    """Applies transitions of `core.rooms` in the store and announces what came of them."""

    def __init__(self, store: Store, announcer: RoomAnnouncer, tournaments: Tournaments) -> None:
        self._store = store
        self._announcer = announcer
        self._tournaments = tournaments

    async def apply(
        self, load: Load, transition: Transition, missing: RefusalCode = RefusalCode.UNKNOWN, by: str = ""
    ) -> RoomChange | None:
        """Applies a transition to the room that `load` finds; `by` is the account that wants it, if any.

        Returns the change, or None when there was nothing to change. Raises Refused.
        """

        async def attempt(unit: Unit) -> tuple[Room, RoomChange] | None:
            room = await load(unit)
            if room is None:
                raise no_room(missing)
            step = step_or_refuse(transition, room)
            return None if step.room is room else (room, await save_step(unit, room, step, by))

        changed = await self.commit(attempt)
        if changed is None:
            return None
        before, change = changed
        await self._announcer.announce(change)
        if before.settings.tournament and before.session_id:
            # Entrants who leave during the tournament give up their remaining matches.
            for departure in change.step.departures:
                await self._tournaments.withdraw(before.session_id, before.member(departure.account_id))
        return change

    async def commit(self, attempt: Callable[[Unit], Awaitable[T]]) -> T:
        """Makes an attempt in one transaction, and again if another writer has changed the room first.

        That happens with several backends, or with a database that lets in several writers. Raises Refused.
        """
        for _ in range(TRIES):
            try:
                async with self._store.write() as unit:
                    return await attempt(unit)
            except RoomRevisionConflict:
                continue
        raise Refused(Reason.REASON_ROOM_CHANGED, "The room changed at the same moment; look at it and try again.")

    async def apply_if_possible(self, code: str, transition: Transition) -> None:
        """Applies a transition that no person waits for, and none at all if the room is gone or refuses it."""

        try:
            await self.apply(room_with(code), transition)
        except Refused:
            return


def room_with(code: str) -> Load:
    """Loads the room with that code."""

    async def load(unit: Unit) -> Room | None:
        return await unit.rooms.get(code)

    return load


def step_or_refuse(transition: Transition, room: Room) -> Step:
    """Applies a transition to a value. Raises Refused for RoomRefused."""
    try:
        return transition(room)
    except RoomRefused as refused:
        raise refusal_of(refused) from None
