"""What is checked of every request before anything else: the Host it asks for, and how much its address has asked."""

import asyncio
import ipaddress
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.limits import Limits
from gateway.sockets import socket_of

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


class Hosts:
    """The names under which this gateway may be asked.

    A page of another name could make a browser send its requests here (DNS rebinding): then both are of one origin.
    """

    def __init__(self, named: Iterable[str], origins: Iterable[str]) -> None:
        """`named` are host names without a port; those of `origins` and of this machine are added."""
        public = {urlsplit(origin).netloc.rpartition("@")[2] for origin in origins}
        self._public = frozenset(map(host_name, public)) - frozenset(LOOPBACK)
        self._allowed = frozenset(map(host_name, named)) | self._public | frozenset(LOOPBACK)

    def allow(self, host: str | None) -> bool:
        """Whether a request with this Host header is answered. Its port does not matter: it may be forwarded."""
        return host is not None and host_name(host) in self._allowed

    def is_loopback(self, host: str | None) -> bool:
        """Whether a request was meant for this machine, and not for a public name of it."""
        return host is not None and host_name(host) in LOOPBACK


def host_name(host: str) -> str:
    """A Host header without its port, in small letters."""
    name, colon, port = host.strip().lower().rpartition(":")
    return name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else host.strip().lower()


class Door:
    """ASGI: refuses what is not for this host, and addresses that have asked for too much."""

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


def too_many() -> PlainTextResponse:
    """The answer to an address that has asked for too much."""
    sentence = "That was too many requests; wait a moment and try again.\n"
    return PlainTextResponse(sentence, HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": "1"})


def address_of(connection: HTTPConnection) -> str:
    """The network address of a browser, without its port."""
    return connection.client.host if connection.client else ""


def is_loopback(address: str) -> bool:
    """Whether a network address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
