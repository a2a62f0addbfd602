"""What arrives on a gateway's Play stream, one connection after another.

A connection's own fault (bytes that are no message, an input for a seat it does not have, too much of anything) closes
that connection with a refusal and nothing else: the stream is shared by everybody behind the gateway.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

import structlog
from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import Input, Mark, Position, SeatMessage
from matchpoint.v1.pong_pb2 import PongInput
from matchpoint.v1.raw_pb2 import RawPlayRequest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Join

from gameserver.domain.pong.intents import Intent, Target, direction
from gameserver.domain.values import RuleError
from gameserver.sessions.registry import Host, unknown
from gameserver.streaming.connection import Connection, GatewayStream, refuse
from gameserver.streaming.limits import BYTES_MOST, ITEMS_MOST
from gameserver.streaming.topic import Place
from wire.constants import GATEWAY_CONNECTION
from wire.refusal import Refused
from wire.ticket_gate import TicketGate
from wire.tickets import Ticket, TicketExpired, TicketInvalid

log = structlog.get_logger("play")

#: Connections that one stream may carry.
CONNECTIONS_MOST: Final = 20_000


class Table:
    """Who may join what: the name of this server, the keys of the tickets, and those that are void.

    The fleet registration fills it.
    """

    def __init__(self, server: str, now_s: Callable[[], float]) -> None:
        self.server = server
        #: Set once there are keys. Before that no ticket can be told from a bad one, so nobody is answered.
        self.known = asyncio.Event()
        self.now_s = now_s
        #: Closes the connections of an account whose tickets were signed until then (unix ms).
        self.close: Callable[[str, int], None] = lambda account_id, until_ms: None
        self._gate = TicketGate()

    def use(self, keys: Iterable[tuple[str, bytes]]) -> None:
        """From now on these are the keys."""
        self._gate.set_keys(keys)
        self.known.set()

    def void(self, account_id: str, until_ms: int) -> None:
        """The account's tickets that were signed until then (unix ms) are void; known ones may be repeated."""
        if self._gate.void(account_id, until_ms):
            self.close(account_id, until_ms)

    def check(self, text: str) -> Ticket:
        """What a ticket says. Raises Refused: it is none, or it has run out before or after its time."""
        try:
            return self._gate.check(text, self.now_s())
        except TicketExpired as error:
            raise expired() from error
        except TicketInvalid as error:
            raise Refused(Reason.REASON_TICKET_INVALID, "This is not a valid ticket; ask for a new one.") from error


def expired() -> Refused:
    return Refused(Reason.REASON_TICKET_EXPIRED, "Your ticket has run out; ask for a new one.")


def place(position: Position) -> Place:
    """A viewer's place."""
    return Place(position.epoch, position.seq)


class Play:
    """Takes what gateways send to the sessions of a host."""

    def __init__(self, host: Host, table: Table) -> None:
        self._host = host
        self._table = table
        self._streams: set[GatewayStream] = set()
        #: Connections whose session is being taken up after a start.
        self._waiting: dict[tuple[GatewayStream, int], Join] = {}
        table.close = self._close_account

    async def can_begin(self) -> None:
        """Returns when tickets can be checked: right after the start that takes a moment."""
        await self._table.known.wait()

    async def _join_when_ready(self, stream: GatewayStream, number: int, join: Join, session_id: str) -> None:
        """The session is left from the last run: take it up first."""
        try:
            await self._host.ready(session_id)
        except Refused as refused:
            refuse(self._host.codec, stream, number, refused)
            return
        if stream in self._streams and self._waiting.pop((stream, number), None) is join:
            now = self._host.clock()
            self._join(stream, number, join, now)
            self._host.settle(now)

    def begin(self, stream: GatewayStream) -> None:
        """A gateway's stream is here."""
        self._streams.add(stream)
        self._host.reach(True)

    def take(self, stream: GatewayStream, request: RawPlayRequest, now: int) -> None:
        """One batch, read at `now`. Never raises for anything that a browser did."""
        connections = stream.connections
        for inbound in request.inbound:
            connection = connections.get(inbound.connection)
            if connection is None:
                # Without a join it was closed while this was on its way.
                if inbound.HasField("join"):
                    self._join(stream, inbound.connection, inbound.join, now)
                elif inbound.HasField("leave"):
                    self._waiting.pop((stream, inbound.connection), None)
                    if inbound.connection == GATEWAY_CONNECTION:
                        self._suspend(stream, now)
                continue
            try:
                kind = inbound.WhichOneof("body")
                if kind == "seat":
                    self._seat(connection, inbound.seat, now)
                elif kind == "link":
                    connection.session.measured(connection, inbound.link.rtt_us, now)
                elif kind == "leave":
                    del connections[inbound.connection]
                    connection.session.leave(connection, now)
                elif kind == "join":
                    del connections[inbound.connection]
                    connection.session.leave(connection, now)
                    self._join(stream, inbound.connection, inbound.join, now)
            except Refused as refused:
                self._close(connection, refused, now)
            except Exception:
                # A fault of ours, in one match. Everybody else is on this stream too.
                log.exception("a match broke", session=connection.session.session_id)
                connection.session.broke(connection)
        self._host.settle(now)

    def _suspend(self, stream: GatewayStream, now: int) -> None:
        """The gateway is about to end. What its players have sent before still counts."""
        stream.ending = True
        for connection in stream.connections.values():
            connection.session.suspend(connection, now)

    def lose(self, stream: GatewayStream) -> None:
        """The stream has ended: all its seats are empty.

        A gateway ends one by itself when nobody is on it. Otherwise it has failed, and if it was the last one nobody
        can come until there is one again.
        """
        now = self._host.clock()
        stream.ending = True
        failed = bool(stream.connections)
        for connection in tuple(stream.connections.values()):
            connection.session.leave(connection, now)
        stream.connections.clear()
        self._streams.discard(stream)
        self._waiting = {place: join for place, join in self._waiting.items() if place[0] is not stream}
        if failed and not self._streams:
            self._host.reach(False)

    def _close_account(self, account_id: str, until_ms: int) -> None:
        """Somebody has signed out. Rare, so looking through all sessions costs less than keeping an index."""
        now = self._host.clock()
        for session in tuple(self._host.sessions.values()):
            for connection in tuple(session.connections):
                ticket = connection.ticket
                if ticket.account_id == account_id and ticket.issued_ms <= until_ms:
                    self._close(connection, expired(), now)
        self._host.settle(now)

    def _close(self, connection: Connection, refused: Refused, now: int) -> None:
        stream = connection.stream
        if stream.connections.pop(connection.number, None):
            refuse(self._host.codec, stream, connection.number, refused)
            connection.session.leave(connection, now)

    def _join(self, stream: GatewayStream, number: int, join: Join, now: int) -> None:
        if self._host.draining:
            return  # the stream is about to end, and the gateway asks the next process
        try:
            if len(stream.connections) >= CONNECTIONS_MOST:
                raise Refused(Reason.REASON_TOO_MANY, "Too many players are on this stream; open another one.")
            ticket = self._table.check(join.ticket)
            if self._host.is_left(ticket.session_id):
                self._waiting[stream, number] = join
                self._host.spawn(self._join_when_ready(stream, number, join, ticket.session_id))
                return
            connection = self._admit(stream, number, ticket, now)
        except Refused as refused:
            refuse(self._host.codec, stream, number, refused)
            return
        session = connection.session
        after = place(join.after) if join.HasField("after") else None
        if session.over:
            session.join_late(connection, after)
            return
        stream.connections[number] = connection
        connection.rtt_us = join.rtt_us
        if connection.seats:
            self._host.joined(session.session_id)
        session.join(connection, after, now)

    def _admit(self, stream: GatewayStream, number: int, ticket: Ticket, now: int) -> Connection:
        session = self._host.sessions.get(ticket.session_id)
        if session is None:
            if ticket.server != self._table.server:
                raise Refused(
                    Reason.REASON_TICKET_FOREIGN, "This ticket is for another game server; ask for a new one."
                )
            raise unknown(ticket.session_id)
        for seat in ticket.seats:
            if not session.may_sit(seat):
                raise Refused(Reason.REASON_NO_SEAT, f"Seat {seat} of this session is not for a person.")
        if ticket.role == "player" and not ticket.seats:
            raise Refused(Reason.REASON_NO_SEAT, "This ticket names no seat; ask for a new one.")
        return Connection(stream, number, session, ticket, now)

    def _seat(self, connection: Connection, payload: bytes, now: int) -> None:
        """A player's message. Raises Refused for what closes the connection."""
        if not connection.allowance.take(now):
            raise Refused(Reason.REASON_TOO_MANY, "Your page sends too many messages; load it again.")
        if len(payload) > BYTES_MOST:
            raise Refused(Reason.REASON_TOO_LARGE, f"A message may have {BYTES_MOST} bytes; load the page again.")
        try:
            message = SeatMessage.FromString(payload)
        except DecodeError as error:
            raise Refused(
                Reason.REASON_MALFORMED, "That was not a message of a player; load the page again."
            ) from error
        seats = connection.seats
        if not seats:
            raise Refused(Reason.REASON_NOT_ALLOWED, "You are watching; only players can send inputs.")
        inputs, marks = message.inputs, message.marks
        count = len(inputs)
        if count + len(marks) > ITEMS_MOST:
            raise Refused(
                Reason.REASON_TOO_MANY, f"A message may hold {ITEMS_MOST} inputs and marks; send more messages."
            )
        if count and not connection.inputs_allowance.take(now, count):
            raise Refused(Reason.REASON_TOO_MANY, "Your page sends too many inputs; load it again.")
        epoch, rtt_us = message.clock_epoch, connection.rtt_us
        match, sides = connection.session.seated(connection, message.topic)
        try:
            if match:
                for side, intents, mark_t in sorted_by_side(inputs, marks, sides):
                    match.receive(now, side, epoch, intents, mark_t, rtt_us)
        except RuleError as error:
            raise Refused(
                Reason.REASON_INVALID_FIELD,
                f"An input's {error.field} {error.sentence}.",
                field=f"inputs.{error.field}",
            ) from error
        if message.HasField("ping"):
            connection.stream.put_ping(connection.number, message.ping.t0, now)
        if message.resign and match:
            match.resign(now, resigned(message, sides))


def resigned(message: SeatMessage, sides: Sequence[int]) -> Sequence[int]:
    """The sides that give up: the one that is named, else all of them. Raises Refused (NO_SEAT)."""
    if not message.HasField("resign_seat"):
        return sides
    if message.resign_seat not in sides:
        raise Refused(Reason.REASON_NO_SEAT, "You gave up for a seat that is not yours; give up for your own.")
    return (message.resign_seat,)


def sorted_by_side(
    inputs: Collection[Input], marks: Collection[Mark], sides: Sequence[int]
) -> list[tuple[int, list[tuple[int, int, Intent]], int]]:
    """(side, inputs, last mark or -1) for each side of the connection, since any message breaks the silence of all.

    Raises Refused (NO_SEAT) and RuleError, before anything is applied.
    """
    found: list[tuple[int, list[tuple[int, int, Intent]], int]] = []
    left = len(inputs) + len(marks)
    for side in sides:
        intents: list[tuple[int, int, Intent]] = []
        mark_t = -1
        for item in inputs:
            if item.seat == side:
                intents.append((item.seq, item.t, intent_of(item.pong)))
                left -= 1
        for mark in marks:
            if mark.seat == side:
                mark_t = max(mark_t, mark.t)
                left -= 1
        found.append((side, intents, mark_t))
    if left:
        raise Refused(Reason.REASON_NO_SEAT, "You sent an input for a seat that is not yours; play your own.")
    return found


def intent_of(payload: PongInput) -> Intent:
    """What a player wants. Raises RuleError for what the rules do not know."""
    kind = payload.WhichOneof("intent")
    if kind == "dir":
        return direction(payload.dir)
    if kind == "target":
        return Target(payload.target)
    raise RuleError("pong", "has to say a direction or a target")
