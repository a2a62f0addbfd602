"""Reconciliation of the session directory with the sessions that game servers hold."""

from collections.abc import Iterable

import structlog

from backend.service.models import SessionRecord, Stage
from backend.service.ports import Clock, GameServers, GameServerUnreachable, Store
from backend.service.rooms.session_lifecycle import SessionLifecycle
from backend.service.session_specs import Origin
from backend.service.sessions.directory import Directory
from backend.service.sessions.fleet import Fleet
from wire.refusal import Reason, Refused

log = structlog.get_logger("reconciler")


class SessionReconciler:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        fleet: Fleet,
        game_servers: GameServers,
        directory: Directory,
        lifecycle: SessionLifecycle,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fleet = fleet
        self._game_servers = game_servers
        self._directory = directory
        self._lifecycle = lifecycle
        self._since_s = clock.monotonic_s()

    async def reconcile(self, server: str, address: str, held: Iterable[str], *, restarted: bool) -> None:
        """Corrects the directory by the sessions that a server says it holds."""
        holding = set(held)
        async with self._store.read() as unit:
            sessions = await unit.directory.on_server(server)
        for session in sessions:
            if session.session_id in holding:
                await self._keep(session, restarted=restarted)
            elif session.stage is Stage.CREATING:
                await self._create_again(session)
            elif session.stage is Stage.LIVE and await self._is_lost(address, session):
                await self._lose(session)
        await self.adopt(server, address, holding - {session.session_id for session in sessions})

    async def adopt(self, server: str, address: str, session_ids: Iterable[str]) -> None:
        """Adds sessions that an operator made on the game server itself, so that they can be watched."""
        for session_id in session_ids:
            async with self._store.read() as unit:
                if await unit.directory.get(session_id) is not None:
                    continue
            try:
                spec = await self._game_servers.spec_of(address, session_id)
            except GameServerUnreachable:
                continue
            if spec is None or spec.origin is not Origin.SERVICE:
                continue
            session = SessionRecord.of_operator(session_id, server, spec, self._clock.unix_ms())
            async with self._store.write() as unit:
                # Its report may have been faster.
                if await unit.directory.get(session_id) is None:
                    await unit.directory.add(session)

    async def _keep(self, session: SessionRecord, *, restarted: bool) -> None:
        """Notes that the server holds it, in the next epoch if it was restarted; a session believed lost is back."""
        if not restarted and session.stage is Stage.LIVE:
            return
        epoch = session.epoch + 1 if restarted else session.epoch
        if session.stage is Stage.LOST and session.room_code:
            await self._lifecycle.reattach(session, epoch)
        else:
            async with self._store.write() as unit:
                await unit.directory.set_stage(session.session_id, Stage.LIVE, epoch)
        self._directory.notify_players(session)

    async def _create_again(self, session: SessionRecord) -> None:
        """Repeats a start that a restart of this backend cut short: the same request to the same server."""
        try:
            if session.room_code:
                await self._lifecycle.create_session(session)
            else:
                await self._directory.create(session)
        except Refused as refused:
            log.warning("session not created", session_id=session.session_id, sentence=refused.sentence)

    async def _is_lost(self, address: str, session: SessionRecord) -> bool:
        """Asks the server again, since the session may have been created after it wrote its hello."""
        try:
            return await self._game_servers.spec_of(address, session.session_id) is None
        except GameServerUnreachable:
            return False

    async def lose_silent(self) -> None:
        """Loses the sessions of servers whose lease has run out."""
        async with self._store.read() as unit:
            servers = await unit.directory.servers_with_sessions()
        for server in self._fleet.silent(servers, self._since_s):
            async with self._store.read() as unit:
                sessions = await unit.directory.on_server(server)
            for session in sessions:
                if session.on:
                    await self._lose(session)

    async def _lose(self, session: SessionRecord) -> None:
        log.warning("session lost", session_id=session.session_id, server=session.server)
        async with self._store.write() as unit:
            await unit.directory.set_stage(session.session_id, Stage.LOST)
        self._fleet.forget(session.session_id)
        self._directory.notify_players(session)
        if session.room_code:
            refused = Refused(
                Reason.REASON_SERVER_UNAVAILABLE, "The match was lost with its game server; start another one."
            )
            await self._lifecycle.cancel(session, refused)
