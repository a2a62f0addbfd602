"""Runs one match of the domain, with its journal, its topic and its connections.

A duel has one runner; a tournament has one for each two entrants that are called.

The domain returns effects; the runner carries them out in the order that the promise needs: journal, then announcement,
and fsync before a result.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from gameserver.domain.match.match import NO_EFFECTS, Match, MatchEffects, MatchSnapshot, horizon_of, snapshot_of
from gameserver.domain.match.records import MatchEvent, Record, Result
from gameserver.domain.pong.intents import Intent
from gameserver.domain.values import SIDES
from gameserver.sessions.context import SessionContext
from gameserver.sessions.dispatcher import log_broken
from gameserver.sessions.ports import Journal, Key
from gameserver.sessions.record_writer import RecordWriter
from gameserver.sessions.values import SessionSpec
from gameserver.streaming.connection import Connection, Recipients, restarting
from gameserver.streaming.holdback import HoldbackTopic, Look
from gameserver.streaming.numbering import Numbering
from gameserver.streaming.ports import ResumePoint
from gameserver.streaming.spectator_delay import DelayedTopic
from gameserver.streaming.topic import NEW, Place, Topic
from wire.refusal import Reason, Refused

log = structlog.get_logger("match")

LATENCY_INTERVAL_MIN_US: Final = 1_000_000
"""The shortest time between two latency messages to the players, µs."""
SYNC_RETRY_S: Final = 1.0
"""Seconds after which a result that could not be made durable is tried again."""


@dataclass(frozen=True, slots=True)
class MatchFinished:
    """The end of a match: its result is durable and announced."""

    result: Result


@dataclass(frozen=True, slots=True)
class MatchBroken:
    """The end of a match in this process, by a fault. Its connections are closed; its journal stays."""


class MatchRunner:
    """One match of this server."""

    __slots__ = (
        "_by_side",
        "_closing",
        "_codec",
        "_context",
        "_dispatcher",
        "_ending",
        "_events",
        "_latency_told",
        "_newcomers",
        "_on_end",
        "_pairing",
        "_recipients",
        "_resumed",
        "_unannounced",
        "_writer",
        "connections",
        "delayed",
        "dirty",
        "epoch",
        "journal",
        "key",
        "match",
        "over",
        "scheduled",
        "session_id",
        "spec",
        "spectators",
        "topic",
    )

    def __init__(
        self,
        context: SessionContext,
        key: Key,
        spec: SessionSpec,
        numbering: Numbering,
        match: Match,
        journal: Journal,
        on_end: "Callable[[MatchRunner, MatchFinished | MatchBroken], None]",
        resumed: ResumePoint = NEW,
        *,
        pairing: int = 0,
        closing: int = 0,
    ) -> None:
        """Begin to run a match that was opened, or restored from its journal.

        `resumed` is the numbering of earlier tenures; `pairing` the one in a tournament's bracket. `closing` is the
        WebSocket close code that players get with the result; 0 lets them stay. `on_end` takes its end.
        """
        self.key = key
        self.session_id = key.session_id
        self.spec = spec
        self.epoch = numbering.journal_epoch
        self.match = match
        self.journal = journal
        self.over = False
        """Its result is announced."""
        self.scheduled: int | None = None
        self.dirty = False
        self.connections: set[Connection] = set()
        self._context = context
        self._codec = context.codec
        self._dispatcher = context.dispatcher
        self._on_end = on_end
        self._closing = closing
        self._pairing = pairing
        self._resumed = resumed
        self.delayed: DelayedTopic[Record] | None = None
        """The topic as spectators see it under a delay."""
        self._unannounced: list[Record] = []
        """Records that the delayed topic has not been given yet."""
        self._by_side: dict[int, Connection] = {}
        self._recipients = Recipients(context.codec)
        self._writer = RecordWriter(context.codec, journal, self.epoch)
        self._events: list[MatchEvent] = []
        self._ending = False
        """The match is over: its last events wait for the disk."""
        self._latency_told = 0
        self._newcomers: list[tuple[Connection, Place | None]] = []
        """Connections that joined while the result was being made durable."""
        # The announcements of `open` or `restore` are in every snapshot, so they need not be sent.
        effects = match.drain()
        self._writer.begin(effects.records, spec)
        if effects.durable:
            # A journal that was cut off just before its end comes to it now, and that is told.
            self._events += effects.events
            self._ending = True
        seq = match.state.seq - len(self._events)
        self.topic = Topic(
            key.match, numbering.topic_epoch, seq, self._codec, lambda: match.horizon, self._snapshot, resumed
        )
        self.spectators = HoldbackTopic(context.scheduler, self._codec, self.topic, self._look)
        """The topic as everyone sees it who does not play in the match."""

    # For the dispatcher and the session.

    @property
    def deadline(self) -> int | None:
        """The time at which the match is to be woken, server µs."""
        return self.match.deadline

    @property
    def viewers(self) -> int:
        """Connections that watch it without a delay."""
        return self.spectators.viewers

    def on_due(self, now: int) -> None:
        """Advance the match to a deadline that has come."""
        try:
            self.match.advance(now)
        except Exception:
            self.abandon()
        else:
            if self._writer.waiting or not self.match.quiet:
                self._mark_dirty()
            else:
                self._dispatcher.scheduler.schedule(self)

    def end(self, now: int) -> None:
        """End it as void, unless it is over."""
        self.match.end(now)
        self._mark_dirty()

    def drain(self, now: int) -> None:
        """Notify the players that this process ends, and stand still until the next one takes the journal up."""
        if self.over:
            return
        self._recipients.deliver(self._codec.draining())
        self.match.suspend(now, SIDES)
        self._mark_dirty()

    def disconnect_all(self) -> None:
        """Send viewers away, to the process that comes after this one."""
        self.topic.fail(restarting())
        self.spectators.fail(restarting())

    def abandon(self) -> None:
        """Close all connections after a fault. The journal stays, and the next start takes it up."""
        log_broken(self.session_id, self.key.match)
        refused = Refused(Reason.REASON_INTERNAL, "This match broke in the server; it has been logged.")
        for connection in self.connections:
            connection.detach()
            connection.refuse(refused)
        self._clear_connections()
        self.topic.fail(refused)
        self.spectators.fail(refused)
        self._on_end(self, MatchBroken())

    def flush(self, now: int) -> None:
        """Write what happened to the journal, then announce it to all connections and viewers.

        Inputs alone may be announced first, and wait for the disk until something follows from them, 250 ms at most.
        While the disk takes no records nothing else is announced.
        """
        self.dirty = False
        effects = self.match.drain()
        if effects is not NO_EFFECTS:
            self._take(effects, now)
        if self._writer.is_due(now):
            try:
                self._writer.write()
            except OSError:
                log.exception("the journal cannot be written", session_id=self.session_id)
                self._dispatcher.retry_flush(self)
                return
        if self._events:
            events, self._events = self._events, []
            if self._ending:
                self.topic.held = True
                self._dispatcher.spawn(self._finish(events))
            else:
                self._announce(events, now)

    def delay(self, delay_us: int) -> None:
        """Show spectators the match `delay_us` later from here on, and nothing until then."""
        facts = self._codec.restore(self.journal.content()).state
        for waiting in self._writer.waiting:
            facts.apply(waiting)

        def apply(records: Sequence[Record]) -> None:
            for record in records:
                facts.apply(record)

        topic = Topic(
            self.topic.number,
            self.topic.epoch,
            self.topic.seq,
            self._codec,
            lambda: horizon_of(facts),
            lambda: replace(snapshot_of(facts), pairing=self._pairing),
            self._resumed,
        )
        opens_at = self._context.clock() + delay_us
        self.delayed = DelayedTopic(self._context.scheduler, topic, delay_us, apply, opens_at=opens_at)

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """Return the frames that a player at that place lacks; None while the result is being made durable."""
        if not self.topic.keeps(after):
            self.flush(now)  # so that the snapshot and the numbering agree
        return None if self.topic.held else self.topic.since(after, now)

    def write(self) -> None:
        """Write the records that wait. Raises OSError, and keeps them."""
        self._writer.write()

    # For the players.

    def attach(self, connection: Connection, sides: Sequence[int], after: Place | None, now: int) -> None:
        """Let a connection play these sides, or (without one) watch; the topic's frames go to it."""
        for side in sides:
            self._by_side[side] = connection
        self.connections.add(connection)
        frames = self.since(after, now)
        if frames is None:
            self._newcomers.append((connection, after))
            return
        for frame in frames:
            connection.send(frame)
        self._recipients.add(connection)
        for side in sides:
            self.match.connect(now, side)
        self._mark_dirty()

    def leave(self, connection: Connection, now: int) -> None:
        """Mark the sides of a connection that has ended as absent. An outage of its gateway costs them nothing."""
        self.forget(connection)
        for side in SIDES:
            if self._by_side.get(side) is connection:
                del self._by_side[side]
                self.match.lose(now, side, outage=connection.stream.ending)
        self._mark_dirty()

    def forget(self, connection: Connection) -> None:
        """Send nothing more to a connection."""
        self.connections.discard(connection)
        self._recipients.discard(connection)

    def gateway_closing(self, connection: Connection, now: int) -> None:
        """Stand still until the player of a connection has come over another gateway: this one is about to end."""
        self.match.suspend(now, [side for side in SIDES if self._by_side.get(side) is connection])
        self._mark_dirty()

    def receive(
        self, now: int, side: int, epoch: int, inputs: Sequence[tuple[int, int, Intent]], mark_t: int, rtt_us: int
    ) -> None:
        """Admit the inputs that a player sent for a side. Raises RuleError."""
        self.match.receive(now, side, epoch, inputs, mark_t, rtt_us)
        self._mark_dirty()

    def rtt_measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """Note the round-trip time of a connection; the players see each other's, at most once a second."""
        connection.rtt_us = rtt_us
        if now - self._latency_told >= LATENCY_INTERVAL_MIN_US:
            self._latency_told = now
            left, right = ((there.rtt_us + 500) // 1000 if (there := self._by_side.get(side)) else 0 for side in SIDES)
            self._recipients.deliver(self._codec.latency(left, right))

    def resign(self, now: int, sides: Sequence[int]) -> None:
        """Give up for those sides. Both at once, at one keyboard: nobody wins."""
        if len(sides) == 1:
            self.match.resign(now, sides[0])
        else:
            self.match.end(now)
        self._mark_dirty()

    def show_end(self, connection: Connection, after: Place | None) -> None:
        """Send the frames up to the result to a connection that comes when the match is over, and close it."""
        *frames, last = self.topic.since(after, self._context.clock()) or [b""]
        for frame in frames:
            connection.send(frame)
        connection.send(last, self._closing)

    # Carrying out effects.

    def _snapshot(self) -> MatchSnapshot:
        snapshot = self.match.snapshot()
        return replace(snapshot, pairing=self._pairing) if self._pairing else snapshot

    def _look(self, now: int) -> Look | None:
        self.flush(now)  # so that the snapshot and the numbering agree
        if self.topic.held or self._events:
            return None
        return Look(self._snapshot(), self.match.horizon, now)

    def _mark_dirty(self) -> None:
        if not self.dirty or self.match.deadline != self.scheduled:
            self._dispatcher.mark_dirty(self)

    def _take(self, effects: MatchEffects, now: int) -> None:
        self._writer.add(effects.records, now)
        if self.delayed:
            self._unannounced += effects.records
        self._events += effects.events
        self._ending = self._ending or effects.durable

    def _announce(self, events: Sequence[MatchEvent], now: int, close_code: int = 0) -> None:
        frame = self.topic.publish(events, now)
        self._recipients.deliver(frame, close_code)
        self.spectators.take(frame, events, now)
        if self.delayed:
            self.delayed.take(self._unannounced, events, now)
            self._unannounced = []

    def _clear_connections(self) -> None:
        self.connections.clear()
        self._recipients.clear()
        self._by_side.clear()

    async def _finish(self, events: Sequence[MatchEvent]) -> None:
        """Make the result durable, announce it, and let all connections go."""
        while True:
            try:
                await self.journal.sync()
                break
            except OSError:
                log.exception("the result cannot be made durable yet", session_id=self.session_id)
                await asyncio.sleep(SYNC_RETRY_S)
        result, clock = self.match.result, self._context.clock
        assert result is not None
        self.over = True
        self._announce(events, clock(), self._closing)
        self.topic.close()
        self.spectators.close(clock())
        if self.delayed:
            self.delayed.close(clock())
        for connection, after in self._newcomers:
            self.show_end(connection, after)
        self._newcomers.clear()
        if self._closing:
            for connection in self.connections:
                connection.detach()
        self._clear_connections()
        self._on_end(self, MatchFinished(result))
