"""Roll call: what game servers hold is compared with what the directory believes."""

from collections.abc import Iterable

import structlog
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin

from backend.service.models import Placement, Stage
from backend.service.ports import Clock, GameServers, NoAnswer, Store
from backend.service.rooms.rooms import Rooms
from backend.service.sessions.directory import Directory
from backend.service.sessions.fleet import Fleet
from wire.refusal import Refused

log = structlog.get_logger("rollcall")


class RollCall:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        fleet: Fleet,
        game_servers: GameServers,
        directory: Directory,
        rooms: Rooms,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fleet = fleet
        self._game_servers = game_servers
        self._directory = directory
        self._rooms = rooms
        self._since_s = clock.monotonic_s()

    async def reconcile(self, server: str, address: str, held: Iterable[str], *, restarted: bool) -> None:
        """A server has said which sessions it holds: what the directory believes otherwise is put right."""
        holding = set(held)
        async with self._store.read() as unit:
            placements = await unit.directory.on_server(server)
        for placement in placements:
            if placement.session_id in holding:
                await self._keep(placement, restarted=restarted)
            elif placement.stage is Stage.CREATING:
                await self._create_again(placement)
            elif placement.stage is Stage.LIVE and await self._is_lost(address, placement):
                await self._lose(placement)
        await self.adopt(server, address, holding - {placement.session_id for placement in placements})

    async def adopt(self, server: str, address: str, session_ids: Iterable[str]) -> None:
        """Sessions that an operator made on the game server itself enter the directory, so that they can be watched."""
        for session_id in session_ids:
            async with self._store.read() as unit:
                if await unit.directory.get(session_id) is not None:
                    continue
            try:
                spec = await self._game_servers.spec_of(address, session_id)
            except NoAnswer:
                continue
            if spec is None or spec.origin != Origin.ORIGIN_SERVICE:
                continue
            placement = Placement.of_operator(session_id, server, spec, self._clock.unix_ms())
            async with self._store.write() as unit:
                # Its report may have been faster.
                if await unit.directory.get(session_id) is None:
                    await unit.directory.add(placement)

    async def _keep(self, placement: Placement, *, restarted: bool) -> None:
        """The server holds it, in the next epoch if it was restarted; a session believed lost is back."""
        if not restarted and placement.stage is Stage.LIVE:
            return
        epoch = placement.epoch + 1 if restarted else placement.epoch
        if placement.stage is Stage.LOST and placement.room_code:
            await self._rooms.tie_again(placement, epoch)
        else:
            async with self._store.write() as unit:
                await unit.directory.move(placement.session_id, Stage.LIVE, epoch)
        self._directory.touch(placement)

    async def _create_again(self, placement: Placement) -> None:
        """The start was cut short by a restart of this backend: the same request goes to the same server."""
        try:
            if placement.room_code:
                await self._rooms.create_session(placement)
            else:
                await self._directory.create(placement)
        except Refused as refused:
            log.warning("session not created", session_id=placement.session_id, sentence=refused.sentence)

    async def _is_lost(self, address: str, placement: Placement) -> bool:
        """Asked again, since the session may have been created after the server wrote its hello."""
        try:
            return await self._game_servers.spec_of(address, placement.session_id) is None
        except NoAnswer:
            return False

    async def lose_silent(self) -> None:
        """The sessions of servers whose lease has run out are lost."""
        async with self._store.read() as unit:
            servers = await unit.directory.servers_with_sessions()
        for server in self._fleet.silent(servers, self._since_s):
            async with self._store.read() as unit:
                placements = await unit.directory.on_server(server)
            for placement in placements:
                if placement.on:
                    await self._lose(placement)

    async def _lose(self, placement: Placement) -> None:
        log.warning("session lost", session_id=placement.session_id, server=placement.server)
        async with self._store.write() as unit:
            await unit.directory.move(placement.session_id, Stage.LOST)
        self._fleet.forget(placement.session_id)
        self._directory.touch(placement)
        if placement.room_code:
            refused = Refused(
                Reason.REASON_SERVER_UNAVAILABLE, "The match was lost with its game server; start another one."
            )
            await self._rooms.call_off(placement, refused)
