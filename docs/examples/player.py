"""A complete player of Matchpoint. docs/protocol.md explains each step.

python player.py http://127.0.0.1:8000              against a bot
python player.py http://127.0.0.1:8000 create       in a room of its own; prints the room's code
python player.py http://127.0.0.1:8000 ABC234       in the room with this code

Needs `websockets`, and the contract's modules (matchpoint/v1/*_pb2.py) in the path.
"""

import asyncio
import random
import sys
import time

from entry import comes_back, ticket_for
from matchpoint.v1.frames_pb2 import ClientMessage, Clock, Follow, Frame, Hello, SeatMessage, ServerMessage
from matchpoint.v1.pong_pb2 import PaddleMove, PongInput, Volley
from matchpoint.v1.result_pb2 import Result
from rules import H, R, ball_at, bounce, paddle_at
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


def now_ms() -> float:
    return time.monotonic() * 1000


class Player:
    def __init__(self) -> None:
        self.side, self.half, self.seq, self.offsets = 0, 7_500, 0, [(0.0, 0.0)]
        self.clock, self.flight, self.result = Clock(), Volley(), Result()
        self.seen, self.out, self.joined = Follow(topic=1), SeatMessage(), False
        self.told = PaddleMove(y=H // 2)  # the own paddle's last segment, as the server says
        self.pending: list[tuple[int, int, int]] = []  # own inputs that it has not answered: (seq, t, target)
        self.guess, self.returned, self.overruled = Volley(), 0, 0

    def t(self) -> int:
        since_ms = now_ms() + min(self.offsets)[1] - self.clock.server_ms
        return self.clock.match_t + int(max(0.0, since_ms) * 1000 * self.clock.rate)

    def paddle(self, t: int) -> int:
        """The own paddle at t: the server's word, and the inputs that it has not answered played on it."""
        move = self.told
        for seq, at, target in self.pending:
            if at <= t:
                at = max(at, move.t)
                move = PaddleMove(t=at, y=paddle_at(move, at, self.half), target=target, input_seq=seq)
        return paddle_at(move, t, self.half)

    def fly(self, flight: Volley) -> None:
        """A flight begins: go back to the middle, or to where it will arrive; the paddle's edge makes steep returns."""
        self.flight, spread = flight, (self.half + R) * 5 // 4
        comes = (flight.vx > 0) == bool(self.side)
        target = ball_at(flight, flight.t1)[1] + random.randint(-spread, spread) if comes else H // 2
        self.seq += 1
        self.pending.append((self.seq, self.t(), max(self.half, min(H - self.half, target))))
        seq, t, target = self.pending[-1]
        self.out.inputs.add(seat=self.side, seq=seq, t=t, pong=PongInput(target=target))

    def watch_own_plane(self) -> None:
        """Says that the ball is at the own plane, and launches the own return at once."""
        v, t = self.flight, self.t()
        if (v.vx > 0) != bool(self.side) or t < v.t1 or v.t1 == self.guess.t0:
            return
        self.out.marks.add(seat=self.side, t=v.t1)
        off, reach = ball_at(v, v.t1)[1] - self.paddle(v.t1), self.half + R
        self.guess = bounce(v, off, reach) if abs(off) <= reach else Volley(t0=v.t1)
        if self.guess.s:
            self.fly(self.guess)

    def see(self, frame: Frame) -> None:
        self.seen.after.epoch, self.seen.after.seq = frame.epoch, frame.seq
        if frame.HasField("snapshot"):
            snapshot = frame.snapshot
            self.half, self.clock, self.flight = (
                snapshot.card.ruleset.paddle_half_height,
                snapshot.clock,
                snapshot.pong.volley,
            )
            self.seq, self.pending = max(self.seq, snapshot.last_inputs[self.side]), []
            self.told = [move for move in snapshot.pong.paddles if move.side == self.side + 1][-1]
            self.result = snapshot.result
        for event in frame.events:
            kind = event.WhichOneof("body")
            if kind == "clock":
                self.clock, self.pending = event.clock, []
                if self.clock.rate:
                    self.fly(self.flight)
            elif kind == "paddle_move" and event.paddle_move.side == self.side + 1:
                self.told = event.paddle_move
                self.pending = [p for p in self.pending if p[0] > self.told.input_seq]
            elif kind == "volley":
                if event.volley.t0 == self.guess.t0:
                    self.returned, self.overruled = self.returned + 1, self.overruled + (event.volley != self.guess)
                if event.volley != self.flight:
                    self.fly(event.volley)
            elif kind == "goal":
                print(f"{event.goal.left}:{event.goal.right}", flush=True)
            elif kind == "result":
                self.result = event.result

    def hear(self, message: ServerMessage) -> None:
        kind = message.WhichOneof("body")
        if kind == "joined":
            self.joined, self.side = True, message.joined.seats[0]
        elif kind == "frame":
            self.see(message.frame)
        elif kind == "pong":
            pong, t3 = message.pong, now_ms()
            rtt, offset = t3 - pong.t0 - pong.t2 + pong.t1, (pong.t1 - pong.t0 + pong.t2 - t3) / 2
            self.offsets = sorted([*self.offsets, (rtt, offset)] if self.offsets[0][0] else [(rtt, offset)])[:3]
        elif kind == "refusal":
            raise SystemExit(message.refusal.sentence)

    async def play(self, url: str, ticket: str) -> None:
        """Plays on one connection until the result is there. Raises ConnectionClosed."""
        hello = Hello(ticket=ticket, protocol=1, follow=[self.seen] if self.seen.after.seq else [])
        async with connect(url + "/ws/play", subprotocols=["matchpoint.v1"]) as socket:
            self.joined, beat = False, 0.0
            await socket.send(ClientMessage(hello=hello).SerializeToString())
            while not self.result.outcome:
                self.watch_own_plane()
                if self.joined and (now_ms() >= beat or self.out.inputs or self.out.marks):
                    # At least five times a second: silence is taken for absence. Each asks for the clock, too.
                    beat, self.out.clock_epoch, self.out.ping.t0 = now_ms() + 200, self.clock.epoch, now_ms()
                    await socket.send(ClientMessage(seat=self.out).SerializeToString())
                    self.out = SeatMessage()
                wait = (self.flight.t1 - self.t()) / 1e6
                try:
                    data = await asyncio.wait_for(socket.recv(), min(wait, 0.2) if wait > 0 else 0.2)
                except TimeoutError:
                    continue
                self.hear(ServerMessage.FromString(data))


async def main(url: str, code: str = "") -> None:
    ticket, player = await ticket_for(url, code), Player()
    while not player.result.outcome:
        try:
            await player.play(url.replace("http", "ws", 1), ticket)
        except (ConnectionClosed, OSError) as lost:
            if not comes_back(lost):
                raise
            await asyncio.sleep(random.uniform(0, 0.25))
    result = player.result
    print(f"over {result.left}:{result.right}, {player.returned} returned, {player.overruled} of them overruled")


asyncio.run(main(*sys.argv[1:]))
