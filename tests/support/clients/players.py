"""Players of a script, over the same sockets as browsers use."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from matchpoint.v1.frames_pb2 import (
    ClientMessage,
    Hello,
    Input,
    Mark,
    Ping,
    Position,
    SeatMessage,
    ServerMessage,
)
from matchpoint.v1.pong_pb2 import PongInput
from websockets.asyncio.client import ClientConnection

from gameserver.domain.pong.rules import H, M, fold, sdiv
from gameserver.domain.values import LEFT, RIGHT
from tests.support.clients.views import View, Viewer, as_bytes
from wire.refusal import Refused

if TYPE_CHECKING:
    pass

BEAT_S: Final = 0.2
PING_S: Final = 0.5
#: A page's clock begins anywhere; so does a player's here, so that it has to ask for the server's.
CLOCK_BEGINS_MS: Final = 7_000_000.0


def page_ms() -> float:
    """The player's own clock."""
    return time.monotonic() * 1000 - CLOCK_BEGINS_MS


Style = Callable[[int], int]
"""Height to which a player goes for a ball that will arrive at this height."""


def to_the_ball(y: int) -> int:
    """Returns every ball that can be reached, from somewhere on the paddle."""
    return y + random.randint(-1_500, 1_500)


def away_from_the_ball(y: int) -> int:
    """Misses every ball."""
    return 0 if y > H // 2 else H


class Player(Viewer):
    """Somebody who plays. It asks for the server's clock, dates what it does by it, and says when balls have passed."""

    def __init__(self, socket: ClientConnection, view: View | None = None) -> None:
        super().__init__(socket, view)
        self.styles: dict[int, Style] = {LEFT: to_the_ball, RIGHT: to_the_ball}
        #: It goes on from the last own input that was seen to count, also over a new connection.
        self._input_seq = {side: self.view.last_input(side) for side in (LEFT, RIGHT)}
        self._pings: list[tuple[float, float]] = []
        self._seen: object = None
        self._marks: list[tuple[int, int]] = []

    async def enter(self, ticket: str, after: Position | None = None) -> None:
        """Says hello and waits until it is let in. Raises Refused."""
        await self._enter(Hello(ticket=ticket, protocol=1), after)
        await self.until(lambda view: view.game is not None or after is not None)

    async def do(self, **fields: Any) -> None:
        """Sends a SeatMessage, in the clock's epoch unless another is given."""
        fields.setdefault("clock_epoch", self.view.clock.epoch)
        await self.say(ClientMessage(seat=SeatMessage(**fields)))

    async def sync(self) -> None:
        """Learns the server's clock."""
        for _ in range(3):
            await self.do(ping=Ping(t0=page_ms()))
            while (message := await self.hear()).WhichOneof("body") != "pong":
                pass
            self._learn(message)

    def _learn(self, message: ServerMessage) -> None:
        pong, t3 = message.pong, page_ms()
        rtt = (t3 - pong.t0) - (pong.t2 - pong.t1)
        self._pings.append((rtt, ((pong.t1 - pong.t0) + (pong.t2 - t3)) / 2))
        self._pings = sorted(self._pings)[:3]

    @property
    def server_ms(self) -> float:
        """The server's clock, as well as it is known."""
        return page_ms() + sum(offset for _, offset in self._pings) / len(self._pings)

    @property
    def t(self) -> int:
        """Match time now, microseconds."""
        clock = self.view.clock
        since_ms = max(0.0, self.server_ms - clock.server_ms)
        return int(clock.match_t + (since_ms * 1000 if clock.rate else 0))

    def input(self, seat: int, *, t: int | None = None, seq: int | None = None, **intent: int) -> Input:
        """The seat's next input, dated now unless told otherwise."""
        if seq is None:
            self._input_seq[seat] += 1
            seq = self._input_seq[seat]
        return Input(seat=seat, seq=seq, t=self.t if t is None else t, pong=PongInput(**intent))

    async def play(self, *, until: Callable[[View], bool] = lambda view: view.result is not None) -> View:
        """Plays until the result is there, or as long as told."""
        if not self._pings:
            await self.sync()
        beat = ping = time.monotonic()
        while not until(self.view):
            now = time.monotonic()
            message = SeatMessage(clock_epoch=self.view.clock.epoch)
            if now >= ping:
                message.ping.t0, ping = page_ms(), now + PING_S
            self._react(message)
            self._pass(message)
            if now >= beat or message.inputs or message.marks or message.HasField("ping"):
                beat = now + BEAT_S
                await self.say(ClientMessage(seat=message))
            try:
                async with asyncio.timeout(max(0.0, min(beat - now, self._next_mark_s()))):
                    heard = ServerMessage.FromString(as_bytes(await self.socket.recv()))
            except TimeoutError:
                continue
            if heard.HasField("frame"):
                self.view.see(heard.frame)
            elif heard.HasField("pong"):
                self._learn(heard)
            elif heard.HasField("refusal"):
                self.refused = Refused.from_message(heard.refusal)
                raise self.refused
        return self.view

    def _react(self, message: SeatMessage) -> None:
        """Goes for the ball when it comes, back to the middle when it leaves."""
        game, clock = self.view.game, self.view.clock
        if game is None or not clock.rate or self.server_ms < clock.server_ms:
            return
        if self._seen == (game.volley, clock.epoch):
            return
        self._seen = (game.volley, clock.epoch)
        self._marks.clear()
        v = game.volley
        comes_to = RIGHT if v.vx > 0 else LEFT
        for seat in self.seats:
            y = H // 2
            if seat == comes_to:
                y = self.styles[seat](fold(v.y0 + sdiv(v.vy * (v.t1 - v.t0), M)))
                self._marks.append((v.t1, seat))
            message.inputs.append(self.input(seat, target=min(max(y, 0), H)))

    def _pass(self, message: SeatMessage) -> None:
        """Says that the ball has reached the plane."""
        while self._marks and self._marks[0][0] <= self.t:
            t1, seat = self._marks.pop(0)
            message.marks.append(Mark(seat=seat, t=t1))

    def _next_mark_s(self) -> float:
        clock = self.view.clock
        if clock.rate and self.server_ms < clock.server_ms:
            return (clock.server_ms - self.server_ms) / 1000
        return max(0.0, (self._marks[0][0] - self.t) / 1e6) if self._marks else 1.0
