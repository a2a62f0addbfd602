"""A browser's connection as the game server knows it, and the gateway's stream that carries it."""

from collections.abc import Callable

from gameserver.streaming.limits import INPUTS_BURST, INPUTS_PER_S, MESSAGES_BURST, MESSAGES_PER_S
from gameserver.streaming.ports import FrameEncoder
from wire.limits import Bucket
from wire.refusal import Reason, Refused
from wire.tickets import Ticket


class GatewayStream:
    """All that goes to one gateway: deliveries in order, written by the adapter at the next flush.

    A gateway that does not read is not waited for: past `BYTES_MOST` the stream is `overflowed` and the adapter ends
    it. Its players are then absent, and come back over a new one.
    """

    __slots__ = ("_wake", "bytes", "connections", "encoder", "ending", "overflowed", "pending", "pings")

    BYTES_MOST = 4 * 1024 * 1024
    """Bytes that may wait for a gateway."""

    def __init__(self, encoder: FrameEncoder, wake: Callable[[], None]) -> None:
        """`wake` is called when there is something to write at the next flush."""
        self.encoder = encoder
        self._wake = wake
        self.connections: dict[int, Connection] = {}
        self.pending: list[bytes] = []
        self.pings: list[tuple[int, float, int]] = []
        self.bytes = 0
        self.overflowed = False
        self.ending = False
        """The gateway is ending, or has ended: its connections are not to blame for what they lose by that."""

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

    def put_ping(self, connection: int, t0_ms: float, arrived_us: int) -> None:
        """Answer a clock question at the next flush: its t2 is stamped when it is written, so that waiting is free."""
        self.pings.append((connection, t0_ms, arrived_us))
        self._wake()

    def take(self, now: int) -> bytes:
        """Return all that waits, as one serialized PlayResponse; b"" when nothing does."""
        parts, encoder = self.pending, self.encoder
        for connection, t0_ms, arrived_us in self.pings:
            pong = encoder.pong(t0_ms, arrived_us / 1000, now / 1000)
            parts.append(encoder.delivery(encoder.connections((connection,)), pong))
        self.pending, self.pings, self.bytes = [], [], 0
        return b"".join(parts)


class Group:
    """Connections of one stream that get the same frames, and their encoding in a delivery."""

    __slots__ = ("_encoder", "_numbers", "encoded")

    def __init__(self, encoder: FrameEncoder) -> None:
        self._encoder = encoder
        self._numbers: list[int] = []
        self.encoded = b""

    def add(self, number: int) -> None:
        """Add a connection."""
        self._numbers.append(number)
        self.encoded = self._encoder.connections(self._numbers)

    def remove(self, number: int) -> bool:
        """Remove a connection if it is there. Returns True when the group is empty."""
        if number in self._numbers:
            self._numbers.remove(number)
            self.encoded = self._encoder.connections(self._numbers)
        return not self._numbers


class Recipients:
    """The connections that get every frame of a topic, grouped by the stream that carries them."""

    __slots__ = ("_encoder", "_groups")

    def __init__(self, encoder: FrameEncoder) -> None:
        self._encoder = encoder
        self._groups: dict[GatewayStream, Group] = {}

    def add(self, connection: "Connection") -> None:
        """Add a connection."""
        group = self._groups.get(connection.stream)
        if group is None:
            group = self._groups[connection.stream] = Group(self._encoder)
        group.add(connection.number)

    def discard(self, connection: "Connection") -> None:
        """Remove a connection if it is there."""
        group = self._groups.get(connection.stream)
        if group and group.remove(connection.number):
            del self._groups[connection.stream]

    def clear(self) -> None:
        """Remove all connections."""
        self._groups.clear()

    def deliver(self, message: bytes, close_code: int = 0) -> None:
        """Queue a serialized ServerMessage once for each stream; a close code has the connections closed after it."""
        delivery = self._encoder.delivery
        for stream, group in self._groups.items():
            stream.put(delivery(group.encoded, message, close_code))


class Connection:
    """One browser on /ws/play, and the seats that it has in one session."""

    __slots__ = (
        "allowance",
        "encoded",
        "inputs_allowance",
        "number",
        "rtt_us",
        "seats",
        "session_id",
        "stream",
        "ticket",
    )

    def __init__(self, stream: GatewayStream, number: int, ticket: Ticket, now: int) -> None:
        self.stream = stream
        self.number = number
        self.encoded = stream.encoder.connections((number,))
        """The number as it stands in a delivery."""
        self.session_id = ticket.session_id
        self.ticket = ticket
        """The ticket that it joined with."""
        self.seats = ticket.seats
        """The seats that it still has; empty for a spectator."""
        self.rtt_us = 0
        """Round-trip time as the gateway's kernel measures it, µs; 0 when not known."""
        self.allowance = Bucket(MESSAGES_BURST, MESSAGES_PER_S, now, second=1_000_000)
        inputs_per_s = INPUTS_PER_S * max(1, len(ticket.seats))
        self.inputs_allowance = Bucket(INPUTS_BURST, inputs_per_s, now, second=1_000_000)

    def send(self, message: bytes, close_code: int = 0) -> None:
        """Queue a serialized ServerMessage; a close code has the gateway close the connection after it."""
        self.stream.put(self.stream.encoder.delivery(self.encoded, message, close_code))

    def refuse(self, refused: Refused) -> None:
        """Send a refusal and have the connection closed."""
        self.send(self.stream.encoder.refusal(refused), refused.close_code)

    def detach(self) -> None:
        """Take it off its stream: messages that still arrive from it are dropped."""
        self.stream.connections.pop(self.number, None)

    @property
    def detached(self) -> bool:
        """True once it is off its stream."""
        return self.stream.connections.get(self.number) is not self


def refuse(stream: GatewayStream, number: int, refused: Refused) -> None:
    """Send a refusal to a connection that has not joined, and have it closed."""
    encoder = stream.encoder
    stream.put(encoder.delivery(encoder.connections((number,)), encoder.refusal(refused), refused.close_code))


def take_seats(by_seat: dict[int, Connection], connection: Connection) -> list[Connection]:
    """Give a connection its seats. Connections that have none left by that are closed, and returned."""
    gone: list[Connection] = []
    for seat in connection.seats:
        before = by_seat.get(seat)
        by_seat[seat] = connection
        if before and before is not connection:
            before.seats = tuple(s for s in before.seats if by_seat[s] is before)
            if not before.seats:
                sentence = (
                    "This seat is now played from another tab or device; close this one, or reload it to play here."
                )
                before.refuse(Refused(Reason.REASON_SEAT_REPLACED, sentence))
                before.detach()
                gone.append(before)
    return gone


def restarting() -> Refused:
    """The refusal of a process that ends; the next one holds the same sessions."""
    return Refused(Reason.REASON_SERVER_UNAVAILABLE, "This game server is being restarted; ask again in a moment.")
