"""Rooms: the rules of `core.rooms`, kept in the store and announced on the bus."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectResponse
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import Origin, SeatSpec

from backend.core import doors, entrants, places, rooms
from backend.core.places import STAYING, Leaving
from backend.core.room import CAPACITY, LastMatch, RefusalCode, Room, RoomRefused, Settings, Step
from backend.service.accounts import tokens
from backend.service.limits import Limits
from backend.service.models import Account, Person, SessionRecord, Stage
from backend.service.ports import Bus, Clock, Store, Unit
from backend.service.repositories import CodeTaken, InAnotherRoom, RoomRevisionConflict
from backend.service.rooms.announcements import RoomAnnouncer, RoomChange, save_step
from backend.service.rooms.limits import RoomLimits
from backend.service.rooms.messages import ids_of, in_another_room, no_room, refusal_of
from backend.service.sessions.directory import Directory
from backend.service.sessions.latency_history import set_latencies
from backend.service.sessions.session_spec import session_spec
from backend.service.sessions.tickets import Tickets
from backend.service.sessions.tournament_spec import tournament_session
from backend.service.sessions.tournaments import Tournaments
from wire.refusal import Refused

T = TypeVar("T")
Load = Callable[[Unit], Awaitable[Room | None]]

TRIES: Final = 2 * CAPACITY
"""Attempts at a command whose room changes at the same moment. Each time another one has succeeded, and no more than
CAPACITY members can be faster."""


class Rooms:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        bus: Bus,
        directory: Directory,
        tickets: Tickets,
        tournaments: Tournaments,
        limits: Limits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._directory = directory
        self._tickets = tickets
        self._tournaments = tournaments
        self._announcer = RoomAnnouncer(store, clock, bus)
        self._allowed = RoomLimits(limits, clock)

    async def current(self, account_id: str) -> Room | None:
        """The room in which the account is now."""
        async with self._store.read() as unit:
            return await unit.rooms.current(account_id)

    async def places(self, account_id: str) -> lobby_pb2.Places:
        """Every place that the account has in a room."""
        return await self._announcer.places(account_id)

    async def open_room(self, who: Person, settings: Settings) -> None:
        """The account is there then. Raises Refused: in another room for duels, or in too many for tournaments."""
        self._allowed.open(who)
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
        """By code, or back to a place that the account has there. It is there then.

        The room that is given up for it is left in the same transaction, so not at all when this one cannot be entered.
        Raises Refused: unknown, full, started, locked, put out, in another room for duels, in too many for tournaments;
        or knocked, and the host is asked.
        """
        code = _code(typed)
        self._allowed.guess(who)
        counted = self._allowed.change(who)
        knocked: list[RoomRefused] = []

        async def attempt(unit: Unit) -> Sequence[RoomChange]:
            knocked.clear()
            room = await unit.rooms.get(code)
            if room is None:
                self._allowed.guessed_wrong(who)
                raise no_room(RefusalCode.UNKNOWN)
            self._allowed.change_room(who, code, counted)
            account = who.account
            try:
                step = rooms.join(room, account.account_id, account.name, who.address, guest=account.guest)
            except RoomRefused as refused:
                if refused.code is not RefusalCode.KNOCKED:
                    raise refusal_of(refused) from None
                knocked.append(refused)
                if room.host in await unit.friends.blockers(account.account_id):
                    return []  # The host is not to hear of them, nor they of that.
                step = _apply(lambda room: doors.knock(room, account.account_id, account.name, who.address), room)
                return [] if step.room is room else [await save_step(unit, room, step)]
            return await _arrive(unit, who.account_id, room, step, leaving)

        await self._enter(attempt)
        if knocked:
            raise refusal_of(knocked[0])

    async def give_new_code(self, who: Person) -> None:
        """The host's room has another code. Raises Refused."""
        for _ in range(TRIES):
            code = tokens.new_code()
            try:
                await self.change(who, lambda room, code=code: doors.new_code(room, who.account_id, code))  # type: ignore[misc]
            except CodeTaken:
                continue
            return

    async def admit(self, who: Person, account_id: str) -> None:
        """Somebody is invited into the room in which the account is now: see `doors.admit`. Raises Refused."""
        await self.change(who, lambda room: doors.admit(room, who.account_id, account_id))

    async def room_codes_of(self, account_id: str) -> Sequence[str]:
        """The codes of the rooms in which the account has a place."""
        async with self._store.read() as unit:
            return [place.room.code for place in await unit.rooms.places((account_id,))]

    async def leave(self, account_id: str, typed: str) -> None:
        """By code, or the room in which the account is now. Raises Refused."""
        code = _code(typed) if typed else ""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(code) if code else await unit.rooms.current(account_id)

        await self._change(load, lambda room: rooms.leave(room, account_id), RefusalCode.NOT_IN_ROOM)

    async def change(self, who: Person, transition: Callable[[Room], Step]) -> None:
        """Applies a transition to the room in which the account is now. Raises Refused."""
        counted = self._allowed.change(who)

        async def load(unit: Unit) -> Room | None:
            room = await unit.rooms.current(who.account_id)
            if room is not None:
                self._allowed.change_room(who, room.code, counted)
            return room

        await self._change(load, transition, RefusalCode.NOT_IN_ROOM, by=who.account_id)

    async def say(self, who: Person, text: str) -> None:
        """To all who are in the room now and have not blocked the speaker. Nothing of it is kept. Raises Refused."""
        account_id = who.account_id
        counted = self._allowed.speak(who)
        async with self._store.read() as unit:
            room = await unit.rooms.current(account_id)
            if room is None:
                raise no_room(RefusalCode.NOT_IN_ROOM)
            self._allowed.speak_in(who, room.code, counted)
            present = await unit.rooms.present(room.code)
            blocked_by = await unit.friends.blockers(account_id)
        said = lobby_pb2.Said(
            account_id=account_id,
            name=room.member(account_id).name,
            text=text,
            unix_ms=self._clock.unix_ms(),
            room_code=room.code,
        )
        self._bus.publish((other for other in present if other not in blocked_by), ConnectResponse(said=said))

    async def start(self, who: Person) -> None:
        """Starts the match or tournament: room and directory are committed together, then the game server is asked.

        If it does not take the session the room is open again and everybody in it is told. Raises Refused.
        """
        self._allowed.change(who)
        self._directory.count_start(who.address)
        meant = await self.current(who.account_id)
        if meant is None:
            raise no_room(RefusalCode.NOT_IN_ROOM)

        async def load(unit: Unit) -> Room | None:
            # While a game server was waited for the host may have gone to another room: that one is not started.
            return await unit.rooms.get(meant.code)

        await self._directory.when_accepting(lambda: self._start(load, who.account_id))

    async def _start(self, load: Load, account_id: str = "") -> None:
        """By somebody, or without one by the host."""
        session_id = tokens.new_session_id()
        async with self._store.read() as unit:
            room = await load(unit)
        known = await self._directory.latencies(
            {member.account_id: member.address for member in room.people} if room else {}
        )

        async def attempt(unit: Unit) -> tuple[RoomChange, SessionRecord]:
            room = await load(unit)
            if room is None:
                raise no_room(RefusalCode.NOT_IN_ROOM)
            step = _apply(lambda room: rooms.start(room, account_id or room.host, session_id), room)
            if room.settings.tournament is None:
                seats = [SeatSpec(seat=m.seat or 0, account_id=m.account_id, name=m.name) for m in room.seated]
                spec = session_spec(Origin.ORIGIN_ROOM, room.settings.ruleset, seats)
            else:
                players = [member.account_id for member in room.people if member.playing]
                spec = tournament_session(room, await unit.records.balances(players))
            set_latencies(spec, known)
            address = room.member(room.host).address
            await self._directory.admit(unit, spec, room.host, address)
            session = self._directory.new_session(
                spec,
                listed=not room.settings.unlisted,
                account_id=room.host,
                room_code=room.code,
                session_id=session_id,
                address=address,
            )
            await unit.directory.add(session)
            return await save_step(unit, room, step), session

        change, session = await self._committed(attempt)
        self._announcer.announce_rooms(change)
        await self.create_session(session)
        # Of one that could not be created it has been told already that it is not on.
        await self._announcer.announce_places(change)

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
                present = await unit.rooms.present(code)
            self._bus.publish(present, ConnectResponse(refusal=refused.message))

    async def create_session(self, session: SessionRecord) -> None:
        """Has the session of a room created, and tells the members how that went. Raises Refused."""
        try:
            await self._directory.create(session)
        except Refused as refused:
            await self.cancel(session, refused)
            raise
        async with self._store.read() as unit:
            room = await unit.rooms.get(session.room_code)
        if room is not None:
            self._announce_started(room, session)

    async def reattach(self, session: SessionRecord, epoch: int) -> None:
        """The session of a room was believed lost, and is on: the room has it back if it still waits for it."""
        players = [seat.account_id for seat in session.spec.seats if seat.account_id]

        async def attempt(unit: Unit) -> RoomChange | None:
            await unit.directory.set_stage(session.session_id, Stage.LIVE, epoch)
            room = await unit.rooms.get(session.room_code)
            if room is None:
                return None
            step = rooms.reattach(room, session.session_id, players)
            return None if step.room is room else await save_step(unit, room, step)

        change = await self._committed(attempt)
        if change is not None:
            await self._announcer.announce(change)
            self._announce_started(change.step.room, session)

    async def cancel(self, session: SessionRecord, refused: Refused) -> None:
        """The match did not start, or was lost: the room is open again, and its members are told why."""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(session.room_code)

        try:
            change = await self._change(
                load, lambda room: rooms.cancel(room, session.session_id, self._clock.unix_ms())
            )
        except Refused:
            return  # The room is gone.
        if change is not None:
            self._bus.publish(change.present, ConnectResponse(refusal=refused.message))

    async def finish_in(self, unit: Unit, session: SessionRecord, result: Result) -> RoomChange | None:
        """The end of its match or tournament, saved in the report's own transaction. None without such a room.

        The `result` is a match's; a tournament has its own, which is too large to be told to everybody.
        """
        room = await unit.rooms.get(session.room_code) if session.room_code else None
        if room is None or room.session_id != session.session_id:
            return None
        brief = Result()
        brief.CopyFrom(result)
        brief.ClearField("stats")
        last = LastMatch(session.session_id, brief.SerializeToString())
        return await save_step(unit, room, rooms.finish(room, last, self._clock.unix_ms()))

    async def announce_finished(self, change: RoomChange, session_id: str) -> None:
        """To be called once the report is committed."""
        finished = lobby_pb2.Finished(session_id=session_id)
        self._bus.publish(ids_of(change.step.room), ConnectResponse(finished=finished))
        await self._announcer.announce(change)

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
        await self._everywhere(account_id, lambda room: rooms.drop(room, account_id, self._clock.unix_ms()))

    async def back(self, account_id: str) -> None:
        """The account has a connection again."""
        await self._everywhere(account_id, lambda room: rooms.back(room, account_id))

    async def rename(self, account: Account) -> None:
        """The account has another name."""
        await self._everywhere(account.account_id, lambda room: rooms.rename(room, account.account_id, account.name))

    async def _everywhere(self, account_id: str, transition: Callable[[Room], Step]) -> None:
        """A change in each room in which the account has a place."""
        async with self._store.read() as unit:
            held = await unit.rooms.places((account_id,))
        for place in held:
            # What is to change is seen without the writer's time, which is everybody's.
            if transition(place.room).room is not place.room:
                await self._sweep_room(place.room.code, transition)

    async def _sweep_room(self, code: str, transition: Callable[[Room], Step]) -> None:
        """A change that nobody asked for: if the room is gone, or changed so that it no longer applies, so be it."""

        async def load(unit: Unit) -> Room | None:
            return await unit.rooms.get(code)

        try:
            await self._change(load, transition)
        except Refused:
            return

    async def _enter(self, attempt: Callable[[Unit], Awaitable[Sequence[RoomChange]]]) -> None:
        """Carries out what makes an account go into a room. Raises Refused."""
        try:
            changes = await self._committed(attempt)
        except InAnotherRoom:
            raise in_another_room() from None
        if changes and (arrived := changes[-1]).by:
            self._announcer.moved(arrived.by, arrived.step.room.code)
        await self._announcer.announce(*changes)

    async def _change(
        self, load: Load, transition: Callable[[Room], Step], missing: RefusalCode = RefusalCode.UNKNOWN, by: str = ""
    ) -> RoomChange | None:
        """Applies a transition, which somebody wants or nobody.

        Returns what came of it, or None when there was nothing to change. Raises Refused.
        """

        async def attempt(unit: Unit) -> tuple[Room, RoomChange] | None:
            room = await load(unit)
            if room is None:
                raise no_room(missing)
            step = _apply(transition, room)
            return None if step.room is room else (room, await save_step(unit, room, step, by))

        changed = await self._committed(attempt)
        if changed is None:
            return None
        before, change = changed
        await self._announcer.announce(change)
        if before.settings.tournament and before.session_id:
            # Who goes while it is on gives up all that remains.
            for departure in change.step.departures:
                await self._tournaments.withdraw(before.session_id, before.member(departure.account_id))
        return change

    async def _committed(self, attempt: Callable[[Unit], Awaitable[T]]) -> T:
        """Makes an attempt in one transaction.

        SQLite lets one writer in at a time. With a database that lets in several, or with several backends, somebody
        else may be faster; then it is begun again. Raises Refused.
        """
        for _ in range(TRIES):
            try:
                async with self._store.write() as unit:
                    return await attempt(unit)
            except RoomRevisionConflict:
                continue
        raise Refused(Reason.REASON_ROOM_CHANGED, "The room changed at the same moment; look at it and try again.")

    def _announce_started(self, room: Room, session: SessionRecord) -> None:
        for member in room.people:
            organises = session.tournament and member.account_id == room.host
            entry = self._tickets.entry(session, member.account_id, member.name, organises=organises)
            started = lobby_pb2.Started(entry=entry, room_code=room.code)
            self._bus.publish((member.account_id,), ConnectResponse(started=started))


async def _arrive(
    unit: Unit, account_id: str, before: Room | None, step: Step, leaving: Leaving = STAYING
) -> Sequence[RoomChange]:
    """The account goes into a room, which is a new one if there is none before the step."""
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
    # Who comes back to a place is shown the room; to the others there it is as it was.
    present = (account_id,) if room is before else await unit.rooms.present(room.code)
    return [*changes, RoomChange(step, present, {account_id, *places.changed(before, room)}, by=account_id)]


def _code(typed: str) -> str:
    try:
        return rooms.normal_code(typed)
    except RoomRefused as refused:
        raise refusal_of(refused) from None


def _apply(transition: Callable[[Room], Step], room: Room) -> Step:
    try:
        return transition(room)
    except RoomRefused as refused:
        raise refusal_of(refused) from None
