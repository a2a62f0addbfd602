"""LobbyService over gRPC: one stream per lobby connection."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import structlog
from matchpoint.v1 import lobby_pb2_grpc
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse

from backend.contract.lobby_requests import lobby_request
from backend.contract.lobby_responses import LobbyResponses
from backend.service.rooms.lobby import Connection, Lobby
from wire.access import caller
from wire.refusal import Refused

log = structlog.get_logger("lobby")


class LobbyServicer(lobby_pb2_grpc.LobbyServiceServicer):
    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._responses = LobbyResponses()

    # The stubs know generators only; a coroutine keeps what it has to undo in one task.
    async def Connect(  # type: ignore[override]
        self,
        request_iterator: AsyncIterator[ConnectRequest],
        context: grpc.aio.ServicerContext[ConnectRequest, ConnectResponse],
    ) -> None:
        who = caller()
        connection = await self._lobby.connect(who.account_id, who.token, who.address)
        tasks = [
            asyncio.create_task(self._read(connection, request_iterator)),
            writing := asyncio.create_task(self._write(connection, context)),
            broken := asyncio.create_task(connection.ended_early.wait()),
        ]
        try:
            # Not only the writing: who does not read holds it up for as long as they like.
            await asyncio.wait((writing, broken), return_when=asyncio.FIRST_COMPLETED)
            if connection.end_reason is not None:
                raise connection.end_reason
            await writing
        finally:
            for task in tasks:
                task.cancel()
            await self._lobby.disconnect(connection)

    async def _write(
        self, connection: Connection, context: grpc.aio.ServicerContext[ConnectRequest, ConnectResponse]
    ) -> None:
        while (message := await connection.next()) is not None:
            await context.write(self._responses.response_of(message))

    async def _read(self, connection: Connection, requests: AsyncIterator[ConnectRequest]) -> None:
        """Carries out commands one after the other, in the order in which they came."""
        try:
            async for request in requests:
                await self._lobby.handle(connection, lobby_request(request))
        except Refused as refused:
            connection.end(refused)
        except Exception:
            log.exception("lobby connection failed")
        finally:
            connection.end()
