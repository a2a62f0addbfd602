"""Calls to game servers: one channel per address."""

from typing import TYPE_CHECKING

import grpc
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import CreateSessionRequest, GetSessionRequest, SessionSpec
from matchpoint.v1.session_pb2_grpc import SessionServiceStub

from backend.service.ports import CannotCreate, NoAnswer
from wire.channel import connect, credentials
from wire.refusal import from_rpc_error
from wire.settings import CREATE_SESSION_DEADLINE_S, UNARY_DEADLINE_S

if TYPE_CHECKING:  # The asynchronous stub exists in the types only.
    from matchpoint.v1.session_pb2_grpc import SessionServiceAsyncStub

TRIES = 2
"""The channel itself retries while the server is not reached; this covers an answer that never came."""
CHANNELS = 256
"""More game servers than this are not expected; the oldest channel gives way."""


class GrpcGameServers:
    def __init__(self, service_token: str) -> None:
        self._metadata = credentials(service_token)
        self._channels: dict[str, grpc.aio.Channel] = {}

    async def create(self, address: str, session_id: str, spec: SessionSpec) -> None:
        request = CreateSessionRequest(session_id=session_id, spec=spec)
        for attempt in range(1, TRIES + 1):
            try:
                await (await self._stub(address)).CreateSession(
                    request, timeout=CREATE_SESSION_DEADLINE_S, metadata=self._metadata
                )
            except grpc.aio.AioRpcError as error:
                refused = from_rpc_error(error)
                if refused is not None and refused.reason == Reason.REASON_SERVER_FULL:
                    raise CannotCreate(full=True) from error
                if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED or attempt == TRIES:
                    raise CannotCreate(full=False) from error
            else:
                return

    async def spec_of(self, address: str, session_id: str) -> SessionSpec | None:
        request = GetSessionRequest(session_id=session_id)
        try:
            answer = await (await self._stub(address)).GetSession(
                request, timeout=UNARY_DEADLINE_S, metadata=self._metadata
            )
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND:
                return None
            raise NoAnswer from error
        return answer.session.spec

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()
        self._channels.clear()

    async def _stub(self, address: str) -> "SessionServiceAsyncStub":
        channel = self._channels.get(address)
        if channel is None:
            channel = self._channels[address] = connect(address)
            while len(self._channels) > CHANNELS:
                await self._channels.pop(next(iter(self._channels))).close()
        return SessionServiceStub(channel)
