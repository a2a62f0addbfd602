"""A browser's connection as the game server knows it, and the gateway's stream that carries it."""

from typing import TYPE_CHECKING, Final, Protocol

from matchpoint.v1.frames_pb2 import Notice, NoticeKind, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason

from gameserver.sessions.ports import Codec
from gameserver.streaming.limits import INPUTS_BURST, INPUTS_PER_S, MESSAGES_BURST, MESSAGES_PER_S
from wire.limits import Bucket
from wire.refusal import Refused
from wire.tickets import Ticket

if TYPE_CHECKING:
    from gameserver.sessions.session import LiveSession


#: Told to players before the match stands still for another game server process.
DRAINING: Final = ServerMessage(notice=Notice(kind=NoticeKind.NOTICE_KIND_DRAINING)).SerializeToString()


class Waker(Protocol):
    """What writes to a gateway."""

    def __call__(self) -> None:
        """There is something to write at the next flush."""


class GatewayStream:
    """All that goes to one gateway: deliveries in order, written by the adapter at the next flush.

    A gateway that does not read is not waited for: past `BYTES_MOST` the stream is `overflowed` and the adapter ends
    it. Its players are then absent, and come back over a new one.
    """

    __slots__ = ("_wake", "bytes", "codec", "connections", "ending", "overflowed", "pending", "pings")

    #: Bytes that may wait for a gateway.
    BYTES_MOST = 4 * 1024 * 1024

    def __init__(self, codec: Codec, wake: Waker) -> None:
        self.codec = codec
        self._wake = wake
        self.connections: dict[int, Connection] = {}
        self.pending: list[bytes] = []
        self.pings: list[tuple[int, float, int]] = []
        self.bytes = 0
        self.overflowed = False
        #: The gateway ends, or has ended: what its connections lose by that is no fault of theirs.
        self.ending = False

    def put(self, delivery: bytes) -> None:
        """Queue one entry of a PlayResponse."""
        if self.overflowed:
            return
        if not self.pending:
            self._wake()
        self.bytes += len(delivery)
        self.pending.append(delivery)
        if self.bytes > self.BYTES_MOST:
            self.overflowed = True
            self.pending.clear()

    def put_ping(self, connection: int, t0: float, arrived_us: int) -> None:
        """Answer a clock question at the next flush: its t2 is stamped when it is written, so that waiting is free."""
        self.pings.append((connection, t0, arrived_us))
        self._wake()

    def take(self, now: int) -> bytes:
        """All that waits, as one serialized PlayResponse; b"" when nothing does."""
        parts = self.pending
        for connection, t0, arrived_us in self.pings:
            pong = ServerMessage()
            pong.pong.t0, pong.pong.t1, pong.pong.t2 = t0, arrived_us / 1000, now / 1000
            parts.append(self.codec.delivery(self.codec.connections((connection,)), pong.SerializeToString()))
        self.pending, self.pings, self.bytes = [], [], 0
        return b"".join(parts)


class Group:
    """Connections of one stream that get the same frames; how they stand in a delivery is kept."""

    __slots__ = ("_codec", "_numbers", "encoded")

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._numbers: list[int] = []
        self.encoded = b""

    def add(self, number: int) -> None:
        """One more."""
        self._numbers.append(number)
        self.encoded = self._codec.connections(self._numbers)

    def remove(self, number: int) -> bool:
        """One less, if it is there. Whether nobody is left."""
        if number in self._numbers:
            self._numbers.remove(number)
            self.encoded = self._codec.connections(self._numbers)
        return not self._numbers


class Connection:
    """One browser on /ws/play: what it may do in which session."""

    __slots__ = (
        "allowance",
        "encoded",
        "inputs_allowance",
        "number",
        "rtt_us",
        "seats",
        "session",
        "stream",
        "ticket",
    )

    def __init__(self, stream: GatewayStream, number: int, session: "LiveSession", ticket: Ticket, now: int) -> None:
        self.stream = stream
        self.number = number
        #: The number as it stands in a delivery.
        self.encoded = stream.codec.connections((number,))
        self.session = session
        #: What it came with.
        self.ticket = ticket
        #: Those that it still has; empty for a spectator.
        self.seats = ticket.seats
        #: Round-trip time as the gateway's kernel sees it, µs; 0 when not known.
        self.rtt_us = 0
        self.allowance = Bucket(MESSAGES_BURST, MESSAGES_PER_S, now, second=1_000_000)
        inputs_per_s = INPUTS_PER_S * max(1, len(ticket.seats))
        self.inputs_allowance = Bucket(INPUTS_BURST, inputs_per_s, now, second=1_000_000)


def refuse(codec: Codec, stream: GatewayStream, number: int, refused: Refused) -> None:
    """Tell a connection why it is closed, and have it closed."""
    message = ServerMessage(refusal=refused.message).SerializeToString()
    stream.put(codec.delivery(codec.connections((number,)), message, refused.close_code))


def _replaced(codec: Codec, before: Connection) -> None:
    """Send somebody away whose seats another connection has taken."""
    sentence = "This seat is now played from another tab or device; close this one, or reload it to play here."
    refuse(codec, before.stream, before.number, Refused(Reason.REASON_SEAT_REPLACED, sentence))
    before.stream.connections.pop(before.number, None)


def take_seats(codec: Codec, by_seat: dict[int, Connection], connection: Connection) -> list[Connection]:
    """A connection takes its seats. Those who have none left by that are sent away, and returned."""
    gone: list[Connection] = []
    for seat in connection.seats:
        before = by_seat.get(seat)
        by_seat[seat] = connection
        if before and before is not connection:
            before.seats = tuple(s for s in before.seats if by_seat[s] is before)
            if not before.seats:
                _replaced(codec, before)
                gone.append(before)
    return gone


def restarting() -> Refused:
    """This process ends; the next one holds the same sessions."""
    return Refused(Reason.REASON_SERVER_UNAVAILABLE, "This game server is being restarted; ask again in a moment.")
