"""A connection that follows topics: what it watches, whether it plays too or not."""

from typing import Final

from matchpoint.v1.frames_pb2 import Position
from matchpoint.v1.refusal_pb2 import Reason

from gateway.entry import Guest
from gateway.sockets import SLOW_READER, Socket
from gateway.upstream import Feed, Hub
from wire.refusal import Refused

FINISHED: Final = 1000
BRACKET: Final = 0
"""The topic of a tournament itself."""
MATCH: Final = 1
"""The only topic of a duel."""
TOPICS: Final = 17
"""Topics that one connection may follow at once: a wall of 16 boards beside the bracket."""


class Watcher(Guest):
    """Follows topics of one session through the fan-out of this gateway."""

    def __init__(self, socket: Socket, hub: Hub, *, json: bool, messages_per_second: int, live: bool) -> None:
        """`live` watches without the spectators' delay: for players, and who organises."""
        super().__init__(socket, json=json, messages_per_second=messages_per_second)
        self.session_id = ""
        #: What there is to watch first: the bracket, or a duel's match.
        self.first = MATCH
        self._hub = hub
        self.live = live
        self._feeds: dict[int, Feed] = {}
        #: Topics that were followed when the view changed.
        self._carried_over: set[int] = set()

    def follow(self, topic: int, after: Position | None) -> None:
        """Begins to watch a topic. Raises Refused."""
        topic = topic or self.first
        if topic in self._feeds:
            return
        if len(self._feeds) >= TOPICS:
            raise Refused(Reason.REASON_TOO_MANY, f"One connection follows at most {TOPICS} topics; leave one first.")
        feed = self._hub.feed(self.session_id, topic, live=self.live, json=self.json)
        feed.join(self, after)
        self._feeds[topic] = feed

    def see(self, *, live: bool) -> None:
        """Watch without the spectators' delay, or with it, from now on. May raise Refused."""
        if live == self.live:
            return
        self.live = live
        feeds, self._feeds = self._feeds, {}
        for feed in feeds.values():
            feed.leave(self)
        self._carried_over = set(feeds)
        for topic in feeds:
            # A place in the one numbering says nothing of how far the other view has come: begin with a snapshot.
            self.follow(topic, None)

    def unfollow(self, topic: int) -> None:
        """Watches it no more."""
        feed = self._feeds.pop(topic or self.first, None)
        if feed is not None:
            feed.leave(self)

    # The fan-out's Viewer

    def over(self, topic: int) -> None:
        """The topic has ended, and its last event was delivered. With a match of a tournament nothing else ends."""
        if topic == self.first:
            self.socket.close(FINISHED, "over")
        else:
            self._feeds.pop(topic, None)

    def unwatchable(self, topic: int, refused: Refused) -> None:
        """The topic cannot be watched (any more)."""
        over = refused.reason == Reason.REASON_SESSION_OVER
        unseen = refused.reason == Reason.REASON_TOPIC_UNKNOWN and topic in self._carried_over
        if topic != self.first and (over or unseen):
            # A match that is over, whose end stands in the bracket; or one that spectators do not know of yet.
            self._feeds.pop(topic, None)
        else:
            self.refused(refused)

    def too_slow(self) -> None:
        """Too much was missed."""
        self.socket.close(SLOW_READER, "too slow")

    # The socket's Receiver

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
