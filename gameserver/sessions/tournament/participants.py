"""Those who play in a tournament: which connection has which entrants' seats, and plays which of its matches."""

from collections.abc import Callable, Mapping, Sequence

from matchpoint.v1.frames_pb2 import Joined, Seated, ServerMessage, View
from matchpoint.v1.refusal_pb2 import Reason

from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.state import ACTIVE_STATES
from gameserver.domain.values import SIDES
from gameserver.sessions.ports import Codec
from gameserver.sessions.runner import LiveMatch
from gameserver.streaming.connection import DRAINING, Connection, refuse, take_seats
from wire.constants import BRACKET_TOPIC, CLOSE_FINISHED
from wire.refusal import Refused


class Entrants:
    """Connections of one tournament. An entrant is present while one with their seat is joined."""

    def __init__(
        self,
        session_id: str,
        codec: Codec,
        engine: Tournament,
        matches: Mapping[int, LiveMatch],
        wall_ms: Callable[[], int],
        *,
        delayed: bool,
    ) -> None:
        """`delayed`: spectators see the tournament later, and so does who cannot be called any more."""
        self.connections: set[Connection] = set()
        self._delayed = delayed
        #: Connections that watch as spectators do.
        self._spectating: set[Connection] = set()
        self._session_id = session_id
        self._codec = codec
        self._engine = engine
        self._matches = matches
        self._wall_ms = wall_ms
        self._by_seat: dict[int, Connection] = {}

    def may_sit(self, seat: int) -> bool:
        """Whether there is such an entrant, and it is a person."""
        entrants = self._engine.state.entrants
        return seat < len(entrants) and not entrants[seat].bot

    def join(self, connection: Connection, now: int) -> None:
        """A connection takes its seats, and its places in the matches that are on."""
        for before in take_seats(self._codec, self._by_seat, connection):
            self.connections.discard(before)
            self._spectating.discard(before)
            for match in self._matches.values():
                match.forget(before)
        self.connections.add(connection)
        self.greet(connection)
        for match in self._matches.values():
            if not match.over:
                self._seat(connection, match, now)
        for seat in connection.seats:
            self._engine.present(self._wall_ms(), seat, True)

    def greet(self, connection: Connection) -> None:
        """Say that the ticket was accepted."""
        if self._delayed:
            # Before Joined, with which the gateway begins to watch.
            self._tell_view(connection, self._is_out(connection))
        joined = Joined(session_id=self._session_id, seats=connection.seats, topic=BRACKET_TOPIC)
        self.tell(connection, ServerMessage(joined=joined).SerializeToString())

    def update_views(self) -> None:
        """Entrants may be out, or in again: tell each connection whether it watches with the spectators' delay."""
        if not self._delayed:
            return
        for connection in self.connections:
            out = self._is_out(connection)
            if out != (connection in self._spectating):
                self._tell_view(connection, out)

    def _is_out(self, connection: Connection) -> bool:
        """Report whether none of its entrants can be called any more."""
        states = self._engine.state.states
        return not any(states[seat] in ACTIVE_STATES for seat in connection.seats)

    def _tell_view(self, connection: Connection, out: bool) -> None:
        if out:
            self._spectating.add(connection)
        else:
            self._spectating.discard(connection)
        self.tell(connection, ServerMessage(view=View(delayed=out)).SerializeToString())

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        self._spectating.discard(connection)
        for match in self.played_by(connection):
            match.leave(connection, now)
        for seat in connection.seats:
            if self._by_seat.get(seat) is connection:
                del self._by_seat[seat]
                if connection.stream.ending:
                    self._engine.cut_off(self._wall_ms(), seat)
                else:
                    self._engine.present(self._wall_ms(), seat, False)

    def drop_closed(self, now: int) -> None:
        """Those whose match broke are closed: they leave, and come back."""
        for connection in tuple(self.connections):
            if connection.stream.connections.get(connection.number) is not connection:
                self.leave(connection, now)

    def begin(self, match: LiveMatch, now: int) -> None:
        """A match is on: who has a side in it is told, and gets its frames."""
        for connection in tuple(self.connections):
            self._seat(connection, match, now)

    def played_by(self, connection: Connection) -> list[LiveMatch]:
        """The matches that are on for a connection."""
        return [match for match in self._matches.values() if connection in match.connections]

    def seated(self, connection: Connection, topic: int) -> tuple[LiveMatch | None, Sequence[int]]:
        """The match that a connection's message is for, and its sides in it; none when it is over, or not yet on.

        Raises Refused (NO_SEAT): it never had a side there.
        """
        if topic == BRACKET_TOPIC:
            return None, ()
        sides = self._sides(connection, topic)
        if not sides:
            raise Refused(Reason.REASON_NO_SEAT, "You do not play in that match; play your own.")
        match = self._matches.get(topic)
        if match is None or match.over or connection not in match.connections:
            return None, sides
        return match, sides

    def tell_draining(self) -> None:
        """This process is about to end: tell those whom no match of theirs tells."""
        for connection in self.connections:
            if not self.played_by(connection):
                self.tell(connection, DRAINING)

    def let_go(self, refused: Refused | None = None) -> None:
        """All of them are closed: it is over, or something broke."""
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
            if refused:
                refuse(self._codec, connection.stream, connection.number, refused)
            else:
                self.tell(connection, b"", CLOSE_FINISHED)
        self.connections.clear()
        self._spectating.clear()
        self._by_seat.clear()

    def tell(self, connection: Connection, message: bytes, close_code: int = 0) -> None:
        """Send a serialized ServerMessage to one connection."""
        connection.stream.put(self._codec.delivery(connection.encoded, message, close_code))

    def _seat(self, connection: Connection, match: LiveMatch, now: int) -> None:
        sides = self._sides(connection, match.key.match)
        if sides:
            seated = Seated(topic=match.key.match, sides=sides)
            self.tell(connection, ServerMessage(seated=seated).SerializeToString())
            match.sit(connection, sides, None, now)

    def _sides(self, connection: Connection, match: int) -> list[int]:
        facts = self._engine.state
        pairing = facts.pairings.get(facts.pairing_of.get(match, 0))
        if pairing is None or pairing.left <= 0 or pairing.right <= 0:
            return []
        entrants = facts.sides(pairing)
        return [side for side in SIDES if entrants[side] in connection.seats]
