"""A real game server on a free port, and who talks to it."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import grpc
import pytest
from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    CreateSessionResponse,
    EndSessionRequest,
    Origin,
    SeatSpec,
    SessionSpec,
)

from gameserver.app import GameServer
from gameserver.sessions.duel import DuelSession
from gameserver.sessions.runner import MatchRunner
from tests.support.fakes.gameserver_peers import FleetBackend, PlayGateway
from wire.refusal import Refused, from_rpc_error

SESSION = "session-0123456789abcd"


def duel(
    *, points: int = 1, join_within_s: int = 30, bots: int = 0, origin: Origin.ValueType = Origin.ORIGIN_ROOM
) -> SessionSpec:
    """Ann against Ben, or as many bots from the right."""
    seats = [SeatSpec(seat=0, name="Ann", account_id="ann"), SeatSpec(seat=1, name="Ben", account_id="ben")]
    for seat in seats[2 - bots :]:
        seat.account_id = ""
        seat.bot = BotStrength.BOT_STRENGTH_MEDIUM
    return SessionSpec(
        origin=origin,
        ruleset=Ruleset(points_to_win=points),
        seats=seats,
        seed=7,
        join_within_s=join_within_s,
        public=True,
    )


class GameServerHarness:
    """The game server under test, and who talks to it."""

    def __init__(self, server: GameServer, port: int, backend: FleetBackend, data: Path) -> None:
        self.server = server
        self.port = port
        self.backend = backend
        self.journals = data / "journals"
        self.gateway = PlayGateway(port)
        self._stopped = False

    async def stop(self) -> None:
        """Ends the server, once."""
        if not self._stopped:
            self._stopped = True
            await self.server.stop()

    def live(self, session_id: str = SESSION) -> MatchRunner:
        """A duel inside the server."""
        duel = self.server.registry.sessions[session_id]
        assert isinstance(duel, DuelSession)
        return duel.runner

    async def create(self, spec: SessionSpec, session_id: str = SESSION) -> CreateSessionResponse:
        request = CreateSessionRequest(session_id=session_id, spec=spec)
        return await self.gateway.stub.CreateSession(request, metadata=self.gateway.metadata)


StartGameServer = Callable[..., AbstractAsyncContextManager[GameServerHarness]]


async def refused(call: Awaitable[object]) -> Refused:
    """Refusal of a call."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    found = from_rpc_error(caught.value)
    assert found is not None, caught.value
    assert found.status == caught.value.code()
    return found


async def end(world: GameServerHarness, session_id: str = SESSION) -> None:
    await world.gateway.stub.EndSession(EndSessionRequest(session_id=session_id), metadata=world.gateway.metadata)
