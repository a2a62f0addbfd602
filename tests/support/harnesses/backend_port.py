"""A backend on a real port, and streams to it as the other programs hold them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceStub
from matchpoint.internal.v1.fleet_pb2 import (
    RegisterRequest,
    RegisterResponse,
    ServerHeartbeat,
    ServerHello,
)
from matchpoint.internal.v1.fleet_pb2_grpc import FleetServiceStub
from matchpoint.internal.v1.report_pb2_grpc import ReportServiceStub
from matchpoint.v1.account_pb2 import CreateGuestRequest
from matchpoint.v1.account_pb2_grpc import AccountServiceStub
from matchpoint.v1.directory_pb2_grpc import DirectoryServiceStub
from matchpoint.v1.friend_pb2_grpc import FriendServiceStub
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse
from matchpoint.v1.lobby_pb2_grpc import LobbyServiceStub
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.stats_pb2_grpc import StatsServiceStub

from backend.compose import USUAL, Backend, Tuning
from backend.config import Config
from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.harnesses.backend import SERVICE_TOKEN
from tests.support.harnesses.backend import config as backend_config
from wire.channel import PERSON_TOKEN, SET_TOKEN, connect, credentials
from wire.refusal import from_rpc_error

if TYPE_CHECKING:
    from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceAsyncStub
    from matchpoint.internal.v1.fleet_pb2_grpc import FleetServiceAsyncStub
    from matchpoint.internal.v1.report_pb2_grpc import ReportServiceAsyncStub
    from matchpoint.v1.account_pb2_grpc import AccountServiceAsyncStub
    from matchpoint.v1.directory_pb2_grpc import DirectoryServiceAsyncStub
    from matchpoint.v1.friend_pb2_grpc import FriendServiceAsyncStub
    from matchpoint.v1.lobby_pb2_grpc import LobbyServiceAsyncStub
    from matchpoint.v1.stats_pb2_grpc import StatsServiceAsyncStub


SERVICE = credentials(SERVICE_TOKEN)


class LobbyStream:
    """One lobby stream, as the gateway holds it."""

    def __init__(self, stub: "LobbyServiceAsyncStub", token: str) -> None:
        self._call = stub.Connect(metadata=((PERSON_TOKEN, token),))
        self._requests = 0

    async def send(self, **command: Any) -> int:
        self._requests += 1
        await self._call.write(ConnectRequest(request_id=self._requests, **command))
        return self._requests

    async def heard(self) -> ConnectResponse:
        """The next message. Raises AioRpcError when the stream was ended with a status."""
        async with asyncio.timeout(30):
            message = await self._call.read()
        if message is grpc.aio.EOF:
            raise AssertionError(f"the stream ended: {await self._call.code()}")
        assert isinstance(message, ConnectResponse)
        return message

    async def hears(self, kind: str) -> ConnectResponse:
        """The next message of a kind."""
        while True:
            message = await self.heard()
            if message.WhichOneof("body") == kind:
                return message

    async def do(self, **command: Any) -> list[ConnectResponse]:
        """Has a command carried out. Returns what came before the answer, without friend lists: they come any time."""
        number = await self.send(**command)
        before = []
        while (message := await self.heard()).in_reply_to != number:
            if not message.HasField("friends"):
                before.append(message)
        assert message.HasField("done"), message
        return before

    async def code(self) -> grpc.StatusCode:
        """Status with which the stream ended."""
        async with asyncio.timeout(30):
            with suppress(grpc.aio.AioRpcError):
                while await self._call.read() is not grpc.aio.EOF:
                    pass
            return await self._call.code()

    def cancel(self) -> None:
        self._call.cancel()


class Stubs:
    """Stubs of every service of one backend, over one channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel
        self.accounts: AccountServiceAsyncStub = AccountServiceStub(channel)
        self.directory: DirectoryServiceAsyncStub = DirectoryServiceStub(channel)
        self.entry: EntryServiceAsyncStub = EntryServiceStub(channel)
        self.fleet: FleetServiceAsyncStub = FleetServiceStub(channel)
        self.friends: FriendServiceAsyncStub = FriendServiceStub(channel)
        self.lobby: LobbyServiceAsyncStub = LobbyServiceStub(channel)
        self.reports: ReportServiceAsyncStub = ReportServiceStub(channel)
        self.stats: StatsServiceAsyncStub = StatsServiceStub(channel)


class Wire(Stubs):
    """A backend of this process, through its port."""

    def __init__(self, backend: Backend, port: int) -> None:
        self.backend = backend
        self.address = f"127.0.0.1:{port}"
        super().__init__(connect(self.address))

    async def guest(self, name: str = "") -> str:
        """The token of a new guest."""
        call = self.accounts.CreateGuest(CreateGuestRequest(name=name))
        metadata = dict(await call.initial_metadata())
        await call
        return str(metadata[SET_TOKEN])

    def connect(self, token: str) -> LobbyStream:
        return LobbyStream(self.lobby, token)

    async def register(self, game_server: FakeGameServer, name: str = "gameserver-1") -> "Registering":
        return await Registering.begin(self.fleet, game_server, name)


class Registering:
    """A Register stream."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self.credential = ""

    @classmethod
    async def begin(cls, stub: "FleetServiceAsyncStub", game_server: FakeGameServer, name: str) -> "Registering":
        self = cls(stub.Register(metadata=SERVICE))
        hello = ServerHello(
            server=name,
            address=game_server.address,
            capacity=1_000,
            incarnation=1,
            session_ids=list(game_server.sessions),
        )
        await self._call.write(RegisterRequest(hello=hello))
        registered = (await self.heard()).registered
        assert registered.keys
        self.credential = registered.credential
        return self

    async def heard(self) -> RegisterResponse:
        async with asyncio.timeout(30):
            message = await self._call.read()
        assert isinstance(message, RegisterResponse)
        return message

    async def beat(self, heartbeat: ServerHeartbeat) -> None:
        """Returns once the heartbeat was seen."""
        await self._call.write(RegisterRequest(heartbeat=heartbeat))
        assert (await self.heard()).HasField("seen")

    async def code(self) -> grpc.StatusCode:
        async with asyncio.timeout(30):
            code: grpc.StatusCode = await self._call.code()
        return code

    def cancel(self) -> None:
        self._call.cancel()

    @property
    def reporting(self) -> tuple[tuple[str, str], ...]:
        return credentials(SERVICE_TOKEN, server_credential=self.credential)


def config(folder: Path, **changes: Any) -> Config:
    """A configuration with a database in `folder`."""
    return backend_config(**{"database_url": f"sqlite+aiosqlite:///{folder / 'matchpoint.db'}", **changes})


@asynccontextmanager
async def serving(folder: Path, migrated: bytes, tuning: Tuning = USUAL, **changes: Any) -> AsyncIterator[Wire]:
    """A backend that serves, and is stopped whatever happens."""
    (folder / "matchpoint.db").write_bytes(migrated)
    backend = Backend(config(folder, **changes), tuning)
    wire = Wire(backend, await backend.start())
    try:
        yield wire
    finally:
        await wire.channel.close()
        await backend.stop()


def person(token: str) -> tuple[tuple[str, str], ...]:
    return ((PERSON_TOKEN, token),)


async def refusal(call: Awaitable[object]) -> tuple[grpc.StatusCode, "Reason.ValueType"]:
    """Refusal of a call: its status, and the reason in its details."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    refused = from_rpc_error(caught.value)
    assert refused is not None
    return caught.value.code(), refused.reason
