"""A real gateway as its clients reach it, and what they hear."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import websockets
from matchpoint.v1.frames_pb2 import ClientMessage, Follow, Hello, Position, ServerMessage
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tests.support.fakes.gateway_peers import PERSON_TOKEN, SESSION

WITHIN_S = 5.0


@dataclass
class GatewayHarness:
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


Start = Callable[..., AbstractAsyncContextManager[GatewayHarness]]
