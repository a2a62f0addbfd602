"""What play and watch connections have in common: the way in, and the way out."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from google.protobuf.json_format import Parse, ParseError
from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import ClientMessage, Hello, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason

from gateway.encoding import packed, refusal_message
from gateway.sockets import Socket
from wire.limits import Bucket
from wire.refusal import Refused

PROTOCOL = 1
BINARY_SUBPROTOCOL = "matchpoint.v1"
JSON_SUBPROTOCOL = "matchpoint.v1.json"

EARLY = 32
"""Messages that a connection may send before it is let in."""


class Guest:
    """A connection until it is let in: it waits for the hello, and keeps what comes early.

    What takes over afterwards is `handle`, which may raise Refused.
    """

    def __init__(self, socket: Socket, *, json: bool, messages_per_second: int) -> None:
        self.socket = socket
        self.json = json
        self.write: Callable[[bytes], None] = socket.write
        self._clock = socket.loop.time
        self._bucket = Bucket(2 * messages_per_second, messages_per_second, self._clock())
        self._hello: asyncio.Future[Hello | None] = socket.loop.create_future()
        self._early: list[bytes] | None = []
        self._entering: asyncio.Task[None] | None = None

    @property
    def stalled(self) -> bool:
        """Whether writes are held up."""
        return self.socket.stalled

    @property
    def unsent(self) -> int:
        """Bytes that were written and that the kernel has not taken yet."""
        return self.socket.transport.get_write_buffer_size()

    async def hello(self, within_s: float) -> Hello | None:
        """The first message; None when the connection was lost before it. Raises Refused when it is late, or old."""
        try:
            async with asyncio.timeout(within_s):
                hello = await self._hello
        except TimeoutError:
            raise Refused(
                Reason.REASON_MALFORMED, f"The first message has to be a hello, within {within_s:g} s."
            ) from None
        if hello is not None and hello.protocol != PROTOCOL:
            older = hello.protocol < PROTOCOL
            sentence = "This page is older than the server; load it again."
            if not older:
                sentence = f"This server speaks version {PROTOCOL} of the protocol; load the page again."
            raise Refused(Reason.REASON_VERSION_TOO_OLD, sentence, field="protocol")
        return hello

    async def come_in(self, way_in: Coroutine[Any, Any, None]) -> None:
        """Goes the way in, and says why when it is refused.

        It is given up when the connection is lost: for a backend that is away it takes seconds, and a gateway that is
        to stop cannot wait for that.
        """
        self._entering = asyncio.create_task(way_in)
        try:
            await self._entering
        except Refused as refused:
            self.refused(refused)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                self._entering.cancel()
                raise
        finally:
            self._entering = None

    def admit(self) -> None:
        """The connection is let in: what came early is handled now. May raise Refused."""
        early, self._early = self._early, None
        for message in early or ():
            self.handle(message)

    def handle(self, message: bytes) -> None:
        """A message after the hello. May raise Refused."""
        raise NotImplementedError

    def refused(self, refused: Refused) -> None:
        """Says why, and closes."""
        if self.socket.open:
            self.write(packed(refusal_message(refused), json=self.json))
            self.socket.close(refused.close_code, Reason.Name(refused.reason))

    def send(self, message: ServerMessage) -> None:
        """Sends a message of the gateway's own."""
        if self.socket.open:
            self.write(packed(message, json=self.json))

    # Receiver

    def received(self, message: bytes, *, text: bool) -> None:
        """A message came in."""
        try:
            if not self._bucket.take(self._clock()):
                raise Refused(Reason.REASON_TOO_MANY, "That was too many messages; wait a moment and come again.")
            if text is not self.json:
                raise Refused(Reason.REASON_MALFORMED, "Text goes to a JSON connection, bytes to the other kind.")
            if not self._hello.done():
                self._greet(message)
            elif self._early is None:
                self.handle(message)
            elif len(self._early) < EARLY:
                self._early.append(message)
            else:
                raise Refused(Reason.REASON_TOO_MANY, "Wait for the answer to the hello.")
        except Refused as refused:
            self.refused(refused)

    def _greet(self, message: bytes) -> None:
        first = self.parsed(message)
        if first.WhichOneof("body") != "hello":
            raise Refused(Reason.REASON_MALFORMED, "The first message has to be a hello.")
        self._hello.set_result(first.hello)

    def parsed(self, message: bytes) -> ClientMessage:
        """The message. Raises Refused when it is none."""
        try:
            if self.json:
                return Parse(message, ClientMessage())
            return ClientMessage.FromString(message)
        except (DecodeError, ParseError, UnicodeDecodeError, RecursionError):
            raise Refused(Reason.REASON_MALFORMED, "This is not a message of this protocol.") from None

    def paused(self) -> None:
        """Writes are held up."""

    def resumed(self) -> None:
        """Writes go on."""

    def lost(self) -> None:
        """The connection is gone."""
        if not self._hello.done():
            self._hello.set_result(None)
        elif self._entering is not None:
            self._entering.cancel()


def subprotocol(offered: Sequence[str], *, json_too: bool) -> str | None:
    """The subprotocol to speak; None when nothing that is offered is spoken here."""
    spoken = (BINARY_SUBPROTOCOL, JSON_SUBPROTOCOL) if json_too else (BINARY_SUBPROTOCOL,)
    return next((name for name in offered if name in spoken), None)
