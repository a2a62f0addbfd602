"""Rooms: the rules of `core.rooms`, kept in the store and announced on the bus."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectResponse
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import Origin, SeatSpec

from backend.core import entrants, rooms
from backend.core.room import CAPACITY, LastMatch, Room, RoomRefused, Settings, Step, Why
from backend.service import tokens
from backend.service.directory import Directory
from backend.service.kept import Account, Placement, Stage
from backend.service.ports import Bus, Clock, CodeTaken, InAnotherRoom, RoomMoved, Store, Unit
from backend.service.room_messages import CAUSES, ids_of, in_another_room, message_of, no_room, refusal_of
from backend.service.session_spec import session_spec
from backend.service.tickets import Tickets
from backend.service.tournament_spec import tournament_session
from backend.service.tournaments import Tournaments
from wire.refusal import Refused

T = TypeVar("T")
Load = Callable[[Unit], Awaitable[Room | None]]

TRIES = 2 * CAPACITY
"""How often a command is begun again because the room changed at the same moment. Each time somebody else has
succeeded, and there are no more than CAPACITY to be faster."""


class Rooms:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        bus: Bus,
        directory: Directory,
        tickets: Tickets,
        tournaments: Tournaments,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._directory = directory
        self._tickets = tickets
        self._tournaments = tournaments

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
                raise in_another_room() from None
            self._announce(Step(room))
            return
        raise Refused(Reason.REASON_ROOM_CHANGED, "No room could be opened; try again.")

    async def join(self, account: Account, typed: str) -> None:
        """By code. Raises Refused: unknown, full, started, put out, in another room."""
        try:
            code = rooms.normal_code(typed)
        except RoomRefused as refused:
            raise refusal_of(refused) from None

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(code)

        try:
            await self._change(load, lambda room: rooms.join(room, account.account_id, account.name))
        except InAnotherRoom:
            raise in_another_room() from None

    async def change(self, account_id: str, transition: Callable[[Room], Step]) -> None:
        """Applies a transition to the room that the account is in. Raises Refused."""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.of_account(account_id)

        await self._change(load, transition, Why.NOT_IN_ROOM)

    async def say(self, account_id: str, text: str) -> None:
        """To everybody in the room who has not blocked the speaker. Nothing of it is kept. Raises Refused."""
        room = await self.of_account(account_id)
        if room is None:
            raise no_room(Why.NOT_IN_ROOM)
        async with self._store.read() as unit:
            deaf = await unit.friends.blockers(account_id)
        said = lobby_pb2.Said(
            account_id=account_id, name=room.member(account_id).name, text=text, unix_ms=self._clock.unix_ms()
        )
        self._bus.publish((other for other in ids_of(room) if other not in deaf), ConnectResponse(said=said))

    async def start(self, account_id: str) -> None:
        """Starts the match or tournament: room and directory are committed together, then the game server is asked.

        If it does not take the session the room is open again and everybody in it is told. Raises Refused.
        """
        meant = await self.of_account(account_id)

        async def load(unit: Unit) -> Room | None:
            room = await unit.rooms.of_account(account_id)
            # While a game server was waited for the host may have gone to another room: that one is not started.
            return room if room is not None and meant is not None and room.code == meant.code else None

        await self._directory.until_possible()
        await self._start(load, account_id)

    async def _start(self, load: Load, account_id: str = "") -> None:
        """By somebody, or without one by the host."""
        session_id = tokens.new_session_id()

        async def attempt(unit: Unit) -> tuple[Step, Placement]:
            room = await load(unit)
            if room is None:
                raise no_room(Why.NOT_IN_ROOM)
            step = _apply(lambda room: rooms.start(room, account_id or room.host, session_id), room)
            if room.settings.tournament is None:
                seats = [SeatSpec(seat=m.seat or 0, account_id=m.account_id, name=m.name) for m in room.seated]
                spec = session_spec(Origin.ORIGIN_ROOM, room.settings.ruleset, seats)
            else:
                players = [member.account_id for member in room.people if member.playing]
                spec = tournament_session(room, await unit.records.balances(players))
            placement = self._directory.placement(
                spec,
                listed=not room.settings.unlisted,
                account_id=room.host,
                room_code=room.code,
                session_id=session_id,
            )
            await unit.directory.add(placement)
            await unit.rooms.save(room, step.room)
            return step, placement

        step, placement = await self._committed(attempt)
        self._announce(step)
        await self.create_session(placement)

    async def start_due(self) -> None:
        """To be called once a second: starts the tournaments whose time has come.

        While no game server takes one it is tried again; one that cannot be is left to its host, and all are told why.
        """
        now_ms = self._clock.unix_ms()
        async with self._store.read() as unit:
            due = await unit.rooms.starting(now_ms)
        for room in due:
            await self._start_in_time(room.code, now_ms)

    async def _start_in_time(self, code: str, now_ms: int) -> None:
        async def load(unit: Unit) -> Room | None:
            room = await unit.rooms.get(code)
            tournament = room.settings.tournament if room is not None else None
            return room if tournament is not None and 0 < tournament.starts_ms <= now_ms else None

        try:
            await self._start(load)
        except Refused as refused:
            if refused.reason in (Reason.REASON_SERVER_UNAVAILABLE, Reason.REASON_SERVER_FULL):
                return
            await self._sweep_room(code, entrants.not_started)
            async with self._store.read() as unit:
                room = await unit.rooms.get(code)
            self._bus.publish(ids_of(room) if room else (), ConnectResponse(refusal=refused.message))

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
        players = [seat.account_id for seat in placement.spec.seats if seat.account_id]

        async def attempt(unit: Unit) -> Room | None:
            await unit.directory.move(placement.session_id, Stage.LIVE, epoch)
            room = await unit.rooms.get(placement.room_code)
            if room is None:
                return None
            after = rooms.tie_again(room, placement.session_id, players).room
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
            self._bus.publish(ids_of(room), ConnectResponse(refusal=refused.message))

    async def finish_in(self, unit: Unit, placement: Placement, result: Result) -> Room | None:
        """The room after its match or tournament, saved in the report's own transaction. None without such a room.

        The `result` is a match's; a tournament has its own, which is too large to be told to everybody.
        """
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
        self._bus.publish(ids_of(room), ConnectResponse(finished=finished))
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

        async def attempt(unit: Unit) -> tuple[Room, Step] | None:
            room = await load(unit)
            if room is None:
                raise no_room(missing)
            step = _apply(transition, room)
            if step.room is room:
                return None
            await unit.rooms.save(room, step.room)
            return room, step

        changed = await self._committed(attempt)
        if changed is None:
            return None
        before, step = changed
        self._announce(step)
        if before.settings.tournament and before.session_id:
            # Who goes while it is on gives up all that remains.
            for out in step.out:
                await self._tournaments.withdraw(before.session_id, before.member(out.account_id))
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
        for member in room.people:
            organises = placement.tournament and member.account_id == room.host
            entry = self._tickets.entry(placement, member.account_id, member.name, organises=organises)
            self._bus.publish((member.account_id,), ConnectResponse(started=lobby_pb2.Started(entry=entry)))

    def _announce(self, step: Step) -> None:
        for out in step.out:
            message = lobby_pb2.OutOfRoom(code=step.room.code, cause=CAUSES[out.cause])
            self._bus.publish((out.account_id,), ConnectResponse(out_of_room=message))
        self._bus.touch((*ids_of(step.room), *(out.account_id for out in step.out)))
        if not step.closed:
            self._bus.publish(ids_of(step.room), ConnectResponse(room=message_of(step.room)))


def _apply(transition: Callable[[Room], Step], room: Room) -> Step:
    try:
        return transition(room)
    except RoomRefused as refused:
        raise refusal_of(refused) from None
