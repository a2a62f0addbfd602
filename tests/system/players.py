"""People of a script: they sign in, meet in the lobby, play and watch, over the same sockets as browsers do."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final

import httpx
from matchpoint.v1.frames_pb2 import (
    ClientMessage,
    Clock,
    Follow,
    Frame,
    Hello,
    Input,
    Mark,
    Ping,
    Position,
    SeatMessage,
    ServerMessage,
)
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse, Room
from matchpoint.v1.pong_pb2 import PongInput
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from gameserver.contract.match_messages import miss_of, paddle_move_of, ruleset_of, state_of, volley_of
from gameserver.domain.pong.events import Goal, PongEvent, Volley
from gameserver.domain.pong.intents import Direction, Target
from gameserver.domain.pong.rules import NO_TARGET, H, M, Pong, W, fold, sdiv
from gameserver.domain.values import LEFT, RIGHT
from wire.refusal import Refused

if TYPE_CHECKING:
    from tests.system.conftest import Installation

WITHIN_S: Final = 10.0
"""An answer that takes longer is none."""
BEAT_S: Final = 0.2
PING_S: Final = 0.5
COOKIE: Final = "matchpoint"
#: A page's clock begins anywhere; so does a player's here, so that it has to ask for the server's.
CLOCK_BEGINS_MS: Final = 7_000_000.0
#: Close codes after which a page comes back by itself (docs/errors.md).
COME_BACK: Final = (1011, 1012, 1013, 1014, 4001, 4002, 4008)


def page_ms() -> float:
    """The player's own clock."""
    return time.monotonic() * 1000 - CLOCK_BEGINS_MS


@dataclass(frozen=True)
class Answer:
    """Answer of a call of the API."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def refused(self) -> str:
        """The refusal's reason, "" without one."""
        for detail in self.body.get("details", ()):
            reason: str = detail["debug"]["reason"]
            return reason
        return ""

    @property
    def field(self) -> str:
        """The field that the refusal names."""
        found: str = self.body["details"][0]["debug"]["field"]
        return found


@dataclass(frozen=True)
class Ending:
    """Ending of a connection: the refusal that was sent before it ("" without one), and the close code."""

    reason: str
    code: int | None


class Site:
    """A running Matchpoint as somebody outside sees it."""

    def __init__(self, installation: "Installation") -> None:
        self.installation = installation
        self.page = installation.page
        # No cookie is kept: calls that are made at once would send each other's.
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._http = httpx.AsyncClient(base_url=self.page, trust_env=False, timeout=WITHIN_S, cookies=jar)

    async def __aenter__(self) -> "Site":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def post(
        self,
        method: str,
        body: Mapping[str, object] | bytes,
        *,
        token: str = "",
        origin: str | None = "",
        kind: str = "application/json",
    ) -> Answer:
        """A call of the API, with anything as its body. Without an `origin` that of the page is named."""
        headers = {"content-type": kind}
        if origin is not None:
            headers["origin"] = origin or self.page
        if token:
            headers["cookie"] = f"{COOKIE}={token}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await self._http.post(f"/api/matchpoint.v1.{method}", content=content, headers=headers)
        readable = answer.headers.get("content-type", "").startswith("application/json")
        return Answer(answer.status_code, answer.json() if readable else {}, answer.headers)

    async def guest(self, name: str = "", *, language: str = "") -> "Guest":
        """Somebody new. Raises Refused as the API does."""
        answer = await self.post("AccountService/CreateGuest", {"name": name, "language": language})
        _raise(answer)
        cookie = answer.headers["set-cookie"]
        token = cookie.removeprefix(f"{COOKIE}=").partition(";")[0]
        account = answer.body["account"]
        return Guest(self, account["accountId"], account["name"], token)

    async def guests(self, count: int) -> list["Guest"]:
        """A number of new people."""
        return [await self.guest() for _ in range(count)]

    def socket(
        self,
        path: str,
        *,
        token: str = "",
        origin: str | None = "",
        subprotocol: str | None = "matchpoint.v1",
    ) -> connect:
        """A WebSocket of the page's server."""
        return connect(
            self.page.replace("http", "ws", 1) + path,
            origin=Origin(origin or self.page) if origin is not None else None,
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
            additional_headers={"cookie": f"{COOKIE}={token}"} if token else None,
            proxy=None,
            compression=None,
        )

    @asynccontextmanager
    async def play(self, ticket: str, *, after: Position | None = None) -> AsyncIterator["Player"]:
        """Somebody who is let in to play."""
        async with self.socket("/ws/play") as socket:
            player = Player(socket)
            await player.enter(ticket, after)
            yield player

    @asynccontextmanager
    async def watch(self, session_id: str, *, after: Position | None = None) -> AsyncIterator["Viewer"]:
        """Somebody who is let in to watch, without an account."""
        async with self.socket("/ws/watch") as socket:
            viewer = Viewer(socket)
            await viewer.enter_to_watch(session_id, after)
            yield viewer

    async def record(self, session_id: str) -> dict[str, Any]:
        """The record of a session's match, once it is there."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                answer = await self.post("StatsService/GetMatch", {"sessionId": session_id})
                if answer.status == 200:
                    found: dict[str, Any] = answer.body["match"]
                    return found
                # It may be on its way, and the backend may have been away.
                assert answer.refused in ("REASON_RECORD_UNKNOWN", "REASON_SERVER_UNAVAILABLE"), answer
                await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Guest:
    """Somebody who is signed in."""

    site: Site
    account_id: str
    name: str
    token: str = field(repr=False)

    async def post(self, method: str, request: Mapping[str, object]) -> Answer:
        """A call of the API with the cookie."""
        return await self.site.post(method, request, token=self.token)

    async def call(self, method: str, request: Mapping[str, object]) -> dict[str, Any]:
        """The same. Raises Refused."""
        answer = await self.post(method, request)
        _raise(answer)
        return answer.body

    async def start(self, **kind: Any) -> tuple[str, str]:
        """A session without a room: (session id, ticket). `bot={}` or `local={}`, and perhaps `ruleset={}`."""
        entry = (await self.call("DirectoryService/StartSession", kind))["entry"]
        return entry["sessionId"], entry["ticket"]

    async def stats(self) -> dict[str, Any]:
        """Totals."""
        answer = await self.site.post("StatsService/GetPlayerStats", {"accountId": self.account_id})
        _raise(answer)
        found: dict[str, Any] = answer.body["stats"]
        return found

    @asynccontextmanager
    async def lobby(self) -> AsyncIterator["Lobby"]:
        """A lobby connection that was welcomed."""
        async with self.site.socket("/ws/lobby", token=self.token) as socket:
            lobby = Lobby(socket)
            welcome = await lobby.see(lambda message: message.HasField("welcome"))
            assert welcome.welcome.account.account_id == self.account_id
            yield lobby


class Lobby:
    """One lobby connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        #: The room as this connection last heard of it.
        self.room = Room()
        self._requests = 0
        self._unseen: deque[ConnectResponse] = deque()

    async def do(self, **command: Any) -> None:
        """Sends a command and waits for its answer; what comes before is kept for `see`. Raises Refused."""
        number = await self.ask(**command)
        await self.answer(number)

    async def ask(self, **command: Any) -> int:
        """Sends a command; its number."""
        self._requests += 1
        await self.socket.send(ConnectRequest(request_id=self._requests, **command).SerializeToString())
        return self._requests

    async def answer(self, number: int) -> None:
        """Waits for the answer to a command. Raises Refused."""
        while (message := await self._read()).in_reply_to != number:
            self._unseen.append(message)
        if message.HasField("refusal"):
            raise Refused.from_message(message.refusal)
        assert message.HasField("done"), message

    async def see(self, wanted: Callable[[ConnectResponse], bool]) -> ConnectResponse:
        """The next message that is wanted; the ones before it are passed over."""
        while True:
            message = self._unseen.popleft() if self._unseen else await self._read()
            if wanted(message):
                return message

    async def see_room(self, wanted: Callable[[Room], bool] = lambda _: True) -> Room:
        """The next state of the room that is wanted."""
        return (await self.see(lambda message: message.HasField("room") and wanted(message.room))).room

    async def see_started(self) -> tuple[str, str]:
        """The way into the match: (session id, ticket)."""
        entry = (await self.see(lambda message: message.HasField("started"))).started.entry
        return entry.session_id, entry.ticket

    async def ending(self) -> Ending:
        """Waits for the end of the connection."""
        reason = ""
        async with asyncio.timeout(WITHIN_S):
            try:
                while True:
                    message = ConnectResponse.FromString(_bytes(await self.socket.recv()))
                    if message.HasField("refusal"):
                        reason = Reason.Name(message.refusal.reason)
            except ConnectionClosed:
                return Ending(reason, self.socket.close_code)

    async def _read(self) -> ConnectResponse:
        async with asyncio.timeout(WITHIN_S):
            message = ConnectResponse.FromString(_bytes(await self.socket.recv()))
        if message.HasField("room"):
            if message.room.code == self.room.code and message.room.revision < self.room.revision:
                # Out of date: it was read before a change and sent after it.
                return await self._read()
            self.room = message.room
        return message


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
            message = ServerMessage.FromString(_bytes(await self.socket.recv()))
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
                    heard = ServerMessage.FromString(_bytes(await self.socket.recv()))
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


async def play_through(guest: Guest, session_id: str, ticket: str, style: Style) -> Player:
    """Plays a match to its end through lost connections: comes back as a page does, after what was seen last.

    Raises Refused for what a page would show and stop at.
    """
    view = View()
    while True:
        try:
            async with guest.site.socket("/ws/play") as socket:
                player = Player(socket, view)
                player.styles = {LEFT: style, RIGHT: style}
                await player.enter(ticket, view.position if view.seq else None)
                await player.play()
                return player
        except Refused as refused:
            if refused.close_code not in COME_BACK:
                raise
        except (ConnectionClosed, OSError, EOFError, InvalidHandshake):
            # Cut off, or nobody there to connect to.
            pass
        await asyncio.sleep(random.uniform(0, 0.25))


@asynccontextmanager
async def room_of_two(host: Guest, other: Guest, **ruleset: int) -> AsyncIterator[tuple[Lobby, Lobby]]:
    """Two people in a room with these rules, both ready."""
    async with host.lobby() as left, other.lobby() as right:
        await left.do(create_room={"ruleset": ruleset})
        code = (await left.see_room()).code
        await right.do(join_room={"code": code})
        await left.do(set_ready={"ready": True})
        await right.do(set_ready={"ready": True})
        for lobby in (left, right):
            await lobby.see_room(lambda room: len(room.members) == 2 and all(m.ready for m in room.members))
        yield left, right


def refusal_of(answer: Answer) -> Refused:
    """The refusal of a call that was refused."""
    debug = answer.body["details"][0]["debug"]
    return Refused(
        Reason.Value(debug["reason"]), debug["sentence"], field=debug["field"], session_id=debug["sessionId"]
    )


def _raise(answer: Answer) -> None:
    if answer.status != 200:
        assert answer.refused, (answer.status, answer.body)
        raise refusal_of(answer)


def _bytes(message: str | bytes) -> bytes:
    assert isinstance(message, bytes), "bytes were expected, text came"
    return message
