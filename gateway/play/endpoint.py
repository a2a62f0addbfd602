"""`/ws/play`: the handshake of players."""

import structlog
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket

from gateway.backend_client.errors import session_over
from gateway.backend_client.locations import SessionLocations
from gateway.backend_client.organisers import OrganiserMonitor
from gateway.backend_client.ticket_gate import BackendTicketGate
from gateway.play.player import PlayerConnection
from gateway.play.round_trips import RoundTripMonitor
from gateway.play.stream import StreamPool
from gateway.watch.feed import FeedRegistry
from gateway.websocket.connection import BINARY_SUBPROTOCOL
from gateway.websocket.socket import accept, socket_of
from wire.refusal import Refused

log = structlog.get_logger("play")


class PlayEndpoint:
    """Serves players."""

    def __init__(
        self,
        streams: StreamPool,
        feeds: FeedRegistry,
        tickets: BackendTicketGate,
        locations: SessionLocations,
        organisers: OrganiserMonitor,
        *,
        hello_within_s: float,
        messages_per_second: int,
    ) -> None:
        self._streams = streams
        self._feeds = feeds
        self._tickets = tickets
        self._locations = locations
        self._organisers = organisers
        self._hello_within_s = hello_within_s
        self._messages_per_second = messages_per_second
        self._round_trips = RoundTripMonitor()

    async def serve(self, websocket: WebSocket, _subprotocol: str) -> None:
        """Serves one player until its connection is gone."""
        socket = socket_of(websocket.scope)
        player = PlayerConnection(socket, self._feeds, self._organisers, messages_per_second=self._messages_per_second)
        socket.attach(player.receiver())
        await accept(websocket, BINARY_SUBPROTOCOL)
        self._round_trips.add(player)
        try:
            await player.connection.run_handshake(self._handshake(player))
            await socket.ended.wait()
        finally:
            self._round_trips.remove(player)

    async def _handshake(self, player: PlayerConnection) -> None:
        """Checks the ticket, finds the session, and accepts the player. Raises Refused."""
        hello = await player.connection.receive_hello(self._hello_within_s)
        if hello is None:
            return
        ticket = await self._tickets.check(hello.ticket)
        if hello.session_id and hello.session_id != ticket.session_id:
            raise Refused(Reason.REASON_TICKET_FOREIGN, "The ticket is for another session.", field="ticket")
        location = await self._locations.locate_or_assume(self._locations.address_of(ticket.server), ticket.session_id)
        if location.over:
            raise session_over()
        player.organiser = location.organiser_account_id
        player.accept(hello, ticket, self._streams.stream_to(location.address))
        log.debug("player joins", session_id=ticket.session_id, account_id=ticket.account_id)

    async def close(self) -> None:
        """Stops the measurements of round-trip times."""
        await self._round_trips.close()
