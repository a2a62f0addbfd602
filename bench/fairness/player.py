"""People at real WebSockets: `python -m bench.fairness.player`, in the players' namespace, plays what stdin asks for.

Each line of stdin is a match (`Job` as JSON); each line of stdout is a match that is over.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from matchpoint.v1.frames_pb2 import ClientMessage, Frame, Hello, ServerMessage

from bench.fairness.network import SERVER
from bench.fairness.people import PERFECT, RULES, Cheat, Honest
from bench.fairness.relay import Line
from bench.fairness.rows import ROWS, Row
from bench.websocket import Connection
from gameserver.contract.match_messages import clock_of, paddle_move_of, put_intent, volley_of
from gameserver.domain.match.admission import GRACE_MOST, RATED_GRACE_MOST
from gameserver.domain.pong.intents import Intent

#: Seconds: between two tries to come back, between clock questions at first and later, and the longest match.
_AGAIN_S: Final = 0.2
_PINGS_S: Final = (0.08, 2.0)
_MATCH_MOST_S: Final = 600.0
#: Seconds after an input until something is sent behind it.
_PROBE_S: Final = 0.025


@dataclass(frozen=True, slots=True)
class Job:
    """A match to play: in a row, with a ticket and an address for each side, `side` being the one that is looked at."""

    number: int
    row: str
    session: str
    port: int
    side: int
    seed: int
    tickets: tuple[str, str]
    addresses: tuple[str, str]
    #: Where the one that is looked at watches from; "" for not at all.
    watches_from: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A match that is over: whether the one that is looked at won, None without a winner."""

    number: int
    row: str
    won: bool | None
    seconds: float
    rtts_ms: tuple[int, int]
    why: str = ""


class _RealLine:
    """A person's knowledge of its line. The delay itself is the relay's."""

    def __init__(self, line: Line) -> None:
        self.rtt, self.jitter, self.hold = line.rtt, line.jitter, line.hold

    @property
    def seen(self) -> int:
        return self.rtt + self.hold

    def up(self, now: int) -> int:
        return now


class Table:
    """One person's world: a clock that is estimated as a browser does it, and a way to the server."""

    def __init__(self, game: "Game", kind: type[Honest], side: int, line: Line) -> None:
        self.game = game
        self.side = side
        self.socket: Connection | None = None
        self.match: Any = None
        self._loop = asyncio.get_running_loop()
        #: Server's clock less this one, µs.
        self._offset = 0
        self._samples: list[tuple[float, float]] = []
        self._pings = 0
        self._said = 0.0
        half = RULES.paddle_half_height
        self.person = kind(self, side, _RealLine(line), PERFECT, game.job.seed * 31 + side, half)  # type: ignore[arg-type]
        self.person.there = False

    # What a person asks of its world.

    def now(self) -> int:
        """The server's clock as it is known here, µs."""
        return time.monotonic_ns() // 1000 + self._offset

    def later(self, at: int, what: Callable[[int], None]) -> None:
        """Do `what` at server time `at`."""
        now = self.now()
        if at <= now:
            what(now)
        elif not self.game.over:
            self._loop.call_later((at - now) / 1e6, self.later, at, what)

    def deliver(
        self, at: int, side: int, epoch: int, inputs: Sequence[tuple[int, int, Intent]], mark: int, rtt: int
    ) -> None:
        """Send a message."""
        message = ClientMessage()
        seat = message.seat
        seat.clock_epoch = epoch
        for seq, t, intent in inputs:
            item = seat.inputs.add(seat=side, seq=seq, t=t)
            put_intent(item.pong, intent)
        if mark >= 0:
            seat.marks.add(seat=side, t=mark)
        if self.socket:
            self.socket.write(message)
            self._said = time.monotonic()
            if inputs:
                self._loop.call_later(_PROBE_S, self._probe)

    def _probe(self) -> None:
        """A word after an input, as a page sends it: with one behind it a lost packet is found sooner."""
        if self.socket and self.person.clock and time.monotonic() - self._said > _PROBE_S / 2:
            message = ClientMessage()
            message.seat.clock_epoch = self.person.clock.epoch
            self.socket.write(message)

    def cut(self, now: int, person: Honest) -> None:
        """Close the connection, and come back at once."""
        assert self.socket
        self.socket.abort()

    # What happens.

    async def connect(self) -> None:
        """Take the seat."""
        hello = Hello(ticket=self.game.job.tickets[self.side], protocol=1)
        self.socket = Seat(self, hello)
        await self.game.open(self.socket, self.game.job.addresses[self.side])

    def ping(self) -> None:
        """Ask for the time: often at first, then now and then."""
        if self.game.over or not self.socket or self.socket.closed:
            return
        message = ClientMessage()
        message.seat.ping.t0 = time.monotonic_ns() / 1e6
        message.seat.clock_epoch = self.person.clock.epoch if self.person.clock else 0
        self.socket.write(message)
        self._pings += 1
        self._loop.call_later(_PINGS_S[self._pings > 12], self.ping)

    def pong(self, t0: float, t1: float, t2: float) -> None:
        """The three quickest of the last answers say what time it is."""
        t3 = time.monotonic_ns() / 1e6
        self._samples.append((t3 - t0 - (t2 - t1), (t1 - t0 + t2 - t3) / 2))
        del self._samples[:-15]
        best = sorted(self._samples)[:3]
        self._offset = int(1000 * sum(offset for _, offset in best) / len(best))

    def frame(self, frame: Frame) -> None:
        """Facts that the server has told."""
        now, person = self.now(), self.person
        if frame.HasField("snapshot"):
            self._snapshot(now, frame)
        for event in frame.events:
            kind = event.WhichOneof("body")
            if kind == "volley":
                person.see(now, volley_of(event.volley))
            elif kind == "paddle_move":
                person.see(now, paddle_move_of(event.paddle_move))
            elif kind == "clock":
                person.see(now, clock_of(event.clock))
            elif kind == "result":
                self.game.end(event.result.winner - 1, event.result.duration_us / 1e6)

    def _snapshot(self, now: int, frame: Frame) -> None:
        person, snapshot = self.person, frame.snapshot
        first = not person.clock
        moves = [move for m in snapshot.pong.paddles if (move := paddle_move_of(m)).side == self.side]
        person.rebase(moves[-1])
        if len(snapshot.last_inputs) > self.side:
            person.seq = max(person.seq, snapshot.last_inputs[self.side])
        person.there = True
        person.volley = volley_of(snapshot.pong.volley)
        person.see(now, clock_of(snapshot.clock))
        if snapshot.HasField("result"):
            self.game.end(snapshot.result.winner - 1, snapshot.result.duration_us / 1e6)
        if first:
            person.beat(now)
            self.ping()
        else:
            person.send(now)


class Seat(Connection):
    """A connection that plays."""

    def __init__(self, table: Table, hello: Hello) -> None:
        super().__init__(f"{SERVER}:{table.game.job.port}", "/ws/play", hello)
        self._table = table

    def message(self, message: ServerMessage) -> None:
        kind = message.WhichOneof("body")
        if kind == "frame":
            self._table.frame(message.frame)
        elif kind == "pong":
            self._table.pong(message.pong.t0, message.pong.t1, message.pong.t2)
        elif kind == "latency":
            self._table.game.rtts_ms = message.latency.left_ms, message.latency.right_ms

    def lost(self) -> None:
        self._table.person.there = False
        self._table.game.lost(self._table, self.closed)


class Watching(Connection):
    """A connection over which a player watches its own match."""

    def __init__(self, table: Table) -> None:
        job = table.game.job
        super().__init__(f"{SERVER}:{job.port}", "/ws/watch", Hello(session_id=job.session, protocol=1))
        self._table = table

    def message(self, message: ServerMessage) -> None:
        if message.WhichOneof("body") == "frame":
            for event in message.frame.events:
                if event.WhichOneof("body") == "volley":
                    self._table.person.see(self._table.now(), volley_of(event.volley))

    def lost(self) -> None:
        self._table.game.watch_again(self._table)


class Game:
    """One match."""

    def __init__(self, job: Job, row: Row, tell: Callable[[Done], None]) -> None:
        self.job = job
        self.over = False
        self.rtts_ms = 0, 0
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tries = 0
        kinds, lines = [row.opponent, row.opponent], [row.other, row.other]
        kinds[job.side], lines[job.side] = row.person, row.line
        self._tables = [Table(self, kinds[side], side, lines[side]) for side in (0, 1)]
        looked_at = self._tables[job.side].person
        if isinstance(looked_at, Cheat):
            looked_at.believed = row.believed or looked_at.believed
            looked_at.grace_most = RATED_GRACE_MOST if row.rated else GRACE_MOST
        for table in self._tables:
            self._spawn(table.connect())
        if job.watches_from:
            self.watch_again(self._tables[job.side])
        self._loop.call_later(_MATCH_MOST_S, self._give_up, "too long")

    async def open(self, connection: Connection, address: str) -> None:
        """Open a connection from that address."""
        try:
            await self._loop.create_connection(lambda: connection, SERVER, self.job.port, local_addr=(address, 0))
        except OSError as error:
            connection.closed = str(error)
            self._loop.call_later(_AGAIN_S, connection.lost)

    def lost(self, table: Table, why: str) -> None:
        """A connection that plays is gone: come back at once, and not too often."""
        if self.over:
            return
        self._tries += 1
        if self._tries > 20:
            self._give_up(why)
        else:
            self._loop.call_later(0.0 if why == "aborted" else _AGAIN_S, lambda: self._spawn(table.connect()))

    def watch_again(self, table: Table) -> None:
        """Watch, now or as soon as the directory knows the match."""
        if not self.over:
            watching = self.open(Watching(table), self.job.watches_from)
            self._loop.call_later(0.5, lambda: self._spawn(watching))

    def end(self, winner: int, seconds: float) -> None:
        """There is a result."""
        if not self.over:
            self._finish(
                Done(
                    self.job.number,
                    self.job.row,
                    None if winner < 0 else winner == self.job.side,
                    seconds,
                    self.rtts_ms,
                )
            )

    def _give_up(self, why: str) -> None:
        if not self.over:
            self._finish(Done(self.job.number, self.job.row, None, 0.0, self.rtts_ms, why))

    def _finish(self, done: Done) -> None:
        self.over = True
        for table in self._tables:
            if table.socket:
                table.socket.abort()
        self._tell(done)

    def _spawn(self, work: Any) -> None:
        if self.over:
            work.close()
            return
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def play() -> None:
    """Plays what stdin asks for, until it is closed."""
    loop = asyncio.get_running_loop()
    jobs = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(jobs), sys.stdin)
    rows = {row.name: row for row in ROWS}

    def tell(done: Done) -> None:
        print(json.dumps(asdict(done)), flush=True)

    while line := await jobs.readline():
        job = Job(**json.loads(line))
        Game(job, rows[job.row], tell)


if __name__ == "__main__":
    asyncio.run(play())
