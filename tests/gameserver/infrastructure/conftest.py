"""A real game server on a free port, behind a backend that stands in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gameserver.app import GameServer
from gameserver.config import Config
from gameserver.domain.timing import STANDARD, Timing
from tests.support.fakes.gameserver_peers import SERVER, SERVICE_TOKEN, FleetBackend
from tests.support.harnesses.gameserver import GameServerHarness, StartGameServer


@pytest.fixture
async def backend(anyio_backend: str) -> AsyncIterator[FleetBackend]:
    backend = FleetBackend()  # type: ignore[abstract]  # what is not there is UNIMPLEMENTED
    await backend.start()
    yield backend
    await backend.stop()


@pytest.fixture
def timing() -> Timing:
    """Waits of the servers of a test; a module with others has a fixture of this name."""
    return STANDARD


@pytest.fixture
def worlds(backend: FleetBackend, tmp_path: Path, timing: Timing) -> StartGameServer:
    """Starts game servers on the same data, one after the other."""

    @asynccontextmanager
    async def world(*, capacity: int = 10, registered: bool = True) -> AsyncIterator[GameServerHarness]:
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
        world = GameServerHarness(server, port, backend, tmp_path)
        try:
            yield world
        finally:
            await world.gateway.close()
            await world.stop()

    return world


@pytest.fixture
async def world(worlds: StartGameServer) -> AsyncIterator[GameServerHarness]:
    async with worlds() as world:
        yield world
