"""`/ws/lobby`: one LobbyService.Connect stream for each socket. This is no hot path, so the code is plain ASGI."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import grpc
from google.protobuf.json_format import MessageToJson, ParseError
from google.protobuf.message import DecodeError
from matchpoint.v1.lobby_pb2 import Beat, ConnectRequest, ConnectResponse
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.backend_client.errors import refusal_from_rpc_error
from gateway.conversion.converter import Converter
from gateway.http.cookies import token_of
from gateway.http.hosts import address_of
from gateway.websocket.connection import JSON_SUBPROTOCOL
from gateway.websocket.socket import accept
from wire.channel import credentials
from wire.limits import Bucket
from wire.refusal import Refused

CONNECT: Final = "/matchpoint.v1.LobbyService/Connect"
COMMANDS_PER_SECOND: Final = 10
HEARTBEAT_S: Final = 2.5
"""Interval of heartbeats. After 8 s without one the backend takes the person for away."""

Connect = grpc.aio.StreamStreamMultiCallable[ConnectRequest, bytes]
Call = grpc.aio.StreamStreamCall[ConnectRequest, bytes]


class LobbyEndpoint:
    """Serves lobby connections."""

    def __init__(self, backend: grpc.aio.Channel, service_token: str, converter: Converter) -> None:
        self._service_token = service_token
        self._converter = converter
        self._connect: Connect = backend.stream_stream(CONNECT, ConnectRequest.SerializeToString, None)

    async def serve(self, websocket: WebSocket, subprotocol: str) -> None:
        """Serves one lobby connection until it or the backend's stream ends."""
        json = subprotocol == JSON_SUBPROTOCOL
        converter = self._converter if json else None
        await accept(websocket, subprotocol)
        try:
            token = token_of(websocket)
            if not token:
                raise Refused(Reason.REASON_UNAUTHENTICATED, "You are not signed in; choose a name first.")
            metadata = credentials(self._service_token, person_token=token, person_address=address_of(websocket))
            call: Call = self._connect(metadata=metadata)
            try:
                writing = asyncio.Lock()
                await _run_until_first_ends(
                    _forward_commands(websocket, call, writing, converter),
                    _send_heartbeats(call, writing),
                    _forward_changes(websocket, call, converter),
                )
            finally:
                call.cancel()
        except WebSocketDisconnect:
            return
        except Refused as refused:
            await _refuse(websocket, refused, json=json)


async def _send_heartbeats(call: Call, writing: asyncio.Lock) -> None:
    """Tells the backend that the socket is there; the socket itself is pinged, whatever its page does."""
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        await _write(call, writing, ConnectRequest(beat=Beat()))


async def _write(call: Call, writing: asyncio.Lock, request: ConnectRequest) -> None:
    try:
        async with writing:
            await call.write(request)
    except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
        # The stream has ended; the other direction gets the reason.
        await asyncio.Event().wait()


async def _forward_commands(
    websocket: WebSocket, call: Call, writing: asyncio.Lock, converter: Converter | None
) -> None:
    """Passes commands on, one at a time: a slow backend slows the reading down."""
    clock = asyncio.get_running_loop().time
    bucket = Bucket(4 * COMMANDS_PER_SECOND, COMMANDS_PER_SECOND, clock())
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        if not bucket.take(clock()):
            raise Refused(Reason.REASON_TOO_MANY, "That was too many commands; wait a moment and come again.")
        received = message.get("text" if converter else "bytes")
        if received is None:
            raise Refused(Reason.REASON_MALFORMED, "Text goes to a JSON connection, bytes to the other kind.")
        await _write(call, writing, await _parse(received, converter))


async def _parse(received: Any, converter: Converter | None) -> ConnectRequest:
    try:
        if converter:
            received = await converter.message(ConnectRequest.DESCRIPTOR.full_name, received.encode(), patient=True)
        return ConnectRequest.FromString(received)
    except (DecodeError, ParseError):
        raise Refused(Reason.REASON_MALFORMED, "This is not a message of this protocol.") from None


async def _forward_changes(websocket: WebSocket, call: Call, converter: Converter | None) -> None:
    """Passes answers and changes on. A socket that does not read is closed by its ping, or by the backend's queue."""
    try:
        async for payload in call:
            if converter:
                text = await converter.json(ConnectResponse.DESCRIPTOR.full_name, payload, patient=True)
                await websocket.send_text(text.decode())
            else:
                await websocket.send_bytes(payload)
    except grpc.aio.AioRpcError as error:
        raise refusal_from_rpc_error(error) from None
    raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "The server has ended the lobby; it is tried again.")


async def _run_until_first_ends(*directions: Coroutine[Any, Any, None]) -> None:
    """Runs all directions until one of them raises, and raises that."""
    tasks = [asyncio.create_task(direction) for direction in directions]
    done: set[asyncio.Task[None]] = set()
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # The raised exception refers to this frame. Without a reference back it needs no garbage collector.
        tasks.clear()
        done.clear()
        del task


async def _refuse(websocket: WebSocket, refused: Refused, *, json: bool) -> None:
    answer = ConnectResponse(refusal=refused.message)
    try:
        if json:
            await websocket.send_text(MessageToJson(answer, indent=None))
        else:
            await websocket.send_bytes(answer.SerializeToString())
        await websocket.close(refused.close_code, Reason.Name(refused.reason))
    except (WebSocketDisconnect, RuntimeError):
        # The connection went first.
        return
