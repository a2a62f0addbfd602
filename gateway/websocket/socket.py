"""WebSocket end of a connection: uvicorn's protocol, which offers itself to the application.

It does two things that ASGI cannot: one prebuilt frame is written to many connections without a task or a copy for
each, and an incoming message is a plain call. tests/gateway/test_sockets.py holds the internals of uvicorn that this
relies on.
"""

import asyncio
import random
from asyncio.transports import BaseTransport
from collections.abc import Sequence
from typing import Any, Final, Protocol

from matchpoint.v1.refusal_pb2 import Reason
from starlette.types import Scope
from starlette.websockets import WebSocket
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CTRL_OPCODES, Frame
from websockets.http11 import Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from gateway.http.headers import SECURITY
from gateway.http.limits import Limits
from gateway.http.metering import BYTES_PER_UNIT, CONTROL_FRAME_COST, HANDSHAKE_COST, ConnectionMeter, held_for_s
from gateway.websocket.encoding import short_messages
from wire.constants import CLOSE_SLOW_READER
from wire.refusal import Refused
from wire.request_ids import REQUEST_ID, current_request_id

EXTENSION: Final = "matchpoint.socket"
"""Key of the socket among the extensions of an ASGI scope."""

WRITE_HIGH: Final = 0
WRITE_LOW: Final = 0
"""Limits of the write buffer, bytes. A connection stalls as soon as the kernel's buffer is full (16 KiB, seconds of
frames): each frame that is queued here costs its few bytes and a kilobyte of the event loop's."""
WRITE_LIMIT: Final = 256 * 1024
"""Unsent bytes beyond which a connection is closed, also a player's."""

MESSAGE_LIMITS: Final = {"/ws/play": 4 * 1024, "/ws/watch": 4 * 1024, "/ws/lobby": 16 * 1024}
"""Largest message in bytes, by path. A larger one closes the connection with 1009."""

SLICE_BYTES: Final = 512
"""Bytes that are parsed in one go: at most 85 frames, the smallest that there are."""
FRAMES_PER_TURN: Final = 32
"""Frames that are parsed in one turn of the event loop."""
FRAGMENTS_MAX: Final = 16
"""Fragments of one message."""
OVERDRAWN_MAX_S: Final = 2.0
"""Time for which a connection may have sent more than it may; then it is closed. Until then it is read more slowly."""
CLOSE_WITHIN_S: Final = 1.0
"""Time that the peer has to answer a close frame."""
STALL_GRACE_FACTOR: Final = 1.2
"""Longest wait for a stalled reader, as a multiple of the configured time; the factor is drawn for each."""


class UpgradeProtocol(ServerProtocol):
    """The protocol of websockets, with security headers on every answer to an upgrade: a refusal is a page too."""

    def send_response(self, response: Response) -> None:
        """Sends the answer to the handshake."""
        for name, value in SECURITY:
            if name not in response.headers:
                response.headers[name] = value
        super().send_response(response)


class Receiver(Protocol):
    """Owner of a socket. The event loop calls these methods, which return at once."""

    def received(self, message: bytes, *, text: bool) -> None:
        """Takes a whole message."""

    def writing_paused(self) -> None:
        """Stops writing: the peer does not read."""

    def writing_resumed(self) -> None:
        """Writes again."""

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal of a message, and closes the connection."""

    def lost(self) -> None:
        """Lets go of the connection, which is closed or closing: never write again. Called once."""


class Socket(WebSocketsSansIOProtocol):
    """One connection. `write` takes whole WebSocket frames; only while `open` and not `stalled`."""

    receiver: Receiver | None = None
    stalled = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = UpgradeProtocol(max_size=self.config.ws_max_size, logger=self.logger)
        self.close_timeout = CLOSE_WITHIN_S
        self.ended = asyncio.Event()
        self._heard = False
        """True if a message came since the last ping."""
        self._stall_timer: asyncio.TimerHandle | None = None
        self._unparsed = b""
        """Bytes that were read; as long as there are any, no more are read."""
        self._held: asyncio.Handle | None = None
        self._overdrawn_since = 0.0

    def connection_made(self, transport: BaseTransport) -> None:
        """Sets the limits of the write buffer, and finds the network that pays."""
        super().connection_made(transport)
        now = self.loop.time()
        self._address = self.client[0] if self.client else ""
        self._limits: Limits = self.config.limits  # type: ignore[attr-defined]
        self.meter = ConnectionMeter(self._limits.network(self._address, now).meter, now)
        self.meter.spend(now, HANDSHAKE_COST)
        self.transport.set_write_buffer_limits(high=WRITE_HIGH, low=WRITE_LOW)
        self.write = self.transport.write

    async def run_asgi(self) -> None:
        """Runs the application with this connection in the scope."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = self
        self.conn.max_message_size = MESSAGE_LIMITS.get(self.scope["path"], min(MESSAGE_LIMITS.values()))
        try:
            await super().run_asgi()
        finally:
            # No connection waits for the garbage collector: many at once would hold up the event loop.
            extensions.pop(EXTENSION, None)

    def attach(self, receiver: Receiver) -> None:
        """Hands messages to `receiver`, not to the ASGI application. To be called before the connection is accepted."""
        self.receiver = receiver

    @property
    def open(self) -> bool:
        """Tells whether it may still be written to."""
        return self.handshake_complete and not (self.close_sent or self.disconnected or self.transport.is_closing())

    def close(self, code: int, reason: str = "") -> None:
        """Sends a close frame and lets the peer answer it for a second. Does nothing the second time."""
        if not self.open:
            return
        if self.conn.state is State.OPEN:
            # Not when the peer's own close was read together with what is wrong before it: that is answered already.
            self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
        self._detach()

    # What uvicorn and the event loop call.

    def data_received(self, data: bytes) -> None:
        """Takes bytes. Nearly always they are whole short messages and nothing is left of another: those skip the
        parser, which costs ten times as much as the rest of the way."""
        if self._held is not None:
            # uvicorn had stopped reading too, and went on by itself.
            self._unparsed += data
            self.transport.pause_reading()
            return
        if self.receiver is not None and self.handshake_complete and len(data) <= SLICE_BYTES:
            conn, meter, now = self.conn, self.meter, self.loop.time()
            if not conn.reader.buffer and conn.current_size is None and not meter.wait(now):
                messages = short_messages(data)
                if messages is not None:
                    self._heard = True
                    meter.spend(now, len(messages))
                    for message in messages:
                        # The one before may have closed the connection.
                        if self.receiver is not None:
                            self.receiver.received(message, text=False)
                    return
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        """Parses as much as the meter allows, and keeps the rest. The cost of a slice is known only afterwards; the
        next one waits until it is paid."""
        if not self.handshake_initiated:
            super().data_received(data)
            return
        begin, end, frames = 0, len(data), 0
        while begin < end and not self.transport.is_closing():
            wait_s = self.meter.wait(self.loop.time())
            if wait_s or frames >= FRAMES_PER_TURN:
                self._hold(data[begin:], wait_s)
                return
            frames += self._parse_slice(data[begin : begin + SLICE_BYTES])
            begin += SLICE_BYTES

    def _parse_slice(self, data: bytes) -> int:
        """Parses one slice. Returns the number of frames that end in it."""
        self.conn.receive_data(data)
        events = self.conn.events
        controls = sum(isinstance(event, Frame) and event.opcode in CTRL_OPCODES for event in events)
        cost = len(data) / BYTES_PER_UNIT + len(events) + (CONTROL_FRAME_COST - 1) * controls
        self.meter.spend(self.loop.time(), cost)
        count = len(events)
        if self.conn.parser_exc is not None:
            self.handle_parser_exception()
        else:
            self.handle_events()
        return count

    def _hold(self, rest: bytes, wait_s: float) -> None:
        """Stops reading for `wait_s` seconds, or for one turn of the event loop when that is 0."""
        now = self.loop.time()
        self._unparsed = rest
        self.transport.pause_reading()
        if not self._overdrawn_since and self.meter.overdrawn(now):
            self._overdrawn_since = now
        if wait_s:
            self._held = self.loop.call_later(held_for_s(wait_s), self._parse_held)
        else:
            self._held = self.loop.call_soon(self._parse_held)

    def _parse_held(self) -> None:
        """Parses the bytes that were held; reads again when all of them are parsed."""
        self._held = None
        if self.transport.is_closing():
            return
        if self._overdrawn_since and self.loop.time() - self._overdrawn_since > OVERDRAWN_MAX_S:
            self.refuse(Reason.REASON_TOO_MANY, "That was too much at once; wait a moment and come again.")
            # It stays unread until the connection is cut: the close that answers ours is behind all the rest.
            return
        unparsed, self._unparsed = self._unparsed, b""
        self._parse(unparsed)
        if self._held is None:
            self._overdrawn_since = 0.0
            if not self.read_paused:
                self.transport.resume_reading()

    def refuse(self, reason: "Reason.ValueType", sentence: str) -> None:
        """Refuses a message, and closes the connection."""
        refused = Refused(reason, sentence)
        if self.receiver is not None:
            self.receiver.refuse(refused)
        elif self.open:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": refused.close_code})
            self.close(refused.close_code, Reason.Name(reason))
        elif not self.close_sent:
            self.transport.abort()

    def handle_text(self, event: Frame) -> None:
        """Takes a message, or its first fragment."""
        super().handle_text(event)
        self._check_fragment(event)

    def handle_bytes(self, event: Frame) -> None:
        """Takes a message, or its first fragment."""
        super().handle_bytes(event)
        self._check_fragment(event)

    def handle_cont(self, event: Frame) -> None:
        """Takes a further fragment of a message."""
        if not self.close_sent:
            super().handle_cont(event)
            self._check_fragment(event)

    def _check_fragment(self, frame: Frame) -> None:
        if frame.fin or self.close_sent:
            return
        if not frame.data:
            self.refuse(Reason.REASON_MALFORMED, "A piece of a message has something in it.")
        elif len(self.frames) >= FRAGMENTS_MAX:
            self.refuse(Reason.REASON_TOO_MANY, f"A message comes in at most {FRAGMENTS_MAX} pieces.")

    async def receive(self) -> Any:
        """Hands a message to the ASGI application."""
        message = await super().receive()
        if self._held is not None:
            self.transport.pause_reading()
        return message

    async def send(self, message: Any) -> None:
        """Sends a message of the ASGI application, unless this end has closed the connection by itself."""
        if self.close_sent and self.handshake_complete and self.initial_response is None:
            raise ClientDisconnected
        await super().send(message)

    def send_receive_event_to_app(self) -> None:
        """Hands a complete message to the receiver, or to the ASGI application."""
        if self.receiver is None:
            if self.close_sent or self.disconnected:
                return
            if self.curr_msg_data_type == "text" and not is_text(self.frames):
                # uvicorn would log it as a fault of ours.
                self.refuse(Reason.REASON_MALFORMED, "Text has to be UTF-8.")
                return
            super().send_receive_event_to_app()
            return
        frames, self.frames = self.frames, []
        if not self.close_sent:
            message = bytes(frames[0]) if len(frames) == 1 else b"".join(frames)
            self.receiver.received(message, text=self.curr_msg_data_type == "text")

    def pause_writing(self) -> None:
        """Takes note that the write buffer is full."""
        super().pause_writing()
        self.stalled = True
        # Not all at once: those who stall together, behind one router, would hold up everybody when they are closed.
        wait_s = (self.ping_timeout or 0.0) * random.uniform(1.0, STALL_GRACE_FACTOR)
        self._stall_timer = self.loop.call_later(wait_s, self._too_slow)
        if self.receiver is not None:
            self.receiver.writing_paused()

    def resume_writing(self) -> None:
        """Takes note that the write buffer has drained."""
        super().resume_writing()
        self._end_stall()
        if self.receiver is not None:
            self.receiver.writing_resumed()

    def send_keepalive_ping(self) -> None:
        """Sends a ping, unless the connection was heard of since the last one."""
        if self._heard:
            self._heard = False
            self.schedule_ping()
        else:
            super().send_keepalive_ping()

    def handle_close(self, event: Any) -> None:
        """Answers a close frame of the peer."""
        self._detach()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """Closes the connection: what came is no WebSocket frame, or the message is too large."""
        self._detach()
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        """Closes the connection: the pong is late, so what was written before the ping is still unread."""
        self.pong_timer = None
        self.pending_ping_payload = None
        self._too_slow()

    def shutdown(self) -> None:
        """Closes the connection: the gateway stops."""
        self._detach()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Releases everything of a connection that is gone."""
        self._detach()
        self._end_stall()
        if self._held is not None:
            self._held.cancel()
        self._limits.disconnected(self._address)
        super().connection_lost(exc)
        self.conn.parser.close()
        self.conn.parser_exc = None
        self.ended.set()

    def _too_slow(self) -> None:
        self.close(CLOSE_SLOW_READER, "too slow")

    def _end_stall(self) -> None:
        self.stalled = False
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _detach(self) -> None:
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.lost()


def is_text(fragments: Sequence[bytes]) -> bool:
    """Tells whether the fragments make text in UTF-8."""
    try:
        b"".join(fragments).decode()
    except UnicodeDecodeError:
        return False
    return True


async def accept(websocket: WebSocket, subprotocol: str) -> None:
    """Accepts an upgrade, and names the request id in the answer."""
    await websocket.accept(subprotocol, headers=[(REQUEST_ID.encode(), current_request_id().encode())])


def socket_of(scope: Scope) -> Socket:
    """The socket of a WebSocket scope."""
    socket = scope["extensions"][EXTENSION]
    assert isinstance(socket, Socket)
    return socket
