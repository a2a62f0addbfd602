"""Connections that send bytes no browser would send, as fast as they are taken."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from websockets.frames import Opcode

from tests.support.fakes.gateway_peers import PERSON_TOKEN
from tests.support.harnesses.gateway import WITHIN_S, GatewayHarness

EMPTY_MASK: Final = bytes(4)


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A masked frame of a client."""
    size = len(payload)
    head = bytes((opcode | (0x80 if fin else 0), 0x80 | (size if size < 126 else 126)))
    return head + (size.to_bytes(2) if size >= 126 else b"") + EMPTY_MASK + payload


@dataclass
class Flooder:
    """A connection after its handshake, without a library in between."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def pour(self, data: bytes) -> None:
        """Sends it all, for as long as the other end takes it."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def close_code(self) -> int | None:
        """Reads until the gateway closes the connection; None when it ends without a close frame."""
        async with asyncio.timeout(2 * WITHIN_S):
            try:
                while True:
                    opcode, payload = await self._frame()
                    if opcode == Opcode.CLOSE:
                        return int.from_bytes(payload[:2]) if payload else 1005
            except (asyncio.IncompleteReadError, ConnectionError):
                return None

    async def _frame(self) -> tuple[int, bytes]:
        head = await self.reader.readexactly(2)
        size = head[1] if head[1] < 126 else int.from_bytes(await self.reader.readexactly(2))
        return head[0] & 0x0F, await self.reader.readexactly(size)


@asynccontextmanager
async def flooder(gateway: GatewayHarness, path: str) -> AsyncIterator[Flooder]:
    """A connection that has been let in by HTTP, and has said nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    try:
        writer.write(
            (
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nOrigin: {gateway.origin}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"Sec-WebSocket-Version: 13\r\nCookie: matchpoint={PERSON_TOKEN}\r\n"
                "Sec-WebSocket-Protocol: matchpoint.v1\r\n\r\n"
            ).encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        yield Flooder(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
