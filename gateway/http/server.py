"""Listening socket, and uvicorn's server for it."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from gateway.http.acceptor import Acceptor
from gateway.http.limits import Limits
from gateway.http.protocol import HttpProtocol

log = structlog.get_logger("gateway")

SEND_BUFFER_BYTES: Final = 16 * 1024
RECEIVE_BUFFER_BYTES: Final = 16 * 1024
"""Bytes that the kernel keeps while reading has stopped; the sender has to wait with the rest."""
USER_TIMEOUT_MS: Final = 10_000
"""Time after which the kernel gives up a connection whose data is not acknowledged."""
BACKLOG: Final = 2_048
"""Connections that wait to be accepted."""


def listen(host: str, port: int) -> socket.socket:
    """The listening socket; connections inherit its options. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Without these a reader that stalls takes megabytes, and is never given up once its buffer is full.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration, with the limits that its protocols keep."""

    def __init__(self, app: ASGIApp, limits: Limits, **settings: Any) -> None:
        super().__init__(app, **settings)
        self.limits = limits


class Server(uvicorn.Server):
    """uvicorn without signals of its own: `wire.lifetime` decides when to stop."""

    def __init__(self, config: ServerConfig, listening: socket.socket) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self.stop = asyncio.Event()
        self._limits = config.limits
        self._listening = listening
        self._acceptor: Acceptor | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to accept connections."""
        await super().startup(sockets)
        self._acceptor = Acceptor(self._listening, self._limits, self._protocol)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops accepting, and ends every connection."""
        if self._acceptor is not None:
            self._acceptor.close()
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        return HttpProtocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def main_loop(self) -> None:
        """Waits for `stop`, and renews the Date header every second."""
        while not self.stop.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self.stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield
