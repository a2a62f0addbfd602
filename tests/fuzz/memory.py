"""A gateway's WebSocket without a network: bytes in, the connection's own code, bytes out."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from matchpoint.internal.v1.entry_pb2 import LocateSessionResponse
from matchpoint.v1.frames_pb2 import Position
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket
from uvicorn.server import ServerState

from gateway.http.limits import Limits
from gateway.watch.endpoint import WatchEndpoint
from gateway.websocket.socket import Socket
from wire.refusal import Refused
from wire.tickets import Ticket

SESSION: Final = "fuzzed-session-0001"
TURNS: Final = 12
"""Turns of the event loop after which all that an input can cause has happened."""
HELLO_WITHIN_S: Final = 60.0
HANDSHAKE: Final = (
    b"GET /ws/watch HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: %s\r\n\r\n"
)


class Memory(asyncio.Transport):
    """A transport whose other end is a list."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__({"peername": ("127.0.0.1", 50_000), "sockname": ("127.0.0.1", 8_000)})
        self._loop = loop
        self.protocol: Socket | None = None
        self.written: list[bytes] = []
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closing, "something is written after the close"
        self.written.append(bytes(data))

    def close(self) -> None:
        if not self.closing:
            self.closing = True
            if self.protocol is not None:
                self._loop.call_soon(self.protocol.connection_lost, None)

    abort = close

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Topic:
    """A topic of which nothing ever comes."""

    def __init__(self) -> None:
        self.topic = self

    def join(self, viewer: object, after: Position | None) -> None:
        pass

    def leave(self, viewer: object) -> None:
        pass

    def pause(self, viewer: object) -> None:
        pass

    def resume(self, viewer: object) -> None:
        pass


class Here:
    """The fan-out, the directory and the organisers of a gateway that knows one public session."""

    def open(self, session_id: str, topic: int, *, live: bool = False, json: bool = False) -> Topic:
        return Topic()

    async def check(self, ticket: str) -> Ticket:
        raise Refused(Reason.REASON_TICKET_INVALID, "This is not a valid ticket; ask for a new one.")

    async def locate_new(self, session_id: str) -> LocateSessionResponse:
        if session_id != SESSION:
            raise Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session; check the link.")
        return LocateSessionResponse(public=True)

    def hold(self, spectator: object) -> None:
        pass

    def subscribe(self, spectator: object) -> None:
        pass

    def release(self, spectator: object) -> None:
        pass

    def unsubscribe(self, spectator: object) -> None:
        pass


class LoggedFaults(logging.Handler):
    """Lines that were logged as faults of ours."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


class MemoryGateway:
    """Takes one input after the other, each on a connection of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, context: self._faults.seen.append(repr(context)))
        self._faults = LoggedFaults()
        here: Any = Here()
        endpoint = WatchEndpoint(here, here, here, here, hello_within_s=HELLO_WITHIN_S)

        async def app(scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
            spoken = scope["subprotocols"][0]
            await endpoint.serve(WebSocket(scope, receive, send), spoken)

        self._config: Any = uvicorn.Config(
            app, ws=Socket, ws_max_size=16_384, ws_per_message_deflate=False, log_config=None, lifespan="off"
        )
        self._state = ServerState()

    def take(self, data: bytes, *, json: bool) -> None:
        """One connection that sends these bytes and is gone. Raises AssertionError for a fault of ours."""
        log = logging.getLogger("uvicorn.error")
        log.addHandler(self._faults)
        try:
            self._loop.run_until_complete(self._connection(data, b"matchpoint.v1.json" if json else b"matchpoint.v1"))
        finally:
            log.removeHandler(self._faults)  # other tests have faults of their own
        assert not self._faults.seen, self._faults.seen.pop()
        assert not self._state.connections, "a connection is left over"
        assert not self._state.tasks, "a task is left over"

    async def _connection(self, data: bytes, spoken: bytes) -> None:
        many = 10_000_000
        self._config.limits = Limits(
            calls=many, openings=many, pages=many, sockets_per_address=many, sockets=many, work=many
        )
        transport = Memory(self._loop)
        protocol = transport.protocol = Socket(self._config, self._state, {}, self._loop)
        protocol.connection_made(transport)
        protocol.data_received(HANDSHAKE % spoken)
        await _turns(2)
        if not transport.closing:
            protocol.data_received(data)
        await _turns(TURNS)
        transport.close()
        await _turns(TURNS)


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
