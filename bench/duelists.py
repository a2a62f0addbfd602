"""Scripted players over real WebSockets, cheap enough that one core plays 400 of them. See `bench.duel`."""

import asyncio
import random
import time
from heapq import heappop, heappush
from typing import Final

from matchpoint.v1.frames_pb2 import ClientMessage, Clock, Hello, ServerMessage
from matchpoint.v1.pong_pb2 import Volley

from bench.websocket import Connection
from gameserver.domain.pong import rules

#: Each player's inputs come in pairs, a start and a stop, every 500 ms: 4 a second, each a change of movement.
PAIR_EVERY: Final = 0.5
PING_EVERY: Final = 2.0
#: One loopback address for this number of players: the gateway limits each.
PER_ADDRESS: Final = 100
TICK: Final = 0.002


def now_ms() -> float:
    """The server's clock: both are on this machine."""
    return time.monotonic_ns() / 1e6


class Duelist(Connection):
    """One player: follows the ball as well as a start and a stop every half second allow."""

    def __init__(self, script: "Script", host: str, seat: int, ticket: str) -> None:
        super().__init__(host, "/ws/play", Hello(ticket=ticket, protocol=1))
        self.seat = seat
        self.epoch = 0
        self.frames = 0
        self.inputs = 0
        self.over = False
        #: Milliseconds from an input's sending to its paddle move's coming back.
        self.echoes: list[float] = []
        self._script = script
        self._sent: dict[int, float] = {}
        self._seq = 0
        self._clock = Clock()
        self._playing = False
        self._volley: Volley | None = None
        self._y = rules.H // 2
        self._t = 0
        self._dir = 0
        self._random = random.Random(seat * 7919 + hash(ticket))

    # The match.

    def message(self, message: ServerMessage) -> None:
        """Follow what happens."""
        if not message.HasField("frame"):
            return
        self.frames += 1
        frame = message.frame
        if frame.HasField("snapshot"):
            self._set_clock(frame.snapshot.clock)
            self._see(frame.snapshot.pong.volley)
        for event in frame.events:
            kind = event.WhichOneof("body")
            if kind == "paddle_move":
                if event.paddle_move.side == self.seat + 1:
                    sent = self._sent.pop(event.paddle_move.input_seq, None)
                    if sent:
                        self.echoes.append(now_ms() - sent)
            elif kind == "volley":
                self._see(event.volley)
            elif kind == "clock":
                self._set_clock(event.clock)
            elif kind == "result":
                self.over = True

    def _set_clock(self, clock: Clock) -> None:
        self._clock = clock
        self._script.at(time.monotonic() + PAIR_EVERY, self.keep_awake)
        if clock.rate and not self._playing:
            self._playing = True
            start = clock.server_ms / 1000
            self._script.at(start + self._random.random() * PAIR_EVERY, self.start_moving)
            self._script.at(start + self._random.random() * PING_EVERY, self.ping)

    def _see(self, volley: Volley) -> None:
        self._volley = volley
        if (volley.vx > 0) == bool(self.seat):
            at = (self._clock.server_ms + (volley.t1 - self._clock.match_t) / 1000) / 1000
            if self._clock.rate:
                self._script.at(at, lambda: self.mark(volley.t1))

    def _match_t(self) -> int:
        return max(0, int(self._clock.match_t + (now_ms() - self._clock.server_ms) * 1000))

    def _target(self) -> int:
        v = self._volley
        if v is None or (v.vx > 0) != bool(self.seat):
            return rules.H // 2
        return rules.fold(v.y0 + rules.sdiv(v.vy * (v.t1 - v.t0), rules.M)) + self._random.randint(-4_000, 4_000)

    def keep_awake(self) -> None:
        """Before the first input: say that somebody is there."""
        if not (self._seq or self.over or self.closed):
            message = ClientMessage()
            message.seat.clock_epoch = self._clock.epoch
            self.write(message)
            self._script.at(time.monotonic() + PAIR_EVERY, self.keep_awake)

    def start_moving(self) -> None:
        """The first input of a pair, and when the second comes."""
        if self.over or self.closed:
            return
        gap = self._target() - self._y
        seconds = min(0.24, max(0.02, abs(gap) / rules.VP))
        self._steer(1 if gap > 0 else -1)
        now = time.monotonic()
        self._script.at(now + seconds, self.stop_moving)
        self._script.at(now + PAIR_EVERY, self.start_moving)

    def stop_moving(self) -> None:
        """The second input of a pair."""
        if not (self.over or self.closed):
            self._steer(0)

    def mark(self, t1: int) -> None:
        """The own plane is passed."""
        if not (self.over or self.closed):
            message = ClientMessage()
            message.seat.marks.add(seat=self.seat, t=t1)
            message.seat.clock_epoch = self._clock.epoch
            self.write(message)

    def ping(self) -> None:
        """A clock question."""
        if not (self.over or self.closed):
            message = ClientMessage()
            message.seat.ping.t0 = now_ms()
            message.seat.clock_epoch = self._clock.epoch
            self.write(message)
            self._script.at(time.monotonic() + PING_EVERY, self.ping)

    def _steer(self, direction: int) -> None:
        t = self._match_t()
        y = self._y + self._dir * rules.VP * (t - self._t) // rules.M
        self._y, self._t, self._dir = min(max(y, 7_500), rules.H - 7_500), t, direction
        self._seq += 1
        self.inputs += 1
        message = ClientMessage()
        item = message.seat.inputs.add(seat=self.seat, seq=self._seq, t=t)
        item.pong.dir = direction
        message.seat.clock_epoch = self._clock.epoch
        self._sent[self._seq] = now_ms()
        self.write(message)


class Script:
    """Timing of all players' actions: one heap, one timer."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, object]] = []
        self._count = 0
        #: Worst time by which a step was late, seconds: the load's own health.
        self.late = 0.0

    def at(self, when: float, step: object) -> None:
        """Do `step` at `when`, monotonic seconds."""
        self._count += 1
        heappush(self._heap, (when, self._count, step))

    async def run(self) -> None:
        """Do what is due, every 2 ms, until cancelled."""
        while True:
            now = time.monotonic()
            while self._heap and self._heap[0][0] <= now:
                when, _, step = heappop(self._heap)
                self.late = max(self.late, now - when)
                assert callable(step)
                step()
            await asyncio.sleep(TICK)
