"""Spectators that stop reading."""

import asyncio
import socket as sockets
from typing import Any, Self

from matchpoint.v1.frames_pb2 import ServerMessage

from tests.support.fakes.gateway_peers import SESSION, UpstreamGameServer, volley
from tests.support.harnesses.gateway import GatewayHarness, heard_frame, hello_message


class StalledClient:
    """A spectator that can stop reading. Its buffer in the kernel is as small as the kernel allows."""

    def __init__(self, gateway: GatewayHarness) -> None:
        self._gateway = gateway
        self._socket = sockets.socket()
        self._buffer = b""

    async def begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2_048)
        self._socket.setblocking(False)
        await loop.sock_connect(self._socket, ("127.0.0.1", self._gateway.port))
        request = (
            f"GET /ws/watch HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {self._gateway.origin}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: matchpoint.v1\r\n\r\n"
        )
        await loop.sock_sendall(self._socket, request.encode())
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += await loop.sock_recv(self._socket, 1_024)
        self._buffer = self._buffer.partition(b"\r\n\r\n")[2]
        hello = hello_message(session_id=SESSION)
        await loop.sock_sendall(self._socket, bytes((0x82, 0x80 | len(hello), 0, 0, 0, 0)) + hello)

    async def message(self) -> tuple[int, bytes]:
        """The next WebSocket frame: opcode and payload."""
        header = await self._read(2)
        size = header[1] if header[1] < 126 else int.from_bytes(await self._read(2))
        return header[0] & 0x0F, await self._read(size)

    async def frame(self) -> ServerMessage:
        while True:
            opcode, payload = await self.message()
            if opcode == 2 and (message := ServerMessage.FromString(payload)).HasField("frame"):
                return message

    async def _read(self, size: int) -> bytes:
        loop = asyncio.get_running_loop()
        while len(self._buffer) < size:
            data = await loop.sock_recv(self._socket, 65_536)
            if not data:
                raise EOFError
            self._buffer += data
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    async def __aenter__(self) -> Self:
        await self.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._socket.close()


async def publish_until_stalled(game_server: UpstreamGameServer, other: Any, volleys: int = 12_000) -> None:
    """More than any buffer on the way holds; the other spectator gets all of it."""
    last = game_server.match.seq + volleys
    while game_server.match.seq < last:
        game_server.match.publish(*(volley(number) for number in range(40)))
        while (await heard_frame(other)).frame.seq != game_server.match.seq:
            pass
