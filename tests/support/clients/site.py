"""A running Matchpoint as people outside use it: they sign in, call the API, meet in the lobby and play."""

import asyncio
import json
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx
from matchpoint.v1.frames_pb2 import Position
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse, Room
from matchpoint.v1.refusal_pb2 import Reason
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from gameserver.domain.values import LEFT, RIGHT
from tests.support.clients.players import Player, Style
from tests.support.clients.views import WITHIN_S, Ending, View, Viewer, as_bytes
from tests.support.processes.installation import Installation
from wire.refusal import Refused

COOKIE: Final = "matchpoint"
#: Close codes after which a page comes back by itself (docs/errors.md).
COME_BACK: Final = (1011, 1012, 1013, 1014, 4001, 4002, 4008)


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


class Site:
    """A running Matchpoint as somebody outside sees it."""

    def __init__(self, installation: Installation) -> None:
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
        raise_refusal(answer)
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
        raise_refusal(answer)
        return answer.body

    async def start(self, **kind: Any) -> tuple[str, str]:
        """A session without a room: (session id, ticket). `bot={}` or `local={}`, and perhaps `ruleset={}`."""
        entry = (await self.call("DirectoryService/StartSession", kind))["entry"]
        return entry["sessionId"], entry["ticket"]

    async def stats(self) -> dict[str, Any]:
        """Totals."""
        answer = await self.site.post("StatsService/GetPlayerStats", {"accountId": self.account_id})
        raise_refusal(answer)
        found: dict[str, Any] = answer.body["stats"]
        return found

    @asynccontextmanager
    async def lobby(self) -> AsyncIterator["LobbyClient"]:
        """A lobby connection that was welcomed."""
        async with self.site.socket("/ws/lobby", token=self.token) as socket:
            lobby = LobbyClient(socket)
            welcome = await lobby.see(lambda message: message.HasField("welcome"))
            assert welcome.welcome.account.account_id == self.account_id
            yield lobby


class LobbyClient:
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
                    message = ConnectResponse.FromString(as_bytes(await self.socket.recv()))
                    if message.HasField("refusal"):
                        reason = Reason.Name(message.refusal.reason)
            except ConnectionClosed:
                return Ending(reason, self.socket.close_code)

    async def _read(self) -> ConnectResponse:
        async with asyncio.timeout(WITHIN_S):
            message = ConnectResponse.FromString(as_bytes(await self.socket.recv()))
        if message.HasField("room"):
            if message.room.code == self.room.code and message.room.revision < self.room.revision:
                # Out of date: it was read before a change and sent after it.
                return await self._read()
            self.room = message.room
        return message


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
async def room_of_two(host: Guest, other: Guest, **ruleset: int) -> AsyncIterator[tuple[LobbyClient, LobbyClient]]:
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


def raise_refusal(answer: Answer) -> None:
    if answer.status != 200:
        assert answer.refused, (answer.status, answer.body)
        raise refusal_of(answer)
