"""A duel: the session that has one match, and its members beside it."""

from collections.abc import Sequence

from matchpoint.v1.fleet_pb2 import SessionBrief
from matchpoint.v1.frames_pb2 import Joined, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Session, SessionState

from gameserver.sessions.ports import Key
from gameserver.sessions.runner import LiveMatch
from gameserver.sessions.session import Watched
from gameserver.streaming.connection import Connection, take_seats
from gameserver.streaming.topic import Place
from wire.constants import MATCH_TOPIC
from wire.refusal import Refused


class Duel(LiveMatch):
    """One duel of this server. It is a `LiveSession`."""

    __slots__ = ()

    #: Of the matches that its server may have on at once.
    places = 1

    # What the host asks.

    def describe(self) -> Session:
        """The session as the contract tells it."""
        left, right = self.match.state.game.score
        state = SessionState.SESSION_STATE_PLAYING if self.match.started else SessionState.SESSION_STATE_WAITING
        if self.over:
            state = SessionState.SESSION_STATE_OVER
        return Session(
            session_id=self.session_id,
            spec=self.spec,
            state=state,
            epoch=self.epoch,
            left=left,
            right=right,
            result=self.result,
        )

    def brief(self) -> SessionBrief:
        """The duel, for lists."""
        left, right = self.match.state.game.score
        return SessionBrief(session_id=self.session_id, left=left, right=right, viewers=self.viewers)

    def replay(self, match: int, now: int) -> Key | None:
        """The journal of a match, written up to now; None when there is no such match."""
        self.flush(now)
        return self.key if match == self.key.match else None

    def broke(self, connection: Connection) -> None:
        """What a connection sent has broken it."""
        self.abandon()

    # Those who watch.

    def watched(self, topic: int, *, live: bool) -> Watched:
        """Its only topic, held back from everybody who does not play. Raises Refused (TOPIC_UNKNOWN)."""
        if topic not in (0, MATCH_TOPIC):
            raise Refused(Reason.REASON_TOPIC_UNKNOWN, f"A duel has topic {MATCH_TOPIC} only.", field="topic")
        return self.spectators

    def featured(self, *, live: bool) -> None:
        """In a duel there is nothing to choose from."""

    # Those who play.

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """A connection takes its seats; whoever had them is sent away."""
        for before in take_seats(self._shell.codec, self._by_side, connection):
            self.forget(before)
        self._greet(connection)
        self.sit(connection, connection.seats, after, now)

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """It is over: a connection is shown how it ended, and closed."""
        self._greet(connection)
        self._show_the_end(connection, after)

    def seated(self, connection: Connection, topic: int) -> tuple[LiveMatch, Sequence[int]]:
        """Where what a connection sends belongs."""
        return self, connection.seats

    def may_sit(self, seat: int) -> bool:
        """Whether the seat is there, and for a person."""
        return seat < len(self.spec.seats) and not self.spec.seats[seat].bot

    def _greet(self, connection: Connection) -> None:
        joined = Joined(session_id=self.session_id, seats=connection.seats, topic=MATCH_TOPIC)
        self._tell(connection, ServerMessage(joined=joined).SerializeToString())
