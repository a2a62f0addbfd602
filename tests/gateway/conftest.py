"""A real gateway on a free port, in front of stand-ins on theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.app import serving
from gateway.config import Config
from gateway.http.pages import Pages
from gateway.http.server import listen
from tests.support.event_loops import ON_UVLOOP, AnyioBackend
from tests.support.fakes.gateway_peers import SERVICE_TOKEN, UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import GatewayHarness, Start


@pytest.fixture(scope="session")
def anyio_backend() -> AnyioBackend:
    """On uvloop, as the gateway runs."""
    return ON_UVLOOP


@pytest.fixture
async def backend(anyio_backend: object) -> AsyncIterator[UpstreamBackend]:
    backend = UpstreamBackend()  # type: ignore[abstract]  # the other methods stay UNIMPLEMENTED
    await backend.start()
    yield backend
    await backend.server.stop(0)


@pytest.fixture
async def game_server(anyio_backend: object) -> AsyncIterator[UpstreamGameServer]:
    game_server = UpstreamGameServer()  # type: ignore[abstract]
    await game_server.start()
    yield game_server
    await game_server.server.stop(0)


@pytest.fixture
def start(backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path) -> Start:
    """Starts gateways with other settings."""
    backend.game_server_address = game_server.address
    pages = tmp_path / "static"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html><title>Matchpoint</title>")
    (pages / "app-0123456789.js").write_text("export {};" * 100)
    (tmp_path / "service.token").write_text("not a page")

    @asynccontextmanager
    async def begin(**changes: Any) -> AsyncIterator[GatewayHarness]:
        config = replace(
            Config(
                backend_address=backend.address,
                service_token=SERVICE_TOKEN,
                hello_within_s=2.0,
                linger_s=0.1,
                give_up_s=2.0,
                openings_per_second=1_000,
            ),
            **changes,
        )
        async with (
            serving(config, listen("127.0.0.1", 0), Pages(pages)) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http,
        ):
            http.headers["origin"] = f"http://127.0.0.1:{port}"
            yield GatewayHarness(port, http)

    return begin


@pytest.fixture
async def gateway(start: Start) -> AsyncIterator[GatewayHarness]:
    async with start() as gateway:
        yield gateway
