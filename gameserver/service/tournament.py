"""A tournament on this server: the engine of the core, its journal, its topic, its matches, and who is there for it.

The engine says what is to be done; here it is done, one thing after another: records into the journal, fsync, events
on topic 0, then matches begun and stopped. Nothing follows from what is not durable.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog
from matchpoint.v1.fleet_pb2 import SessionBrief
from matchpoint.v1.frames_pb2 import Joined, Seated, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Session, SessionSpec, SessionState
from matchpoint.v1.stats_pb2 import ReportStatsRequest
from matchpoint.v1.tournament_pb2 import LiveScore, TournamentPhase, TournamentState, TournamentStatus

from gameserver.core.game import Event
from gameserver.core.journal import Ended, JournalError, fold
from gameserver.core.match import Match
from gameserver.core.tournament.acts import Act, CallOff
from gameserver.core.tournament.engine import NOTHING, Effects, StartMatch, StopMatch, Tournament
from gameserver.core.tournament.featured import Live
from gameserver.core.tournament.folding import apply
from gameserver.core.tournament.folding import fold as fold_tournament
from gameserver.core.tournament.journal import Ended as TournamentEnded
from gameserver.core.tournament.journal import Event as TournamentEvent
from gameserver.core.tournament.journal import Opened, Phase, Record
from gameserver.core.tournament.values import TournamentRefused
from gameserver.core.values import NOBODY, SIDES
from gameserver.service.bracket import match_spec, refusal, tournament_of
from gameserver.service.connection import Connection, refuse
from gameserver.service.delayed import Delayed
from gameserver.service.match import DRAINING, LiveMatch, Over, Shell, replaced, restarting
from gameserver.service.opening import opened
from gameserver.service.ports import Journal, JournalStore, Key, PastMatch, PastTournament, TournamentSnapshot
from gameserver.service.reporting import match_report
from gameserver.service.scores import Scores
from gameserver.service.session import Watched
from gameserver.service.topic import NO_PAST, Past, Place, Topic
from wire.journal_file import JournalUnreadable
from wire.refusal import Refused

log = structlog.get_logger("tournament")

#: The topic of the bracket, and the match that stands for the tournament itself in names and reports.
BRACKET: Final = 0
#: WebSocket close code: finished.
FINISHED: Final = 1000
#: Seconds after which a journal that could not be written is tried again.
RETRY_S: Final = 0.25


class TournamentShell(Shell, Protocol):
    """What a tournament asks of its host."""

    store: JournalStore

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC: deadlines of a tournament outlive the process."""
        ...

    def began(self, match: LiveMatch) -> None:
        """A match of it is on from now on."""

    def ended(self, match: LiveMatch) -> None:
        """A match of it is over."""

    def report(self, key: Key, report: ReportStatsRequest, journal: Journal, wait_s: float) -> None:
        """Report a result, not before `wait_s` seconds from now."""

    def tournament_is_over(self, tournament: "LiveTournament") -> None:
        """Its result is durable and announced, and nothing in it is on."""

    def tournament_is_abandoned(self, tournament: "LiveTournament") -> None:
        """It broke, and is no more in this process."""


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
        found: Found | None = None,
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
        self.connections: set[Connection] = set()
        #: The last playing of each match that was begun in this process.
        self.matches: dict[int, LiveMatch] = {}
        #: Who watches topic 0 without a delay.
        self.viewers = 0
        self._shell = shell
        self._found = dict(found or {})
        self._by_seat: dict[int, Connection] = {}
        #: Matches that were called off: what comes of them is no result.
        self._cancelled: set[LiveMatch] = set()
        #: Set while effects are being carried out: resolved when all are.
        self._carrying: asyncio.Future[None] | None = None
        self._due: tuple[int | None, int | None] = (None, None)
        self._on_over: list[Callable[[], None]] = []
        self.topic = Topic(BRACKET, epoch, past.seq, shell.codec, lambda: 0, self.snapshot, past)
        self.scores = Scores(shell, self._on, self._watching, self._tell_scores)
        self._delay = spec.tournament.delay_s * 1_000_000
        #: The bracket as spectators see it, if they see it later.
        self.delayed: Delayed[Record] | None = None
        self._public = self.snapshot

    @classmethod
    def open(cls, shell: TournamentShell, session_id: str, spec: SessionSpec, journal: Journal) -> "LiveTournament":
        """A new one, from a spec whose defaults are filled in."""
        now_ms = shell.wall_ms()
        opening = Opened(tournament_of(spec), now_ms, session_id)
        engine = Tournament.open(opening, now_ms)
        tournament = cls(shell, session_id, spec, 1, engine, journal)
        tournament._begin_delay([opening], opens_at=0)
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
        tournament = cls(shell, session_id, past.spec, past.epoch + 1, engine, journal, written, found)
        tournament._begin_delay(past.records, opens_at=shell.clock() + tournament._delay)
        tournament.begin()
        return tournament

    def _begin_delay(self, records: Sequence[Record], *, opens_at: int) -> None:
        """Spectators see what these records say, then the rest of it `delay_s` later."""
        if not self._delay:
            return
        told: list[TournamentEvent] = []
        facts = fold_tournament(records, told)

        def fold_in(later: Sequence[Record]) -> None:
            for record in later:
                apply(facts, record)

        def snapshot() -> TournamentSnapshot:
            board = ServerMessage.FromString(topic.aside).scoreboard
            return TournamentSnapshot(facts.snapshot(), self.spec.tournament, board)

        past = Past(len(told), list(enumerate(told, 1)))
        topic = Topic(BRACKET, self.epoch, past.seq, self._shell.codec, lambda: 0, snapshot, past)
        self.delayed = Delayed(self._shell, topic, self._delay, fold_in, self.scores.watch, opens_at=opens_at)
        self._public = snapshot

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
        return SessionBrief(session_id=self.session_id, viewers=self._watching())

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
        playing: set[Connection] = set()
        for match in self.matches.values():
            playing |= match.connections
            match.hand_over(now)
        for connection in self.connections - playing:
            self._tell(connection, DRAINING)

    def part(self) -> None:
        """Viewers are sent away, to the process that comes after this one."""
        self._fail(restarting())

    def _fail(self, refused: Refused) -> None:
        everything: list[LiveTournament | LiveMatch] = [self, *self.matches.values()]
        for watched in everything:
            watched.topic.fail(refused)
            if watched.delayed:
                watched.delayed.topic.fail(refused)

    def write(self) -> None:
        """Write what waits in its matches' journals. Raises OSError."""
        for match in self.matches.values():
            if not match.over:
                match.write()

    def abandon(self) -> None:
        """It broke in this process: let everybody go. Its journals stay, and the next start takes them up."""
        refused = Refused(Reason.REASON_UNSPECIFIED, "This tournament broke in the server; it has been logged.")
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
            refuse(self._shell.codec, connection.stream, connection.number, refused)
        self.connections.clear()
        self._by_seat.clear()
        self._fail(refused)
        for match in self.matches.values():
            if not match.over:
                self._shell.ended(match)
        self._shell.tournament_is_abandoned(self)

    def replay(self, match: int, now: int) -> Key | None:
        """The journal of a match, written up to now; None when there is no such match.

        Raises Refused (RECORD_UNKNOWN): spectators have not seen its end yet.
        """
        live = self.matches.get(match)
        if live:
            if live.delayed and not live.delayed.topic.over:
                sentence = "This match can be seen again once spectators have seen it; wait for its end."
                raise Refused(Reason.REASON_RECORD_UNKNOWN, sentence, session_id=self.session_id)
            live.flush(now)
            return live.key
        attempt = self.engine.facts.attempts.get(match)
        return Key(self.session_id, match, attempt) if attempt else None

    def snapshot(self) -> TournamentSnapshot:
        """All of it, up to the last event."""
        return TournamentSnapshot(self.engine.snapshot(), self.spec.tournament, self.scores.board)

    def _final(self) -> TournamentSnapshot:
        return TournamentSnapshot(self.engine.snapshot(), self.spec.tournament)

    def state(self, *, live: bool = True) -> TournamentState:
        """All of it as the contract tells it; without `live`, as spectators may know it.

        Raises Refused (SERVER_UNAVAILABLE): after a restart spectators may know nothing for as long as the delay.
        """
        if not live and self.delayed and self.delayed.topic.held:
            raise restarting()
        return self._shell.codec.tournament_state(self.snapshot() if live else self._public())[0]

    async def act(self, by: str, act: Act) -> None:
        """Somebody does something; returns when that is durable and announced. Raises Refused."""
        try:
            self.engine.act(self._shell.wall_ms(), by, act)
        except TournamentRefused as error:
            raise refusal(error, "act.") from error
        finally:
            self.flush(self._shell.clock())
        await self.settled()

    # Those who play.

    def may_sit(self, seat: int) -> bool:
        """Whether there is such an entrant, and it is a person."""
        entrants = self.engine.facts.entrants
        return seat < len(entrants) and not entrants[seat].bot

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """A connection takes its entrants' seats; whoever had them is sent away."""
        for seat in connection.seats:
            before = self._by_seat.get(seat)
            self._by_seat[seat] = connection
            if before and before is not connection:
                before.seats = tuple(s for s in before.seats if self._by_seat[s] is before)
                if not before.seats:
                    replaced(self._shell.codec, before)
                    self.connections.discard(before)
                    for match in self.matches.values():
                        match.forget(before)
        self.connections.add(connection)
        self._greet(connection)
        for match in self.matches.values():
            if not match.over:
                self._seat(connection, match, now)
        for seat in connection.seats:
            self.engine.present(self._shell.wall_ms(), seat, True)
        self._shell.touch(self)

    def join_late(self, connection: Connection, after: Place | None) -> None:
        """It is over: a connection is let go, since all that there is to see is on topic 0."""
        self._greet(connection)
        self._tell(connection, b"", FINISHED)

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        for match in self.matches.values():
            if connection in match.connections:
                match.leave(connection, now)
        for seat in connection.seats:
            if self._by_seat.get(seat) is connection:
                del self._by_seat[seat]
                self.engine.present(self._shell.wall_ms(), seat, False)
        self._shell.touch(self)

    def suspend(self, connection: Connection, now: int) -> None:
        """The gateway of a connection is about to end."""
        for match in self.matches.values():
            if connection in match.connections:
                match.suspend(connection, now)

    def seated(self, connection: Connection, topic: int) -> tuple[LiveMatch | None, Sequence[int]]:
        """The match that a connection's message is for, and its sides in it; none when it is over, or not yet on."""
        if topic == BRACKET:
            return None, ()
        match = self.matches.get(topic)
        sides = self._sides(connection, topic)
        if not sides:
            raise Refused(Reason.REASON_NO_SEAT, "You do not play in that match; play your own.")
        if match is None or match.over or connection not in match.connections:
            return None, sides
        return match, sides

    def measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """The network of a connection was measured."""
        connection.rtt_us = rtt_us
        for match in self.matches.values():
            if connection in match.connections:
                match.measured(connection, rtt_us, now)

    def _greet(self, connection: Connection) -> None:
        joined = Joined(session_id=self.session_id, seats=connection.seats, topic=BRACKET)
        self._tell(connection, ServerMessage(joined=joined).SerializeToString())

    def _seat(self, connection: Connection, match: LiveMatch, now: int) -> None:
        """If a connection has sides in a match, it plays them from now on."""
        sides = self._sides(connection, match.key.match)
        if sides:
            seated = Seated(topic=match.key.match, sides=sides)
            self._tell(connection, ServerMessage(seated=seated).SerializeToString())
            match.sit(connection, sides, None, now)

    def _sides(self, connection: Connection, match: int) -> list[int]:
        facts = self.engine.facts
        pairing = facts.pairings.get(facts.pairing_of.get(match, 0))
        if pairing is None or pairing.left <= 0 or pairing.right <= 0:
            return []
        entrants = facts.sides(pairing)
        return [side for side in SIDES if entrants[side] in connection.seats]

    def _tell(self, connection: Connection, message: bytes, close_code: int = 0) -> None:
        connection.stream.put(self._shell.codec.delivery(connection.encoded, message, close_code))

    # Those who watch.

    def watched(self, topic: int, *, live: bool) -> Watched:
        """A topic. Raises Refused (TOPIC_UNKNOWN)."""
        watched: LiveTournament | LiveMatch | None = self if topic == BRACKET else self.matches.get(topic)
        if watched is None:
            if not live and self.delayed and self.delayed.topic.held:
                raise restarting()
            past = self._past_match(topic)
            if past:
                return past
            raise Refused(Reason.REASON_TOPIC_UNKNOWN, "There is no such match in this tournament yet.", field="topic")
        return watched if live or watched.delayed is None else watched.delayed

    def _past_match(self, number: int) -> Over | None:
        """A match that was over before this process began, from its journal."""
        attempt = self.engine.facts.attempts.get(number)
        key = Key(self.session_id, number, attempt or 1)
        content = self._shell.store.content(key) if attempt else None
        if content is None:
            return None
        try:
            facts = fold(self._shell.codec.read(content).records)
        except (JournalUnreadable, JournalError):
            log.exception("a match's journal cannot be read", session=key.session_id, match=key.match)
            return None
        return Over(key, self.epoch, facts, self.engine.facts.pairing_of[number], self._shell.codec)

    def featured(self, *, live: bool) -> Watched | None:
        """The featured match, as the last scoreboard told it."""
        board = self.scores.board if live or self.delayed is None else self._public().scoreboard
        number = board.featured if board else 0
        return self.watched(number, live=live) if number in self.matches else None

    def watch(self, viewers: int) -> None:
        """A stream of topic 0 begins, with so many who watch."""
        self.viewers += viewers
        self.scores.watch(+1)

    def unwatch(self, viewers: int) -> None:
        """It ends."""
        self.viewers -= viewers
        self.scores.watch(-1)

    def _watching(self) -> int:
        return self.viewers + (self.delayed.viewers if self.delayed else 0)

    def _on(self) -> list[tuple[Live, LiveScore]]:
        """The matches that are on, and their scores."""
        found = []
        facts = self.engine.facts
        for number, match in self.matches.items():
            pairing = facts.pairings.get(facts.pairing_of.get(number, 0))
            if match.over or pairing is None:
                continue
            left, right = match.match.facts.game.score
            viewers = match.viewers + (match.delayed.viewers if match.delayed else 0)
            score = LiveScore(match=number, pairing=pairing.number, left=left, right=right, viewers=viewers)
            found.append((Live(number, pairing.to_end, left, right), score))
        return found

    def _tell_scores(self, message: bytes, now: int) -> None:
        self.topic.tell(message)
        if self.delayed:
            self.delayed.tell(message, now)

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while the newest is being made durable."""
        if not self.topic.keeps(after):
            self.flush(now)  # so that the snapshot and the numbering agree
            if self._carrying:
                return None
        return self.topic.since(after, now)

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
        """A match broke. What it would have decided is not known, so the tournament stands still until a restart."""
        self._shell.ended(match)
        self.abandon()

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
                self._announce(effects)
                for stop in effects.stops:
                    self._stop(stop)
                for start in effects.starts:
                    await self._start(start)
                effects = self.engine.drain()
            while self._found:
                key, found = self._found.popitem()
                await self._take_up(key, *found)
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

    def _announce(self, effects: Effects) -> None:
        now, records, events = self._shell.clock(), effects.records, effects.events
        if events:
            self.topic.publish(events, now)
        if self.delayed and records:
            if isinstance(records[0], Opened):  # they have seen that
                records, events = records[1:], events[self.delayed.topic.seq :]
            self.delayed.take(records, events, now)

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
        """Begin a match, or take it up again if a start has found its journal."""
        key = Key(self.session_id, start.match, start.attempt)
        entrants = self.engine.facts.entrants
        # Another seed for each playing, and the same one after a restart.
        seed = (self.spec.seed + 7_919 * start.match + 104_729 * (start.attempt - 1)) & 0xFFFFFFFF or 1
        spec = match_spec(self.spec, entrants[start.left], entrants[start.right], seed)
        found = self._found.pop(key, None)
        if found:
            await self._take_up(key, *found)
            return
        while True:
            try:
                journal = self._shell.store.create(key)
                break
            except FileExistsError:
                self._was_over(key)
                return
            except OSError:
                log.exception("a match's journal could not be made", session=self.session_id, match=start.match)
                await asyncio.sleep(RETRY_S)
        match = Match.open(opened(key, spec), self._shell.clock(), spec.join_within_s * 1_000_000)
        self._begin(LiveMatch(self._shell, self, key, spec, self.epoch, match, journal, pairing=start.pairing))

    def _begin(self, match: LiveMatch) -> None:
        self.matches[match.key.match] = match
        if self._delay:
            match.delay(self._delay)
        self._shell.began(match)
        now = self._shell.clock()
        for connection in tuple(self.connections):
            self._seat(connection, match, now)

    async def _take_up(self, key: Key, journal: Journal, past: PastMatch) -> None:
        """A journal that a start has found: of a match that is on, that is over, or that was called off."""
        told: list[Event] = []
        facts = fold(past.records, told)
        if facts.result:
            # Written is not yet durable, and nothing may follow from it before it is.
            await self._sync(journal)
            self._match_over(key, Ended(facts.result))
            self._report(key, past.spec, journal, Ended(facts.result))
            return
        match = Match.restore(past.records, self._shell.clock(), past.spec.join_within_s * 1_000_000)
        durable = [(seq, event) for seq, event in enumerate(told, 2) if type(event) in self._shell.codec.durable]
        written = Past(len(told) + 1, durable)
        pairing = self.engine.facts.pairing_of[key.match]
        live = LiveMatch(self._shell, self, key, past.spec, self.epoch, match, journal, written, pairing=pairing)
        call = self.engine.facts.calls.get(pairing)
        if call and call.begun and (call.match, call.attempt) == (key.match, key.attempt):
            self._begin(live)
        else:
            self._shell.began(live)
            self._call_off(live)

    def _was_over(self, key: Key) -> None:
        """The match ended, and was reported, just before the kill: only the tournament does not know yet."""
        try:
            content = self._shell.store.content(key)
            past = self._shell.codec.read(content or b"")
        except (JournalUnreadable, JournalError):
            log.exception("a match's journal cannot be read", session=key.session_id, match=key.match)
            self.abandon()
            return
        ended = next((record for record in reversed(past.records) if isinstance(record, Ended)), None)
        if ended:
            self._match_over(key, ended)

    def _end_if_over(self) -> None:
        if not self.engine.over or self.over or self._cancelled:
            return
        if any(not match.over for match in self.matches.values()):
            return
        self.over = True
        self.scores.stop()
        self.topic.close()
        if self.delayed:
            self.delayed.close(self._shell.clock())
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
            self._tell(connection, b"", FINISHED)
        self.connections.clear()
        self._by_seat.clear()
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


def describe_past(session_id: str, past: PastTournament) -> Session:
    """A tournament that was over long ago, from its journal. Raises JournalError."""
    status = fold_tournament(past.records).snapshot().status
    return Session(
        session_id=session_id,
        spec=past.spec,
        state=SessionState.SESSION_STATE_OVER,
        epoch=past.epoch,
        tournament=TournamentStatus(phase=TournamentPhase.ValueType(status.phase)),
    )
