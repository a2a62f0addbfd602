"""/ws/watch: spectators."""

from matchpoint.v1.frames_pb2 import Follow, Hello, Position
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket

from gateway.directory import Directory
from gateway.encoding import joined_message
from gateway.entry import JSON_SUBPROTOCOL, Guest
from gateway.sockets import SLOW_READER, Socket, socket_of
from gateway.upstream import Feed, Hub
from wire.refusal import Refused
from wire.tickets import Ticket

FINISHED = 1000
TOPICS = 4
"""Topics that one connection may follow at once."""
MESSAGES_PER_SECOND = 10
FIRST_TOPIC = 1


class Spectator(Guest):
    """A connection that watches. It can send nothing but which topics it wants."""

    def __init__(self, socket: Socket, hub: Hub, *, json: bool) -> None:
        super().__init__(socket, json=json, messages_per_second=MESSAGES_PER_SECOND)
        self.session_id = ""
        self.admitted_by: Ticket | None = None
        self._hub = hub
        self._feeds: dict[int, Feed] = {}

    def begin(self, hello: Hello) -> None:
        """Lets the spectator in. Raises Refused."""
        if not self.socket.open:
            return
        self.send(joined_message(self.session_id, FIRST_TOPIC))
        for wanted in hello.follow or (Follow(topic=FIRST_TOPIC),):
            self.follow(wanted.topic, position_of(wanted))
        self.admit()

    def follow(self, topic: int, after: Position | None) -> None:
        """Begins to watch a topic. Raises Refused."""
        topic = topic or FIRST_TOPIC
        if topic in self._feeds:
            return
        if len(self._feeds) >= TOPICS:
            raise Refused(Reason.REASON_TOO_MANY, f"One connection follows at most {TOPICS} topics; leave one first.")
        feed = self._feeds[topic] = self._hub.feed(self.session_id, topic)
        feed.join(self, after)

    def handle(self, message: bytes) -> None:
        """Follow and unfollow."""
        parsed = self.parsed(message)
        match parsed.WhichOneof("body"):
            case "follow":
                self.follow(parsed.follow.topic, position_of(parsed.follow))
            case "unfollow":
                feed = self._feeds.pop(parsed.unfollow.topic or FIRST_TOPIC, None)
                if feed is not None:
                    feed.leave(self)
            case "seat":
                raise Refused(Reason.REASON_NOT_ALLOWED, "A spectator cannot play.")
            case _:
                raise Refused(Reason.REASON_MALFORMED, "This message has no place here.")

    def over(self) -> None:
        """The topic has ended; the result has been delivered."""
        self.socket.close(FINISHED, "over")

    def too_slow(self) -> None:
        """Too much was missed."""
        self.socket.close(SLOW_READER, "too slow")

    def paused(self) -> None:
        """Writes are held up."""
        for feed in self._feeds.values():
            feed.topic.pause(self)

    def resumed(self) -> None:
        """Writes go on."""
        for feed in list(self._feeds.values()):
            feed.resume(self)

    def lost(self) -> None:
        """The connection is gone."""
        super().lost()
        feeds, self._feeds = self._feeds, {}
        for feed in feeds.values():
            feed.leave(self)


async def watch(websocket: WebSocket, subprotocol: str, hub: Hub, directory: Directory, hello_within_s: float) -> None:
    """Serves one spectator until it is gone."""
    socket = socket_of(websocket.scope)
    spectator = Spectator(socket, hub, json=subprotocol == JSON_SUBPROTOCOL)
    socket.attach(spectator)
    await websocket.accept(subprotocol)
    try:
        await spectator.come_in(_enter(spectator, directory, hello_within_s))
        await socket.ended.wait()
    finally:
        directory.release(spectator)


async def _enter(spectator: Spectator, directory: Directory, within_s: float) -> None:
    """The way in. Raises Refused."""
    hello = await spectator.hello(within_s)
    if hello is None:
        return
    if hello.ticket:
        # From here on: it may be voided while we look for the session.
        spectator.admitted_by = await directory.check(hello.ticket)
        directory.hold(spectator)
    spectator.session_id = await admitted(spectator.admitted_by, hello.session_id, directory)
    spectator.begin(hello)


async def admitted(ticket: Ticket | None, session_id: str, directory: Directory) -> str:
    """The session that may be watched with this hello. Raises Refused."""
    if ticket is not None:
        if session_id and session_id != ticket.session_id:
            raise Refused(Reason.REASON_TICKET_FOREIGN, "The ticket is for another session.", field="ticket")
        session_id = ticket.session_id
    location = await directory.locate(session_id)
    if ticket is None and not location.public:
        raise Refused(Reason.REASON_UNAUTHENTICATED, "This session can be watched with a ticket only.", field="ticket")
    return session_id


def position_of(follow: Follow) -> Position | None:
    """Where to go on; None begins with a snapshot."""
    return follow.after if follow.HasField("after") else None
