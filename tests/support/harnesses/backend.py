"""A whole backend without its gRPC port: real rules, real databases, and a clock and game servers in a test's hands."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import ListSessionsResponse, ListTournamentsResponse, StartSessionRequest
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.refusal_pb2 import Reason, Refusal
from matchpoint.v1.result_pb2 import Outcome, Result
from matchpoint.v1.session_pb2 import SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentAct, TournamentState
from sqlalchemy.engine import make_url

from backend.adapters.sql.store import SqlStore
from backend.compose import Services, Tuning
from backend.config import Config
from backend.contract.directory import live_page_message, tournament_page_message
from backend.contract.lobby_requests import lobby_request
from backend.contract.lobby_responses import LobbyResponses
from backend.contract.records import report_of as report_of_request
from backend.contract.session_requests import session_request
from backend.contract.tournament_acts import tournament_act, tournament_state_message
from backend.core.sign_ins import Lifetimes
from backend.service.limits import NO_LIMITS, Limits
from backend.service.notifications import Notification
from backend.service.rooms.lobby import Connection
from backend.service.sessions.fleet import Registration, ServerHello
from backend.service.sessions.tickets import Entry
from tests.support.fakes.backend_ports import FakeClock, FakeGameServers, FakePasswords
from wire.ranges import check

SERVER = "gameserver-1"
ADDRESS = "127.0.0.1:50052"
CREATE = lobby_pb2.CreateRoom()
READY = lobby_pb2.SetReady(ready=True)
SERVICE_TOKEN = "service-token-of-the-tests-0123456789"
RESPONSES = LobbyResponses()
QUICK = Tuning(game_server_wait_s=0.05, friend_lists_s=0.001, friend_lists_retry_s=0.001)


def config(**changes: Any) -> Config:
    """A configuration without a house match and without limits, with these changes."""
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 0,
        "service_token": SERVICE_TOKEN,
        "database_url": make_url("sqlite+aiosqlite://"),
        "house_match": False,
        "log_level": "INFO",
        "lifetimes": Lifetimes(),
        "limits": NO_LIMITS,
    }
    return Config(**{**settings, **changes})


class BackendHarness(Services):
    """Services of a backend over one store, with a clock, game servers and passwords in a test's hands.

    Making a second one over the same store is a restart.
    """

    def __init__(
        self,
        store: SqlStore,
        clock: FakeClock,
        game_servers: FakeGameServers,
        limits: Limits = NO_LIMITS,
        tuning: Tuning = QUICK,
    ) -> None:
        self.store: SqlStore  # Tests look into its tables.
        self.limits = limits
        self.tuning = tuning
        self.after: list[BackendHarness] = []
        self.clock = clock
        self.game_servers = game_servers
        self.passwords = FakePasswords()
        super().__init__(config(limits=limits), store, clock, game_servers, self.passwords, tuning)

    async def stop(self) -> None:
        """Ends what runs by itself, here and in those that came after it."""
        await self.friend_feed.stop()
        for again in self.after:
            await again.stop()

    async def restarted(self, **tuning: Any) -> "BackendHarness":
        """The backend after a restart, with these changes of its tuning."""
        await self.friend_feed.stop()
        again = BackendHarness(self.store, self.clock, self.game_servers, self.limits, replace(self.tuning, **tuning))
        self.after.append(again)
        await again.open()
        return again

    async def register(
        self, server: str = SERVER, *, capacity: int = 100, incarnation: int = 1, held: Sequence[str] = ()
    ) -> Registration:
        """A game server says hello, as the adapter carries it out."""
        hello = ServerHello(
            server=server, address=ADDRESS, capacity=capacity, incarnation=incarnation, session_ids=held
        )
        registration, restarted = await self.fleet.hello(hello)
        await self.reconciler.reconcile(server, ADDRESS, held, restarted=restarted)
        return registration

    async def guest(self, name: str, address: str = "") -> "Tab":
        account, token = await self.accounts.create_guest(name, "", address)
        return await Tab.open(self, account.account_id, token, address)

    async def start_session(self, account_id: str, request: StartSessionRequest, address: str = "") -> Entry:
        """Starts a session without a room, as the adapter does."""
        check(request)
        return await self.directory.start_session(account_id, session_request(request), address)

    async def list_live(self, page_size: int = 0, page_token: str = "") -> ListSessionsResponse:
        """Lists the public sessions, as the adapter does."""
        return live_page_message(await self.directory.list_live(page_size, page_token))

    async def list_tournaments(self, page_size: int = 0, page_token: str = "") -> ListTournamentsResponse:
        """Lists the public tournaments, as the adapter does."""
        return tournament_page_message(await self.tournaments.listed(page_size, page_token))

    async def act(self, account_id: str, session_id: str, act: TournamentAct) -> bool:
        """Has an account act on a tournament, as the adapter does."""
        return await self.tournaments.act(account_id, session_id, tournament_act(act))

    async def tournament(self, session_id: str) -> TournamentState:
        """A tournament as spectators may know it."""
        return tournament_state_message(await self.tournaments.read(session_id))

    async def report(self, request: ReportStatsRequest, server: str = SERVER) -> bool:
        return await self.report_with(self.fleet.credential(server), request)

    async def report_with(self, credential: str, request: ReportStatsRequest) -> bool:
        """The same, as the adapter carries it out."""
        return await self.records.report(self.fleet.server_of(credential), report_of_request(request))


@dataclass
class Tab:
    """One browser tab: a lobby connection, and what has come through it."""

    harness: BackendHarness
    account_id: str
    token: str
    connection: Connection
    address: str = ""
    last_request: int = 0

    @classmethod
    async def open(cls, harness: BackendHarness, account_id: str, token: str, address: str = "") -> "Tab":
        connection = await harness.lobby.connect(account_id, token, address)
        return cls(harness, account_id, token, connection, address)

    async def another(self) -> "Tab":
        return await Tab.open(self.harness, self.account_id, self.token, self.address)

    async def close(self) -> None:
        await self.harness.lobby.disconnect(self.connection)

    async def ask(self, **command: object) -> Refusal | None:
        """Sends a command. Returns None when it was carried out, else the refusal."""
        self.last_request += 1
        request = ConnectRequest(request_id=self.last_request, **command)  # type: ignore[arg-type]
        await self.harness.lobby.handle(self.connection, lobby_request(request))
        others = []
        answer = None
        while answer is None:
            notification = await self._next()
            message = RESPONSES.response_of(notification)
            if message.in_reply_to == self.last_request:
                answer = message
            else:
                others.append(notification)
        for notification in others:
            self.connection.send(notification)
        return answer.refusal if answer.HasField("refusal") else None

    async def do(self, **command: object) -> None:
        """Sends a command that has to be carried out."""
        refusal = await self.ask(**command)
        assert refusal is None, refusal

    async def refused(self, **command: object) -> str:
        """Sends a command that has to be refused. Returns the reason's name."""
        refusal = await self.ask(**command)
        assert refusal is not None
        assert refusal.sentence.endswith(".")
        return Reason.Name(refusal.reason)

    async def heard(self) -> ConnectResponse:
        """The next message."""
        return RESPONSES.response_of(await self._next())

    async def _next(self) -> Notification:
        async with asyncio.timeout(30):
            notification = await self.connection.next()
        if self.connection.end_reason is not None:
            raise self.connection.end_reason
        assert notification is not None
        return notification

    async def hears(self, kind: str) -> ConnectResponse:
        """The next message of a kind; what came before it is passed over."""
        while True:
            message = await self.heard()
            if message.WhichOneof("body") == kind:
                return message

    async def sees(self, **facts: object) -> lobby_pb2.Room:
        """The first version of the room from now on of which the facts hold."""
        while True:
            room = (await self.hears("room")).room
            if all(getattr(room, name) == value for name, value in facts.items()):
                return room

    def silent(self) -> bool:
        """True if nothing has come."""
        return self.connection.silent


def join(code: str) -> lobby_pb2.JoinRoom:
    """The command that enters a room."""
    return lobby_pb2.JoinRoom(code=code)


async def open_room(harness: BackendHarness, name: str = "Ada") -> tuple[Tab, str]:
    """Somebody new who has opened a room for duels. Returns its code too."""
    tab = await harness.guest(name)
    await tab.do(create_room=CREATE)
    return tab, (await tab.hears("room")).room.code


async def pair(harness: BackendHarness) -> tuple[Tab, Tab, str]:
    """Ada, the host, and Bob in a room, both ready. Returns the room's code too."""
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    await ada.do(create_room=CREATE)
    code = (await ada.hears("room")).room.code
    await bob.do(join_room=lobby_pb2.JoinRoom(code=code))
    for tab in (ada, bob):
        await tab.do(set_ready=lobby_pb2.SetReady(ready=True))
    return ada, bob, code


async def start(host: Tab, *others: Tab) -> str:
    """Starts the room's match. Everybody has heard it; returns the session."""
    await host.do(start=lobby_pb2.Start())
    entries = [(await tab.hears("started")).started.entry for tab in (host, *others)]
    assert len({entry.session_id for entry in entries}) == 1
    return entries[0].session_id


def report_of(session_id: str, spec: SessionSpec, *, left: int = 11, right: int = 4) -> ReportStatsRequest:
    """A match that was played to its end."""
    result = Result(
        outcome=Outcome.OUTCOME_PLAYED,
        winner=Side.SIDE_LEFT if left > right else Side.SIDE_RIGHT,
        left=left,
        right=right,
        duration_us=90_000_000,
    )
    pong = result.stats.pong
    pong.hits, pong.longest_rally, pong.top_speed = 90, 17, 240_000
    pong.left.hits, pong.left.top_speed, pong.left.distance = 50, 240_000, 7_000_000
    pong.right.hits, pong.right.top_speed, pong.right.distance = 40, 230_000, 6_000_000
    return ReportStatsRequest(
        session_id=session_id,
        match=1,
        attempt=1,
        digest=bytes([left, right]) * 16,
        result=result,
        spec=spec,
        session_over=True,
    )
