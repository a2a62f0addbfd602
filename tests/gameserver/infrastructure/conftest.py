"""A real game server on a free port, behind a backend that stands in."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    CreateSessionResponse,
    Origin,
    SeatSpec,
    SessionSpec,
)

from gameserver.app import GameServer
from gameserver.config import Config
from gameserver.domain.timing import STANDARD, Timing
from gameserver.sessions.duel import DuelSession
from gameserver.sessions.runner import MatchRunner
from tests.gameserver.standins import SERVER, SERVICE_TOKEN, Backend, Gateway

SESSION = "session-0123456789abcd"


def duel(
    *, points: int = 1, join_within_s: int = 30, bots: int = 0, origin: Origin.ValueType = Origin.ORIGIN_ROOM
) -> SessionSpec:
    """Ann against Ben, or as many bots from the right."""
    seats = [SeatSpec(seat=0, name="Ann", account_id="ann"), SeatSpec(seat=1, name="Ben", account_id="ben")]
    for seat in seats[2 - bots :]:
        seat.account_id = ""
        seat.bot = BotStrength.BOT_STRENGTH_MEDIUM
    return SessionSpec(
        origin=origin,
        ruleset=Ruleset(points_to_win=points),
        seats=seats,
        seed=7,
        join_within_s=join_within_s,
        public=True,
    )


class World:
    """The game server under test, and who talks to it."""

    def __init__(self, server: GameServer, port: int, backend: Backend, data: Path) -> None:
        self.server = server
        self.port = port
        self.backend = backend
        self.journals = data / "journals"
        self.gateway = Gateway(port)
        self._stopped = False

    async def stop(self) -> None:
        """Ends the server, once."""
        if not self._stopped:
            self._stopped = True
            await self.server.stop()

    def live(self, session_id: str = SESSION) -> MatchRunner:
        """A duel inside the server."""
        duel = self.server.registry.sessions[session_id]
        assert isinstance(duel, DuelSession)
        return duel.runner

    async def create(self, spec: SessionSpec, session_id: str = SESSION) -> CreateSessionResponse:
        request = CreateSessionRequest(session_id=session_id, spec=spec)
        return await self.gateway.stub.CreateSession(request, metadata=self.gateway.metadata)


Worlds = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
async def backend(anyio_backend: str) -> AsyncIterator[Backend]:
    backend = Backend()  # type: ignore[abstract]  # what is not there is UNIMPLEMENTED
    await backend.start()
    yield backend
    await backend.stop()


@pytest.fixture
def timing() -> Timing:
    """Waits of the servers of a test; a module with others has a fixture of this name."""
    return STANDARD


@pytest.fixture
def worlds(backend: Backend, tmp_path: Path, timing: Timing) -> Worlds:
    """Starts game servers on the same data, one after the other."""

    @asynccontextmanager
    async def world(*, capacity: int = 10, registered: bool = True) -> AsyncIterator[World]:
        config = Config(
            host="127.0.0.1",
            port=0,
            backend=f"127.0.0.1:{backend.port}",
            server=SERVER,
            capacity=capacity,
            journals=tmp_path / "journals",
            log_level="INFO",
            service_token=SERVICE_TOKEN,
        )
        server = GameServer(config, timing)
        port = await server.start()
        if registered:
            await backend.hellos.get()
            await backend.heartbeats.get()
        world = World(server, port, backend, tmp_path)
        try:
            yield world
        finally:
            await world.gateway.close()
            await world.stop()

    return world


@pytest.fixture
async def world(worlds: Worlds) -> AsyncIterator[World]:
    async with worlds() as world:
        yield world
