"""A tournament on this server: the engine of the core, its journal, its topic, its matches, and who is there for it.

The engine says what is to be done; here it is done, one thing after another: records into the journal, fsync, events
on topic 0, then matches begun and stopped. Nothing follows from what is not durable.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import structlog
from matchpoint.v1.fleet_pb2 import SessionBrief
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Session, SessionSpec, SessionState
from matchpoint.v1.stats_pb2 import ReportStatsRequest
from matchpoint.v1.tournament_pb2 import TournamentState

from gameserver.core.game import Event
from gameserver.core.journal import Ended, JournalError, fold
from gameserver.core.match import Match
from gameserver.core.tournament.acts import Act, CallOff
from gameserver.core.tournament.engine import NOTHING, Effects, StartMatch, StopMatch, Tournament
from gameserver.core.tournament.folding import fold as fold_tournament
from gameserver.core.tournament.journal import Ended as TournamentEnded
from gameserver.core.tournament.journal import Event as TournamentEvent
from gameserver.core.tournament.journal import Opened, Phase, Record
from gameserver.core.tournament.values import TournamentRefused
from gameserver.core.values import NOBODY
from gameserver.service.audience import Audience
from gameserver.service.bracket import match_spec, refusal, tournament_of
from gameserver.service.connection import Connection
from gameserver.service.entrants import BRACKET, FINISHED, Entrants
from gameserver.service.match import LiveMatch, restarting
from gameserver.service.opening import opened
from gameserver.service.ports import Journal, Key, PastMatch, TournamentSnapshot
from gameserver.service.reporting import match_report
from gameserver.service.session import Watched
from gameserver.service.shell import TournamentShell
from gameserver.service.topic import NO_PAST, Past, Place, Topic, told_before
from wire.journal_file import JournalUnreadable
from wire.refusal import Refused

log = structlog.get_logger("tournament")

#: Seconds after which a journal that could not be written is tried again.
RETRY_S: Final = 0.25
#: How often a match may break before it is given up, and the epochs between two breaks.
BREAKS: Final = 3
BREAK_EPOCHS: Final = 100


#: Matches of a tournament whose journals a start has found open, with what is in them.
Found = Mapping[Key, tuple[Journal, PastMatch]]


class LiveTournament:
    """One tournament of this server."""

    #: A match that is over does not end the connection of who played it.
    closing = 0

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
        self.key = Key(session_id, BRACKET)
        self.spec = spec
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
        self.entrants = Entrants(session_id, shell.codec, engine, self.matches, shell.wall_ms)
        self.audience = Audience(shell, session_id, spec.tournament, epoch, engine, self.matches, past, self._is_busy)
        self._shell = shell
        #: Matches whose end a start has found, and of which the engine is not told yet.
        self._ended: dict[Key, tuple[Journal, SessionSpec, Ended]] = {}
        #: Matches that were called off: what comes of them is no result.
        self._cancelled: set[LiveMatch] = set()
        self._breaks: dict[Key, int] = {}
        #: Set while effects are being carried out: resolved when all are.
        self._carrying: asyncio.Future[None] | None = None
        self._due: tuple[int | None, int | None] = (None, None)
        self._on_over: list[Callable[[], None]] = []

    @classmethod
    def open(cls, shell: TournamentShell, session_id: str, spec: SessionSpec, journal: Journal) -> "LiveTournament":
        """A new one, from a spec whose defaults are filled in."""
        now_ms = shell.wall_ms()
        opening = Opened(tournament_of(spec), now_ms, session_id)
        engine = Tournament.open(opening, now_ms)
        tournament = cls(shell, session_id, spec, 1, engine, journal)
        tournament.audience.begin_delay([opening], opens_at=0)
        tournament.begin()
        return tournament

    @classmethod
    def restore(
        cls, shell: TournamentShell, session_id: str, journal: Journal, found: Found
    ) -> "LiveTournament | None":
        """The tournament of a journal, with those of its matches that are open; None when it is reported.

        Raises JournalUnreadable and JournalError.
        """
        past = shell.codec.read_tournament(journal.content())
        told: list[TournamentEvent] = []
        facts = fold_tournament(past.records, told)
        if facts.reported:
            return None
        engine = Tournament.take_up(facts, shell.wall_ms())
        written = Past(len(told), list(enumerate(told, 1)))
        tournament = cls(shell, session_id, past.spec, past.epoch + 1, engine, journal, written)
        tournament.audience.begin_delay(past.records, opens_at=shell.clock() + tournament.audience.delay)
        tournament._go_on(found)
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
        elif self.engine.facts.phase == Phase.CHECK_IN:
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

    def when_over(self, call: Callable[[], None]) -> None:
        """Call back once all of it is over; at once if it is."""
        if self.over:
            call()
        else:
            self._on_over.append(call)

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

    def state(self, *, live: bool = True) -> TournamentState:
        """All of it as the contract tells it; without `live`, as spectators may know it. Raises Refused."""
        snapshot = self.audience.snapshot() if live else self.audience.public()
        return self._shell.codec.tournament_state(snapshot)[0]

    def _final(self) -> TournamentSnapshot:
        return TournamentSnapshot(self.engine.snapshot(), self.spec.tournament)

    async def act(self, by: str, act: Act) -> None:
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
        self.entrants.tell(connection, b"", FINISHED)

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

    # What matches tell.

    def is_over(self, match: LiveMatch) -> None:
        """A match's result is durable and announced."""
        key = match.key
        assert match.match.result is not None
        self._shell.ended(match)
        if match in self._cancelled:
            self._cancelled.discard(match)
        else:
            self._match_over(key, Ended(match.match.result))
        self._report(key, match.spec, match.journal, Ended(match.match.result))
        self.flush(self._shell.clock())
        if self._carrying is None:
            self._end_if_over()

    def is_abandoned(self, match: LiveMatch) -> None:
        """A match broke, and its connections are closed. It goes on from its journal, as after a restart."""
        key = match.key
        self._shell.ended(match)
        self._cancelled.discard(match)
        if self.matches.get(key.match) is match:
            del self.matches[key.match]
        self.entrants.drop_closed(self._shell.clock())
        self._breaks[key] = self._breaks.get(key, 0) + 1
        try:
            if self._breaks[key] > BREAKS:
                raise JournalError(0, "breaks the match again and again")
            past = self._shell.codec.read(match.journal.content())
            self._resume(key, match.journal, past, self.epoch + BREAK_EPOCHS * self._breaks[key])
        except (JournalUnreadable, JournalError, OSError):
            log.exception("a match is given up", session=key.session_id, match=key.match)
            self._give_up(key, match.spec)
        self._shell.touch(self)

    def _give_up(self, key: Key, spec: SessionSpec) -> None:
        """A match is lost, by a fault of ours: void. Its journal stays, for a person to look at."""
        void = Match.open(opened(key, spec), 0)
        void.end(0)
        assert void.result
        self._match_over(key, Ended(void.result))

    def _match_over(self, key: Key, ended: Ended) -> None:
        try:
            self.engine.match_over(self._shell.wall_ms(), key.match, key.attempt, ended.result)
        except TournamentRefused as error:
            log.error("a match's result is not wanted", session=key.session_id, match=key.match, cause=error.sentence)

    def _report(self, key: Key, spec: SessionSpec, journal: Journal, ended: Ended) -> None:
        report = match_report(self._shell.codec, key, spec, ended, alone=False)
        self._shell.report(key, report, journal, self.spec.tournament.delay_s)

    # How it is carried out.

    def flush(self, now: int) -> None:
        """Begin to carry out what the engine wants, unless that is under way."""
        self.dirty = False
        if self._carrying is None:
            effects = self.engine.drain()
            if effects is not NOTHING:
                self._carrying = asyncio.get_running_loop().create_future()
                self._shell.spawn(self._carry_out(effects))

    def begin(self) -> None:
        """Carry out what opening it, or taking it up again, has to be followed by."""
        self._carrying = asyncio.get_running_loop().create_future()
        self._shell.spawn(self._carry_out(self.engine.drain()))

    async def settled(self) -> None:
        """Returns when all that the engine has wanted so far is carried out."""
        if self._carrying:
            await asyncio.shield(self._carrying)

    async def _carry_out(self, effects: Effects) -> None:
        try:
            while effects is not NOTHING:
                await self._write(effects)
                self.audience.announce(effects)
                for start in effects.starts:
                    await self._start(start)
                # After the starts: who left while their match was about to begin has forfeited it.
                for stop in effects.stops:
                    self._stop(stop)
                effects = self.engine.drain()
            while self._ended:
                key, ended = self._ended.popitem()
                await self._take_up(key, *ended)
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

    async def _write(self, effects: Effects) -> None:
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
            await self._sync(self.journal)

    async def _sync(self, journal: Journal) -> None:
        while True:
            try:
                await journal.sync()
                return
            except OSError:
                log.exception("a journal cannot be made durable", session=self.session_id)
                await asyncio.sleep(RETRY_S)

    def _encoded(self, record: Record) -> bytes:
        codec = self._shell.codec
        if isinstance(record, Opened):
            return codec.tournament_opened(record, self.spec)
        if isinstance(record, TournamentEnded):
            return codec.tournament_record(record, codec.tournament_state(self._final())[1])
        return codec.tournament_record(record)

    def _stop(self, stop: StopMatch) -> None:
        match = self.matches.get(stop.match)
        if match is None or match.over or match.key.attempt != stop.attempt:
            return
        if stop.side == NOBODY:
            self._call_off(match)
        else:
            match.resign(self._shell.clock(), (stop.side,))

    def _call_off(self, match: LiveMatch) -> None:
        self._cancelled.add(match)
        match.end(self._shell.clock())

    async def _start(self, start: StartMatch) -> None:
        """Begin a match, unless a start has found its journal."""
        key = Key(self.session_id, start.match, start.attempt)
        on = self.matches.get(start.match)
        if on and on.key == key:
            return  # it goes on from its journal
        entrants = self.engine.facts.entrants
        # Another seed for each playing, and the same one after a restart.
        seed = (self.spec.seed + 7_919 * start.match + 104_729 * (start.attempt - 1)) & 0xFFFFFFFF or 1
        spec = match_spec(self.spec, entrants[start.left], entrants[start.right], seed)
        ended = self._ended.pop(key, None)
        if ended:
            await self._take_up(key, *ended)
            return
        while True:
            try:
                journal = self._shell.store.create(key)
                break
            except FileExistsError:
                self._was_over(key, spec)
                return
            except OSError:
                log.exception("a match's journal could not be made", session=self.session_id, match=start.match)
                await asyncio.sleep(RETRY_S)
        match = Match.open(opened(key, spec), self._shell.clock(), spec.join_within_s * 1_000_000)
        self._begin(LiveMatch(self._shell, self, key, spec, self.epoch, match, journal, pairing=start.pairing))

    def _begin(self, match: LiveMatch) -> None:
        self.matches[match.key.match] = match
        if self.audience.delay:
            match.delay(self.audience.delay)
        self._shell.began(match)
        self.entrants.begin(match, self._shell.clock())

    async def _take_up(self, key: Key, journal: Journal, spec: SessionSpec, ended: Ended) -> None:
        """A start has found the journal of a match that is over."""
        # Written is not yet durable, and nothing may follow from it before it is.
        await self._sync(journal)
        self._match_over(key, ended)
        self._report(key, spec, journal, ended)

    def _go_on(self, found: Found) -> None:
        """Journals that a start has found. What is on goes on at once, so that nobody who watches it misses it."""
        for key, (journal, past) in found.items():
            ended = next((record for record in past.records if isinstance(record, Ended)), None)
            if ended:
                self._ended[key] = (journal, past.spec, ended)
            else:
                self._resume(key, journal, past, self.epoch)

    def _resume(self, key: Key, journal: Journal, past: PastMatch, epoch: int) -> None:
        told: list[Event] = []
        fold(past.records, told)
        match = Match.restore(past.records, self._shell.clock(), past.spec.join_within_s * 1_000_000)
        written = told_before(self._shell.codec, told)
        pairing = self.engine.facts.pairing_of[key.match]
        live = LiveMatch(self._shell, self, key, past.spec, epoch, match, journal, written, pairing=pairing)
        call = self.engine.facts.calls.get(pairing)
        if call and call.begun and (call.match, call.attempt) == (key.match, key.attempt):
            self._begin(live)
        else:
            self._shell.began(live)
            self._call_off(live)

    def _was_over(self, key: Key, spec: SessionSpec) -> None:
        """The match ended, and was reported, just before the kill: only the tournament does not know yet."""
        try:
            past = self._shell.codec.read(self._shell.store.content(key) or b"")
            ended = next(record for record in reversed(past.records) if isinstance(record, Ended))
        except (JournalUnreadable, JournalError, StopIteration):
            log.exception("a match's journal cannot be read", session=key.session_id, match=key.match)
            self._give_up(key, spec)
        else:
            self._match_over(key, ended)

    def _end_if_over(self) -> None:
        if not self.engine.over or self.over or self._cancelled:
            return
        if any(not match.over for match in self.matches.values()):
            return
        self.over = True
        self.audience.close()
        self.entrants.let_go()
        self._shell.report(self.key, self.report(), self.journal, self.spec.tournament.delay_s)
        self._shell.tournament_is_over(self)
        for call in self._on_over:
            call()
        self._on_over.clear()

    def report(self) -> ReportStatsRequest:
        """The report of the tournament itself, but for its journal."""
        state, digest = self._shell.codec.tournament_state(self._final())
        return ReportStatsRequest(
            session_id=self.session_id,
            match=BRACKET,
            attempt=1,
            digest=digest,
            spec=self.spec,
            session_over=True,
            tournament=state,
        )
