"""`/ws/watch`: the handshake of spectators."""

import structlog
from matchpoint.internal.v1.entry_pb2 import LocateSessionResponse
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket

from gateway.backend_client.locations import SessionLocations
from gateway.backend_client.organisers import OrganiserMonitor
from gateway.backend_client.ticket_gate import BackendTicketGate
from gateway.watch.feed import FeedRegistry
from gateway.watch.spectator import Spectator
from gateway.websocket.connection import JSON_SUBPROTOCOL
from gateway.websocket.socket import accept, socket_of
from wire.constants import BRACKET_TOPIC
from wire.refusal import Refused
from wire.tickets import Ticket

log = structlog.get_logger("watch")


class WatchEndpoint:
    """Serves spectators."""

    def __init__(
        self,
        feeds: FeedRegistry,
        tickets: BackendTicketGate,
        locations: SessionLocations,
        organisers: OrganiserMonitor,
        *,
        hello_within_s: float,
    ) -> None:
        self._feeds = feeds
        self._tickets = tickets
        self._locations = locations
        self._organisers = organisers
        self._hello_within_s = hello_within_s

    async def serve(self, websocket: WebSocket, subprotocol: str) -> None:
        """Serves one spectator until its connection is gone."""
        socket = socket_of(websocket.scope)
        spectator = Spectator(socket, self._feeds, json=subprotocol == JSON_SUBPROTOCOL)
        socket.attach(spectator.receiver())
        await accept(websocket, subprotocol)
        try:
            await spectator.connection.run_handshake(self._handshake(spectator))
            await socket.ended.wait()
        finally:
            self._tickets.release(spectator)
            self._organisers.unsubscribe(spectator)

    async def _handshake(self, spectator: Spectator) -> None:
        """Checks the hello, finds the session, and accepts the spectator. Raises Refused."""
        hello = await spectator.connection.receive_hello(self._hello_within_s)
        if hello is None:
            return
        if hello.ticket:
            spectator.ticket = await self._tickets.check(hello.ticket)
            # From here on: it may be voided while the session is looked up.
            self._tickets.hold(spectator)
        topics = spectator.topics
        topics.session_id, location = await self._find_session(spectator.ticket, hello.session_id)
        if spectator.ticket and spectator.ticket.role == "organiser":
            topics.live = location.organiser_account_id == spectator.ticket.account_id
            self._organisers.subscribe(spectator)
        if location.tournament:
            topics.first = BRACKET_TOPIC
        spectator.accept(hello)
        account_id = spectator.ticket.account_id if spectator.ticket else ""
        log.debug("spectator joins", session_id=topics.session_id, account_id=account_id)

    async def _find_session(self, ticket: Ticket | None, session_id: str) -> tuple[str, LocateSessionResponse]:
        """Finds the session that may be watched with this hello. Raises Refused."""
        if ticket is not None:
            if session_id and session_id != ticket.session_id:
                raise Refused(Reason.REASON_TICKET_FOREIGN, "The ticket is for another session.", field="ticket")
            session_id = ticket.session_id
        location = await self._locations.locate_new(session_id)
        if ticket is None and not location.public:
            raise Refused(
                Reason.REASON_UNAUTHENTICATED, "This session can be watched with a ticket only.", field="ticket"
            )
        return session_id, location
