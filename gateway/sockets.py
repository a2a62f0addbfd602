"""The WebSocket end of a connection: uvicorn's protocol, which offers itself to the application.

Two things are done here that ASGI cannot do: one prebuilt frame is written to many connections without a task or a
copy for each, and an incoming message is a plain call. tests/gateway/test_sockets.py holds the internals of uvicorn
that this relies on.
"""

import asyncio
import random
from asyncio.transports import BaseTransport
from collections.abc import Sequence
from typing import Any, Protocol

from matchpoint.v1.refusal_pb2 import Reason
from starlette.types import Scope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CTRL_OPCODES, Frame
from websockets.http11 import Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from gateway.encoding import short_messages
from gateway.headers import SECURITY
from gateway.limits import Limits
from gateway.metering import BYTES, CONTROL_FRAME, OPENING, Meter, held_for_s
from wire.refusal import Refused

EXTENSION = "matchpoint.socket"

# Who has filled the kernel's buffer (16 KiB, seconds of frames) is held up. Not a frame more is queued here: each costs
# its few bytes and a kilobyte of the event loop's.
WRITE_HIGH = 0
WRITE_LOW = 0
# Past this much unsent a connection is cut, whoever it is.
WRITE_LIMIT = 256 * 1024

MESSAGE_LIMITS = {"/ws/play": 4 * 1024, "/ws/watch": 4 * 1024, "/ws/lobby": 16 * 1024}
"""Largest message in bytes, by path. A larger one closes the connection with 1009."""

SLICE = 512
"""Bytes that are parsed in one go: at most 85 frames, the smallest that there are."""
FRAMES_PER_TURN = 32
"""Past so many the event loop has its turn before the next slice."""
FRAGMENTS = 16
"""A message comes in so many pieces at most."""
HELD_FOR_S = 2.0
"""A connection that has sent more than it may for so long is closed; until then it is read the slower."""
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

    def refused(self, refused: Refused) -> None:
        """Something is wrong with what came: say so, and close."""

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
        # What was read and not parsed: while there is any, nothing is read.
        self._waiting = b""
        self._held: asyncio.Handle | None = None
        self._overdrawn_since = 0.0

    def connection_made(self, transport: BaseTransport) -> None:
        """Sets the limits of the write buffer, and finds the network that pays."""
        super().connection_made(transport)
        now = self.loop.time()
        self._address = self.client[0] if self.client else ""
        self._limits: Limits = self.config.limits  # type: ignore[attr-defined]
        self.meter = Meter(self._limits.network(self._address, now).work, now)
        self.meter.spend(now, OPENING)
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
        if self.conn.state is State.OPEN:
            # Not when the peer's own close was read together with what is wrong before it: that is answered already.
            self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
        self._leave()

    # What uvicorn and the event loop call.

    def data_received(self, data: bytes) -> None:
        """Bytes came in. Nearly always they are whole short messages, and nothing is left of another: those skip the
        parser, which costs ten times as much as the rest of the way."""
        if self._held is not None:
            # uvicorn had stopped reading too, and went on by itself.
            self._waiting += data
            self.transport.pause_reading()
            return
        if self.receiver is not None and self.handshake_complete and len(data) <= SLICE:
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
        """Parses as much as may be now, and keeps the rest. What a slice has cost is known afterwards; the next one
        waits until it is paid."""
        if not self.handshake_initiated:
            super().data_received(data)
            return
        begin, end, frames = 0, len(data), 0
        while begin < end and not self.transport.is_closing():
            wait_s = self.meter.wait(self.loop.time())
            if wait_s or frames >= FRAMES_PER_TURN:
                self._hold(data[begin:], wait_s)
                return
            frames += self._parse_slice(data[begin : begin + SLICE])
            begin += SLICE

    def _parse_slice(self, data: bytes) -> int:
        """Returns how many frames end in it."""
        self.conn.receive_data(data)
        events = self.conn.events
        controls = sum(isinstance(event, Frame) and event.opcode in CTRL_OPCODES for event in events)
        cost = len(data) / BYTES + len(events) + (CONTROL_FRAME - 1) * controls
        self.meter.spend(self.loop.time(), cost)
        count = len(events)
        if self.conn.parser_exc is not None:
            self.handle_parser_exception()
        else:
            self.handle_events()
        return count

    def _hold(self, rest: bytes, wait_s: float) -> None:
        """Stops reading: for so long, or (0) for a turn of the event loop."""
        now = self.loop.time()
        self._waiting = rest
        self.transport.pause_reading()
        if not self._overdrawn_since and self.meter.overdrawn(now):
            self._overdrawn_since = now
        if wait_s:
            self._held = self.loop.call_later(held_for_s(wait_s), self._go_on)
        else:
            self._held = self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Parses what has waited; reads again when all of it is parsed."""
        self._held = None
        if self.transport.is_closing():
            return
        if self._overdrawn_since and self.loop.time() - self._overdrawn_since > HELD_FOR_S:
            self.refuse(Reason.REASON_TOO_MANY, "That was too much at once; wait a moment and come again.")
            # It stays unread until the connection is cut: the close that answers ours is behind all the rest.
            return
        waiting, self._waiting = self._waiting, b""
        self._parse(waiting)
        if self._held is None:
            self._overdrawn_since = 0.0
            if not self.read_paused:
                self.transport.resume_reading()

    def refuse(self, reason: "Reason.ValueType", sentence: str) -> None:
        """Says what is wrong, and closes."""
        refused = Refused(reason, sentence)
        if self.receiver is not None:
            self.receiver.refused(refused)
        elif self.open:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": refused.close_code})
            self.close(refused.close_code, Reason.Name(reason))
        elif not self.close_sent:
            self.transport.abort()

    def handle_text(self, event: Frame) -> None:
        """A message, or its first piece."""
        super().handle_text(event)
        self._check_fragment(event)

    def handle_bytes(self, event: Frame) -> None:
        """A message, or its first piece."""
        super().handle_bytes(event)
        self._check_fragment(event)

    def handle_cont(self, event: Frame) -> None:
        """A further piece of a message."""
        if not self.close_sent:
            super().handle_cont(event)
            self._check_fragment(event)

    def _check_fragment(self, frame: Frame) -> None:
        if frame.fin or self.close_sent:
            return
        if not frame.data:
            self.refuse(Reason.REASON_MALFORMED, "A piece of a message has something in it.")
        elif len(self.frames) >= FRAGMENTS:
            self.refuse(Reason.REASON_TOO_MANY, f"A message comes in at most {FRAGMENTS} pieces.")

    async def receive(self) -> Any:
        """The application takes a message."""
        message = await super().receive()
        if self._held is not None:
            self.transport.pause_reading()
        return message

    async def send(self, message: Any) -> None:
        """The application sends a message: not after this end has closed the connection by itself."""
        if self.close_sent and self.handshake_complete and self.initial_response is None:
            raise ClientDisconnected
        await super().send(message)

    def send_receive_event_to_app(self) -> None:
        """A message is complete."""
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
        if self._held is not None:
            self._held.cancel()
        self._limits.disconnected(self._address)
        super().connection_lost(exc)
        self.conn.parser.close()
        self.conn.parser_exc = None
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


def is_text(pieces: Sequence[bytes]) -> bool:
    """Whether the pieces make text in UTF-8."""
    try:
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True


def socket_of(scope: Scope) -> Socket:
    """The connection behind a WebSocket scope."""
    socket = scope["extensions"][EXTENSION]
    assert isinstance(socket, Socket)
    return socket
