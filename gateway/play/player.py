"""Players: connections whose messages go to the game server as they are.

In a tournament a player watches too: the bracket, and others' matches, live. Its own matches come by the Play stream.
"""

from matchpoint.v1.frames_pb2 import Follow, Hello, Position, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason

from gateway.backend_client.organisers import OrganiserMonitor
from gateway.play.round_trips import min_rtt_us
from gateway.play.stream import GameServerStream
from gateway.watch.feed import FeedRegistry
from gateway.watch.follower import TopicFollower, position_of
from gateway.watch.receiver import MessageReceiver
from gateway.websocket.connection import Connection
from gateway.websocket.encoding import seat_head, seat_part
from gateway.websocket.socket import WRITE_LIMIT, Socket
from wire.constants import BRACKET_TOPIC, CLOSE_FINISHED, CLOSE_SLOW_READER
from wire.refusal import Refused
from wire.tickets import Ticket
from wire.varint import varint


class PlayerConnection:
    """A connection that plays."""

    def __init__(
        self, socket: Socket, feeds: FeedRegistry, organisers: OrganiserMonitor, *, messages_per_second: int
    ) -> None:
        self.connection = Connection(socket, json=False, messages_per_second=messages_per_second)
        self.topics = TopicFollower(self.connection, feeds, live=True, close_reason=None)
        self.ticket = ""
        self.account_id = ""
        self.organiser = ""
        """Account of the tournament's organiser; empty when there is none."""
        self.rtt_us = 0
        self.after: Position | None = None
        """The position that the browser named when it came."""
        self.last_frame = b""
        """The last message with a frame, b"" before the first: the player resumes from there on another stream."""
        self._socket = socket
        self._write = socket.write
        self._organisers = organisers
        self._spectates = False
        """True if it is out of the tournament, and watches with the spectators' delay."""
        self._stream: GameServerStream | None = None
        self._number = 0
        self._head = b""
        self._may_play = False
        self._wanted: tuple[Follow, ...] = ()
        """Topics of a tournament to follow once the game server has let the connection in."""
        self._own_topics: set[int] = set()
        """Matches of a tournament that it plays, or has played."""
        self._kernel_socket = socket.transport.get_extra_info("socket")

    def receiver(self) -> MessageReceiver:
        """Makes the receiver of the player's socket."""
        return MessageReceiver(self.connection, self.topics, self._handle, self._release)

    @property
    def session_id(self) -> str:
        """The session that is played; empty before the handshake has found it."""
        return self.topics.session_id

    def accept(self, hello: Hello, ticket: Ticket, stream: GameServerStream) -> None:
        """Ends the handshake: the game server answers with Joined, or refuses. Raises Refused."""
        if not self._socket.open:
            return
        self.ticket = hello.ticket
        self.topics.session_id, self.account_id = ticket.session_id, ticket.account_id
        self.rtt_us = min_rtt_us(self._kernel_socket)
        self._may_play = ticket.role == "player"
        self._wanted = tuple(hello.follow)
        self.join_through(stream, position_of(hello.follow[0]) if hello.follow else None)
        for message in self.connection.accept():
            self._handle(message)

    def join_through(self, stream: GameServerStream, after: Position | None = None) -> None:
        """Joins the session by a stream: at first, and again when the session has moved."""
        self._stream, self.after = stream, after
        self._number = stream.join(self, after)
        self._head = seat_head(self._number)

    def _handle(self, message: bytes) -> None:
        """Passes a SeatMessage on. Its bytes are not parsed; the game server checks them. Raises Refused."""
        if not self._may_play:
            raise Refused(Reason.REASON_NOT_ALLOWED, "A spectator cannot play.")
        body = seat_part(message)
        if body is None:
            parsed = self.connection.parse(message)
            if parsed.HasField("follow"):
                self._follow(parsed.follow)
                return
            if parsed.HasField("unfollow"):
                self.topics.unfollow(parsed.unfollow.topic)
                return
            if parsed.WhichOneof("body") != "seat":
                raise Refused(Reason.REASON_MALFORMED, "This message has no place here.")
            seat = parsed.seat.SerializeToString()
            body = varint(len(seat)) + seat
        assert self._stream is not None
        self._stream.send_seat_message(self._head, body)

    def _follow(self, wanted: Follow) -> None:
        """Begins to follow a topic of a tournament, unless it is an own match. Raises Refused."""
        if self.topics.first != BRACKET_TOPIC:
            raise Refused(Reason.REASON_TOPIC_UNKNOWN, "A duel has one topic, and this connection has it.")
        if wanted.topic not in self._own_topics:
            self.topics.follow(wanted.topic, position_of(wanted))

    def set_organiser(self, account_id: str) -> None:
        """Takes the organiser of the tournament, who sees it without the spectators' delay, in it or not."""
        self.organiser = account_id
        try:
            self.topics.set_live(live=not self._spectates or account_id == self.account_id)
        except Refused as refused:
            self.refuse(refused)

    def measure(self) -> None:
        """Reports the round-trip time when it has changed."""
        if self._stream is not None and self._socket.open:
            rtt_us = min_rtt_us(self._kernel_socket)
            if rtt_us and rtt_us != self.rtt_us:
                self.rtt_us = rtt_us
                self._stream.send_rtt(self._number, rtt_us)

    # Player of a GameServerStream

    def deliver(self, frame: bytes) -> None:
        """Writes a WebSocket frame. A player misses no frame: one that does not read is closed."""
        # The stream forgets a player at `lost`, so the connection is open here.
        self._write(frame)
        if self._socket.stalled and self._socket.transport.get_write_buffer_size() > WRITE_LIMIT:
            self._socket.close(CLOSE_SLOW_READER, "too slow")

    def placed(self, message: bytes) -> None:
        """Reads a Joined, a Seated or a View, which was just delivered."""
        said = ServerMessage.FromString(message)
        if said.HasField("view"):
            self._spectates = said.view.delayed
            if self._spectates:
                self._organisers.subscribe(self)
            else:
                self._organisers.unsubscribe(self)
            self.set_organiser(self.organiser)
        elif said.HasField("seated"):
            self._own_topics.add(said.seated.topic)
            self.topics.unfollow(said.seated.topic)
        elif said.joined.topic == BRACKET_TOPIC:
            self.topics.first = BRACKET_TOPIC
            wanted, self._wanted = self._wanted or (Follow(topic=BRACKET_TOPIC),), ()
            try:
                for follow in wanted:
                    self._follow(follow)
            except Refused as refused:
                self.refuse(refused)

    def closed_by_server(self, code: int) -> None:
        """Closes the connection; at the end of a tournament, once the end of the bracket has been delivered."""
        if code == CLOSE_FINISHED and self.topics.follows(BRACKET_TOPIC):
            self.topics.close_reason = ""
        else:
            self._socket.close(code)

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal, and closes the connection."""
        self.connection.refuse(refused)

    def _release(self) -> None:
        """Leaves the session: the connection is gone."""
        self._organisers.unsubscribe(self)
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.leave(self._number)
