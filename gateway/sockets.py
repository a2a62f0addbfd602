"""The WebSocket end of a connection: uvicorn's protocol, which offers itself to the application.

Two things are done here that ASGI cannot do: one prebuilt frame is written to many connections without a task or a
copy for each, and an incoming message is a plain call. tests/gateway/test_sockets.py holds the internals of uvicorn
that this relies on.
"""

import asyncio
import random
from asyncio.transports import BaseTransport
from typing import Any, Protocol

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response
from websockets.server import ServerProtocol

from gateway.encoding import short_messages
from gateway.headers import SECURITY

EXTENSION = "matchpoint.socket"

# Who has filled the kernel's buffer (16 KiB, seconds of frames) is held up. Not a frame more is queued here: each costs
# its few bytes and a kilobyte of the event loop's.
WRITE_HIGH = 0
WRITE_LOW = 0
# Past this much unsent a connection is cut, whoever it is.
WRITE_LIMIT = 256 * 1024

MESSAGE_LIMITS = {"/ws/play": 4 * 1024, "/ws/watch": 4 * 1024, "/ws/lobby": 16 * 1024}
"""Largest message in bytes, by path. A larger one closes the connection with 1009."""

CLOSE_WITHIN_S = 1.0
SLOW_READER = 4008
SPREAD = 1.2
"""Up to so many times as long as it may a reader that is held up is waited for."""


class Handshake(ServerProtocol):
    """The protocol of websockets, with our headers on whatever answers an upgrade: a refusal is a page too."""

    def send_response(self, response: Response) -> None:
        """Sends the answer to the handshake."""
        for name, value in SECURITY:
            if name not in response.headers:
                response.headers[name] = value
        super().send_response(response)


class Receiver(Protocol):
    """What a connection tells its owner. All of it is called from the event loop and returns at once."""

    def received(self, message: bytes, *, text: bool) -> None:
        """A whole message."""

    def paused(self) -> None:
        """What is written is not read: write no more."""

    def resumed(self) -> None:
        """It is read again."""

    def lost(self) -> None:
        """The connection is closed or closing: never write again. Called once."""


class Socket(WebSocketsSansIOProtocol):
    """One connection. `write` takes whole WebSocket frames; only while `open` and not `stalled`."""

    receiver: Receiver | None = None
    stalled = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = Handshake(max_size=self.config.ws_max_size, logger=self.logger)
        self.close_timeout = CLOSE_WITHIN_S
        self.ended = asyncio.Event()
        self._heard = False
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Sets the limits of the write buffer."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=WRITE_HIGH, low=WRITE_LOW)
        self.write = self.transport.write

    async def run_asgi(self) -> None:
        """Runs the application with this connection in the scope."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = self
        self.conn.max_message_size = MESSAGE_LIMITS.get(self.scope["path"], min(MESSAGE_LIMITS.values()))
        await super().run_asgi()

    def attach(self, receiver: Receiver) -> None:
        """From here on messages are calls of `receiver`. Before the connection is accepted."""
        self.receiver = receiver

    @property
    def open(self) -> bool:
        """Whether anything may still be written."""
        return self.handshake_complete and not (self.close_sent or self.disconnected or self.transport.is_closing())

    def close(self, code: int, reason: str = "") -> None:
        """Sends a close frame and lets the peer answer it for a second. Does nothing the second time."""
        if not self.open:
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
        self._leave()

    # What uvicorn and the event loop call.

    def data_received(self, data: bytes) -> None:
        """Bytes came in. Nearly always they are whole short messages, and nothing is left of another: those skip the
        parser, which costs ten times as much as the rest of the way."""
        if self.receiver is not None and self.handshake_complete:
            conn = self.conn
            if not conn.reader.buffer and conn.current_size is None:
                messages = short_messages(data)
                if messages is not None:
                    self._heard = True
                    for message in messages:
                        # The one before may have closed the connection.
                        if self.receiver is not None:
                            self.receiver.received(message, text=False)
                    return
        super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        """A message is complete."""
        if self.receiver is None:
            if not self.close_sent and not self.disconnected:
                super().send_receive_event_to_app()
            return
        frames, self.frames = self.frames, []
        if not self.close_sent:
            message = bytes(frames[0]) if len(frames) == 1 else b"".join(frames)
            self.receiver.received(message, text=self.curr_msg_data_type == "text")

    def pause_writing(self) -> None:
        """The write buffer is full."""
        super().pause_writing()
        self.stalled = True
        # Not all at once: those who stall together, behind one router, would hold up everybody when they are closed.
        wait_s = (self.ping_timeout or 0.0) * random.uniform(1.0, SPREAD)
        self._stall = self.loop.call_later(wait_s, self._too_slow)
        if self.receiver is not None:
            self.receiver.paused()

    def resume_writing(self) -> None:
        """The write buffer has drained."""
        super().resume_writing()
        self._end_stall()
        if self.receiver is not None:
            self.receiver.resumed()

    def send_keepalive_ping(self) -> None:
        """It is time for a ping: not for a connection that has been heard of since the last one."""
        if self._heard:
            self._heard = False
            self.schedule_ping()
        else:
            super().send_keepalive_ping()

    def handle_close(self, event: Any) -> None:
        """The peer closes."""
        self._leave()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """The peer does not speak WebSocket, or sent a message that is too large."""
        self._leave()
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        """The pong is late: what we wrote before the ping is still unread."""
        self.pong_timer = None
        self.pending_ping_payload = None
        self._too_slow()

    def shutdown(self) -> None:
        """The gateway stops."""
        self._leave()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._leave()
        self._end_stall()
        super().connection_lost(exc)
        self.ended.set()

    def _too_slow(self) -> None:
        self.close(SLOW_READER, "too slow")

    def _end_stall(self) -> None:
        self.stalled = False
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _leave(self) -> None:
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.lost()


def socket_of(scope: Scope) -> Socket:
    """The connection behind a WebSocket scope."""
    socket = scope["extensions"][EXTENSION]
    assert isinstance(socket, Socket)
    return socket
