"""Checks before every route, of HTTP requests and WebSocket upgrades alike: the Host header, and the address's rate."""

import asyncio
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.http.hosts import Hosts, address_of, too_many
from gateway.http.limits import Limits
from gateway.websocket.socket import socket_of


class RequestGate:
    """ASGI middleware that refuses requests for other hosts, and those of addresses that have asked for too much."""

    def __init__(self, app: ASGIApp, hosts: Hosts, limits: Limits) -> None:
        self._app = app
        self._hosts = hosts
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it."""
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await deny(WebSocket(scope, receive, send), refusal)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        connection = HTTPConnection(scope)
        if not self._hosts.allow(connection.headers.get("host")):
            return PlainTextResponse("This server does not answer under that name.\n", HTTPStatus.MISDIRECTED_REQUEST)
        # Calls and sockets have buckets of their own.
        plain = scope["type"] == "http" and not scope["path"].startswith("/api/")
        if plain and not self._limits.may_get(address_of(connection), asyncio.get_running_loop().time()):
            return too_many()
        return None


async def deny(websocket: WebSocket, response: PlainTextResponse) -> None:
    """Answers an upgrade by HTTP."""
    await websocket.send_denial_response(response)
    # uvicorn takes an upgrade that is answered by an error for one that was forgotten, and logs each as our fault.
    socket_of(websocket.scope).handshake_complete = True
