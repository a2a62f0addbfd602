"""Every session of this server: opened, found again, woken, flushed, and let go when it is reported."""

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import structlog
from matchpoint.v1.fleet_pb2 import ServerHeartbeat, SessionBrief
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Session, SessionSpec
from matchpoint.v1.stats_pb2 import ReportStatsRequest

from gameserver.contract.specs import filled, opened
from gameserver.domain.match.admission import GRACE_MOST
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Ended, JournalError
from gameserver.domain.pong.randomness import SecretSource
from gameserver.sessions.dispatcher import Turns
from gameserver.sessions.duel import Duel
from gameserver.sessions.finished import describe_duel, describe_tournament, last_attempt
from gameserver.sessions.ports import Clock, Codec, Journal, JournalStore, Key
from gameserver.sessions.recovery import CAUSE_MOST, Aside, Leftovers, at_once
from gameserver.sessions.reporter import match_report
from gameserver.sessions.runner import LiveMatch
from gameserver.sessions.session import LiveSession
from gameserver.sessions.tournament.round_draw import Drawing, draw_at_once
from gameserver.sessions.tournament.session import LiveTournament
from gameserver.sessions.unjoined import Unjoined, waits_for_people
from gameserver.streaming.connection import restarting
from wire.capacity import matches_at_once
from wire.constants import BRACKET_TOPIC, CLOSE_FINISHED, MATCH_TOPIC
from wire.journal_file import JournalUnreadable
from wire.refusal import Refused

log = structlog.get_logger("host")

SESSION_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
#: Seconds that matches which stand still wait for what was in flight, and for their results to be durable.
SETTLE_S: Final = (GRACE_MOST + 20_000) / 1e6
FINISH_S: Final = 1.0
#: A session that is over can be joined for so long, µs: its result is then read from the backend.
LINGER: Final = 60_000_000


class Outbox(Protocol):
    """Where matches and tournaments go when they are over."""

    def add(self, key: Key, report: ReportStatsRequest, journal: Journal, wait_s: float = 0) -> None:
        """Report a result until the backend has it, not before `wait_s` seconds from now."""


class _Forgetting:
    """A session that is over, waiting for the scheduler to take it away."""

    def __init__(self, forget: Callable[[], None]) -> None:
        self.scheduled: int | None = None
        self._forget = forget

    def on_due(self, now: int) -> None:
        self._forget()


class Host(Turns):
    """The sessions that this server holds. `Turns` has when they are woken and flushed."""

    #: A duel's players are let go when it is over (WebSocket close code: finished).
    closing = CLOSE_FINISHED

    def __init__(
        self,
        store: JournalStore,
        codec: Codec,
        outbox: Outbox,
        clock: Clock,
        capacity: int,
        wall_ms: Callable[[], int],
        fresh: SecretSource,
        aside: Aside = at_once,
        unjoined: int = 0,
        draw: Drawing = draw_at_once,
    ) -> None:
        """`capacity` is the most matches that may be on at once; a tournament has its places to its end.

        `fresh` makes secrets: only a simulation may know what comes next. `aside` does what takes long beside those who
        play; `draw` draws the rounds of a Swiss. `unjoined` sessions more may be there that nobody has joined yet; 0
        means a tenth of the capacity, 8 at least.

        Needs a running event loop.
        """
        super().__init__(clock)
        self.store = store
        self.codec = codec
        self.wall_ms = wall_ms
        self.fresh = fresh
        self.aside = aside
        self.draw = draw
        self.draining = False
        #: Whether a gateway is here, as far as is known: without one nobody can come.
        self.reachable = False
        #: Whether the last gateway has failed, with people on it, and none has come since.
        self.cut_off = False
        self.capacity = capacity
        self.sessions: dict[str, LiveSession] = {}
        self._outbox = outbox
        self._briefed: dict[str, SessionBrief] = {}
        self._opening: dict[str, asyncio.Future[None]] = {}
        #: Places of sessions that are being opened.
        self._promised = 0
        self.unjoined = Unjoined(
            unjoined or max(8, capacity // 10), clock, self.wake_at, lambda: not self.cut_off, self._let_go
        )
        #: Resolved when a session is over, for those who wait for it.
        self._ends: dict[str, asyncio.Future[None]] = {}
        self._leftovers = Leftovers(self)
        #: Done when nothing is left of what the last run left.
        self.restoring: asyncio.Task[None] | None = None

    # Sessions.

    async def create(self, session_id: str, spec: SessionSpec) -> Session:
        """Open a session, or find the one that was opened by the same call before.

        Raises Refused: INVALID_FIELD, SESSION_EXISTS (other contents), SERVER_FULL, SERVER_UNAVAILABLE (draining, or
        the disk takes no journal).
        """
        if not SESSION_ID.fullmatch(session_id):
            raise Refused(
                Reason.REASON_INVALID_FIELD,
                "A session's id has 16 to 64 characters of A-Z a-z 0-9 _ and -.",
                field="session_id",
            )
        spec = filled(spec)
        await self.ready(session_id)
        while opening := self._opening.get(session_id):
            await asyncio.wait((opening,))
        before = self.find(session_id)
        if before:
            if before.spec != spec:
                raise _exists(session_id)
            return before
        if self.draining:
            raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This game server is draining; choose another one.")
        places = matches_at_once(spec)
        waits = waits_for_people(spec)
        if self.places + places > self.capacity or (waits and not self.unjoined.make_room()):
            raise Refused(Reason.REASON_SERVER_FULL, "This game server is full; choose another one, or wait.")
        self._opening[session_id] = opening = self.loop.create_future()
        if waits:
            self.unjoined.promised += 1
        else:
            self._promised += places
        try:
            session = await self._open(session_id, spec)
        except FileExistsError as error:
            raise _exists(session_id) from error  # one that cannot be read any more
        except OSError as error:
            log.exception("a journal could not be made", session=session_id)
            raise Refused(
                Reason.REASON_SERVER_UNAVAILABLE, "This game server cannot write journals; choose another one."
            ) from error
        finally:
            del self._opening[session_id]
            if waits:
                self.unjoined.promised -= 1
            else:
                self._promised -= places
            opening.set_result(None)
        return session.describe()

    @property
    def places(self) -> int:
        """Matches that are on, or may be at once, in all that it holds and that somebody has joined."""
        held = (
            session.places
            for session_id, session in self.sessions.items()
            if not session.over and session_id not in self.unjoined
        )
        return self._promised + sum(held) + len(self._leftovers.session_ids)

    async def _open(self, session_id: str, spec: SessionSpec) -> LiveSession:
        self.on += 1
        journal: Journal | None = None
        key = Key(session_id, BRACKET_TOPIC if spec.HasField("tournament") else MATCH_TOPIC)
        session: Duel | LiveTournament
        try:
            journal = self.store.create(key)
            if spec.HasField("tournament"):
                session = LiveTournament.open(self, session_id, spec, journal)
                await session.settled()
                if session.topic.failed:
                    raise session.topic.failed
            else:
                match = Match.open(
                    opened(key, spec, self.fresh()), self.clock(), spec.join_within_s * 1_000_000, self.fresh()
                )
                session = Duel(self, self, key, spec, 1, match, journal)
                await journal.sync()
        except BaseException:
            self.on -= 1
            if journal:
                journal.retire(keep=False)
            raise
        self._hold(session)
        if waits_for_people(spec):
            self.unjoined.add(session_id, next((seat.account_id for seat in spec.seats if seat.account_id), ""))
        return session

    def joined(self, session_id: str) -> None:
        """Somebody has come to play: the session has its place from now on."""
        self.unjoined.remove(session_id)

    def _let_go(self, session_id: str) -> None:
        """End a session that nobody has come to."""
        session = self.sessions.get(session_id)
        if session and not session.over:
            session.end(self.clock())

    def find(self, session_id: str) -> Session | None:
        """A session of this server, also one that was over long ago; None when it never was here."""
        session = self.sessions.get(session_id)
        if session:
            return session.describe()
        if session_id in self._opening or not SESSION_ID.fullmatch(session_id):
            return None
        try:
            content = self.store.content(Key(session_id, BRACKET_TOPIC))
            if content is not None:
                return describe_tournament(session_id, self.codec.read_tournament(content))
            content = self.store.content(Key(session_id))
            return None if content is None else describe_duel(session_id, self.codec, self.codec.restore(content))
        except (JournalUnreadable, JournalError) as error:
            log.warning("a journal cannot be read", session=session_id, cause=str(error)[:CAUSE_MOST])
            return None

    def knows(self, session_id: str) -> bool:
        """Whether a session is on here, or was. Nothing is read: a long journal takes seconds."""
        if session_id in self.sessions:
            return True
        keys = (Key(session_id, BRACKET_TOPIC), Key(session_id))
        return bool(SESSION_ID.fullmatch(session_id)) and any(map(self.store.has, keys))

    async def end(self, session_id: str) -> Session:
        """End a session as void and return it once that is durable; one that is over stays as it ended.

        Raises Refused (SESSION_UNKNOWN).
        """
        session = self.sessions.get(session_id)
        if session and not session.over:
            session.end(self.clock())
            await asyncio.shield(self._ends.setdefault(session_id, self.loop.create_future()))
        return self.must_find(session_id)

    def must_find(self, session_id: str) -> Session:
        """`find`, or Refused (SESSION_UNKNOWN)."""
        session = self.find(session_id)
        if session is None:
            raise unknown(session_id)
        return session

    def journal(self, session_id: str, match: int) -> bytes:
        """The bytes of a match's journal; 0 is a duel's. Raises Refused: SESSION_UNKNOWN, INVALID_FIELD."""
        if not SESSION_ID.fullmatch(session_id):
            raise unknown(session_id)
        session = self.sessions.get(session_id)
        key: Key | None = Key(session_id, match or 1)
        if session:
            key = session.replay(match or 1, self.clock())
        elif match > 1 or self.store.has(Key(session_id, BRACKET_TOPIC)):
            key = last_attempt(self.store, Key(session_id, match or 1))
        content = self.store.content(key) if key else None
        if content is None:
            if self.knows(session_id):
                raise Refused(Reason.REASON_INVALID_FIELD, "There is no such match in this session.", field="match")
            raise unknown(session_id)
        return content

    # Gateways.

    def reach(self, yes: bool) -> None:
        """A gateway is here; or the last one has failed, with people on it."""
        self.cut_off = not yes
        if yes == self.reachable:
            return
        self.reachable = yes
        for session in tuple(self.sessions.values()):
            if isinstance(session, LiveTournament):
                session.reach(yes)

    # A start.

    def restore(self) -> None:
        """Take up what the last run left, from now on: unfinished matches go on, finished ones are reported.

        Raises OSError when the journals cannot be listed.
        """
        self._leftovers.look()
        self.restoring = self.spawn(self._leftovers.take_up_all())

    async def ready(self, session_id: str) -> None:
        """Returns when the session is taken up, if the last run left it. Raises Refused (SERVER_UNAVAILABLE)."""
        if session_id in self._leftovers.session_ids:
            try:
                await self._leftovers.take_up(session_id)
            except OSError as error:
                raise restarting() from error

    def is_left(self, session_id: str) -> bool:
        """Whether the last run left the session, and it is not taken up yet."""
        return session_id in self._leftovers.session_ids

    def take_up(self, session: Duel | LiveTournament) -> None:
        """A session of the last run goes on here."""
        self.on += 1
        self._hold(session)
        log.debug("session restored", session=session.session_id, epoch=session.epoch)

    def _hold(self, session: LiveSession) -> None:
        self.sessions[session.session_id] = session
        self.touch(session)

    # The fleet.

    def session_ids(self) -> Iterable[str]:
        """Sessions that are on here."""
        on = (session_id for session_id, session in self.sessions.items() if not session.over)
        return [*on, *self._leftovers.session_ids]

    def heartbeat(self, *, all_briefs: bool = False) -> ServerHeartbeat:
        """How this server is, with the public sessions whose score or viewers changed since the last one."""
        beat = ServerHeartbeat(sessions=self.places, draining=self.draining)
        briefed: dict[str, SessionBrief] = {}
        for session_id, session in self.sessions.items():
            if session.over or not session.spec.public or session_id in self.unjoined:
                continue
            briefed[session_id] = brief = session.brief()
            if all_briefs or self._briefed.get(session_id) != brief:
                beat.briefs.append(brief)
        self._briefed = briefed
        return beat

    # What sessions ask.

    def is_abandoned(self, match: LiveMatch) -> None:
        """A duel broke, and is no more in this process."""
        if self.sessions.pop(match.session_id, None):
            self.unjoined.remove(match.session_id)
            self.on -= 1
            self.wake_at(match, None)
            self._tell_end(match.session_id)

    def is_over(self, match: LiveMatch) -> None:
        """A duel's result is durable and announced."""
        self.unjoined.remove(match.session_id)
        self.on -= 1
        assert match.match.result is not None
        self.report_duel(match.key, match.spec, match.journal, Ended(match.match.result))
        self._linger(match.session_id)

    def report_duel(self, key: Key, spec: SessionSpec, journal: Journal, ended: Ended) -> None:
        """Report the result of a duel."""
        self.report(key, match_report(self.codec, key, spec, ended, alone=True), journal, 0)

    def report(self, key: Key, report: ReportStatsRequest, journal: Journal, wait_s: float) -> None:
        """Report a result, not before `wait_s` seconds from now."""
        self._outbox.add(key, report, journal, wait_s)

    # What tournaments tell.

    def began(self, match: LiveMatch) -> None:
        """A match of a tournament is on from now on."""
        self.on += 1
        self.touch(match)

    def ended(self, match: LiveMatch) -> None:
        """A match of a tournament is over, or broke."""
        self.on -= 1
        self.wake_at(match, None)

    def tournament_is_over(self, tournament: LiveTournament) -> None:
        """Its result is durable and announced, and nothing in it is on."""
        self.on -= 1
        self._linger(tournament.session_id)

    def tournament_is_abandoned(self, tournament: LiveTournament) -> None:
        """It broke, and is no more in this process."""
        if self.sessions.pop(tournament.session_id, None):
            self.on -= 1
            self.wake_at(tournament, None)
            self._tell_end(tournament.session_id)

    def _linger(self, session_id: str) -> None:
        self._tell_end(session_id)

        def forget() -> None:
            self.sessions.pop(session_id, None)

        self.wake_at(_Forgetting(forget), self.clock() + LINGER)

    def _tell_end(self, session_id: str) -> None:
        if end := self._ends.pop(session_id, None):
            end.set_result(None)

    async def hand_over(self) -> None:
        """Take nothing new, and have every match stand still where it is, with all that its players had sent by now.

        Returns within SETTLE_S + FINISH_S and what the flushes take.
        """
        self.draining = True
        now = self.clock()
        for session in tuple(self.sessions.values()):
            if not session.over:
                try:
                    session.hand_over(now)
                except Exception:
                    log.exception("a match broke", session=session.session_id)
                    session.abandon()
        self.flush(now)
        await asyncio.sleep(SETTLE_S)
        now = self.clock()
        self.run(now)
        self.flush(now)
        await self.finish(FINISH_S)  # results that are being made durable

    def part(self) -> None:
        """Those who watch are sent away, to the process that comes after this one."""
        for session in self.sessions.values():
            session.part()

    async def close(self) -> None:
        """Stop: write what is pending. From here on nothing happens any more; matches that are on go on at the next
        start, and that their players' connections end now costs nobody a pause."""
        self.stand_still()
        self.flush(self.clock())
        for session in self.sessions.values():
            if not session.over:
                try:
                    session.write()
                except OSError:
                    log.exception("the journal's last records are lost", session=session.session_id)
        await super().close()


def _exists(session_id: str) -> Refused:
    return Refused(
        Reason.REASON_SESSION_EXISTS,
        "A session with this id exists and is another one; mint a new id.",
        session_id=session_id,
    )


def unknown(session_id: str) -> Refused:
    """There is no such session here."""
    return Refused(
        Reason.REASON_SESSION_UNKNOWN,
        "There is no such session on this game server; ask the directory where it is.",
        session_id=session_id,
    )
