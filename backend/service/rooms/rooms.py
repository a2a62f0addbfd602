"""Rooms: the rules of `core.rooms`, kept in the store and announced on the bus."""

from collections.abc import Awaitable, Callable, Sequence

from backend.core import doors, places, rooms
from backend.core.places import STAYING, Leaving
from backend.core.room import RefusalCode, Room, RoomRefused, Settings, Step
from backend.service.accounts import tokens
from backend.service.bus import Bus
from backend.service.models import Account, Person
from backend.service.ports import Clock, Store, Unit
from backend.service.repositories import CodeTaken, InAnotherRoom
from backend.service.rooms.announcements import RoomAnnouncer, RoomChange, save_step
from backend.service.rooms.limits import RoomLimits
from backend.service.rooms.notifications import ChatLine, Places
from backend.service.rooms.refusals import in_another_room, no_room, refusal_of
from backend.service.rooms.transitions import TRIES, RoomTransitions, Transition, step_or_refuse
from wire.refusal import Reason, Refused


class Rooms:
    """Commands on rooms, and places of accounts in them. Sessions of rooms are in `session_lifecycle`."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bus: Bus,
        transitions: RoomTransitions,
        announcer: RoomAnnouncer,
        limits: RoomLimits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._transitions = transitions
        self._announcer = announcer
        self._limits = limits

    async def current(self, account_id: str) -> Room | None:
        """The room in which the account is now."""
        async with self._store.read() as unit:
            return await unit.rooms.current(account_id)

    async def places(self, account_id: str) -> Places:
        """Every place that the account has in a room."""
        return await self._announcer.places(account_id)

    async def open_room(self, who: Person, settings: Settings) -> None:
        """Opens a room and enters it. Raises Refused: in another room for duels, or in too many for tournaments."""
        self._limits.open(who)
        for _ in range(TRIES):
            room = rooms.new_room(tokens.new_code(), who.account_id, who.account.name, settings, who.address)

            async def attempt(unit: Unit, room: Room = room) -> Sequence[RoomChange]:
                return await _arrive(unit, who.account_id, None, Step(room))

            try:
                await self._enter(attempt)
            except CodeTaken:
                continue
            return
        raise Refused(Reason.REASON_ROOM_CHANGED, "No room could be opened; try again.")

    async def join(self, who: Person, typed: str, leaving: Leaving = STAYING) -> None:
        """Enters a room by code, or goes back to a place there.

        The room that is given up for it is left in the same transaction, so not at all when this one cannot be entered.
        Raises Refused: unknown, full, started, locked, put out, in another room for duels, in too many for tournaments;
        or knocked, and the host is asked.
        """
        code = _code(typed)
        self._limits.guess(who)
        counted = self._limits.change(who)
        knocked: list[RoomRefused] = []

        async def attempt(unit: Unit) -> Sequence[RoomChange]:
            knocked.clear()
            room = await unit.rooms.get(code)
            if room is None:
                self._limits.guessed_wrong(who)
                raise no_room(RefusalCode.UNKNOWN)
            self._limits.change_room(who, code, counted)
            account = who.account
            try:
                step = rooms.join(room, account.account_id, account.name, who.address, guest=account.guest)
            except RoomRefused as refused:
                if refused.code is not RefusalCode.KNOCKED:
                    raise refusal_of(refused) from None
                knocked.append(refused)
                if room.host in await unit.friends.blockers(account.account_id):
                    return []  # The host is not to hear of them, nor they of that.
                step = step_or_refuse(
                    lambda room: doors.knock(room, account.account_id, account.name, who.address), room
                )
                return [] if step.room is room else [await save_step(unit, room, step)]
            return await _arrive(unit, who.account_id, room, step, leaving)

        await self._enter(attempt)
        if knocked:
            raise refusal_of(knocked[0])

    async def give_new_code(self, who: Person) -> None:
        """Gives the host's room another code. Raises Refused."""
        for _ in range(TRIES):
            code = tokens.new_code()
            try:
                await self.change(who, lambda room, code=code: doors.new_code(room, who.account_id, code))  # type: ignore[misc]
            except CodeTaken:
                continue
            return

    async def admit(self, who: Person, account_id: str) -> None:
        """Admits an invited account to the current room of the host: see `doors.admit`. Raises Refused."""
        await self.change(who, lambda room: doors.admit(room, who.account_id, account_id))

    async def room_codes_of(self, account_id: str) -> Sequence[str]:
        """The codes of the rooms in which the account has a place."""
        async with self._store.read() as unit:
            return [place.room.code for place in await unit.rooms.places((account_id,))]

    async def leave(self, account_id: str, typed: str) -> None:
        """Leaves the room with that code, or the current one. Raises Refused."""
        code = _code(typed) if typed else ""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(code) if code else await unit.rooms.current(account_id)

        await self._transitions.apply(load, lambda room: rooms.leave(room, account_id), RefusalCode.NOT_IN_ROOM)

    async def change(self, who: Person, transition: Transition) -> None:
        """Applies a transition to the room in which the account is now. Raises Refused."""
        counted = self._limits.change(who)

        async def load(unit: Unit) -> Room | None:
            room = await unit.rooms.current(who.account_id)
            if room is not None:
                self._limits.change_room(who, room.code, counted)
            return room

        await self._transitions.apply(load, transition, RefusalCode.NOT_IN_ROOM, by=who.account_id)

    async def say(self, who: Person, text: str) -> None:
        """Sends a chat line, which is not stored, to all in the room who do not block the author. Raises Refused."""
        account_id = who.account_id
        counted = self._limits.speak(who)
        async with self._store.read() as unit:
            room = await unit.rooms.current(account_id)
            if room is None:
                raise no_room(RefusalCode.NOT_IN_ROOM)
            self._limits.speak_in(who, room.code, counted)
            present = await unit.rooms.present(room.code)
            blocked_by = await unit.friends.blockers(account_id)
        line = ChatLine(account_id, room.member(account_id).name, text, self._clock.unix_ms(), room.code)
        self._bus.publish((other for other in present if other not in blocked_by), line)

    async def sweep(self) -> None:
        """Removes members whose place was kept long enough."""
        async with self._store.read() as unit:
            due = await unit.rooms.due(self._clock.unix_ms())
        for room in due:
            await self._transitions.apply_if_possible(room.code, lambda room: rooms.expire(room, self._clock.unix_ms()))

    async def drop_everybody(self) -> None:
        """Marks everybody as away at the start, when there is no connection yet."""
        async with self._store.read() as unit:
            every = await unit.rooms.every()
        for room in every:
            await self._transitions.apply_if_possible(
                room.code, lambda room: rooms.drop_everybody(room, self._clock.unix_ms())
            )

    async def drop(self, account_id: str) -> None:
        """Marks the account as away in its rooms: its last connection has ended."""
        await self._everywhere(account_id, lambda room: rooms.drop(room, account_id, self._clock.unix_ms()))

    async def back(self, account_id: str) -> None:
        """Marks the account as connected in its rooms."""
        await self._everywhere(account_id, lambda room: rooms.back(room, account_id))

    async def rename(self, account: Account) -> None:
        """Renames the account in its rooms."""
        await self._everywhere(account.account_id, lambda room: rooms.rename(room, account.account_id, account.name))

    async def _everywhere(self, account_id: str, transition: Transition) -> None:
        """Applies a transition to each room in which the account has a place."""
        async with self._store.read() as unit:
            held = await unit.rooms.places((account_id,))
        for place in held:
            # Looked at first outside the writer, whose time is everybody's.
            if transition(place.room).room is not place.room:
                await self._transitions.apply_if_possible(place.room.code, transition)

    async def _enter(self, attempt: Callable[[Unit], Awaitable[Sequence[RoomChange]]]) -> None:
        """Carries out what makes an account go into a room. Raises Refused."""
        try:
            changes = await self._transitions.commit(attempt)
        except InAnotherRoom:
            raise in_another_room() from None
        if changes and (arrived := changes[-1]).by:
            self._announcer.moved(arrived.by, arrived.step.room.code)
        await self._announcer.announce(*changes)


async def _arrive(
    unit: Unit, account_id: str, before: Room | None, step: Step, leaving: Leaving = STAYING
) -> Sequence[RoomChange]:
    """Lets the account into a room, which is a new one if there is none before the step."""
    room = step.room
    try:
        elsewhere = places.enter(await unit.rooms.places((account_id,)), account_id, room, leaving)
    except RoomRefused as refused:
        raise refusal_of(refused) from None
    changes = [await save_step(unit, other, one) for other, one in elsewhere]
    if before is None:
        await unit.rooms.add(room)
    elif room is not before:
        await unit.rooms.save(before, room)
    await unit.rooms.go(account_id, room.code)
    # An account that comes back to its place is shown the room; for the others nothing has changed.
    present = (account_id,) if room is before else await unit.rooms.present(room.code)
    return [*changes, RoomChange(step, present, {account_id, *places.changed(before, room)}, by=account_id)]


def _code(typed: str) -> str:
    try:
        return rooms.normal_code(typed)
    except RoomRefused as refused:
        raise refusal_of(refused) from None
