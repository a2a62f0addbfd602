"""/ws/watch: spectators."""

import time

from matchpoint.v1.directory_pb2 import LocateSessionResponse
from matchpoint.v1.frames_pb2 import Follow, Hello, Ping, Pong, Position, SeatMessage, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket

from gateway.directory import Directory
from gateway.encoding import joined_message
from gateway.entry import JSON_SUBPROTOCOL
from gateway.organisers import Organisers
from gateway.sockets import Socket, socket_of
from gateway.upstream import Hub
from gateway.watcher import BRACKET, Watcher
from wire.refusal import Refused
from wire.tickets import Ticket

MESSAGES_PER_SECOND = 20
"""A wall of 16 boards is asked for at once."""


class Spectator(Watcher):
    """A connection that watches. It can send which topics it wants, and pings."""

    def __init__(self, socket: Socket, hub: Hub, *, json: bool) -> None:
        # Whatever a spectator asks for: never live. An organiser's ticket says otherwise.
        super().__init__(socket, hub, json=json, messages_per_second=MESSAGES_PER_SECOND, live=False)
        self.admitted_by: Ticket | None = None

    def organised_by(self, account_id: str) -> None:
        """Who organises the tournament now: they see it without a delay."""
        try:
            self.see(live=self.admitted_by is not None and self.admitted_by.account_id == account_id)
        except Refused as refused:
            self.refused(refused)

    def begin(self, hello: Hello) -> None:
        """Lets the spectator in. Raises Refused."""
        if not self.socket.open:
            return
        self.send(joined_message(self.session_id, self.first))
        for wanted in hello.follow or (Follow(topic=self.first),):
            self.follow(wanted.topic, position_of(wanted))
        self.admit()

    def handle(self, message: bytes) -> None:
        """Follow, unfollow and pings, which are answered here: a spectator has no way to the game server."""
        parsed = self.parsed(message)
        match parsed.WhichOneof("body"):
            case "follow":
                self.follow(parsed.follow.topic, position_of(parsed.follow))
            case "unfollow":
                self.unfollow(parsed.unfollow.topic)
            case "seat" if is_ping(parsed.seat):
                self._answer(parsed.seat.ping)
            case "seat":
                raise Refused(Reason.REASON_NOT_ALLOWED, "A spectator cannot play.")
            case _:
                raise Refused(Reason.REASON_MALFORMED, "This message has no place here.")

    def _answer(self, ping: Ping) -> None:
        """By the gateway's clock: good for the round trip. What is drawn follows the time stamps of frames."""
        if not self.stalled:
            now_ms = time.monotonic() * 1_000
            self.send(ServerMessage(pong=Pong(t0=ping.t0, t1=now_ms, t2=now_ms)))


def is_ping(seat: SeatMessage) -> bool:
    """Whether a message of a player's is a ping and nothing else: that spectators may send too."""
    return seat.HasField("ping") and not (seat.inputs or seat.marks or seat.resign or seat.HasField("resign_seat"))


async def watch(
    websocket: WebSocket,
    subprotocol: str,
    hub: Hub,
    directory: Directory,
    organisers: Organisers,
    hello_within_s: float,
) -> None:
    """Serves one spectator until it is gone."""
    socket = socket_of(websocket.scope)
    spectator = Spectator(socket, hub, json=subprotocol == JSON_SUBPROTOCOL)
    socket.attach(spectator)
    await websocket.accept(subprotocol)
    try:
        await spectator.come_in(_enter(spectator, directory, organisers, hello_within_s))
        await socket.ended.wait()
    finally:
        directory.release(spectator)
        organisers.release(spectator)


async def _enter(spectator: Spectator, directory: Directory, organisers: Organisers, within_s: float) -> None:
    """The way in. Raises Refused."""
    hello = await spectator.hello(within_s)
    if hello is None:
        return
    if hello.ticket:
        # From here on: it may be voided while we look for the session.
        spectator.admitted_by = await directory.check(hello.ticket)
        directory.hold(spectator)
    spectator.session_id, location = await admitted(spectator.admitted_by, hello.session_id, directory)
    if spectator.admitted_by and spectator.admitted_by.role == "organiser":
        spectator.live = location.organiser_account_id == spectator.admitted_by.account_id
        organisers.follow(spectator)
    if location.tournament:
        spectator.first = BRACKET
    spectator.begin(hello)


async def admitted(ticket: Ticket | None, session_id: str, directory: Directory) -> tuple[str, LocateSessionResponse]:
    """The session that may be watched with this hello, and where it is. Raises Refused."""
    if ticket is not None:
        if session_id and session_id != ticket.session_id:
            raise Refused(Reason.REASON_TICKET_FOREIGN, "The ticket is for another session.", field="ticket")
        session_id = ticket.session_id
    location = await directory.locate_new(session_id)
    if ticket is None and not location.public:
        raise Refused(Reason.REASON_UNAUTHENTICATED, "This session can be watched with a ticket only.", field="ticket")
    return session_id, location


def position_of(follow: Follow) -> Position | None:
    """Where to go on; None begins with a snapshot."""
    return follow.after if follow.HasField("after") else None
