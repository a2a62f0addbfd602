"""Connection of a player or spectator: the handshake at its beginning, messages, and refusals at its end.

    AWAITING_HELLO -> ENTERING -> ACCEPTED

A connection awaits its hello first. While that is looked into (the ticket, the session), messages that come early are
kept. Once it is accepted, each message goes to its owner.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from google.protobuf.json_format import Parse, ParseError
from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import ClientMessage, Hello, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason

from gateway.websocket.messages import packed, refusal_message
from gateway.websocket.socket import Socket
from wire.limits import Bucket
from wire.refusal import Refused

PROTOCOL: Final = 1
"""Version of the protocol that is spoken here."""
BINARY_SUBPROTOCOL: Final = "matchpoint.v1"
JSON_SUBPROTOCOL: Final = "matchpoint.v1.json"

EARLY_MESSAGES_MAX: Final = 32
"""Messages that a connection may send between its hello and the answer to it."""


class Connection:
    """One WebSocket to `/ws/play` or `/ws/watch`. Its owner is the socket's receiver and asks it about each message."""

    def __init__(self, socket: Socket, *, json: bool, messages_per_second: int) -> None:
        self.socket = socket
        self.json = json
        self.write: Callable[[bytes], None] = socket.write
        """Writes whole WebSocket frames."""
        self._clock = socket.loop.time
        self._bucket = Bucket(2 * messages_per_second, messages_per_second, self._clock())
        self._hello: asyncio.Future[Hello | None] = socket.loop.create_future()
        self._early: list[bytes] | None = []
        """Messages since the hello; None once the connection is accepted."""
        self._entering: asyncio.Task[None] | None = None

    async def receive_hello(self, within_s: float) -> Hello | None:
        """Waits for the first message; None when the connection is lost before it.

        Raises Refused when it is late, or of another version of the protocol.
        """
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

    async def run_handshake(self, handshake: Coroutine[Any, Any, None]) -> None:
        """Runs a handshake, which ends with `accept`, and sends the refusal when it raises one.

        The handshake is cancelled when the connection is lost: with an unreachable backend it takes seconds, and a
        gateway that is stopping cannot wait for that.
        """
        self._entering = asyncio.create_task(handshake)
        try:
            await self._entering
        except Refused as refused:
            self.refuse(refused)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                self._entering.cancel()
                raise
        finally:
            self._entering = None

    def accept(self) -> Sequence[bytes]:
        """Ends the handshake. Returns the early messages, which the owner handles now."""
        early, self._early = self._early, None
        return early or ()

    def admit(self, message: bytes, *, text: bool) -> bool:
        """Counts a message. Returns whether the owner has to handle it; before `accept` it is kept here.

        Raises Refused: too many messages, text on a binary connection or the reverse, or no hello.
        """
        if not self._bucket.take(self._clock()):
            raise Refused(Reason.REASON_TOO_MANY, "That was too many messages; wait a moment and come again.")
        if text is not self.json:
            raise Refused(Reason.REASON_MALFORMED, "Text goes to a JSON connection, bytes to the other kind.")
        if self._early is None:
            return True
        if not self._hello.done():
            self._take_hello(message)
        elif len(self._early) < EARLY_MESSAGES_MAX:
            self._early.append(message)
        else:
            raise Refused(Reason.REASON_TOO_MANY, "Wait for the answer to the hello.")
        return False

    def _take_hello(self, message: bytes) -> None:
        first = self.parse(message)
        if first.WhichOneof("body") != "hello":
            raise Refused(Reason.REASON_MALFORMED, "The first message has to be a hello.")
        self._hello.set_result(first.hello)

    def parse(self, message: bytes) -> ClientMessage:
        """Parses a message. Raises Refused."""
        try:
            if self.json:
                return Parse(message, ClientMessage())
            return ClientMessage.FromString(message)
        except (DecodeError, ParseError, UnicodeDecodeError, RecursionError):
            raise Refused(Reason.REASON_MALFORMED, "This is not a message of this protocol.") from None

    def send(self, message: ServerMessage) -> None:
        """Sends a message of the gateway's own; does nothing on a closed connection."""
        if self.socket.open:
            self.write(packed(message, json=self.json))

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal, and closes the connection."""
        if self.socket.open:
            self.write(packed(refusal_message(refused), json=self.json))
            self.socket.close(refused.close_code, Reason.Name(refused.reason))

    def lost(self) -> None:
        """Ends the handshake of a connection that is gone."""
        if not self._hello.done():
            self._hello.set_result(None)
        elif self._entering is not None:
            self._entering.cancel()


def subprotocol(offered: Sequence[str], *, json_too: bool) -> str | None:
    """Chooses the subprotocol; None when nothing that is offered is spoken here."""
    spoken = (BINARY_SUBPROTOCOL, JSON_SUBPROTOCOL) if json_too else (BINARY_SUBPROTOCOL,)
    return next((name for name in offered if name in spoken), None)
