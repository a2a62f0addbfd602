"""The Play stream: messages from a gateway, one connection after another.

A connection's own fault (bytes that are no message, an input for a seat it does not have, too much of anything) closes
that connection with a refusal and nothing else: the stream is shared by all connections of the gateway.
"""

from typing import Final

from google.protobuf.message import DecodeError
from matchpoint.internal.v1.play_pb2 import Join
from matchpoint.internal.v1.raw_pb2 import RawPlayRequest
from matchpoint.v1.frames_pb2 import Position, SeatMessage

from gameserver.contract.inputs import inputs_by_side, resigned_sides
from gameserver.domain.values import RuleError
from gameserver.sessions.registry import SessionRegistry, session_unknown
from gameserver.sessions.session import LiveSession
from gameserver.streaming.connection import Connection, GatewayStream, refuse
from gameserver.streaming.limits import BYTES_MOST, ITEMS_MOST
from gameserver.streaming.ticket_admission import TicketAdmission, ticket_expired
from gameserver.streaming.topic import Place
from wire.constants import GATEWAY_CONNECTION
from wire.refusal import Reason, Refused
from wire.tickets import Ticket

CONNECTIONS_MOST: Final = 20_000
"""Connections that one stream may carry."""


def place_of(position: Position) -> Place:
    """Read a viewer's place."""
    return Place(position.epoch, position.seq)


class PlayStreams:
    """Passes the messages of gateways on to the sessions of a registry."""

    def __init__(self, registry: SessionRegistry, gate: TicketAdmission) -> None:
        self._registry = registry
        self._gate = gate
        self._clock = registry.context.clock
        self._streams: set[GatewayStream] = set()
        self._waiting: dict[tuple[GatewayStream, int], Join] = {}
        """Joins to sessions that are still being taken up after a start."""
        gate.close_account = self._close_account

    async def can_begin(self) -> None:
        """Return when tickets can be checked: right after the start that takes a moment."""
        await self._gate.known.wait()

    def begin(self, stream: GatewayStream) -> None:
        """Add a gateway's stream."""
        self._streams.add(stream)
        self._registry.set_reachable(True)

    def on_message(self, stream: GatewayStream, request: RawPlayRequest, now: int) -> None:
        """Handle one batch, read at `now`. Never raises for a fault of a browser."""
        connections, sessions = stream.connections, self._registry.sessions
        for inbound in request.inbound:
            connection = connections.get(inbound.connection)
            if connection is None:
                # Other messages are dropped: their connection was closed while they were on their way.
                if inbound.HasField("join"):
                    self._join(stream, inbound.connection, inbound.join, now)
                elif inbound.HasField("leave"):
                    self._waiting.pop((stream, inbound.connection), None)
                    if inbound.connection == GATEWAY_CONNECTION:
                        self._gateway_closing(stream, now)
                continue
            session = sessions[connection.session_id]  # as long as it is there: a session that goes detaches all
            try:
                kind = inbound.WhichOneof("body")
                if kind == "seat":
                    self._play(session, connection, inbound.seat, now)
                elif kind == "link":
                    session.rtt_measured(connection, inbound.link.rtt_us, now)
                elif kind == "leave":
                    del connections[inbound.connection]
                    session.leave(connection, now)
                elif kind == "join":
                    del connections[inbound.connection]
                    session.leave(connection, now)
                    self._join(stream, inbound.connection, inbound.join, now)
            except Refused as refused:
                self._close(connection, refused, now)
            except Exception:
                # A fault of ours, in one match. The connections of other matches are on this stream too.
                session.abandon_for(connection)
        self._registry.dispatcher.settle(now)

    def lose(self, stream: GatewayStream) -> None:
        """Empty all seats of a stream that has ended.

        A gateway ends one by itself when it carries no connection. Otherwise it has failed, and if it was the last one
        no player can come until there is one again.
        """
        now = self._clock()
        stream.ending = True
        failed = bool(stream.connections)
        for connection in tuple(stream.connections.values()):
            self._registry.sessions[connection.session_id].leave(connection, now)
        stream.connections.clear()
        self._streams.discard(stream)
        self._waiting = {key: join for key, join in self._waiting.items() if key[0] is not stream}
        if failed and not self._streams:
            self._registry.set_reachable(False)

    def _gateway_closing(self, stream: GatewayStream, now: int) -> None:
        """Prepare for the end of a gateway. Messages that its players have sent before still count."""
        stream.ending = True
        for connection in stream.connections.values():
            self._registry.sessions[connection.session_id].gateway_closing(connection, now)

    def _close_account(self, account_id: str, until_ms: int) -> None:
        """Close the connections of an account that has signed out.

        That is rare, so looking through all sessions costs less than keeping an index.
        """
        now = self._clock()
        for session in tuple(self._registry.sessions.values()):
            for connection in tuple(session.connections):
                ticket = connection.ticket
                if ticket.account_id == account_id and ticket.issued_ms <= until_ms:
                    self._close(connection, ticket_expired(), now)
        self._registry.dispatcher.settle(now)

    def _close(self, connection: Connection, refused: Refused, now: int) -> None:
        if connection.stream.connections.pop(connection.number, None):
            connection.refuse(refused)
            self._registry.sessions[connection.session_id].leave(connection, now)

    # Joining.

    def _join(self, stream: GatewayStream, number: int, join: Join, now: int) -> None:
        if self._registry.draining:
            return  # the stream is about to end, and the gateway asks the next process
        try:
            if len(stream.connections) >= CONNECTIONS_MOST:
                raise Refused(Reason.REASON_TOO_MANY, "Too many players are on this stream; open another one.")
            ticket = self._gate.check(join.ticket)
            if self._registry.is_left(ticket.session_id):
                self._waiting[stream, number] = join
                self._registry.dispatcher.spawn(self._join_when_ready(stream, number, join, ticket.session_id))
                return
            session = self._session_of(ticket)
        except Refused as refused:
            refuse(stream, number, refused)
            return
        connection = Connection(stream, number, ticket, now)
        after = place_of(join.after) if join.HasField("after") else None
        if session.over:
            session.join_late(connection, after)
            return
        stream.connections[number] = connection
        connection.rtt_us = join.rtt_us
        if connection.seats:
            self._registry.joined(session.session_id)
        session.join(connection, after, now)

    async def _join_when_ready(self, stream: GatewayStream, number: int, join: Join, session_id: str) -> None:
        """Take up a session that is left from the last run, then let the connection join."""
        try:
            await self._registry.ready(session_id)
        except Refused as refused:
            refuse(stream, number, refused)
            return
        if stream in self._streams and self._waiting.pop((stream, number), None) is join:
            now = self._clock()
            self._join(stream, number, join, now)
            self._registry.dispatcher.settle(now)

    def _session_of(self, ticket: Ticket) -> LiveSession:
        """Find the session of a ticket. Raises Refused for a ticket that does not fit it."""
        session = self._registry.sessions.get(ticket.session_id)
        if session is None:
            if ticket.server != self._gate.server:
                raise Refused(
                    Reason.REASON_TICKET_FOREIGN, "This ticket is for another game server; ask for a new one."
                )
            raise session_unknown(ticket.session_id)
        for seat in ticket.seats:
            if not session.may_sit(seat):
                raise Refused(Reason.REASON_NO_SEAT, f"Seat {seat} of this session is not for a person.")
        if ticket.role == "player" and not ticket.seats:
            raise Refused(Reason.REASON_NO_SEAT, "This ticket names no seat; ask for a new one.")
        return session

    # Playing.

    def _play(self, session: LiveSession, connection: Connection, payload: bytes, now: int) -> None:
        """Handle a player's message. Raises Refused for a fault that closes the connection."""
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
        match, sides = session.match_for(connection, message.topic)
        try:
            if match:
                for side, intents, mark_t in inputs_by_side(inputs, marks, sides):
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
            match.resign(now, resigned_sides(message, sides))
