"""The players of a tournament: which connection has which entrants' seats, and plays which of its matches."""

from collections.abc import Iterable, Mapping, Sequence

from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.state import ACTIVE_STATES
from gameserver.domain.values import SIDES
from gameserver.sessions.ports import WallClock
from gameserver.sessions.runner import MatchRunner
from gameserver.streaming.connection import Connection, take_seats
from gameserver.streaming.ports import FrameEncoder
from wire.constants import BRACKET_TOPIC, CLOSE_FINISHED
from wire.refusal import Reason, Refused

Matches = Mapping[int, MatchRunner]
"""The last playing of each match that was begun in this process, by number."""


class Participants:
    """Connections of one tournament. An entrant is present while a connection with their seat is joined."""

    def __init__(
        self, session_id: str, encoder: FrameEncoder, engine: Tournament, wall_ms: WallClock, *, delayed: bool
    ) -> None:
        """`delayed`: spectators see the tournament later, and so do entrants who can no longer be called."""
        self.connections: set[Connection] = set()
        self._delayed = delayed
        self._spectating: set[Connection] = set()
        """Connections that watch as spectators do."""
        self._session_id = session_id
        self._encoder = encoder
        self._engine = engine
        self._wall_ms = wall_ms
        self._by_seat: dict[int, Connection] = {}

    def may_sit(self, seat: int) -> bool:
        """Report whether there is such an entrant, and it is a person."""
        entrants = self._engine.state.entrants
        return seat < len(entrants) and not entrants[seat].bot

    def join(self, connection: Connection, matches: Matches, now: int) -> None:
        """Give a connection its seats, and its places in the matches that are on."""
        for before in take_seats(self._by_seat, connection):
            self.connections.discard(before)
            self._spectating.discard(before)
            for match in matches.values():
                match.forget(before)
        self.connections.add(connection)
        self.greet(connection)
        for match in matches.values():
            if not match.over:
                self._seat(connection, match, now)
        for seat in connection.seats:
            self._engine.present(self._wall_ms(), seat, True)

    def greet(self, connection: Connection) -> None:
        """Confirm that the ticket was accepted."""
        if self._delayed:
            # Before Joined, with which the gateway begins to watch.
            self._send_view(connection, self._is_out(connection))
        connection.send(self._encoder.joined(self._session_id, connection.seats, BRACKET_TOPIC))

    def update_views(self) -> None:
        """Notify each connection whether it watches with the spectators' delay: entrants may be out, or in again."""
        if not self._delayed:
            return
        for connection in self.connections:
            out = self._is_out(connection)
            if out != (connection in self._spectating):
                self._send_view(connection, out)

    def _is_out(self, connection: Connection) -> bool:
        """Report whether none of its entrants can be called again."""
        states = self._engine.state.states
        return not any(states[seat] in ACTIVE_STATES for seat in connection.seats)

    def _send_view(self, connection: Connection, out: bool) -> None:
        if out:
            self._spectating.add(connection)
        else:
            self._spectating.discard(connection)
        connection.send(self._encoder.view(delayed=out))

    def leave(self, connection: Connection, matches: Matches, now: int) -> None:
        """Take out a connection that has ended."""
        self.connections.discard(connection)
        self._spectating.discard(connection)
        for match in played_by(connection, matches.values()):
            match.leave(connection, now)
        for seat in connection.seats:
            if self._by_seat.get(seat) is connection:
                del self._by_seat[seat]
                if connection.stream.ending:
                    self._engine.cut_off(self._wall_ms(), seat)
                else:
                    self._engine.present(self._wall_ms(), seat, False)

    def drop_detached(self, matches: Matches, now: int) -> None:
        """Take out connections that were closed because their match broke; they come back."""
        for connection in tuple(self.connections):
            if connection.detached:
                self.leave(connection, matches, now)

    def begin(self, match: MatchRunner, now: int) -> None:
        """Seat the connections that have a side in a match that begins."""
        for connection in tuple(self.connections):
            self._seat(connection, match, now)

    def match_for(
        self, connection: Connection, topic: int, matches: Matches
    ) -> tuple[MatchRunner | None, Sequence[int]]:
        """Find the match that a connection's message is for, and its sides in it; None when it is not on.

        Raises Refused (NO_SEAT): it never had a side there.
        """
        if topic == BRACKET_TOPIC:
            return None, ()
        sides = self._sides(connection, topic)
        if not sides:
            raise Refused(Reason.REASON_NO_SEAT, "You do not play in that match; play your own.")
        match = matches.get(topic)
        if match is None or match.over or connection not in match.connections:
            return None, sides
        return match, sides

    def notify_draining(self, matches: Matches) -> None:
        """Notify the connections that are in no match that this process ends."""
        for connection in self.connections:
            if not played_by(connection, matches.values()):
                connection.send(self._encoder.draining())

    def close_all(self, refused: Refused | None = None) -> None:
        """Close all connections: the tournament is over, or (`refused`) something broke."""
        for connection in self.connections:
            connection.detach()
            if refused:
                connection.refuse(refused)
            else:
                connection.send(b"", CLOSE_FINISHED)
        self.connections.clear()
        self._spectating.clear()
        self._by_seat.clear()

    def _seat(self, connection: Connection, match: MatchRunner, now: int) -> None:
        sides = self._sides(connection, match.key.match)
        if sides:
            connection.send(self._encoder.seated(match.key.match, sides))
            match.attach(connection, sides, None, now)

    def _sides(self, connection: Connection, match: int) -> list[int]:
        facts = self._engine.state
        pairing = facts.pairings.get(facts.pairing_of.get(match, 0))
        if pairing is None or pairing.left <= 0 or pairing.right <= 0:
            return []
        entrants = facts.sides(pairing)
        return [side for side in SIDES if entrants[side] in connection.seats]


def played_by(connection: Connection, matches: Iterable[MatchRunner]) -> list[MatchRunner]:
    """List the matches that are on for a connection."""
    return [match for match in matches if connection in match.connections]
