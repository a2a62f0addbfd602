"""A live match: one match of the core with its journal, its topic and its connections.

A duel is a session with one; a tournament has one for each two that are called.

The core says what is to be done; here it is done, in the order that the promise needs: journal, then announcement, and
fsync before a result.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog
from matchpoint.v1.frames_pb2 import Latency, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import SessionSpec

from gameserver.domain.match.match import NO_EFFECTS, Match, MatchEffects, MatchSnapshot, horizon_of, snapshot_of
from gameserver.domain.match.records import Ended, Input, MatchEvent, Opened, Record
from gameserver.domain.pong.intents import Intent
from gameserver.domain.values import SIDES
from gameserver.sessions.context import Holder, Shell
from gameserver.sessions.ports import Journal, Key, Past
from gameserver.streaming.connection import DRAINING, Connection, GatewayStream, Group, refuse, restarting
from gameserver.streaming.holdback import HeldBack, Look
from gameserver.streaming.spectator_delay import Delayed
from gameserver.streaming.topic import NO_PAST, Place, Topic, topic_epoch
from wire.refusal import Refused

log = structlog.get_logger("match")

#: Latency is told at most so often, µs.
LATENCY_EVERY: Final = 1_000_000
#: Inputs wait for the disk at most so long, µs.
INPUTS_WAIT: Final = 250_000
NEVER: Final = 1 << 62


class LiveMatch:
    """One match of this server."""

    __slots__ = (
        "_by_side",
        "_ending",
        "_events",
        "_groups",
        "_holder",
        "_latency_told",
        "_newcomers",
        "_pairing",
        "_past",
        "_records",
        "_shell",
        "_untold",
        "_write_by",
        "connections",
        "delayed",
        "digest",
        "dirty",
        "epoch",
        "journal",
        "key",
        "match",
        "result",
        "scheduled",
        "session_id",
        "spec",
        "spectators",
        "topic",
    )

    def __init__(
        self,
        shell: Shell,
        holder: Holder,
        key: Key,
        spec: SessionSpec,
        epoch: int,
        match: Match,
        journal: Journal,
        past: Past = NO_PAST,
        *,
        pairing: int = 0,
    ) -> None:
        """`past` is what earlier tenures have announced; `pairing` is the one in a tournament's bracket."""
        self.key = key
        self.session_id = key.session_id
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
        self.connections: set[Connection] = set()
        self._shell = shell
        self._holder = holder
        self._pairing = pairing
        self._past = past
        #: The same for spectators, if they see it later; and the records that are not announced yet.
        self.delayed: Delayed[Record] | None = None
        self._untold: list[Record] = []
        self._by_side: dict[int, Connection] = {}
        #: Who gets each frame, by the stream that carries it.
        self._groups: dict[GatewayStream, Group] = {}
        self._records: list[Record] = []
        self._events: list[MatchEvent] = []
        #: When the records that wait have to be written, server µs: at once if anything follows from them.
        self._write_by = NEVER
        #: The match is over: its last events wait for the disk.
        self._ending = False
        self._latency_told = 0
        #: Who joined while the result was being made durable.
        self._newcomers: list[tuple[Connection, Place | None]] = []
        # What `open` or `restore` announces is in every snapshot, so nobody has to be told.
        effects = match.drain()
        self._records += effects.records
        if isinstance(opening := self._records[0], Opened):
            journal.append([shell.codec.opened(opening, spec)])
            del self._records[0]
            self.write()
        else:
            # What is taken up is written at the first flush: a start does not wait for the disk.
            self._write_by = 0
        if effects.durable:
            # A journal that was cut off just before its end comes to it now, and that is told.
            self._events += effects.events
            self._ending = True
        seq = match.state.seq - len(self._events)
        self.topic = Topic(
            key.match, topic_epoch(epoch, key.attempt), seq, shell.codec, lambda: match.horizon, self._snapshot, past
        )
        #: The same for those who watch it through the streams of StreamGameState and do not play in it.
        self.spectators = HeldBack(shell, self.topic, self._look)

    # What the host asks.

    @property
    def deadline(self) -> int | None:
        """When the match is to be woken, server µs."""
        return self.match.deadline

    @property
    def viewers(self) -> int:
        """Connections that watch it as it is."""
        return self.spectators.viewers

    @property
    def over(self) -> bool:
        """Its result is announced."""
        return self.result is not None

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
        if self.over:
            return
        self._deliver(DRAINING)
        self.match.suspend(now, SIDES)
        self._touch()

    def part(self) -> None:
        """Viewers are sent away, to the process that comes after this one."""
        self.topic.fail(restarting())
        self.spectators.fail(restarting())

    def abandon(self) -> None:
        """The match broke in this process: let everybody go. Its journal stays, and the next start takes it up."""
        refused = Refused(Reason.REASON_UNSPECIFIED, "This match broke in the server; it has been logged.")
        for connection in self.connections:
            connection.stream.connections.pop(connection.number, None)
            refuse(self._shell.codec, connection.stream, connection.number, refused)
        self.connections.clear()
        self._groups.clear()
        self._by_side.clear()
        self.topic.fail(refused)
        self.spectators.fail(refused)
        self._holder.is_abandoned(self)

    def flush(self, now: int) -> None:
        """Write what happened to the journal, then announce it to everybody who watches.

        Inputs alone may be announced first, and wait for the disk until something follows from them, 250 ms at most.
        While the disk takes no records nothing else is announced.
        """
        self.dirty = False
        effects = self.match.drain()
        if effects is not NO_EFFECTS:
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
                self._announce(events, now)

    def delay(self, delay_us: int) -> None:
        """From here on spectators see it so much later. They see nothing until then."""
        facts = self._shell.codec.restore(self.journal.content()).facts
        for waiting in self._records:
            facts.apply(waiting)

        def apply(records: Sequence[Record]) -> None:
            for record in records:
                facts.apply(record)

        topic = Topic(
            self.topic.number,
            self.topic.epoch,
            self.topic.seq,
            self._shell.codec,
            lambda: horizon_of(facts),
            lambda: replace(snapshot_of(facts), pairing=self._pairing),
            self._past,
        )
        self.delayed = Delayed(self._shell, topic, delay_us, apply, opens_at=self._shell.clock() + delay_us)

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while the result is being made durable."""
        if not self.topic.keeps(after):
            self.flush(now)  # so that the snapshot and the numbering agree
        return None if self.topic.held else self.topic.since(after, now)

    def write(self) -> None:
        """Write the records that wait. Raises OSError, and keeps them."""
        codec, epoch, journal = self._shell.codec, self.epoch, self.journal
        encoded: list[bytes] = []
        for record in self._records:
            if type(record) in codec.sealed:
                encoded.append(codec.record(record, epoch, journal.seal(encoded)))
            else:
                encoded.append(codec.record(record, epoch))
        journal.append(encoded)
        self._records, self._write_by = [], NEVER

    # What players do.

    def sit(self, connection: Connection, sides: Sequence[int], after: Place | None, now: int) -> None:
        """A connection plays these sides from now on, or (without one) watches; the topic's frames go to it."""
        for side in sides:
            self._by_side[side] = connection
        self.connections.add(connection)
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
        for side in sides:
            self.match.connect(now, side)
        self._touch()

    def leave(self, connection: Connection, now: int) -> None:
        """A connection has ended. When that is its gateway's fault, its player is not made to pay for it."""
        self.forget(connection)
        for side in SIDES:
            if self._by_side.get(side) is connection:
                del self._by_side[side]
                self.match.lose(now, side, outage=connection.stream.ending)
        self._touch()

    def forget(self, connection: Connection) -> None:
        """Send nothing more to a connection."""
        self.connections.discard(connection)
        group = self._groups.get(connection.stream)
        if group and group.remove(connection.number):
            del self._groups[connection.stream]

    def suspend(self, connection: Connection, now: int) -> None:
        """The gateway of a connection is about to end: stand still until its player has come over another one."""
        self.match.suspend(now, [side for side in SIDES if self._by_side.get(side) is connection])
        self._touch()

    def receive(
        self, now: int, side: int, epoch: int, inputs: Sequence[tuple[int, int, Intent]], mark_t: int, rtt_us: int
    ) -> None:
        """What a player sent for a side. Raises RuleError."""
        self.match.receive(now, side, epoch, inputs, mark_t, rtt_us)
        self._touch()

    def measured(self, connection: Connection, rtt_us: int, now: int) -> None:
        """The network of a connection was measured; the players see each other's, at most once a second."""
        connection.rtt_us = rtt_us
        if now - self._latency_told >= LATENCY_EVERY:
            self._latency_told = now
            left, right = ((there.rtt_us + 500) // 1000 if (there := self._by_side.get(side)) else 0 for side in SIDES)
            self._deliver(ServerMessage(latency=Latency(left_ms=left, right_ms=right)).SerializeToString())

    def resign(self, now: int, sides: Sequence[int]) -> None:
        """Those sides give up. Both at once, at one keyboard: nobody wins."""
        if len(sides) == 1:
            self.match.resign(now, sides[0])
        else:
            self.match.end(now)
        self._touch()

    # How it is carried out.

    def _snapshot(self) -> MatchSnapshot:
        snapshot = self.match.snapshot()
        return replace(snapshot, pairing=self._pairing) if self._pairing else snapshot

    def _look(self, now: int) -> Look | None:
        self.flush(now)  # so that the snapshot and the numbering agree
        if self.topic.held or self._events:
            return None
        return Look(self._snapshot(), self.match.horizon, now)

    def _touch(self) -> None:
        if not self.dirty or self.match.deadline != self.scheduled:
            self._shell.touch(self)

    def _take(self, effects: MatchEffects, now: int) -> None:
        if not self._records:
            self._write_by = now + INPUTS_WAIT
        if self._write_by:
            for record in effects.records:
                if type(record) is not Input:
                    self._write_by = 0
                    break
        self._records += effects.records
        if self.delayed:
            self._untold += effects.records
        self._events += effects.events
        self._ending = self._ending or effects.durable

    def _announce(self, events: Sequence[MatchEvent], now: int, close_code: int = 0) -> None:
        frame = self.topic.publish(events, now)
        self._deliver(frame, close_code)
        self.spectators.take(frame, events, now)
        if self.delayed:
            self.delayed.take(self._untold, events, now)
            self._untold = []

    def _deliver(self, message: bytes, close_code: int = 0) -> None:
        delivery = self._shell.codec.delivery
        for stream, group in self._groups.items():
            stream.put(delivery(group.encoded, message, close_code))

    async def _finish(self, events: Sequence[MatchEvent]) -> None:
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
        closing = self._holder.closing
        self._announce(events, self._shell.clock(), closing)
        self.topic.close()
        self.spectators.close(self._shell.clock())
        if self.delayed:
            self.delayed.close(self._shell.clock())
        for connection, after in self._newcomers:
            self._show_the_end(connection, after)
        self._newcomers.clear()
        if closing:
            for connection in self.connections:
                connection.stream.connections.pop(connection.number, None)
        self.connections.clear()
        self._groups.clear()
        self._by_side.clear()
        self._holder.is_over(self)

    def _show_the_end(self, connection: Connection, after: Place | None) -> None:
        """What is missing up to the result, for somebody who comes when it is over."""
        *frames, last = self.topic.since(after, self._shell.clock()) or [b""]
        for frame in frames:
            self._tell(connection, frame)
        self._tell(connection, last, self._holder.closing)

    def _tell(self, connection: Connection, message: bytes, close_code: int = 0) -> None:
        connection.stream.put(self._shell.codec.delivery(connection.encoded, message, close_code))
