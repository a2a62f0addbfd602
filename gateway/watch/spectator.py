"""Spectators: connections that follow topics and cannot play."""

import time
from typing import Final

from matchpoint.v1.frames_pb2 import Follow, Hello, Ping, Pong, SeatMessage, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason

from gateway.watch.feed import FeedRegistry
from gateway.watch.follower import TopicFollower, position_of
from gateway.watch.receiver import MessageReceiver
from gateway.websocket.connection import Connection
from gateway.websocket.messages import joined_message
from gateway.websocket.socket import Socket
from wire.refusal import Refused
from wire.tickets import Ticket

MESSAGES_PER_SECOND: Final = 20
"""Messages of one spectator, with a burst of two seconds' worth: a wall of 16 boards is asked for at once."""


class Spectator:
    """A connection that watches. It can send which topics it follows, and pings."""

    def __init__(self, socket: Socket, feeds: FeedRegistry, *, json: bool) -> None:
        self.connection = Connection(socket, json=json, messages_per_second=MESSAGES_PER_SECOND)
        # Never live by its own choice: only an organiser's ticket changes that.
        self.topics = TopicFollower(self.connection, feeds, live=False, close_reason="over")
        self.ticket: Ticket | None = None

    def receiver(self) -> MessageReceiver:
        """Makes the receiver of the spectator's socket."""
        return MessageReceiver(self.connection, self.topics, self._handle)

    @property
    def session_id(self) -> str:
        """The session that is watched; empty before the handshake has found it."""
        return self.topics.session_id

    def set_organiser(self, account_id: str) -> None:
        """Switches the spectators' delay off for the organiser of the tournament, and on for everybody else."""
        try:
            self.topics.set_live(live=self.ticket is not None and self.ticket.account_id == account_id)
        except Refused as refused:
            self.refuse(refused)

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal, and closes the connection."""
        self.connection.refuse(refused)

    def accept(self, hello: Hello) -> None:
        """Ends the handshake, and begins to follow. Raises Refused."""
        if not self.connection.socket.open:
            return
        self.connection.send(joined_message(self.topics.session_id, self.topics.first))
        for wanted in hello.follow or (Follow(topic=self.topics.first),):
            self.topics.follow(wanted.topic, position_of(wanted))
        for message in self.connection.accept():
            self._handle(message)

    def _handle(self, message: bytes) -> None:
        """Follows, unfollows, or answers a ping: nothing of a spectator goes to the game server. Raises Refused."""
        parsed = self.connection.parse(message)
        match parsed.WhichOneof("body"):
            case "follow":
                self.topics.follow(parsed.follow.topic, position_of(parsed.follow))
            case "unfollow":
                self.topics.unfollow(parsed.unfollow.topic)
            case "seat" if is_ping(parsed.seat):
                self._answer(parsed.seat.ping)
            case "seat":
                raise Refused(Reason.REASON_NOT_ALLOWED, "A spectator cannot play.")
            case _:
                raise Refused(Reason.REASON_MALFORMED, "This message has no place here.")

    def _answer(self, ping: Ping) -> None:
        """Answers by the gateway's clock: good for the round trip. Drawing follows the time stamps of frames."""
        if not self.topics.stalled:
            now_ms = time.monotonic() * 1_000
            self.connection.send(ServerMessage(pong=Pong(t0=ping.t0, t1=now_ms, t2=now_ms)))


def is_ping(seat: SeatMessage) -> bool:
    """Tells whether a message of a player's is a ping and nothing else: spectators may send that too."""
    return seat.HasField("ping") and not (seat.inputs or seat.marks or seat.resign or seat.HasField("resign_seat"))
