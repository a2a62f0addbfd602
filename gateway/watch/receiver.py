"""Receiver of a connection that follows topics: what players and spectators do alike with what their socket tells."""

from collections.abc import Callable

from gateway.watch.follower import TopicFollower
from gateway.websocket.connection import Connection
from wire.refusal import Refused


class MessageReceiver:
    """Passes messages to the owner of a connection, and stops its topics while writes are held up."""

    def __init__(
        self,
        connection: Connection,
        topics: TopicFollower,
        handle: Callable[[bytes], None],
        released: Callable[[], None] = lambda: None,
    ) -> None:
        """`handle` takes a message of an accepted connection and may raise Refused; `released` is called at the end."""
        self._connection = connection
        self._topics = topics
        self._handle = handle
        self._released = released

    def received(self, message: bytes, *, text: bool) -> None:
        """Takes a message of the browser."""
        try:
            if self._connection.admit(message, text=text):
                self._handle(message)
        except Refused as refused:
            self.refuse(refused)

    def writing_paused(self) -> None:
        """Stops the topics: writes are held up."""
        self._topics.pause()

    def writing_resumed(self) -> None:
        """Goes on with the topics."""
        self._topics.resume()

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal, and closes the connection."""
        self._connection.refuse(refused)

    def lost(self) -> None:
        """Leaves the topics, and lets the owner release the rest: the connection is gone."""
        self._connection.lost()
        self._topics.leave()
        self._released()
