"""A complete viewer of a duel: draws it as text. docs/protocol.md, "How to draw", explains what it draws when.

python viewer.py http://127.0.0.1:8000                what most people watch
python viewer.py http://127.0.0.1:8000 SESSION        this session

Needs `websockets`, and the contract's modules (matchpoint/v1/*_pb2.py) in the path. No account, no token.
"""

import asyncio
import random
import sys
import time

from entry import comes_back, post
from matchpoint.v1.frames_pb2 import ClientMessage, Clock, Follow, Frame, Hello, ServerMessage
from matchpoint.v1.pong_pb2 import Goal, PaddleMove, Volley
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.ruleset_pb2 import Ruleset
from rules import H, W, ball_at, paddle_at
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

BEHIND_MS = 350
"""Age of what is drawn, against what was heard: room for the network's delays."""
COLUMNS, ROWS = 64, 18


class View:
    """Knowledge of the match, and the part of it that can be seen at a moment."""

    def __init__(self) -> None:
        self.seen, self.ruleset, self.result = Follow(topic=1), Ruleset(), Result()
        self.clocks: list[Clock] = []
        self.flights: list[Volley] = []
        self.goals: list[Goal] = []
        self.tracks: dict[int, list[PaddleMove]] = {1: [], 2: []}
        self.horizon, self.shown, self.offset = 0, 0, float("-inf")

    def see(self, frame: Frame) -> None:
        """Takes a frame. The one that was quickest of all says how far the server's clock is from the own one."""
        self.offset = max(self.offset, frame.server_ms - time.monotonic() * 1000)
        self.seen.after.epoch, self.seen.after.seq, self.horizon = frame.epoch, frame.seq, frame.horizon_t
        if frame.HasField("snapshot"):
            state, self.ruleset = frame.snapshot.pong, frame.snapshot.card.ruleset
            self.clocks, self.flights, self.shown = [frame.snapshot.clock], [state.volley], 0
            self.goals = [Goal(left=state.left, right=state.right)]
            self.tracks = {side: [move for move in state.paddles if move.side == side] for side in (1, 2)}
            self.result = frame.snapshot.result
            return
        for event in frame.events:
            kind = event.WhichOneof("body")
            if kind == "clock":
                self.clocks = [*self.clocks[-3:], event.clock]
            elif kind == "volley":
                self.flights = [*self.flights[-3:], event.volley]
            elif kind == "paddle_move":
                move = event.paddle_move
                self.tracks[move.side] = [m for m in self.tracks[move.side][-64:] if m.t < move.t] + [move]
            elif kind == "goal":
                self.goals.append(event.goal)
            elif kind == "result":
                self.result = event.result

    def t(self) -> int:
        """The match time to draw: a while ago, by the clock of then; never back, never beyond what is decided."""
        server_ms = time.monotonic() * 1000 + self.offset - BEHIND_MS
        clock = next((c for c in reversed(self.clocks) if c.server_ms <= server_ms), self.clocks[0])
        t = clock.match_t + int(max(0.0, server_ms - clock.server_ms) * 1000 * clock.rate)
        self.shown = max(self.shown, t if self.result.outcome else min(t, self.horizon))
        return self.shown

    def score(self, t: int) -> tuple[int, int]:
        """The score at t."""
        goal = [goal for goal in self.goals if goal.t <= t][-1]
        return goal.left, goal.right

    def picture(self, t: int) -> str:
        """The court at t: paddles, ball, score."""
        rows = [[" "] * COLUMNS for _ in range(ROWS)]
        half, flight = self.ruleset.paddle_half_height, self.flights[0]
        for later in self.flights:
            # A serve is shown once the goal before it was.
            if later.t0 <= t or (later.x0 == W // 2 and self.goals[-1].t <= t):
                flight = later
        for side, column in ((1, 1), (2, COLUMNS - 2)):
            move = ([m for m in self.tracks[side] if m.t <= t] or self.tracks[side][:1])[-1]
            y = paddle_at(move, max(t, move.t), half)
            for row in range(max(0, (y - half) * ROWS // H), min(ROWS, (y + half) * ROWS // H + 1)):
                rows[row][column] = "|"
        x, y = ball_at(flight, t)
        if 0 <= x < W:
            rows[y * ROWS // H][x * COLUMNS // W] = "o"
        left, right = self.score(t)
        return "\n".join(["\x1b[H" + f"{left}:{right}".center(COLUMNS), *("".join(row) for row in rows)])


async def draw(view: View) -> None:
    """Draws 15 times a second until the end was seen."""
    while not view.result.outcome or view.shown < view.goals[-1].t:
        await asyncio.sleep(1 / 15)
        if view.clocks:
            print(view.picture(view.t()), flush=True)


async def watch(view: View, url: str, session_id: str) -> None:
    """Hears of the match until it is over; comes back when the connection breaks."""
    while not view.result.outcome:
        follow = [view.seen] if view.seen.after.seq else []
        try:
            async with connect(url + "/ws/watch", subprotocols=["matchpoint.v1"]) as socket:
                hello = Hello(session_id=session_id, protocol=1, follow=follow)
                await socket.send(ClientMessage(hello=hello).SerializeToString())
                async for data in socket:
                    message = ServerMessage.FromString(data)
                    if message.HasField("frame"):
                        view.see(message.frame)
                    elif message.HasField("refusal"):
                        raise SystemExit(message.refusal.sentence)
        except (ConnectionClosed, OSError) as lost:
            if not comes_back(lost):
                raise
            await asyncio.sleep(random.uniform(0, 0.25))


async def main(url: str, session_id: str = "") -> None:
    if not session_id:
        session_id = post(url, "DirectoryService/ListSessions", {})[0]["sessions"][0]["sessionId"]
    view = View()
    await asyncio.gather(watch(view, url.replace("http", "ws", 1), session_id), draw(view))
    left, right = view.score(view.shown)
    print(f"over {left}:{right}")


asyncio.run(main(*sys.argv[1:]))
