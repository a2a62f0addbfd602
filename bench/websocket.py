"""A client's WebSocket that costs little: no extensions, short messages, one call per message."""

import asyncio
import base64
import os
import struct

from matchpoint.v1.frames_pb2 import ClientMessage, Hello, ServerMessage


class Connection(asyncio.Protocol):
    """One connection to the gateway at `host` (host:port), to /ws/play or /ws/watch."""

    def __init__(self, host: str, path: str, hello: Hello) -> None:
        """Says `hello` as soon as it stands."""
        #: Why it is closed; "" while it is open.
        self.closed = ""
        self._host = host
        self._path = path
        self._hello = hello
        self._bytes = b""
        self._upgraded = False
        self._transport: asyncio.Transport | None = None

    def message(self, message: ServerMessage) -> None:
        """One message of the server."""
        raise NotImplementedError

    def lost(self) -> None:
        """The connection is gone, for the reason in `closed`."""

    def write(self, message: ClientMessage) -> None:
        """Send a message, if the connection stands."""
        if self._upgraded and not self.closed:
            self._write(message.SerializeToString())

    def abort(self) -> None:
        """End it at once, without a word."""
        self.closed = self.closed or "aborted"
        if self._transport:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nOrigin: http://{self._host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: matchpoint.v1\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        data = self._bytes + data if self._bytes else data
        if not self._upgraded:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._bytes = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.closed = head.decode(errors="replace")
                self.abort()
                return
            self._upgraded = True
            self._write(ClientMessage(hello=self._hello).SerializeToString())
        at, end_at = 0, len(data)
        while end_at - at >= 2:
            opcode, length, start = data[at] & 15, data[at + 1], at + 2
            if length == 126:
                if end_at - at < 4:
                    break
                length, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
            if end_at - start < length:
                break
            at = start + length
            self._frame(opcode, data[start:at])
        self._bytes = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = self.closed or "connection lost"
        self.lost()

    def _write(self, payload: bytes, opcode: int = 2) -> None:
        # Masked with zeros, which is a mask like any other and costs nothing here.
        assert self._transport is not None
        length = len(payload)
        first = 0x80 | opcode
        head = bytes((first, 0x80 | length)) if length < 126 else struct.pack(">BBH", first, 0xFE, length)
        self._transport.write(head + b"\0\0\0\0" + payload)

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == 2:
            message = ServerMessage.FromString(payload)
            if message.HasField("refusal"):
                self.closed = message.refusal.sentence
            self.message(message)
        elif opcode == 9:
            self._write(payload, 10)
        elif opcode == 8:
            self.closed = self.closed or f"closed with {int.from_bytes(payload[:2])}"
