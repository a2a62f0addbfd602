"""Every session of this server: opened, found, ended, and let go when it is reported."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from gameserver.domain.match.admission import GRACE_MOST
from gameserver.domain.match.records import JournalError
from gameserver.sessions.context import SessionContext
from gameserver.sessions.duel import DuelSession
from gameserver.sessions.finished import describe_duel, describe_tournament, last_attempt
from gameserver.sessions.ports import Journal, Key, Offload
from gameserver.sessions.recovery import CAUSE_MOST, LeftDuel, LeftTournament, Recovery, run_at_once
from gameserver.sessions.session import LiveSession, SessionEnd
from gameserver.sessions.tournament.session import TournamentSession
from gameserver.sessions.unjoined import UnjoinedSessions, waits_for_people
from gameserver.sessions.values import Heartbeat, SessionBrief, SessionDescription, SessionSpec
from gameserver.streaming.connection import restarting
from wire.constants import BRACKET_TOPIC, MATCH_TOPIC
from wire.journal_file import JournalUnreadable
from wire.refusal import Reason, Refused

log = structlog.get_logger("registry")

SESSION_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
SETTLE_S: Final = (GRACE_MOST + 20_000) / 1e6
"""Seconds that matches which stand still wait for inputs in flight."""
FINISH_S: Final = 1.0
"""Seconds that they wait for their results to be durable."""
LINGER_US: Final = 60_000_000
"""A session that is over can be joined for this long, µs: after that its result is read from the backend."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """A session that is being opened."""

    done: asyncio.Future[None]
    places: int
    waits: bool
    """It will wait for people, and takes no place until one has joined."""


class _Lingering:
    """A session that is over, until the scheduler takes it away."""

    def __init__(self, sessions: dict[str, LiveSession], session_id: str) -> None:
        self.scheduled: int | None = None
        self._sessions = sessions
        self._session_id = session_id

    def on_due(self, now: int) -> None:
        self._sessions.pop(self._session_id, None)


class SessionRegistry:
    """The sessions that this server holds."""

    def __init__(
        self, context: SessionContext, capacity: int, *, unjoined: int = 0, offload: Offload = run_at_once
    ) -> None:
        """Begin without a session.

        `capacity` is the most matches that may be on at once; a tournament has its places to its end. `unjoined`
        sessions more may be there that no player has joined yet; 0 means a tenth of the capacity, 8 at least. `offload`
        runs long work beside the loop.
        """
        self.context = context
        self.dispatcher = context.dispatcher
        self.draining = False
        self.capacity = capacity
        self.sessions: dict[str, LiveSession] = {}
        self.unjoined = UnjoinedSessions(
            unjoined or max(8, capacity // 10),
            context.clock,
            context.scheduler,
            context.gateways,
            self._end_unjoined,
        )
        self._briefed: dict[str, SessionBrief] = {}
        """The briefs of the last heartbeat."""
        self._opening: dict[str, _Opening] = {}
        self._ends: dict[str, asyncio.Future[None]] = {}
        """Futures that are resolved when a session is over, for callers that wait for it."""
        self._recovery = Recovery(context, self.adopt, offload)
        self.recovering: asyncio.Task[None] | None = None
        """Done when nothing is left of the last run."""

    # Sessions.

    async def create(self, session_id: str, spec: SessionSpec) -> SessionDescription:
        """Open a session, or find the one that was opened by the same call before.

        Raises Refused: INVALID_FIELD (its id), SESSION_EXISTS (other contents), SERVER_FULL, SERVER_UNAVAILABLE
        (draining, or the disk takes no journal).
        """
        if not SESSION_ID.fullmatch(session_id):
            raise Refused(
                Reason.REASON_INVALID_FIELD,
                "A session's id has 16 to 64 characters of A-Z a-z 0-9 _ and -.",
                field="session_id",
            )
        await self.ready(session_id)
        while before := self._opening.get(session_id):
            await asyncio.wait((before.done,))
        found = self.find(session_id)
        if found:
            if found.spec != spec:
                raise _exists(session_id)
            return found
        if self.draining:
            raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This game server is draining; choose another one.")
        opening = _Opening(self.dispatcher.loop.create_future(), spec.places, waits_for_people(spec))
        if self.places + opening.places > self.capacity or (opening.waits and not self._room_to_wait()):
            raise Refused(Reason.REASON_SERVER_FULL, "This game server is full; choose another one, or wait.")
        self._opening[session_id] = opening
        try:
            session = await self._open(session_id, spec)
        except FileExistsError as error:
            raise _exists(session_id) from error  # its journal can no longer be read
        except OSError as error:
            log.exception("a journal could not be made", session_id=session_id)
            raise Refused(
                Reason.REASON_SERVER_UNAVAILABLE, "This game server cannot write journals; choose another one."
            ) from error
        finally:
            del self._opening[session_id]
            opening.done.set_result(None)
        return session.describe()

    @property
    def places(self) -> int:
        """Matches that are on, or may be at once, in all sessions but those that wait for people to join."""
        opening = (opening.places for opening in self._opening.values() if not opening.waits)
        held = (
            session.spec.places
            for session_id, session in self.sessions.items()
            if not session.over and session_id not in self.unjoined
        )
        return sum(opening) + sum(held) + len(self._recovery.session_ids)

    def _room_to_wait(self) -> bool:
        return self.unjoined.make_room(sum(opening.waits for opening in self._opening.values()))

    async def _open(self, session_id: str, spec: SessionSpec) -> LiveSession:
        context = self.context
        journal: Journal | None = None
        key = Key(session_id, BRACKET_TOPIC if spec.is_tournament else MATCH_TOPIC)
        session: DuelSession | TournamentSession
        try:
            journal = context.journals.create(key)
            if spec.is_tournament:
                session = TournamentSession.open(context, session_id, spec, journal, self._ended)
                await session.settled()
                if session.topic.failed:
                    raise session.topic.failed
            else:
                session = DuelSession.open(context, key, spec, journal, self._ended)
                await journal.sync()
        except BaseException:
            if journal:
                journal.retire(keep=False)
            raise
        self._hold(session)
        if waits_for_people(spec):
            self.unjoined.add(session_id, next((seat.account_id for seat in spec.seats if seat.account_id), ""))
        return session

    def joined(self, session_id: str) -> None:
        """Give a session its place: a player has joined it."""
        self.unjoined.remove(session_id)

    def _end_unjoined(self, session_id: str) -> None:
        session = self.sessions.get(session_id)
        if session and not session.over:
            session.end(self.context.clock())

    def find(self, session_id: str) -> SessionDescription | None:
        """Find a session of this server, also one that was over long ago; None when it never was here."""
        session = self.sessions.get(session_id)
        if session:
            return session.describe()
        if session_id in self._opening or not SESSION_ID.fullmatch(session_id):
            return None
        store, codec = self.context.journals, self.context.codec
        try:
            content = store.content(Key(session_id, BRACKET_TOPIC))
            if content is not None:
                return describe_tournament(session_id, codec.read_tournament(content))
            content = store.content(Key(session_id))
            return None if content is None else describe_duel(session_id, codec.restore(content))
        except (JournalUnreadable, JournalError) as error:
            log.warning("a journal cannot be read", session_id=session_id, cause=str(error)[:CAUSE_MOST])
            return None

    def knows(self, session_id: str) -> bool:
        """Report whether a session is on here, or was. Nothing is read: a long journal takes seconds."""
        if session_id in self.sessions:
            return True
        keys = (Key(session_id, BRACKET_TOPIC), Key(session_id))
        return bool(SESSION_ID.fullmatch(session_id)) and any(map(self.context.journals.has, keys))

    async def end(self, session_id: str) -> SessionDescription:
        """End a session as void and return it once that is durable; one that is over stays as it ended.

        Raises Refused (SESSION_UNKNOWN).
        """
        session = self.sessions.get(session_id)
        if session and not session.over:
            session.end(self.context.clock())
            await asyncio.shield(self._ends.setdefault(session_id, self.dispatcher.loop.create_future()))
        return self.must_find(session_id)

    def must_find(self, session_id: str) -> SessionDescription:
        """`find`, or Refused (SESSION_UNKNOWN)."""
        session = self.find(session_id)
        if session is None:
            raise session_unknown(session_id)
        return session

    def journal(self, session_id: str, match: int) -> bytes:
        """Read a match's journal; 0 is a duel's. Raises Refused: SESSION_UNKNOWN, INVALID_FIELD."""
        if not SESSION_ID.fullmatch(session_id):
            raise session_unknown(session_id)
        store, session = self.context.journals, self.sessions.get(session_id)
        key: Key | None = Key(session_id, match or 1)
        if session:
            key = session.journal_key(match or 1, self.context.clock())
        elif match > 1 or store.has(Key(session_id, BRACKET_TOPIC)):
            key = last_attempt(store, Key(session_id, match or 1))
        content = store.content(key) if key else None
        if content is None:
            if self.knows(session_id):
                raise Refused(Reason.REASON_INVALID_FIELD, "There is no such match in this session.", field="match")
            raise session_unknown(session_id)
        return content

    # Gateways.

    def set_reachable(self, reachable: bool) -> None:
        """Note that a gateway is here; or that the last one has failed, with players on it."""
        gateways = self.context.gateways
        gateways.cut_off = not reachable
        if reachable == gateways.reachable:
            return
        gateways.reachable = reachable
        for session in tuple(self.sessions.values()):
            session.gateways_changed(reachable=reachable)

    # The start.

    def restore(self) -> None:
        """Begin to take up what the last run left: unfinished matches go on, finished ones are reported.

        Raises OSError when the journals cannot be listed.
        """
        self._recovery.find()
        self.recovering = self.dispatcher.spawn(self._recovery.recover_all())

    async def ready(self, session_id: str) -> None:
        """Return when the session is taken up, if the last run left it. Raises Refused (SERVER_UNAVAILABLE)."""
        if session_id in self._recovery.session_ids:
            try:
                await self._recovery.recover(session_id)
            except OSError as error:
                raise restarting() from error

    def is_left(self, session_id: str) -> bool:
        """Report whether the last run left the session, and it is not taken up yet."""
        return session_id in self._recovery.session_ids

    def adopt(self, left: LeftDuel | LeftTournament) -> None:
        """Let a session of the last run go on here."""
        session: DuelSession | TournamentSession
        if isinstance(left, LeftDuel):
            session = DuelSession.restore(self.context, left.key, left.journal, left.restored, self._ended)
        else:
            session = TournamentSession.restore(
                self.context, left.session_id, left.journal, left.restored, left.found, self._ended
            )
        self._hold(session)
        log.debug("session restored", session_id=session.session_id, epoch=session.epoch)

    def _hold(self, session: LiveSession) -> None:
        self.sessions[session.session_id] = session
        session.go_live()

    # The fleet.

    def session_ids(self) -> Iterable[str]:
        """List the sessions that are on here."""
        on = (session_id for session_id, session in self.sessions.items() if not session.over)
        return [*on, *self._recovery.session_ids]

    def heartbeat(self, *, all_briefs: bool = False) -> Heartbeat:
        """Describe this server, with the public sessions whose score or viewers changed since the last heartbeat."""
        changed: list[SessionBrief] = []
        briefed: dict[str, SessionBrief] = {}
        for session_id, session in self.sessions.items():
            if session.over or not session.spec.public or session_id in self.unjoined:
                continue
            briefed[session_id] = brief = session.brief()
            if all_briefs or self._briefed.get(session_id) != brief:
                changed.append(brief)
        self._briefed = briefed
        return Heartbeat(self.places, self.draining, changed)

    # The end of sessions.

    def _ended(self, session_id: str, end: SessionEnd) -> None:
        self.unjoined.remove(session_id)
        if end is SessionEnd.BROKEN:
            self.sessions.pop(session_id, None)
        else:
            lingering = _Lingering(self.sessions, session_id)
            self.context.scheduler.at(lingering, self.context.clock() + LINGER_US)
        if waiting := self._ends.pop(session_id, None):
            waiting.set_result(None)

    async def drain(self) -> None:
        """Take nothing new, and have every match stand still where it is, with all that its players had sent by now.

        Returns within SETTLE_S + FINISH_S and the time of the flushes.
        """
        self.draining = True
        dispatcher = self.dispatcher
        now = dispatcher.clock()
        for session in tuple(self.sessions.values()):
            if not session.over:
                try:
                    session.drain(now)
                except Exception:
                    session.abandon()
        dispatcher.flush(now)
        await asyncio.sleep(SETTLE_S)
        now = dispatcher.clock()
        dispatcher.scheduler.run(now)
        dispatcher.flush(now)
        await dispatcher.finish(FINISH_S)  # results that are being made durable

    def disconnect_all(self) -> None:
        """Send viewers away, to the process that comes after this one."""
        for session in self.sessions.values():
            session.disconnect_all()

    async def close(self) -> None:
        """Write what is pending, and stop: nothing happens from here on.

        Matches that are on go on at the next start; that their players' connections end now costs no player a pause.
        """
        self.dispatcher.stand_still()
        self.dispatcher.flush(self.dispatcher.clock())
        for session in self.sessions.values():
            if not session.over:
                try:
                    session.write()
                except OSError:
                    log.exception("the journal's last records are lost", session_id=session.session_id)
        await self.dispatcher.close()


def _exists(session_id: str) -> Refused:
    return Refused(
        Reason.REASON_SESSION_EXISTS,
        "A session with this id exists and is another one; mint a new id.",
        session_id=session_id,
    )


def session_unknown(session_id: str) -> Refused:
    """The refusal of a session that is not here."""
    return Refused(
        Reason.REASON_SESSION_UNKNOWN,
        "There is no such session on this game server; ask the directory where it is.",
        session_id=session_id,
    )
