"""Viewers of a match: connections that see it, and what they know of it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matchpoint.v1.frames_pb2 import (
    ClientMessage,
    Clock,
    Follow,
    Frame,
    Hello,
    Position,
    ServerMessage,
)
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from gameserver.contract.match_messages import miss_of, paddle_move_of, ruleset_of, state_of, volley_of
from gameserver.domain.pong.events import Goal, PongEvent, Volley
from gameserver.domain.pong.intents import Direction, Target
from gameserver.domain.pong.rules import NO_TARGET, Pong, W
from gameserver.domain.values import LEFT, RIGHT
from wire.refusal import Refused

if TYPE_CHECKING:
    pass


WITHIN_S: Final = 10.0
"""An answer that takes longer is none."""


@dataclass(frozen=True)
class Ending:
    """Ending of a connection: the refusal that was sent before it ("" without one), and the close code."""

    reason: str
    code: int | None


class View:
    """A viewer's knowledge of a match.

    It computes the match from the rules by itself, and holds each event that is told to what it has computed.
    """

    def __init__(self) -> None:
        self.epoch = 0
        self.seq = 0
        self.clock = Clock()
        self.game: Pong | None = None
        self.session_id = ""
        self.goals: list[Goal] = []
        self.snapshots = 0
        #: (side, number of the input, match time) of each paddle move that was seen.
        self.moves: list[tuple[int, int, int]] = []
        self.result: Result | None = None
        self._expected: deque[PongEvent] = deque()

    def see(self, frame: Frame) -> None:
        """Takes a frame. Raises AssertionError for a gap, or for an event that the rules do not lead to."""
        if frame.HasField("snapshot"):
            self._replace(frame)
        else:
            assert frame.seq - len(frame.events) == self.seq, f"a gap: {self.seq}, then {frame.seq}"
        self.epoch, self.seq = frame.epoch, frame.seq
        for event in frame.events:
            kind = event.WhichOneof("body")
            if kind == "clock":
                self.clock = event.clock
            elif kind == "result":
                self.result = event.result
            elif kind == "paddle_move":
                self._moved(paddle_move_of(event.paddle_move))
            elif kind == "volley":
                self._decided(volley_of(event.volley))
            elif kind == "miss":
                self._decided(miss_of(event.miss))
            elif kind == "goal":
                goal = event.goal
                self._decided(Goal(goal.t, goal.left, goal.right, goal.scorer - 1, goal.rally_hits))

    def _replace(self, frame: Frame) -> None:
        snapshot = frame.snapshot
        assert frame.seq >= self.seq, "a snapshot is never older than what was seen"
        self.snapshots += 1
        self.session_id = snapshot.card.session_id
        self.clock = snapshot.clock
        state = state_of(snapshot.pong)
        self.game = Pong.restore(ruleset_of(snapshot.card.ruleset), state)
        assert self.game.state_hash() == snapshot.pong.state_hash
        self._expected.clear()
        if snapshot.HasField("result"):
            self.result = snapshot.result

    def _moved(self, move: Any) -> None:
        assert self.game is not None
        self.moves.append((move.side, move.input_seq, move.t))
        intent = Direction(move.dir) if move.target == NO_TARGET else Target(move.target)
        assert self.game.admit(move.side, intent, move.t, move.input_seq) == move

    def _decided(self, event: PongEvent) -> None:
        assert self.game is not None
        if not self._expected:
            self._expected.extend(self.game.decide())
        expected = self._expected.popleft()
        if isinstance(event, Volley) and isinstance(expected, Volley) and event.x0 == W // 2:
            # A serve. When it comes and to whom is known; its height and its angle are drawn from what is secret.
            assert (event.t0, event.s, event.vx > 0) == (expected.t0, expected.s, expected.vx > 0)
            self.game.volley = event
            self.game._await(event.t1, RIGHT if event.vx > 0 else LEFT)
        else:
            assert event == expected
        if isinstance(event, Goal):
            self.goals.append(event)

    def last_input(self, side: int) -> int:
        """Highest number of an input of a side that was seen to count."""
        return max((number for where, number, _ in self.moves if where == side), default=0)

    @property
    def position(self) -> Position:
        """Position to resume after."""
        return Position(epoch=self.epoch, seq=self.seq)


class Viewer:
    """A connection that sees a match: a spectator, and what a player has in common with one."""

    def __init__(self, socket: ClientConnection, view: View | None = None) -> None:
        self.socket = socket
        self.view = view or View()
        self.seats: tuple[int, ...] = ()
        self.session_id = ""
        self.refused: Refused | None = None

    async def say(self, message: ClientMessage) -> None:
        """Sends a message."""
        await self.socket.send(message.SerializeToString())

    async def enter_to_watch(self, session_id: str, after: Position | None = None) -> None:
        """Says hello and waits until it is let in. Raises Refused."""
        await self._enter(Hello(session_id=session_id, protocol=1), after)

    async def _enter(self, hello: Hello, after: Position | None) -> None:
        if after is not None:
            hello.follow.append(Follow(topic=1, after=after))
        await self.say(ClientMessage(hello=hello))
        while not self.session_id:
            await self.hear()

    async def hear(self) -> ServerMessage:
        """Takes the next message. Raises Refused, or ConnectionClosed."""
        async with asyncio.timeout(WITHIN_S):
            message = ServerMessage.FromString(as_bytes(await self.socket.recv()))
        kind = message.WhichOneof("body")
        if kind == "frame":
            self.view.see(message.frame)
        elif kind == "joined":
            self.session_id, self.seats = message.joined.session_id, tuple(message.joined.seats)
        elif kind == "refusal":
            self.refused = Refused.from_message(message.refusal)
            raise self.refused
        return message

    async def until(self, wanted: Callable[[View], bool]) -> View:
        """Reads until the view is as wanted."""
        while not wanted(self.view):
            await self.hear()
        return self.view

    async def watch_to_the_end(self) -> Result:
        """Reads until the result is there, and the connection was closed as finished."""
        await self.until(lambda view: view.result is not None)
        assert self.view.result is not None
        return self.view.result

    async def ending(self) -> Ending:
        """Waits for the end of the connection."""
        async with asyncio.timeout(WITHIN_S):
            try:
                while True:
                    try:
                        await self.hear()
                    except Refused:
                        continue
            except ConnectionClosed:
                return Ending(Reason.Name(self.refused.reason) if self.refused else "", self.socket.close_code)


def as_bytes(message: str | bytes) -> bytes:
    assert isinstance(message, bytes), "bytes were expected, text came"
    return message
