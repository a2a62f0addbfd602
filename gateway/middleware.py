"""Entrance of every HTTP request and WebSocket upgrade: its request id, the Host header, and the address's rate."""

import asyncio
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.http.hosts import Hosts, address_of, too_many
from gateway.http.limits import Limits
from gateway.websocket.socket import socket_of
from wire.request_ids import REQUEST_ID, bind_request_id, current_request_id, new_request_id


class RequestGate:
    """ASGI middleware that refuses requests for other hosts, and those of addresses that have asked for too much.

    Each request gets an id, which its answer carries in a header. One that a browser sends is not taken over.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts, limits: Limits) -> None:
        self._app = app
        self._hosts = hosts
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it."""
        bind_request_id(new_request_id())
        refusal = self._refusal(scope)
        if scope["type"] == "websocket":
            # `send` stays as it is: messages of the lobby go through it, and `deny` and `accept` add the header.
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await deny(WebSocket(scope, receive, send), refusal)
        else:
            await (refusal or self._app)(scope, receive, _with_header(send))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        connection = HTTPConnection(scope)
        if not self._hosts.allow(connection.headers.get("host")):
            return PlainTextResponse("This server does not answer under that name.\n", HTTPStatus.MISDIRECTED_REQUEST)
        # Calls and sockets have buckets of their own.
        plain = scope["type"] == "http" and not scope["path"].startswith("/api/")
        if plain and not self._limits.may_get(address_of(connection), asyncio.get_running_loop().time()):
            return too_many()
        return None


def _with_header(send: Send) -> Send:
    """The same `send`, which adds the request id to the answer's headers."""
    header = (REQUEST_ID.encode(), current_request_id().encode())

    async def send_with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), header]
        await send(message)

    return send_with_header


async def deny(websocket: WebSocket, response: PlainTextResponse) -> None:
    """Answers an upgrade by HTTP."""
    response.headers[REQUEST_ID] = current_request_id()
    await websocket.send_denial_response(response)
    # uvicorn takes an upgrade that is answered by an error for one that was forgotten, and logs each as our fault.
    socket_of(websocket.scope).handshake_complete = True
