"""The listening socket and the server around the application."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from gateway.acceptor import Acceptor
from gateway.app import application
from gateway.config import Config
from gateway.headers import SECURITY
from gateway.hosts import Hosts
from gateway.http_protocol import Http
from gateway.limits import Limits, Origins
from gateway.pages import Pages
from gateway.sockets import MESSAGE_LIMITS, Socket

log = structlog.get_logger("gateway")

SEND_BUFFER = 16 * 1024
RECEIVE_BUFFER = 16 * 1024
"""Of what waits while reading has stopped, the kernel keeps so much; the sender has to wait with the rest."""
USER_TIMEOUT_MS = 10_000
PING_S = 2.5
"""A connection that was heard of since the last one gets none, so one that hangs is noticed after 2 x 2.5 s, the time
for its pong, and a second for its close: within 12 s."""
STOP_WITHIN_S = 2
BACKLOG = 2_048


def listen(host: str, port: int) -> socket.socket:
    """The listening socket; connections inherit its options. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Without these a reader that stalls takes megabytes, and is never given up once its buffer is full.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
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
        """Accepts no more, and ends every connection."""
        if self._acceptor is not None:
            self._acceptor.close()
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        return Http(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def main_loop(self) -> None:
        """Waits for `stop`; once a second the Date header is made anew."""
        while not self.stop.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self.stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


@contextlib.asynccontextmanager
async def serving(config: Config, listening: socket.socket, pages: Pages | None = None) -> AsyncIterator[int]:
    """Serves while the context lasts; gives the port.

    Leaving has the matches played here stand still, then closes every socket with 1012, within 2 s.
    """
    port: int = listening.getsockname()[1]
    names = dict.fromkeys(("127.0.0.1", "localhost", f"[{config.host}]" if ":" in config.host else config.host))
    origins = Origins(config.origins or [f"http://{name}:{port}" for name in names])
    hosts = Hosts((*config.hosts, config.host), config.origins)
    async with application(config, origins, hosts, pages) as gateway:
        server = Server(
            ServerConfig(
                gateway.app(),
                gateway.limits,
                ws=Socket,
                ws_max_size=max(MESSAGE_LIMITS.values()),
                ws_per_message_deflate=False,
                ws_ping_interval=PING_S,
                ws_ping_timeout=config.stall_s,
                http=Http,
                headers=list(SECURITY),
                timeout_keep_alive=config.http_idle_s,
                lifespan="off",
                interface="asgi3",
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=STOP_WITHIN_S,
            ),
            listening,
        )
        running = asyncio.create_task(server.serve(sockets=[]))
        try:
            ready = asyncio.create_task(server.ready.wait())
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                ready.cancel()
                running.result()
            yield port
        finally:
            await gateway.depart()
            server.stop.set()
            await running
