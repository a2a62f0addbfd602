"""Rooms: the rules of `core.rooms`, kept in the store and announced on the bus."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectResponse, OutCause
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import Origin, SeatSpec

from backend.core import rooms
from backend.core.rooms import Cause, LastMatch, Room, RoomRefused, Settings, Step, Why
from backend.service import tokens
from backend.service.directory import Directory, session_spec
from backend.service.ports import (
    Account,
    Bus,
    Clock,
    CodeTaken,
    InAnotherRoom,
    Placement,
    RoomMoved,
    Stage,
    Store,
    Unit,
)
from backend.service.tickets import Tickets
from wire.refusal import Refused

T = TypeVar("T")
Load = Callable[[Unit], Awaitable[Room | None]]

TRIES = 2 * rooms.CAPACITY
"""How often a command is begun again because the room changed at the same moment. Each time somebody else has
succeeded, and there are no more than CAPACITY to be faster."""

REASONS = {
    Why.UNKNOWN: Reason.REASON_ROOM_UNKNOWN,
    Why.FULL: Reason.REASON_ROOM_FULL,
    Why.STARTED: Reason.REASON_ROOM_STARTED,
    Why.NOT_IN_ROOM: Reason.REASON_NOT_IN_ROOM,
    Why.NOT_HOST: Reason.REASON_NOT_HOST,
    Why.NEEDS_PLAYERS: Reason.REASON_ROOM_NEEDS_PLAYERS,
    Why.NOT_READY: Reason.REASON_NOT_READY,
    Why.NOT_ALLOWED: Reason.REASON_NOT_ALLOWED,
}
CAUSES = {
    Cause.LEFT: OutCause.OUT_CAUSE_LEFT,
    Cause.KICKED: OutCause.OUT_CAUSE_KICKED,
    Cause.AWAY: OutCause.OUT_CAUSE_AWAY,
}


class Rooms:
    def __init__(self, store: Store, clock: Clock, bus: Bus, directory: Directory, tickets: Tickets) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._directory = directory
        self._tickets = tickets

    async def of_account(self, account_id: str) -> Room | None:
        async with self._store.read() as unit:
            return await unit.rooms.of_account(account_id)

    async def open_room(self, account: Account, settings: Settings) -> None:
        """Raises Refused when the account is in a room."""
        for _ in range(TRIES):
            room = rooms.new_room(tokens.new_code(), account.account_id, account.name, settings)
            try:
                async with self._store.write() as unit:
                    await unit.rooms.add(room)
            except CodeTaken:
                continue
            except InAnotherRoom:
                raise _in_another_room() from None
            self._announce(Step(room))
            return
        raise Refused(Reason.REASON_ROOM_CHANGED, "No room could be opened; try again.")

    async def join(self, account: Account, typed: str) -> None:
        """By code. Raises Refused: unknown, full, started, put out, in another room."""
        try:
            code = rooms.normal_code(typed)
        except RoomRefused as refused:
            raise _refused(refused) from None

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(code)

        try:
            await self._change(load, lambda room: rooms.join(room, account.account_id, account.name))
        except InAnotherRoom:
            raise _in_another_room() from None

    async def change(self, account_id: str, transition: Callable[[Room], Step]) -> None:
        """Applies a transition to the room that the account is in. Raises Refused."""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.of_account(account_id)

        await self._change(load, transition, Why.NOT_IN_ROOM)

    async def say(self, account_id: str, text: str) -> None:
        """To everybody in the room who has not blocked the speaker. Nothing of it is kept. Raises Refused."""
        room = await self.of_account(account_id)
        if room is None:
            raise _no_room(Why.NOT_IN_ROOM)
        async with self._store.read() as unit:
            deaf = await unit.friends.blockers(account_id)
        said = lobby_pb2.Said(
            account_id=account_id, name=room.member(account_id).name, text=text, unix_ms=self._clock.unix_ms()
        )
        self._bus.publish((other for other in _ids(room) if other not in deaf), ConnectResponse(said=said))

    async def start(self, account_id: str) -> None:
        """Starts the match: room and directory are committed together, then the game server is asked.

        If it does not take the session the room is open again and everybody in it is told. Raises Refused.
        """
        session_id = tokens.new_session_id()
        meant = await self.of_account(account_id)

        async def attempt(unit: Unit) -> tuple[Step, Placement]:
            room = await unit.rooms.of_account(account_id)
            # While a game server was waited for the host may have gone to another room: that one is not started.
            if room is None or meant is None or room.code != meant.code:
                raise _no_room(Why.NOT_IN_ROOM)
            step = _apply(lambda room: rooms.start(room, account_id, session_id), room)
            seats = [SeatSpec(seat=m.seat or 0, account_id=m.account_id, name=m.name) for m in room.seated]
            placement = self._directory.placement(
                session_spec(Origin.ORIGIN_ROOM, room.settings.ruleset, seats),
                listed=not room.settings.unlisted,
                account_id=account_id,
                room_code=room.code,
                session_id=session_id,
            )
            await unit.directory.add(placement)
            await unit.rooms.save(room, step.room)
            return step, placement

        await self._directory.until_possible()
        step, placement = await self._committed(attempt)
        self._announce(step)
        await self.create_session(placement)

    async def create_session(self, placement: Placement) -> None:
        """Has the session of a room created, and tells the members how that went. Raises Refused."""
        try:
            await self._directory.create(placement)
        except Refused as refused:
            await self.call_off(placement, refused)
            raise
        async with self._store.read() as unit:
            room = await unit.rooms.get(placement.room_code)
        if room is not None:
            self._announce_started(room, placement)

    async def tie_again(self, placement: Placement, epoch: int) -> None:
        """The session of a room was believed lost, and is on: the room has it back if it still waits for it."""
        seats = {seat.account_id: seat.seat for seat in placement.spec.seats}

        async def attempt(unit: Unit) -> Room | None:
            await unit.directory.move(placement.session_id, Stage.LIVE, epoch)
            room = await unit.rooms.get(placement.room_code)
            if room is None:
                return None
            after = rooms.tie_again(room, placement.session_id, seats).room
            if after is room:
                return None
            await unit.rooms.save(room, after)
            return after

        room = await self._committed(attempt)
        if room is not None:
            self._announce(Step(room))
            self._announce_started(room, placement)

    async def call_off(self, placement: Placement, refused: Refused) -> None:
        """The match did not start, or was lost: the room is open again, and its members are told why."""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(placement.room_code)

        try:
            room = await self._change(
                load, lambda room: rooms.call_off(room, placement.session_id, self._clock.unix_ms())
            )
        except Refused:
            return  # The room is gone.
        if room is not None:
            self._bus.publish(_ids(room), ConnectResponse(refusal=refused.message))

    async def finish_in(self, unit: Unit, placement: Placement, result: Result) -> Room | None:
        """The room after its match, saved in the report's own transaction. None when there is no such room."""
        room = await unit.rooms.get(placement.room_code) if placement.room_code else None
        if room is None or room.session_id != placement.session_id:
            return None
        brief = Result()
        brief.CopyFrom(result)
        brief.ClearField("stats")
        last = LastMatch(placement.session_id, brief.SerializeToString())
        after = rooms.finish(room, last, self._clock.unix_ms()).room
        await unit.rooms.save(room, after)
        return after

    def announce_finished(self, room: Room, session_id: str) -> None:
        """To be called once the report is committed."""
        finished = lobby_pb2.Finished(session_id=session_id)
        self._bus.publish(_ids(room), ConnectResponse(finished=finished))
        self._announce(Step(room))

    async def sweep(self) -> None:
        """Removes members whose place was kept long enough."""
        async with self._store.read() as unit:
            due = await unit.rooms.due(self._clock.unix_ms())
        for room in due:
            await self._sweep_room(room.code, lambda room: rooms.expire(room, self._clock.unix_ms()))

    async def drop_everybody(self) -> None:
        """At the start: nobody has a connection yet, so every place is kept for the usual time."""
        async with self._store.read() as unit:
            every = await unit.rooms.every()
        for room in every:
            await self._sweep_room(room.code, lambda room: rooms.drop_everybody(room, self._clock.unix_ms()))

    async def drop(self, account_id: str) -> None:
        """The account's last connection has ended."""
        room = await self.of_account(account_id)
        if room is not None:
            await self._sweep_room(room.code, lambda room: rooms.drop(room, account_id, self._clock.unix_ms()))

    async def _sweep_room(self, code: str, transition: Callable[[Room], Step]) -> None:
        """A change that nobody asked for: if the room is gone, or changed so that it no longer applies, so be it."""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(code)

        try:
            await self._change(load, transition)
        except Refused:
            return

    async def _change(self, load: Load, transition: Callable[[Room], Step], missing: Why = Why.UNKNOWN) -> Room | None:
        """Applies a transition. Returns the room after it, or None when there was nothing to change. Raises Refused."""

        async def attempt(unit: Unit) -> Step | None:
            room = await load(unit)
            if room is None:
                raise _no_room(missing)
            step = _apply(transition, room)
            if step.room is room:
                return None
            await unit.rooms.save(room, step.room)
            return step

        step = await self._committed(attempt)
        if step is None:
            return None
        self._announce(step)
        return step.room

    async def _committed(self, attempt: Callable[[Unit], Awaitable[T]]) -> T:
        """Makes an attempt in one transaction.

        SQLite lets one writer in at a time. With a database that lets in several, or with several backends, somebody
        else may be faster; then it is begun again. Raises Refused.
        """
        for _ in range(TRIES):
            try:
                async with self._store.write() as unit:
                    return await attempt(unit)
            except RoomMoved:
                continue
        raise Refused(Reason.REASON_ROOM_CHANGED, "The room changed at the same moment; look at it and try again.")

    def _announce_started(self, room: Room, placement: Placement) -> None:
        for member in room.members:
            entry = self._tickets.entry(placement, member.account_id, member.name)
            self._bus.publish((member.account_id,), ConnectResponse(started=lobby_pb2.Started(entry=entry)))

    def _announce(self, step: Step) -> None:
        for out in step.out:
            message = lobby_pb2.OutOfRoom(code=step.room.code, cause=CAUSES[out.cause])
            self._bus.publish((out.account_id,), ConnectResponse(out_of_room=message))
        self._bus.touch((*_ids(step.room), *(out.account_id for out in step.out)))
        if not step.closed:
            self._bus.publish(_ids(step.room), ConnectResponse(room=message_of(step.room)))


def message_of(room: Room) -> lobby_pb2.Room:
    """The room as its members see it."""
    message = lobby_pb2.Room(
        code=room.code,
        revision=room.revision,
        host_account_id=room.host,
        unlisted=room.settings.unlisted,
        session_id=room.session_id,
        capacity=rooms.CAPACITY,
        members=[
            lobby_pb2.Member(
                account_id=member.account_id,
                name=member.name,
                seated=member.seat is not None,
                seat=member.seat or 0,
                ready=member.ready,
                connected=member.connected,
            )
            for member in room.members
        ],
    )
    message.ruleset.ParseFromString(room.settings.ruleset)
    if room.last is not None:
        message.last.session_id = room.last.session_id
        message.last.result.ParseFromString(room.last.result)
    return message


def _ids(room: Room) -> Iterable[str]:
    return [member.account_id for member in room.members]


def _apply(transition: Callable[[Room], Step], room: Room) -> Step:
    try:
        return transition(room)
    except RoomRefused as refused:
        raise _refused(refused) from None


def _refused(refused: RoomRefused) -> Refused:
    return Refused(REASONS[refused.why], refused.sentence, session_id=refused.session_id)


def _no_room(why: Why) -> Refused:
    if why is Why.NOT_IN_ROOM:
        return Refused(Reason.REASON_NOT_IN_ROOM, "You are in no room; open or join one first.")
    return Refused(Reason.REASON_ROOM_UNKNOWN, "There is no such room any more; open another one.")


def _in_another_room() -> Refused:
    return Refused(Reason.REASON_ALREADY_IN_ROOM, "You are in a room already; leave it first.")
