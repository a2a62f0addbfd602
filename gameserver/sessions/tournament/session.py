"""A tournament on this server: the engine of the core, its journal, its topic, its matches, and who is there for it.

The engine says what is to be done; here it is done, one thing after another: records into the journal, fsync, events
on topic 0, then matches begun and stopped. Nothing follows from what is not durable.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

import structlog
from matchpoint.v1.fleet_pb2 import SessionBrief
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Session, SessionSpec, SessionState
from matchpoint.v1.stats_pb2 import ReportStatsRequest
from matchpoint.v1.tournament_pb2 import TournamentState as TournamentStateMessage

from gameserver.contract.tournament_specs import refusal, tournament_of
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
from gameserver.sessions.context import TournamentShell
from gameserver.sessions.ports import Journal, Key, Past, RestoredTournament, TournamentSnapshot
from gameserver.sessions.runner import LiveMatch
from gameserver.sessions.session import Watched
from gameserver.sessions.tournament.broadcast import Audience
from gameserver.sessions.tournament.match_pool import RETRY_S, Courts, Found, made_durable
from gameserver.sessions.tournament.participants import Entrants
from gameserver.streaming.connection import Connection, restarting
from gameserver.streaming.topic import NO_PAST, Place, Topic
from wire.capacity import matches_at_once
from wire.constants import BRACKET_TOPIC, CLOSE_FINISHED
from wire.refusal import Refused

log = structlog.get_logger("tournament")


class LiveTournament:
    """One tournament of this server."""

    def __init__(
        self,
        shell: TournamentShell,
        session_id: str,
        spec: SessionSpec,
        epoch: int,
        engine: Tournament,
        journal: Journal,
        past: Past = NO_PAST,
    ) -> None:
        self.session_id = session_id
        self.key = Key(session_id, BRACKET_TOPIC)
        self.spec = spec
        self.places = matches_at_once(spec)
        self.epoch = epoch
        self.engine = engine
        self.journal = journal
        #: For the scheduler.
        self.scheduled: int | None = None
        #: Waits for the next flush.
        self.dirty = False
        self.over = False
        #: The last playing of each match that was begun in this process.
        self.matches: dict[int, LiveMatch] = {}
        delayed = spec.tournament.delay_s > 0
        self.entrants = Entrants(session_id, shell.codec, engine, self.matches, shell.wall_ms, delayed=delayed)
        self.audience = Audience(shell, session_id, spec.tournament, epoch, engine, self.matches, past, self._is_busy)
        self._shell = shell
        self.courts = Courts(shell, session_id, spec, epoch, engine, self.matches, self.entrants, self._settle)
        #: Set while effects are being carried out: resolved when all are.
        self._carrying: asyncio.Future[None] | None = None
        self._due: tuple[int | None, int | None] = (None, None)
        engine.reachable(shell.wall_ms(), shell.reachable)

    @classmethod
    def open(cls, shell: TournamentShell, session_id: str, spec: SessionSpec, journal: Journal) -> "LiveTournament":
        """A new one, from a spec whose defaults are filled in."""
        now_ms = shell.wall_ms()
        opening = TournamentOpened(tournament_of(spec), now_ms, session_id)
        engine = Tournament.open(opening, now_ms)
        tournament = cls(shell, session_id, spec, 1, engine, journal)
        if tournament.audience.delay:
            facts = TournamentState(opening)
            tournament.audience.begin_delay(facts, facts.opening, opens_at=0)
        tournament.begin()
        return tournament

    @classmethod
    def restore(
        cls, shell: TournamentShell, session_id: str, journal: Journal, left: RestoredTournament, found: Found
    ) -> "LiveTournament":
        """The tournament that a journal leads to, with those of its matches that are open."""
        told, seen = left.told, left.seen
        engine = Tournament.take_up(left.facts, shell.wall_ms())
        written = Past(len(told), list(enumerate(told, 1)))
        tournament = cls(shell, session_id, left.spec, left.epoch, engine, journal, written)
        if seen:
            tournament.audience.begin_delay(seen, told, opens_at=shell.clock() + tournament.audience.delay)
        tournament.courts.go_on(found)
        tournament.begin()
        return tournament

    # What the host asks.

    @property
    def deadline(self) -> int | None:
        """When the engine is to be woken, server µs."""
        due_ms = self.engine.deadline
        if due_ms != self._due[0]:
            # Once for each deadline, since the two clocks never agree on the microsecond.
            wait_us = 0 if due_ms is None else max(0, due_ms - self._shell.wall_ms()) * 1_000
            self._due = (due_ms, None if due_ms is None else self._shell.clock() + wait_us)
        return self._due[1]

    def on_due(self, now: int) -> None:
        """A deadline of the tournament has come."""
        self._due = (None, None)
        try:
            self.engine.advance(self._shell.wall_ms())
        except Exception:
            log.exception("a tournament broke", session=self.session_id)
            self.abandon()
        else:
            self._shell.touch(self)

    def describe(self) -> Session:
        """The session as the contract tells it."""
        status = self.state().status
        state = SessionState.SESSION_STATE_PLAYING
        if self.over:
            state = SessionState.SESSION_STATE_OVER
        elif self.engine.state.phase == Phase.CHECK_IN:
            state = SessionState.SESSION_STATE_WAITING
        return Session(session_id=self.session_id, spec=self.spec, state=state, epoch=self.epoch, tournament=status)

    def brief(self) -> SessionBrief:
        """The tournament for lists."""
        return SessionBrief(session_id=self.session_id, viewers=self.audience.viewers)

    def end(self, now: int) -> None:
        """Call it off, unless it is over."""
        if not self.engine.over:
            self.engine.act(self._shell.wall_ms(), "", CallOff())
            self._shell.touch(self)

    def hand_over(self, now: int) -> None:
        """This process is about to end: tell everybody, and let every match stand still."""
        self.entrants.tell_draining()
        for match in self.matches.values():
            match.hand_over(now)

    def part(self) -> None:
        """Viewers are sent away, to the process that comes after this one."""
        self.audience.fail(restarting())

    def write(self) -> None:
        """Write what waits in its matches' journals. Raises OSError."""
        for match in self.matches.values():
            if not match.over:
                match.write()

    def abandon(self) -> None:
        """It broke in this process: let everybody go. Its journals stay, and the next start takes them up."""
        refused = Refused(Reason.REASON_UNSPECIFIED, "This tournament broke in the server; it has been logged.")
        self.entrants.let_go(refused)
        self.audience.fail(refused)
        for match in self.matches.values():
            if not match.over:
                self._shell.ended(match)
        self._shell.tournament_is_abandoned(self)

    def replay(self, match: int, now: int) -> Key | None:
        """The journal of a match, written up to now; None when there is no such match. Raises Refused."""
        return self.audience.replay(match, now)

    def state(self, *, live: bool = True) -> TournamentStateMessage:
        """All of it as the contract tells it; without `live`, as spectators may know it. Raises Refused."""
        snapshot = self.audience.snapshot() if live else self.audience.public()
        return self._shell.codec.tournament_state(snapshot)[0]

    def pairings(self, *, live: bool) -> Sequence[PairingLine]:
        """All pairings, as `state` tells them."""
        return self.audience.pairings(live=live)

    def _final(self) -> TournamentSnapshot:
        return TournamentSnapshot(self.engine.snapshot(), self.spec.tournament)

    async def act(self, by: str, act: Command) -> None:
        """Somebody does something; returns when that is durable and announced. Raises Refused."""
        try:
            self.engine.act(self._shell.wall_ms(), by, act)
        except TournamentRefused as error:
            raise refusal(error, "act.") from error
        finally:
            self.flush(self._shell.clock())
        await self.settled()

    # Those who play. See `Entrants`.

    @property
    def connections(self) -> Collection[Connection]:
        """Those that joined it to play."""
        return self.entrants.connections

    def may_sit(self, seat: int) -> bool:
        """Whether there is such an entrant, and it is a person."""
        return self.entrants.may_sit(seat)

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """A connection takes its entrants' seats; whoever had them is sent away."""
        self.entrants.join(connection, now)
        self._shell.touch(self)

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """It is over: a connection is let go, since all that there is to see is on topic 0."""
        self.entrants.greet(connection)
        self.entrants.tell(connection, b"", CLOSE_FINISHED)

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended."""
        self.entrants.leave(connection, now)
        self._shell.touch(self)

    def suspend(self, connection: Connection, now: int) -> None:
        """The gateway of a connection is about to end."""
        for match in self.entrants.played_by(connection):
            match.suspend(connection, now)

    def seated(self, connection: Connection, topic: int) -> tuple[LiveMatch | None, Sequence[int]]:
        """The match that a connection's message is for, and its sides in it; none when it is not on. Raises Refused."""
        return self.entrants.seated(connection, topic)

    def reach(self, yes: bool) -> None:
        """Whether a gateway is here, through which people can come."""
        self.engine.reachable(self._shell.wall_ms(), yes)
        self._shell.touch(self)

    def broke(self, connection: Connection) -> None:
        """What a connection sent has broken its match, or else all of it."""
        broken: list[LiveMatch] | list[LiveTournament] = self.entrants.played_by(connection) or [self]
        for each in broken:
            each.abandon()

    def measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """The network of a connection was measured."""
        connection.rtt_us = rtt_us
        for match in self.entrants.played_by(connection):
            match.measured(connection, rtt_us, now)

    # Those who watch. See `Audience`.

    @property
    def topic(self) -> Topic:
        """Topic 0, without a delay."""
        return self.audience.topic

    def watched(self, topic: int, *, live: bool) -> Watched:
        """A topic. Raises Refused."""
        return self.audience.watched(topic, self._shell.store, live=live)

    def featured(self, *, live: bool) -> Watched | None:
        """The featured match, as the last scoreboard told it."""
        return self.audience.featured(live=live)

    def _is_busy(self, now: int) -> bool:
        self.flush(now)
        return self._carrying is not None

    # How it is carried out.

    def flush(self, now: int) -> None:
        """Begin to carry out what the engine wants, unless that is under way."""
        self.dirty = False
        if self._carrying is None:
            effects, reports = self.engine.drain(), self.courts.take_reports()
            if effects is not NO_EFFECTS:
                self._carrying = asyncio.get_running_loop().create_future()
                self._shell.spawn(self._carry_out(effects, reports))
            else:
                for report in reports:
                    report()

    def _settle(self) -> None:
        if not self._is_busy(self._shell.clock()):
            self._end_if_over()

    def begin(self) -> None:
        """Carry out what opening it, or taking it up again, has to be followed by."""
        self._carrying = asyncio.get_running_loop().create_future()
        self._shell.spawn(self._carry_out(self.engine.drain(), self.courts.take_reports()))

    async def settled(self) -> None:
        """Returns when all that the engine has wanted so far is carried out."""
        if self._carrying:
            await asyncio.shield(self._carrying)

    async def _carry_out(self, effects: TournamentEffects, reports: Sequence[Callable[[], None]]) -> None:
        try:
            while effects is not NO_EFFECTS or reports:
                await self._write(effects)
                for report in reports:
                    report()
                self.audience.announce(effects)
                if any(isinstance(event, EntrantLine) for event in effects.events):
                    self.entrants.update_views()
                for start in effects.starts:
                    await self.courts.start(start)
                # After the starts: who left while their match was about to begin has forfeited it.
                for stop in effects.stops:
                    self.courts.stop(stop)
                if effects.draw:
                    self._shell.spawn(self._draw(effects.draw))
                effects, reports = self.engine.drain(), self.courts.take_reports()
            await self.courts.take_up_ended()
        except Exception:
            log.exception("a tournament broke", session=self.session_id)
            self.abandon()
        done, self._carrying = self._carrying, None
        assert done is not None
        done.set_result(None)
        if not self.topic.failed:
            self.topic.release()
            self._shell.touch(self)
            self._end_if_over()

    async def _draw(self, wanted: RoundToDraw) -> None:
        """Has a round drawn, beside everything else; what holds that up is tried again until it is another round."""
        while not self.engine.over:
            try:
                pairs = await self._shell.draw(wanted)
                break
            except OSError:
                log.exception("a round cannot be drawn yet", session=self.session_id)
                await asyncio.sleep(RETRY_S)
        else:
            return
        try:
            self.engine.round_drawn(self._shell.wall_ms(), wanted, pairs)
        except Exception:
            log.exception("a tournament broke", session=self.session_id)
            self.abandon()
        else:
            self._shell.touch(self)

    async def _write(self, effects: TournamentEffects) -> None:
        if not effects.records:
            return
        content = [self._encoded(record) for record in effects.records]
        while True:
            try:
                self.journal.append(content)
                break
            except OSError:
                log.exception("a tournament's journal cannot be written", session=self.session_id)
                await asyncio.sleep(RETRY_S)
        if effects.durable:
            await made_durable(self.journal, self.session_id)

    def _encoded(self, record: TournamentRecord) -> bytes:
        codec = self._shell.codec
        if isinstance(record, TournamentOpened):
            return codec.tournament_opened(record, self.spec)
        if isinstance(record, TournamentEnded):
            return codec.tournament_record(record, codec.tournament_state(self._final())[1])
        return codec.tournament_record(record)

    def _end_if_over(self) -> None:
        if not self.engine.over or self.over or not self.courts.empty:
            return
        for report in self.courts.take_reports():  # of what the engine did not want any more
            report()
        self.over = True
        self.audience.close()
        self.entrants.let_go()
        self._shell.report(self.key, self.report(), self.journal, self.spec.tournament.delay_s)
        self._shell.tournament_is_over(self)

    def report(self) -> ReportStatsRequest:
        """The report of the tournament itself, but for its journal."""
        state, digest = self._shell.codec.tournament_state(self._final())
        return ReportStatsRequest(
            session_id=self.session_id,
            match=BRACKET_TOPIC,
            attempt=1,
            digest=digest,
            spec=self.spec,
            session_over=True,
            tournament=state,
        )
