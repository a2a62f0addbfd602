"""A duel: the session that has one match."""

from collections.abc import Collection, Sequence

from gameserver.domain.match.match import Match
from gameserver.domain.tournament.records import PairingLine
from gameserver.sessions.context import SessionContext
from gameserver.sessions.ports import Journal, Key, Report, RestoredMatch
from gameserver.sessions.runner import MatchBroken, MatchFinished, MatchRunner
from gameserver.sessions.session import OnSessionEnd, SessionEnd
from gameserver.sessions.values import SessionBrief, SessionDescription, SessionSpec, SessionState
from gameserver.streaming.connection import Connection, take_seats
from gameserver.streaming.numbering import Numbering
from gameserver.streaming.ports import ResumePoint
from gameserver.streaming.topic import NEW, Place, WatchableTopic
from wire.constants import CLOSE_FINISHED, MATCH_TOPIC
from wire.refusal import Reason, Refused


class DuelSession:
    """One duel of this server. It is a `LiveSession`."""

    def __init__(
        self,
        context: SessionContext,
        key: Key,
        spec: SessionSpec,
        epoch: int,
        match: Match,
        journal: Journal,
        on_end: OnSessionEnd,
        resumed: ResumePoint = NEW,
    ) -> None:
        self.session_id = key.session_id
        self.spec = spec
        self.epoch = epoch
        self.runner = MatchRunner(
            context,
            key,
            spec,
            Numbering(epoch, key.attempt),
            match,
            journal,
            self._ended,
            resumed,
            closing=CLOSE_FINISHED,
        )
        self._context = context
        self._on_end = on_end
        self._by_seat: dict[int, Connection] = {}

    @classmethod
    def open(
        cls, context: SessionContext, key: Key, spec: SessionSpec, journal: Journal, on_end: OnSessionEnd
    ) -> "DuelSession":
        """Open a duel, from a filled spec."""
        opening = context.codec.match_opening(key, spec, context.fresh())
        match = Match.open(opening, context.clock(), spec.join_within_us, context.fresh(), context.timing)
        return cls(context, key, spec, 1, match, journal, on_end)

    @classmethod
    def restore(
        cls, context: SessionContext, key: Key, journal: Journal, left: RestoredMatch, on_end: OnSessionEnd
    ) -> "DuelSession":
        """Restore a duel that an earlier run left, in a tenure of its own."""
        spec = left.spec
        match = Match.restore(left.state, context.clock(), spec.join_within_us, context.fresh())
        return cls(context, key, spec, left.epoch + 1, match, journal, on_end, left.resume_point)

    # For the registry.

    @property
    def over(self) -> bool:
        """True once its result is announced."""
        return self.runner.over

    @property
    def connections(self) -> Collection[Connection]:
        """The connections that joined it to play."""
        return self.runner.connections

    def go_live(self) -> None:
        """Begin to be woken and flushed."""
        self._context.dispatcher.begin(self.runner)

    def describe(self) -> SessionDescription:
        """Describe the session."""
        match = self.runner.match
        state = SessionState.PLAYING if match.started else SessionState.WAITING
        if self.over:
            state = SessionState.OVER
        result = match.result if self.over else None
        left, right = match.state.game.score
        return SessionDescription(self.session_id, self.spec, state, self.epoch, left, right, result)

    def brief(self) -> SessionBrief:
        """Describe the duel for lists."""
        left, right = self.runner.match.state.game.score
        return SessionBrief(self.session_id, left, right, self.runner.viewers)

    def end(self, now: int) -> None:
        """End it as void, unless it is over."""
        self.runner.end(now)

    def abandon(self) -> None:
        """Close all connections after a fault."""
        self.runner.abandon()

    def drain(self, now: int) -> None:
        """Notify the players that this process ends, and stand still."""
        self.runner.drain(now)

    def disconnect_all(self) -> None:
        """Send viewers away, to the process that comes after this one."""
        self.runner.disconnect_all()

    def journal_key(self, match: int, now: int) -> Key | None:
        """Return the key of the match's journal, written up to now; None when there is no such match."""
        self.runner.flush(now)
        return self.runner.key if match == self.runner.key.match else None

    def write(self) -> None:
        """Write the records that wait. Raises OSError."""
        self.runner.write()

    def gateways_changed(self, *, reachable: bool) -> None:
        """Nothing: the absence of players is counted by connections."""

    def _ended(self, runner: MatchRunner, end: MatchFinished | MatchBroken) -> None:
        context, key = self._context, runner.key
        context.dispatcher.end(runner)
        self._by_seat.clear()
        if isinstance(end, MatchFinished):
            report = Report(key, self.spec, session_over=True, result=end.result)
            context.outbox.add(key, report, runner.journal)
            self._on_end(self.session_id, SessionEnd.FINISHED)
        else:
            self._on_end(self.session_id, SessionEnd.BROKEN)

    # For viewers.

    def watchable(self, topic: int, *, live: bool) -> WatchableTopic:
        """Return its only topic, held back from everyone but its players. Raises Refused (TOPIC_UNKNOWN)."""
        if topic not in (0, MATCH_TOPIC):
            raise Refused(Reason.REASON_TOPIC_UNKNOWN, f"A duel has topic {MATCH_TOPIC} only.", field="topic")
        return self.runner.spectators

    def featured(self, *, live: bool) -> None:
        """Return None: a duel has nothing to choose from."""

    def pairings(self, *, live: bool) -> Sequence[PairingLine]:
        """Return no pairings."""
        return ()

    # For players.

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """Give a connection its seats; connections that had them are closed."""
        for before in take_seats(self._by_seat, connection):
            self.runner.forget(before)
        self._greet(connection)
        self.runner.attach(connection, connection.seats, after, now)

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """Show a connection how the duel ended, and close it."""
        self._greet(connection)
        self.runner.show_end(connection, after)

    def leave(self, connection: Connection, now: int) -> None:
        """Take out a connection that has ended."""
        for seat in connection.seats:
            if self._by_seat.get(seat) is connection:
                del self._by_seat[seat]
        self.runner.leave(connection, now)

    def gateway_closing(self, connection: Connection, now: int) -> None:
        """Stand still until the player of a connection has come over another gateway."""
        self.runner.gateway_closing(connection, now)

    def match_for(self, connection: Connection, topic: int) -> tuple[MatchRunner, Sequence[int]]:
        """Return the match, and the sides that the connection plays."""
        return self.runner, connection.seats

    def abandon_for(self, connection: Connection) -> None:
        """Abandon the duel, which a connection's message has broken."""
        self.runner.abandon()

    def rtt_measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """Note the round-trip time of a connection."""
        self.runner.rtt_measured(connection, rtt_us, now)

    def may_sit(self, seat: int) -> bool:
        """Report whether there is such a seat, for a person."""
        return seat < len(self.spec.seats) and not self.spec.seats[seat].bot

    def _greet(self, connection: Connection) -> None:
        connection.send(self._context.codec.joined(self.session_id, connection.seats, MATCH_TOPIC))
