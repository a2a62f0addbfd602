"""A live session: one match of the core with its journal, its topic and its connections.

The core says what is to be done; here it is done, in the order that the promise needs: journal, then announcement, and
fsync before a result.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Final, Protocol

import structlog
from matchpoint.v1.frames_pb2 import Joined, Latency, Notice, NoticeKind, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import Session, SessionSpec, SessionState

from gameserver.core.game import Event
from gameserver.core.journal import Ended, Input, Opened, Record
from gameserver.core.match import NOTHING, Effects, Match
from gameserver.core.values import SIDES, Intent
from gameserver.service.connection import Connection, GatewayStream, Group, refuse
from gameserver.service.ports import Clock, Codec, Journal
from gameserver.service.topic import NO_PAST, Past, Place, Topic
from wire.refusal import Refused

log = structlog.get_logger("session")

#: A duel's only topic.
TOPIC: Final = 1
#: WebSocket close code: finished.
FINISHED: Final = 1000
#: Latency is told at most so often, µs.
LATENCY_EVERY: Final = 1_000_000
#: Inputs wait for the disk at most so long, µs.
INPUTS_WAIT: Final = 250_000
NEVER: Final = 1 << 62
#: Told to players before the match stands still for another game server process.
DRAINING: Final = ServerMessage(notice=Notice(kind=NoticeKind.NOTICE_KIND_DRAINING)).SerializeToString()


class Shell(Protocol):
    """What a session asks of its host."""

    codec: Codec
    clock: Clock

    def touch(self, session: "LiveSession") -> None:
        """The session has something to flush, and perhaps another deadline."""

    def touch_later(self, session: "LiveSession") -> None:
        """The same, in a moment: the disk may take records again."""

    def wait(self, session: "LiveSession") -> None:
        """The session has another deadline and nothing to flush."""

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run to its end beside everything else."""

    def is_abandoned(self, session: "LiveSession") -> None:
        """The session broke, and is no more in this process."""

    def is_over(self, session: "LiveSession") -> None:
        """The session's result is durable and announced."""


class LiveSession:
    """One session of this server."""

    __slots__ = (
        "_by_seat",
        "_ending",
        "_events",
        "_groups",
        "_latency_told",
        "_newcomers",
        "_on_over",
        "_records",
        "_shell",
        "_write_by",
        "connections",
        "digest",
        "dirty",
        "epoch",
        "journal",
        "match",
        "result",
        "scheduled",
        "session_id",
        "spec",
        "topic",
        "viewers",
    )

    def __init__(
        self,
        shell: Shell,
        session_id: str,
        spec: SessionSpec,
        epoch: int,
        match: Match,
        journal: Journal,
        past: Past = NO_PAST,
    ) -> None:
        self.session_id = session_id
        self.spec = spec
        self.epoch = epoch
        self.match = match
        self.journal = journal
        self.result: Result | None = None
        self.digest = b""
        #: For the scheduler.
        self.scheduled: int | None = None
        #: Waits for the next flush.
        self.dirty = False
        #: Connections that watch through the streams of StreamGameState.
        self.viewers = 0
        self.connections: set[Connection] = set()
        self._shell = shell
        self._by_seat: dict[int, Connection] = {}
        #: Who gets each frame, by the stream that carries it.
        self._groups: dict[GatewayStream, Group] = {}
        self._records: list[Record] = []
        self._events: list[Event] = []
        #: When the records that wait have to be written, server µs: at once if anything follows from them.
        self._write_by = NEVER
        #: The match is over: its last events wait for the disk.
        self._ending = False
        self._latency_told = 0
        #: Who joined while the result was being made durable.
        self._newcomers: list[tuple[Connection, Place | None]] = []
        self._on_over: list[Callable[[], None]] = []
        # What `open` or `restore` announces is in every snapshot, so nobody has to be told.
        effects = match.drain()
        opening, *rest = effects.records
        if isinstance(opening, Opened):
            journal.append([shell.codec.opened(opening, spec)])
        else:
            rest.insert(0, opening)
        self._records += rest
        self.write()
        if effects.durable:
            # A journal that was cut off just before its end comes to it now, and that is told.
            self._events += effects.events
            self._ending = True
        seq = match.facts.seq - len(self._events)
        self.topic = Topic(TOPIC, epoch, seq, shell.codec, lambda: match.horizon, match.snapshot, past)

    # What the host asks.

    @property
    def over(self) -> bool:
        """Its result is announced."""
        return self.result is not None

    def describe(self) -> Session:
        """The session as the contract tells it."""
        left, right = self.match.facts.game.score
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

    def on_due(self, now: int) -> None:
        """A deadline of the match has come."""
        try:
            self.match.advance(now)
        except Exception:
            log.exception("a match broke", session=self.session_id)
            self.abandon()
        else:
            if self._records or not self.match.quiet:
                self._touch()
            else:
                self._shell.wait(self)

    def end(self, now: int) -> None:
        """End it as void, unless it is over."""
        self.match.end(now)
        self._touch()

    def hand_over(self, now: int) -> None:
        """This process is about to end: tell the players, and stand still until the next one takes the journal up."""
        self._deliver(DRAINING)
        self.match.suspend(now, SIDES)
        self._touch()

    def abandon(self) -> None:
        """The match broke in this process: let everybody go. Its journal stays, and the next start takes it up."""
        refused = Refused(Reason.REASON_UNSPECIFIED, "This match broke in the server; it has been logged.")
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
            refuse(self._shell.codec, connection.stream, connection.number, refused)
        self.connections.clear()
        self._groups.clear()
        self._by_seat.clear()
        self.topic.fail(refused)
        self._shell.is_abandoned(self)

    def when_over(self, call: Callable[[], None]) -> None:
        """Call back once the result is durable and announced; at once if it is."""
        if self.over:
            call()
        else:
            self._on_over.append(call)

    def flush(self, now: int) -> None:
        """Write what happened to the journal, then announce it to everybody who watches.

        Inputs alone may be announced first, and wait for the disk until something follows from them, 250 ms at most.
        While the disk takes no records nothing else is announced.
        """
        self.dirty = False
        effects = self.match.drain()
        if effects is not NOTHING:
            self._take(effects, now)
        if self._records and now >= self._write_by:
            try:
                self.write()
            except OSError:
                log.exception("the journal cannot be written", session=self.session_id)
                self._shell.touch_later(self)
                return
        if self._events:
            events, self._events = self._events, []
            if self._ending:
                self.topic.held = True
                self._shell.spawn(self._finish(events))
            else:
                self._deliver(self.topic.publish(events, now))

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while the result is being made durable."""
        if not self.topic.keeps(after):
            self.flush(now)  # so that the snapshot and the numbering agree
        return None if self.topic.held else self.topic.since(after, now)

    def write(self) -> None:
        """Write the records that wait. Raises OSError, and keeps them."""
        codec, epoch = self._shell.codec, self.epoch
        self.journal.append([codec.record(record, epoch) for record in self._records])
        self._records, self._write_by = [], NEVER

    # What players do.

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """A connection takes its seats; whoever had them is sent away."""
        for seat in connection.seats:
            before = self._by_seat.get(seat)
            self._by_seat[seat] = connection
            if before and before is not connection:
                before.seats = tuple(s for s in before.seats if self._by_seat[s] is before)
                if not before.seats:
                    self._replaced(before)
        self.connections.add(connection)
        joined = Joined(session_id=self.session_id, seats=connection.seats, topic=TOPIC)
        self._tell(connection, ServerMessage(joined=joined).SerializeToString())
        frames = self.since(after, now)
        if frames is None:
            self._newcomers.append((connection, after))
            return
        for frame in frames:
            self._tell(connection, frame)
        group = self._groups.get(connection.stream)
        if group is None:
            group = self._groups[connection.stream] = Group(self._shell.codec)
        group.add(connection.number)
        for seat in connection.seats:
            self.match.connect(now, seat)
        self._touch()

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended. When that is its gateway's fault, its player is not made to pay for it."""
        self._forget(connection)
        for seat in connection.seats:
            if self._by_seat.get(seat) is connection:
                del self._by_seat[seat]
                self.match.lose(now, seat, outage=connection.stream.ending)
        self._touch()

    def suspend(self, connection: Connection, now: int) -> None:
        """The gateway of a connection is about to end: stand still until its player has come over another one."""
        self.match.suspend(now, [seat for seat in connection.seats if self._by_seat.get(seat) is connection])
        self._touch()

    def receive(
        self, now: int, seat: int, epoch: int, inputs: Sequence[tuple[int, int, Intent]], mark_t: int, rtt_us: int
    ) -> None:
        """What a player sent for a seat. Raises RuleError."""
        self.match.receive(now, seat, epoch, inputs, mark_t, rtt_us)
        self._touch()

    def measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """The network of a connection was measured; the players see each other's, at most once a second."""
        connection.rtt_us = rtt_us
        if now - self._latency_told >= LATENCY_EVERY:
            self._latency_told = now
            left, right = ((there.rtt_us + 500) // 1000 if (there := self._by_seat.get(seat)) else 0 for seat in (0, 1))
            self._deliver(ServerMessage(latency=Latency(left_ms=left, right_ms=right)).SerializeToString())

    def resign(self, now: int, seats: tuple[int, ...]) -> None:
        """Those seats give up. Both at once, at one keyboard: nobody wins."""
        if len(seats) == 1:
            self.match.resign(now, seats[0])
        else:
            self.match.end(now)
        self._touch()

    # How it is carried out.

    def _touch(self) -> None:
        if not self.dirty or self.match.deadline != self.scheduled:
            self._shell.touch(self)

    def _take(self, effects: Effects, now: int) -> None:
        if not self._records:
            self._write_by = now + INPUTS_WAIT
        if self._write_by:
            for record in effects.records:
                if type(record) is not Input:
                    self._write_by = 0
                    break
        self._records += effects.records
        self._events += effects.events
        self._ending = self._ending or effects.durable

    def _deliver(self, message: bytes, close_code: int = 0) -> None:
        delivery = self._shell.codec.delivery
        for stream, group in self._groups.items():
            stream.put(delivery(group.encoded, message, close_code))

    async def _finish(self, events: Sequence[Event]) -> None:
        """Make the result durable, announce it, and let everybody go."""
        while True:
            try:
                await self.journal.sync()
                break
            except OSError:
                log.exception("the result cannot be made durable yet", session=self.session_id)
                await asyncio.sleep(1)
        assert self.match.result is not None
        self.result, self.digest = self._shell.codec.result(Ended(self.match.result))
        self._deliver(self.topic.publish(events, self._shell.clock()), FINISHED)
        self.topic.close()
        for connection, after in self._newcomers:
            self.show_the_end(connection, after)
        self._newcomers.clear()
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
        self.connections.clear()
        self._groups.clear()
        self._by_seat.clear()
        self._shell.is_over(self)
        for call in self._on_over:
            call()
        self._on_over.clear()

    def show_the_end(self, connection: Connection, after: Place | None) -> None:
        """What is missing up to the result, for somebody who comes when it is over."""
        *frames, last = self.topic.since(after, self._shell.clock()) or [b""]
        for frame in frames:
            self._tell(connection, frame)
        self._tell(connection, last, FINISHED)

    def _forget(self, connection: Connection) -> None:
        self.connections.discard(connection)
        group = self._groups.get(connection.stream)
        if group and group.remove(connection.number):
            del self._groups[connection.stream]

    def _tell(self, connection: Connection, message: bytes, close_code: int = 0) -> None:
        connection.stream.put(self._shell.codec.delivery(connection.encoded, message, close_code))

    def _replaced(self, before: Connection) -> None:
        sentence = "This seat is now played from another tab or device; close this one, or reload it to play here."
        refuse(self._shell.codec, before.stream, before.number, Refused(Reason.REASON_SEAT_REPLACED, sentence))
        before.stream.connections.pop(before.number, None)
        self._forget(before)
