"""A live session: one match of the core with its journal, its topic and its connections.

The core says what is to be done; here it is done, in the order that the promise needs: journal, then announcement, and
fsync before a result.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Final, Protocol

import structlog
from matchpoint.v1.frames_pb2 import Joined, Latency, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import Session, SessionSpec, SessionState

from gameserver.core.game import Event
from gameserver.core.journal import Ended, Opened, Record
from gameserver.core.match import NOTHING, Match
from gameserver.core.values import Intent
from gameserver.service.connection import Connection, GatewayStream, refuse
from gameserver.service.ports import Clock, Codec, Journal
from gameserver.service.topic import Place, Topic
from wire.refusal import Refused

log = structlog.get_logger("session")

#: A duel's only topic.
TOPIC: Final = 1
#: WebSocket close code: finished.
FINISHED: Final = 1000
#: Latency is told at most so often, µs.
LATENCY_EVERY: Final = 1_000_000


class Shell(Protocol):
    """What a session asks of its host."""

    codec: Codec
    clock: Clock

    def touch(self, session: "LiveSession") -> None:
        """The session has something to flush, and perhaps another deadline."""

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run to its end beside everything else."""

    def is_over(self, session: "LiveSession") -> None:
        """The session's result is durable and announced."""


class LiveSession:
    """One session of this server."""

    __slots__ = (
        "_by_seat",
        "_events",
        "_latency_told",
        "_newcomers",
        "_on_over",
        "_records",
        "_shell",
        "_watching",
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
        self, shell: Shell, session_id: str, spec: SessionSpec, epoch: int, match: Match, journal: Journal
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
        #: Who gets each frame: the streams, each with the numbers of its connections.
        self._watching: dict[GatewayStream, list[int]] = {}
        self._records: list[Record] = []
        self._events: list[Event] = []
        #: Who joined while the result was being made durable.
        self._latency_told = 0
        self._newcomers: list[tuple[Connection, Place | None]] = []
        self._on_over: list[Callable[[], None]] = []
        # What `open` or `restore` announces is in every snapshot, so nobody has to be told.
        opening, *rest = match.drain().records
        if isinstance(opening, Opened):
            journal.append([shell.codec.opened(opening, spec)])
        else:
            rest.insert(0, opening)
        self._records += rest
        self._write()
        self.topic = Topic(TOPIC, epoch, match.facts.seq, shell.codec, self._now, match.snapshot)

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
        self.match.advance(now)
        self._carry_out()

    def end(self, now: int) -> None:
        """End it as void, unless it is over."""
        self.match.end(now)
        self._carry_out()

    def when_over(self, call: Callable[[], None]) -> None:
        """Call back once the result is durable and announced; at once if it is."""
        if self.over:
            call()
        else:
            self._on_over.append(call)

    def flush(self) -> None:
        """Write what happened to the journal, then announce it to everybody who watches.

        While the disk takes no records nothing is announced; the next flush, 250 ms later at most, tries again.
        """
        self.dirty = False
        try:
            self._write()
        except OSError:
            log.exception("the journal cannot be written", session=self.session_id)
            return
        if self._events:
            events, self._events = self._events, []
            self._deliver(self.topic.publish(events), 0)

    # What players do.

    def join(self, connection: Connection, after: Place | None, now: int) -> None:
        """A connection takes its seats; whoever had them is sent away."""
        self.flush()  # so that the snapshot and the numbering agree
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
        if self.topic.held:
            self._newcomers.append((connection, after))
            return
        self._show(connection, after)
        for seat in connection.seats:
            self.match.connect(now, seat)
        self._carry_out()

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended."""
        self._forget(connection)
        for seat in connection.seats:
            if self._by_seat.get(seat) is connection:
                del self._by_seat[seat]
                self.match.lose(now, seat)
        self._carry_out()

    def receive(
        self, now: int, seat: int, epoch: int, inputs: Sequence[tuple[int, int, Intent]], mark_t: int, rtt_us: int
    ) -> None:
        """What a player sent for a seat. Raises RuleError."""
        self.match.receive(now, seat, epoch, inputs, mark_t, rtt_us)
        self._carry_out()

    def measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """The network of a connection was measured; the players see each other's, at most once a second."""
        connection.rtt_us = rtt_us
        if now - self._latency_told >= LATENCY_EVERY:
            self._latency_told = now
            left, right = ((there.rtt_us + 500) // 1000 if (there := self._by_seat.get(seat)) else 0 for seat in (0, 1))
            self._deliver(ServerMessage(latency=Latency(left_ms=left, right_ms=right)).SerializeToString(), 0)

    def resign(self, now: int, seats: tuple[int, ...]) -> None:
        """Those seats give up. Both at once, at one keyboard: nobody wins."""
        if len(seats) == 1:
            self.match.resign(now, seats[0])
        else:
            self.match.end(now)
        self._carry_out()

    # How it is carried out.

    def _now(self) -> tuple[int, int]:
        return self._shell.clock(), self.match.horizon

    def _carry_out(self) -> None:
        effects = self.match.drain()
        if effects is not NOTHING:
            self._records += effects.records
            if effects.durable:
                self.flush()
                self.topic.held = True
                self._shell.spawn(self._finish(effects.events))
            else:
                self._events += effects.events
        self._shell.touch(self)

    def _write(self) -> None:
        if self._records:
            codec, epoch = self._shell.codec, self.epoch
            self.journal.append([codec.record(record, epoch) for record in self._records])
            self._records = []

    def _deliver(self, message: bytes, close_code: int) -> None:
        delivery = self._shell.codec.delivery
        for stream, numbers in self._watching.items():
            stream.put(delivery(numbers, message, close_code))

    async def _finish(self, events: Sequence[Event]) -> None:
        """Make the result durable, announce it, and let everybody go."""
        while True:
            try:
                self._write()
                await self.journal.sync()
                break
            except OSError:
                log.exception("the result cannot be made durable yet", session=self.session_id)
                await asyncio.sleep(1)
        self.flush()
        assert self.match.result is not None
        self.result, self.digest = self._shell.codec.result(Ended(self.match.result))
        self._deliver(self.topic.publish(events), FINISHED)
        self.topic.close()
        for connection, _ in self._newcomers:
            self.show_the_end(connection)
        self._newcomers.clear()
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
        self.connections.clear()
        self._watching.clear()
        self._by_seat.clear()
        self._shell.is_over(self)
        for call in self._on_over:
            call()
        self._on_over.clear()

    def show_the_end(self, connection: Connection) -> None:
        """A snapshot with the result, for somebody who comes when it is over."""
        for frame in self.topic.since(None):
            self._tell(connection, frame, FINISHED)

    def _show(self, connection: Connection, after: Place | None) -> None:
        for frame in self.topic.since(after):
            self._tell(connection, frame)
        self._watching.setdefault(connection.stream, []).append(connection.number)

    def _forget(self, connection: Connection) -> None:
        self.connections.discard(connection)
        numbers = self._watching.get(connection.stream)
        if numbers and connection.number in numbers:
            numbers.remove(connection.number)
            if not numbers:
                del self._watching[connection.stream]

    def _tell(self, connection: Connection, message: bytes, close_code: int = 0) -> None:
        connection.stream.put(self._shell.codec.delivery((connection.number,), message, close_code))

    def _replaced(self, before: Connection) -> None:
        sentence = "This seat is now played from another tab or device; close this one, or reload it to play here."
        refuse(self._shell.codec, before.stream, before.number, Refused(Reason.REASON_SEAT_REPLACED, sentence))
        before.stream.connections.pop(before.number, None)
        self._forget(before)
