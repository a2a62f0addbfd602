"""Calls to game servers: one channel per address."""

from typing import TYPE_CHECKING, Final

import grpc
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import CreateSessionRequest, GetSessionRequest
from matchpoint.v1.session_pb2_grpc import SessionServiceStub
from matchpoint.v1.tournament_pb2 import ActRequest, GetTournamentRequest
from matchpoint.v1.tournament_pb2_grpc import TournamentServiceStub

from backend.contract.session_specs import session_spec, session_spec_message
from backend.contract.tournament_acts import tournament_act_message, tournament_snapshot
from backend.service.models import TournamentSnapshot
from backend.service.ports import GameServerUnreachable, SessionNotCreated
from backend.service.session_specs import SessionSpec
from backend.service.tournament_acts import TournamentAct
from wire.channel import connect, credentials, with_request_id
from wire.refusal import from_rpc_error
from wire.settings import CREATE_SESSION_DEADLINE_S, UNARY_DEADLINE_S

if TYPE_CHECKING:  # The asynchronous stub exists in the types only.
    from matchpoint.v1.tournament_pb2_grpc import TournamentServiceAsyncStub

CANNOT_BE: Final = (
    Reason.REASON_INVALID_FIELD,
    Reason.REASON_SETTINGS_CONTRADICT,
    Reason.REASON_ENTRANTS_COUNT,
    Reason.REASON_ENTRANT_DUPLICATE,
)
"""Refusals that every game server would give."""
TRIES: Final = 2
"""The channel itself retries while the server is not reached; this covers an answer that never came."""
CHANNELS: Final = 256
"""More game servers than this are not expected; the oldest channel gives way."""


class GrpcGameServers:
    def __init__(self, service_token: str) -> None:
        self._metadata = credentials(service_token)
        self._channels: dict[str, grpc.aio.Channel] = {}

    async def create(self, address: str, session_id: str, spec: SessionSpec) -> None:
        request = CreateSessionRequest(session_id=session_id, spec=session_spec_message(spec))
        for attempt in range(1, TRIES + 1):
            try:
                await SessionServiceStub(await self._channel(address)).CreateSession(
                    request, timeout=CREATE_SESSION_DEADLINE_S, metadata=with_request_id(self._metadata)
                )
            except grpc.aio.AioRpcError as error:
                refused = from_rpc_error(error)
                if refused is not None and refused.reason == Reason.REASON_SERVER_FULL:
                    raise SessionNotCreated(full=True) from error
                if refused is not None and refused.reason in CANNOT_BE:
                    raise refused from error
                if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED or attempt == TRIES:
                    raise SessionNotCreated(full=False) from error
            else:
                return

    async def spec_of(self, address: str, session_id: str) -> SessionSpec | None:
        request = GetSessionRequest(session_id=session_id)
        try:
            answer = await SessionServiceStub(await self._channel(address)).GetSession(
                request, timeout=UNARY_DEADLINE_S, metadata=with_request_id(self._metadata)
            )
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND:
                return None
            raise GameServerUnreachable from error
        return session_spec(answer.session.spec)

    async def tournament(self, address: str, session_id: str, *, live: bool) -> TournamentSnapshot | None:
        request = GetTournamentRequest(session_id=session_id, live=live)
        stub: TournamentServiceAsyncStub = TournamentServiceStub(await self._channel(address))
        try:
            answer = await stub.GetTournament(
                request, timeout=UNARY_DEADLINE_S, metadata=with_request_id(self._metadata)
            )
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND:
                return None
            raise GameServerUnreachable from error
        return tournament_snapshot(answer.state)

    async def act(self, address: str, session_id: str, by_account_id: str, act: TournamentAct) -> None:
        request = ActRequest(session_id=session_id, by_account_id=by_account_id, act=tournament_act_message(act))
        stub: TournamentServiceAsyncStub = TournamentServiceStub(await self._channel(address))
        try:
            await stub.Act(request, timeout=UNARY_DEADLINE_S, metadata=with_request_id(self._metadata))
        except grpc.aio.AioRpcError as error:
            refused = from_rpc_error(error)
            if refused is None or refused.reason in (Reason.REASON_INTERNAL, Reason.REASON_UNSPECIFIED):
                raise GameServerUnreachable from error
            raise refused from error

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()
        self._channels.clear()

    async def _channel(self, address: str) -> grpc.aio.Channel:
        channel = self._channels.get(address)
        if channel is None:
            channel = self._channels[address] = connect(address)
            while len(self._channels) > CHANNELS:
                await self._channels.pop(next(iter(self._channels))).close()
        return channel
