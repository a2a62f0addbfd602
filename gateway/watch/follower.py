"""Topics that one connection follows through the fan-out of this gateway, whether it plays too or not."""

from collections.abc import Callable, Collection
from typing import Final

from matchpoint.v1.frames_pb2 import Follow, Position
from matchpoint.v1.refusal_pb2 import Reason

from gateway.watch.feed import FeedRegistry, TopicFeed
from gateway.websocket.connection import Connection
from wire.constants import CLOSE_FINISHED, CLOSE_SLOW_READER, MATCH_TOPIC
from wire.refusal import Refused

FOLLOWED_TOPICS_MAX: Final = 17
"""Topics that one connection may follow at once: a wall of 16 boards beside the bracket."""


class TopicFollower:
    """A viewer of several topics of one session."""

    def __init__(self, connection: Connection, feeds: FeedRegistry, *, live: bool, close_reason: str | None) -> None:
        """`live` follows without the spectators' delay, as players and organisers do."""
        self.session_id = ""
        self.first = MATCH_TOPIC
        """The topic that is followed by default: the bracket of a tournament, or a duel's match."""
        self.live = live
        self.close_reason = close_reason
        """Reason to give when the connection is closed because its first topic has ended; None does not close it."""
        self.json = connection.json
        self.write: Callable[[bytes], None] = connection.write
        self._connection = connection
        self._registry = feeds
        self._feeds: dict[int, TopicFeed] = {}
        self._carried_over: Collection[int] = ()
        """Topics that were followed when `live` changed."""

    def follow(self, topic: int, after: Position | None) -> None:
        """Begins to follow a topic (0: the first). Raises Refused."""
        topic = topic or self.first
        if topic in self._feeds:
            return
        if len(self._feeds) >= FOLLOWED_TOPICS_MAX:
            raise Refused(
                Reason.REASON_TOO_MANY,
                f"One connection follows at most {FOLLOWED_TOPICS_MAX} topics; leave one first.",
            )
        feed = self._registry.open(self.session_id, topic, live=self.live, json=self.json)
        feed.join(self, after)
        self._feeds[topic] = feed

    def unfollow(self, topic: int) -> None:
        """Stops to follow a topic (0: the first)."""
        feed = self._feeds.pop(topic or self.first, None)
        if feed is not None:
            feed.leave(self)

    def follows(self, topic: int) -> bool:
        """Tells whether a topic is followed."""
        return topic in self._feeds

    def set_live(self, *, live: bool) -> None:
        """Switches to topics without the spectators' delay, or back. May raise Refused."""
        if live == self.live:
            return
        self.live = live
        feeds = self._leave_all()
        self._carried_over = feeds
        for topic in feeds:
            # Cursors of the one numbering do not hold in the other: begin with a snapshot.
            self.follow(topic, None)

    def _leave_all(self) -> Collection[int]:
        feeds, self._feeds = self._feeds, {}
        for feed in feeds.values():
            feed.leave(self)
        return tuple(feeds)

    # Viewer

    @property
    def stalled(self) -> bool:
        """Tells whether writes are held up."""
        return self._connection.socket.stalled

    @property
    def unsent_bytes(self) -> int:
        """Bytes that were written and that the kernel has not taken yet."""
        return self._connection.socket.transport.get_write_buffer_size()

    def over(self, topic: int) -> None:
        """Closes the connection when its first topic has ended; with a match of a tournament nothing else ends."""
        if topic == self.first and self.close_reason is not None:
            self._connection.socket.close(CLOSE_FINISHED, self.close_reason)
        else:
            self._feeds.pop(topic, None)

    def unwatchable(self, topic: int, refused: Refused) -> None:
        """Refuses the connection when its first topic cannot be watched; of other topics some failures are expected."""
        over = refused.reason == Reason.REASON_SESSION_OVER
        unseen = refused.reason == Reason.REASON_TOPIC_UNKNOWN and topic in self._carried_over
        if topic != self.first and (over or unseen):
            # A match that is over, whose end stands in the bracket; or one that spectators do not know of yet.
            self._feeds.pop(topic, None)
        else:
            self._connection.refuse(refused)

    def too_slow(self) -> None:
        """Closes the connection: it has missed too much."""
        self._connection.socket.close(CLOSE_SLOW_READER, "too slow")

    # The socket, through the owner of the connection

    def pause(self) -> None:
        """Stops the topics: writes are held up."""
        for feed in self._feeds.values():
            feed.topic.pause(self)

    def resume(self) -> None:
        """Goes on with the topics."""
        for feed in list(self._feeds.values()):
            feed.resume(self)

    def leave(self) -> None:
        """Leaves all topics of a connection that is gone."""
        self._leave_all()


def position_of(follow: Follow) -> Position | None:
    """The position from which a topic is to be continued; None begins with a snapshot."""
    return follow.after if follow.HasField("after") else None
