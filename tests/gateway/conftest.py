"""A real gateway on a free port, in front of stand-ins on theirs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from matchpoint.v1.frames_pb2 import ClientMessage, Follow, Hello, Position, ServerMessage
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from gateway.app import serving
from gateway.config import Config
from gateway.http.pages import Pages
from gateway.http.server import listen
from tests.gateway.standins import PERSON_TOKEN, SERVICE_TOKEN, SESSION, Backend, GameServer

WITHIN_S = 5.0


@dataclass
class Gateway:
    """The gateway under test, and how to talk to it."""

    port: int
    http: httpx.AsyncClient

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def socket(
        self, path: str, *, origin: str | None = "", subprotocol: str | None = "matchpoint.v1", token: str = ""
    ) -> websockets.connect:
        spoken = [Subprotocol(subprotocol)] if subprotocol else None
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}{path}",
            origin=Origin(self.origin) if origin == "" else (Origin(origin) if origin else None),
            subprotocols=spoken,
            additional_headers={"cookie": f"matchpoint={token}"} if token else None,
            proxy=None,
            compression=None,
        )

    def lobby(self, *, subprotocol: str = "matchpoint.v1") -> AbstractAsyncContextManager[ClientConnection]:
        return self.socket("/ws/lobby", subprotocol=subprotocol, token=PERSON_TOKEN)

    @asynccontextmanager
    async def watch(self, after: Position | None = None, **hello: Any) -> AsyncIterator[ClientConnection]:
        """A spectator that is let in."""
        async with self.socket("/ws/watch") as socket:
            hello.setdefault("session_id", SESSION)
            if after:
                hello["follow"] = [Follow(topic=1, after=after)]
            await socket.send(hello_message(**hello))
            yield socket

    @asynccontextmanager
    async def play(self, ticket: str) -> AsyncIterator[ClientConnection]:
        """A player that has said hello."""
        async with self.socket("/ws/play") as socket:
            await socket.send(hello_message(ticket=ticket))
            yield socket


def hello_message(**fields: Any) -> bytes:
    fields.setdefault("protocol", 1)
    return ClientMessage(hello=Hello(**fields)).SerializeToString()


async def heard(socket: ClientConnection) -> ServerMessage:
    """The next message."""
    async with asyncio.timeout(WITHIN_S):
        message = await socket.recv()
    assert isinstance(message, bytes)
    return ServerMessage.FromString(message)


async def heard_frame(socket: ClientConnection) -> ServerMessage:
    """The next frame; counts of viewers are passed over."""
    while True:
        message = await heard(socket)
        if message.HasField("frame"):
            return message
        assert message.WhichOneof("body") in ("viewers", "joined"), message


async def close_code(socket: ClientConnection) -> int | None:
    """Reads until the gateway closes the connection, and returns the close code."""
    async with asyncio.timeout(WITHIN_S):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """On uvloop, as the gateway runs."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def backend(anyio_backend: object) -> AsyncIterator[Backend]:
    backend = Backend()  # type: ignore[abstract]  # the other methods stay UNIMPLEMENTED
    await backend.start()
    yield backend
    await backend.server.stop(0)


@pytest.fixture
async def game_server(anyio_backend: object) -> AsyncIterator[GameServer]:
    game_server = GameServer()  # type: ignore[abstract]
    await game_server.start()
    yield game_server
    await game_server.server.stop(0)


Start = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
def start(backend: Backend, game_server: GameServer, tmp_path: Path) -> Start:
    """Starts gateways with other settings."""
    backend.game_server_address = game_server.address
    pages = tmp_path / "static"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html><title>Matchpoint</title>")
    (pages / "app-0123456789.js").write_text("export {};" * 100)
    (tmp_path / "service.token").write_text("not a page")

    @asynccontextmanager
    async def begin(**changes: Any) -> AsyncIterator[Gateway]:
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
            yield Gateway(port, http)

    return begin


@pytest.fixture
async def gateway(start: Start) -> AsyncIterator[Gateway]:
    async with start() as gateway:
        yield gateway
