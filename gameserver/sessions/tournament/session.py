"""A tournament on this server: the engine of the domain, its journal, its matches, its players and its viewers.

The engine returns effects; the session carries them out one after another: records into the journal, fsync, events on
topic 0, then matches begun and stopped. Nothing follows from what is not durable.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

from gameserver.domain.tournament.commands import CallOff, Command
from gameserver.domain.tournament.effects import NO_EFFECTS, TournamentEffects
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.formats.interface import RoundToDraw
from gameserver.domain.tournament.records import (
    EntrantLine,
    PairingLine,
    Phase,
    TournamentEnded,
    TournamentOpened,
    TournamentRecord,
)
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.state import TournamentState
from gameserver.sessions.context import SessionContext
from gameserver.sessions.dispatcher import log_broken
from gameserver.sessions.durable import append, make_durable
from gameserver.sessions.ports import Journal, Key, Report, RestoredTournament, TournamentView
from gameserver.sessions.recovery import Found
from gameserver.sessions.round_draw import draw_while
from gameserver.sessions.runner import MatchRunner
from gameserver.sessions.session import OnSessionEnd, SessionEnd
from gameserver.sessions.tournament.broadcast import TournamentBroadcast
from gameserver.sessions.tournament.match_pool import MatchPool
from gameserver.sessions.tournament.participants import Participants, played_by
from gameserver.sessions.values import SessionBrief, SessionDescription, SessionSpec, SessionState
from gameserver.streaming.connection import Connection, restarting
from gameserver.streaming.ports import ResumePoint
from gameserver.streaming.topic import NEW, Place, Topic, WatchableTopic
from wire.constants import BRACKET_TOPIC, CLOSE_FINISHED
from wire.refusal import Reason, Refused


class TournamentSession:
    """One tournament of this server. It is a `LiveSession`."""

    def __init__(
        self,
        context: SessionContext,
        session_id: str,
        spec: SessionSpec,
        epoch: int,
        engine: Tournament,
        journal: Journal,
        on_end: OnSessionEnd,
        resumed: ResumePoint = NEW,
    ) -> None:
        self.session_id = session_id
        self.key = Key(session_id, BRACKET_TOPIC)
        self.spec = spec
        self.epoch = epoch
        self.engine = engine
        self.journal = journal
        self.scheduled: int | None = None
        self.dirty = False
        self.over = False
        delayed = spec.delay_s > 0
        self.participants = Participants(session_id, context.codec, engine, context.wall_ms, delayed=delayed)
        self.pool = MatchPool(context, session_id, spec, epoch, engine, self.participants, self._on_change)
        self.broadcast = TournamentBroadcast(
            context, session_id, spec, epoch, engine, self.pool.matches, resumed, self._flush_and_check
        )
        self._context = context
        self._dispatcher = context.dispatcher
        self._on_end = on_end
        self._carrying: asyncio.Future[None] | None = None
        """Set while effects are being carried out: resolved when all are."""
        self._due: tuple[int | None, int | None] = (None, None)
        """The engine's deadline, unix ms, and the same in server µs."""
        engine.reachable(context.wall_ms(), context.gateways.reachable)

    @classmethod
    def open(
        cls, context: SessionContext, session_id: str, spec: SessionSpec, journal: Journal, on_end: OnSessionEnd
    ) -> "TournamentSession":
        """Open a tournament, from a filled spec."""
        now_ms = context.wall_ms()
        opening = TournamentOpened(context.codec.tournament_spec(spec), now_ms, session_id)
        engine = Tournament.open(opening, now_ms, context.timing)
        tournament = cls(context, session_id, spec, 1, engine, journal, on_end)
        if tournament.broadcast.delay:
            facts = TournamentState(opening, context.timing)
            tournament.broadcast.begin_delay(facts, facts.opening, opens_at=0)
        tournament._begin()
        return tournament

    @classmethod
    def restore(
        cls,
        context: SessionContext,
        session_id: str,
        journal: Journal,
        left: RestoredTournament,
        found: Found,
        on_end: OnSessionEnd,
    ) -> "TournamentSession":
        """Restore the tournament that a journal leads to, with those of its matches that are open."""
        events, seen = left.events, left.seen
        engine = Tournament.take_up(left.state, context.wall_ms())
        resumed = ResumePoint(len(events), list(enumerate(events, 1)))
        tournament = cls(context, session_id, left.spec, left.epoch, engine, journal, on_end, resumed)
        if seen:
            broadcast = tournament.broadcast
            broadcast.begin_delay(seen, events, opens_at=context.clock() + broadcast.delay)
        tournament.pool.resume(found)
        tournament._begin()
        return tournament

    # For the registry and the dispatcher.

    @property
    def deadline(self) -> int | None:
        """The time at which the engine is to be woken, server µs."""
        due_ms = self.engine.deadline
        if due_ms != self._due[0]:
            # Once for each deadline, since the two clocks never agree on the microsecond.
            wait_us = 0 if due_ms is None else max(0, due_ms - self._context.wall_ms()) * 1_000
            self._due = (due_ms, None if due_ms is None else self._context.clock() + wait_us)
        return self._due[1]

    def on_due(self, now: int) -> None:
        """Advance the engine to a deadline that has come."""
        self._due = (None, None)
        try:
            self.engine.advance(self._context.wall_ms())
        except Exception:
            self.abandon()
        else:
            self._dispatcher.mark_dirty(self)

    def go_live(self) -> None:
        """Begin to be woken and flushed."""
        self._dispatcher.begin(self)

    def describe(self) -> SessionDescription:
        """Describe the session."""
        state = SessionState.PLAYING
        if self.over:
            state = SessionState.OVER
        elif self.engine.state.phase == Phase.CHECK_IN:
            state = SessionState.WAITING
        status = self.engine.state.status
        return SessionDescription(self.session_id, self.spec, state, self.epoch, tournament=status)

    def brief(self) -> SessionBrief:
        """Describe the tournament for lists."""
        return SessionBrief(self.session_id, viewers=self.broadcast.viewers)

    def end(self, now: int) -> None:
        """Call it off, unless it is over."""
        if not self.engine.over:
            self.engine.act(self._context.wall_ms(), "", CallOff())
            self._dispatcher.mark_dirty(self)

    def drain(self, now: int) -> None:
        """Notify the players that this process ends, and let every match stand still."""
        self.participants.notify_draining(self.pool.matches)
        for match in self.pool.matches.values():
            match.drain(now)

    def disconnect_all(self) -> None:
        """Send viewers away, to the process that comes after this one."""
        self.broadcast.fail(restarting())

    def write(self) -> None:
        """Write the records that wait in its matches. Raises OSError."""
        for match in self.pool.matches.values():
            if not match.over:
                match.write()

    def abandon(self) -> None:
        """Close all connections after a fault. The journals stay, and the next start takes them up."""
        log_broken(self.session_id, BRACKET_TOPIC)
        refused = Refused(Reason.REASON_INTERNAL, "This tournament broke in the server; it has been logged.")
        self.participants.close_all(refused)
        self.broadcast.fail(refused)
        for match in self.pool.matches.values():
            if not match.over:
                self._dispatcher.end(match)
        self._dispatcher.end(self)
        self._on_end(self.session_id, SessionEnd.BROKEN)

    def journal_key(self, match: int, now: int) -> Key | None:
        """Return the key of a match's journal, written up to now; None when there is no such match. Raises Refused."""
        return self.broadcast.journal_key(match, now)

    def gateways_changed(self, *, reachable: bool) -> None:
        """Note that a gateway is here, through which players can come, or none."""
        self.engine.reachable(self._context.wall_ms(), reachable)
        self._dispatcher.mark_dirty(self)

    # For organisers.

    def state(self, *, live: bool = True) -> TournamentView:
        """Return all of it; without `live`, as spectators may know it. Raises Refused."""
        return self.broadcast.snapshot() if live else self.broadcast.public()

    async def act(self, by: str, act: Command) -> EntrantLine | None:
        """Let an account act on the tournament; returns when that is durable and announced. Raises Refused.

        Returns the entrant that it was about, None for a command about a pairing or the tournament.
        """
        try:
            entrant = self.engine.act(self._context.wall_ms(), by, act)
        except TournamentRefused as error:
            raise self._context.codec.tournament_refusal(error, "act.") from error
        finally:
            self.flush(self._context.clock())
        await self.settled()
        return None if entrant is None else self.engine.state.line_of(entrant)

    # For players. See `Participants`.

    @property
    def connections(self) -> Collection[Connection]:
        """The connections that joined it to play."""
        return self.participants.connections

    def may_sit(self, seat: int) -> bool:
        """Report whether there is such an entrant, and it is a person."""
        return self.participants.may_sit(seat)

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """Give a connection its entrants' seats; connections that had them are closed."""
        self.participants.join(connection, self.pool.matches, now)
        self._dispatcher.mark_dirty(self)

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """Close a connection after the end: all that there is to see is on topic 0."""
        self.participants.greet(connection)
        connection.send(b"", CLOSE_FINISHED)

    def leave(self, connection: Connection, now: int) -> None:
        """Take out a connection that has ended."""
        self.participants.leave(connection, self.pool.matches, now)
        self._dispatcher.mark_dirty(self)

    def gateway_closing(self, connection: Connection, now: int) -> None:
        """Let the matches of a connection stand still until its player has come over another gateway."""
        for match in self._played_by(connection):
            match.gateway_closing(connection, now)

    def match_for(self, connection: Connection, topic: int) -> tuple[MatchRunner | None, Sequence[int]]:
        """Find the match that a connection's message is for, and its sides in it; None when not on. Raises Refused."""
        return self.participants.match_for(connection, topic, self.pool.matches)

    def abandon_for(self, connection: Connection) -> None:
        """Abandon the matches of a connection whose message broke something, or else the whole tournament."""
        broken: list[MatchRunner] | list[TournamentSession] = self._played_by(connection) or [self]
        for each in broken:
            each.abandon()

    def rtt_measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """Note the round-trip time of a connection."""
        connection.rtt_us = rtt_us
        for match in self._played_by(connection):
            match.rtt_measured(connection, rtt_us, now)

    def _played_by(self, connection: Connection) -> list[MatchRunner]:
        return played_by(connection, self.pool.matches.values())

    # For viewers. See `TournamentBroadcast`.

    @property
    def topic(self) -> Topic:
        """Topic 0, without a delay."""
        return self.broadcast.topic

    def watchable(self, topic: int, *, live: bool) -> WatchableTopic:
        """Find a topic. Raises Refused."""
        return self.broadcast.watchable(topic, live=live)

    def featured(self, *, live: bool) -> WatchableTopic | None:
        """Find the featured match, as the last scoreboard named it."""
        return self.broadcast.featured(live=live)

    def pairings(self, *, live: bool) -> Sequence[PairingLine]:
        """Return all pairings; without `live`, as spectators may know them."""
        return self.broadcast.pairings(live=live)

    # Carrying out effects.

    @property
    def flush_is_pending(self) -> bool:
        """True while effects of the engine are being carried out."""
        return self._carrying is not None

    def flush(self, now: int) -> None:
        """Begin to carry out the engine's effects, unless that is under way."""
        self.dirty = False
        if self._carrying is None:
            effects, reports = self.engine.drain(), self.pool.take_reports()
            if effects is not NO_EFFECTS:
                self._carrying = asyncio.get_running_loop().create_future()
                self._dispatcher.spawn(self._carry_out(effects, reports))
            else:
                for report in reports:
                    report()

    async def settled(self) -> None:
        """Return when all that the engine has wanted so far is carried out."""
        if self._carrying:
            await asyncio.shield(self._carrying)

    def _flush_and_check(self, now: int) -> bool:
        self.flush(now)
        return self.flush_is_pending

    def _on_change(self) -> None:
        self.flush(self._context.clock())
        if not self.flush_is_pending:
            self._end_if_over()

    def _begin(self) -> None:
        """Carry out the first effects, of opening or restoring."""
        self._carrying = asyncio.get_running_loop().create_future()
        self._dispatcher.spawn(self._carry_out(self.engine.drain(), self.pool.take_reports()))

    async def _carry_out(self, effects: TournamentEffects, reports: Sequence[Callable[[], None]]) -> None:
        try:
            while effects is not NO_EFFECTS or reports:
                await self._write(effects)
                for report in reports:
                    report()
                self.broadcast.announce(effects)
                if any(isinstance(event, EntrantLine) for event in effects.events):
                    self.participants.update_views()
                for start in effects.starts:
                    await self.pool.start(start)
                # After the starts: an entrant who left while their match was about to begin has forfeited it.
                for stop in effects.stops:
                    self.pool.stop(stop)
                if effects.draw:
                    self._dispatcher.spawn(self._draw(effects.draw))
                effects, reports = self.engine.drain(), self.pool.take_reports()
            await self.pool.take_up_ended()
        except Exception:
            self.abandon()
        done, self._carrying = self._carrying, None
        assert done is not None
        done.set_result(None)
        if not self.topic.failed:
            self.topic.release()
            self._dispatcher.mark_dirty(self)
            self._end_if_over()

    async def _draw(self, wanted: RoundToDraw) -> None:
        """Have a round drawn beside everything else; a failure is tried again while the engine wants that round."""
        draw_round = self._context.draw_round
        pairs = await draw_while(lambda: not self.engine.over, draw_round, wanted, self.session_id)
        if pairs is None:
            return
        try:
            self.engine.round_drawn(self._context.wall_ms(), wanted, pairs)
        except Exception:
            self.abandon()
        else:
            self._dispatcher.mark_dirty(self)

    async def _write(self, effects: TournamentEffects) -> None:
        if not effects.records:
            return
        content = [self._encoded(record) for record in effects.records]
        await append(self.journal, self.session_id, content)
        if effects.durable:
            await make_durable(self.journal, self.session_id)

    def _encoded(self, record: TournamentRecord) -> bytes:
        codec = self._context.codec
        if isinstance(record, TournamentOpened):
            return codec.tournament_opened(record, self.spec)
        if isinstance(record, TournamentEnded):
            return codec.tournament_record(record, codec.tournament_digest(self._final()))
        return codec.tournament_record(record)

    # The end.

    def _end_if_over(self) -> None:
        if not self.engine.over or self.over or not self.pool.empty:
            return
        for report in self.pool.take_reports():  # of matches that the engine had no use for
            report()
        self.over = True
        self.broadcast.close()
        self.participants.close_all()
        self._dispatcher.end(self)
        final = Report(self.key, self.spec, session_over=True, tournament=self._final())
        self._context.outbox.add(self.key, final, self.journal, self.spec.delay_s)
        self._on_end(self.session_id, SessionEnd.FINISHED)

    def _final(self) -> TournamentView:
        return TournamentView(self.engine.snapshot(), self.spec)
