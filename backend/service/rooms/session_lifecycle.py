"""Sessions of rooms: started, created, cancelled, reattached, finished."""

from backend.core import entrants, rooms
from backend.core.room import LastMatch, RefusalCode, Room
from backend.core.serialized import MatchResult
from backend.service.accounts import tokens
from backend.service.bus import Bus
from backend.service.models import Person, SessionRecord, Stage
from backend.service.ports import Clock, Store, Unit
from backend.service.rooms.announcements import RoomAnnouncer, RoomChange, save_step
from backend.service.rooms.limits import RoomLimits
from backend.service.rooms.notifications import CommandRefused, SessionFinished, SessionStarted
from backend.service.rooms.refusals import no_room
from backend.service.rooms.transitions import Load, RoomTransitions, room_with, step_or_refuse
from backend.service.session_specs import TermsReader
from backend.service.sessions.directory import Directory
from backend.service.sessions.session_spec import duel_session, with_latencies
from backend.service.sessions.tickets import Tickets
from backend.service.sessions.tournament_spec import tournament_session
from wire.refusal import Reason, Refused


class SessionLifecycle:
    """Life of a room's match or tournament, from the start to the recorded end, as its room sees it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bus: Bus,
        transitions: RoomTransitions,
        announcer: RoomAnnouncer,
        limits: RoomLimits,
        directory: Directory,
        tickets: Tickets,
        read_terms: TermsReader,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._transitions = transitions
        self._announcer = announcer
        self._limits = limits
        self._directory = directory
        self._tickets = tickets
        self._read_terms = read_terms

    async def start(self, who: Person) -> None:
        """Starts the match or tournament: room and directory are committed together, then the game server is asked.

        If it does not take the session the room is open again and everybody in it is told. Raises Refused.
        """
        self._limits.change(who)
        self._directory.count_start(who.address)
        async with self._store.read() as unit:
            meant = await unit.rooms.current(who.account_id)
        if meant is None:
            raise no_room(RefusalCode.NOT_IN_ROOM)

        # While a game server is waited for the host may go to another room: that one is not started.
        load = room_with(meant.code)
        await self._directory.when_accepting(lambda: self._start(load, who.account_id))

    async def _start(self, load: Load, account_id: str = "") -> None:
        """Starts what `load` finds, in the name of the account or of the host."""
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
            step = step_or_refuse(lambda room: rooms.start(room, account_id or room.host, session_id), room)
            if room.settings.tournament is None:
                spec = duel_session(room)
            else:
                players = [member.account_id for member in room.people if member.playing]
                spec = tournament_session(room, await unit.records.balances(players), self._read_terms)
            spec = with_latencies(spec, known)
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

        change, session = await self._transitions.commit(attempt)
        self._announcer.announce_rooms(change)
        await self.create_session(session)
        # Of one that could not be created it has been told already that it is not on.
        await self._announcer.announce_places(change)

    async def start_due(self) -> None:
        """Starts the tournaments whose time has come; called once a second.

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
            await self._transitions.apply_if_possible(code, entrants.not_started)
            async with self._store.read() as unit:
                present = await unit.rooms.present(code)
            self._bus.publish(present, CommandRefused(refused))

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
        """Gives a session that was believed lost back to its room, if that still waits for it."""
        players = [seat.account_id for seat in session.spec.seats if seat.account_id]

        async def attempt(unit: Unit) -> RoomChange | None:
            await unit.directory.set_stage(session.session_id, Stage.LIVE, epoch)
            room = await unit.rooms.get(session.room_code)
            if room is None:
                return None
            step = rooms.reattach(room, session.session_id, players)
            return None if step.room is room else await save_step(unit, room, step)

        change = await self._transitions.commit(attempt)
        if change is not None:
            await self._announcer.announce(change)
            self._announce_started(change.step.room, session)

    async def cancel(self, session: SessionRecord, refused: Refused) -> None:
        """Opens the room again after a session that did not start or was lost, and tells its members the reason."""
        try:
            change = await self._transitions.apply(
                room_with(session.room_code), lambda room: rooms.cancel(room, session.session_id, self._clock.unix_ms())
            )
        except Refused:
            return  # The room is gone.
        if change is not None:
            self._bus.publish(change.present, CommandRefused(refused))

    async def finish_in(self, unit: Unit, session: SessionRecord, result: MatchResult) -> RoomChange | None:
        """Saves the end of a room's match or tournament in the report's own transaction. None without such a room.

        The `result` is a match's; that of a tournament is too large to be told to everybody, and is empty here.
        """
        room = await unit.rooms.get(session.room_code) if session.room_code else None
        if room is None or room.session_id != session.session_id:
            return None
        last = LastMatch(session.session_id, result)
        return await save_step(unit, room, rooms.finish(room, last, self._clock.unix_ms()))

    async def announce_finished(self, change: RoomChange, session_id: str) -> None:
        """Announces the end, once the report is committed."""
        self._bus.publish(change.step.room.account_ids, SessionFinished(session_id))
        await self._announcer.announce(change)

    def _announce_started(self, room: Room, session: SessionRecord) -> None:
        for member in room.people:
            organises = session.tournament and member.account_id == room.host
            entry = self._tickets.entry(session, member.account_id, member.name, organises=organises)
            self._bus.publish((member.account_id,), SessionStarted(entry, room.code))
