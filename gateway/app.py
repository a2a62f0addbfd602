"""Composition of the gateway: its parts, its routes, and the server around them."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from gateway.backend_client.cache import DirectoryCache
from gateway.backend_client.locations import SessionLocations
from gateway.backend_client.organisers import OrganiserMonitor
from gateway.backend_client.ticket_gate import BackendTicketGate
from gateway.config import Config
from gateway.conversion.converter import Converter
from gateway.http.api import FOREIGN_ORIGIN, ApiBridge
from gateway.http.export import FileExport
from gateway.http.headers import SECURITY
from gateway.http.hosts import Hosts, address_of, is_loopback, too_many
from gateway.http.limits import Limits, Origins
from gateway.http.pages import Pages
from gateway.http.protocol import HttpProtocol
from gateway.http.server import Server, ServerConfig
from gateway.lobby.endpoint import LobbyEndpoint
from gateway.metrics import collect
from gateway.middleware import RequestGate, deny
from gateway.play.endpoint import PlayEndpoint
from gateway.play.stream import StreamPool
from gateway.watch.endpoint import WatchEndpoint
from gateway.watch.feed import FeedRegistry
from gateway.websocket.connection import subprotocol
from gateway.websocket.socket import MESSAGE_LIMITS, Socket
from wire import metrics
from wire.channel import connect, credentials
from wire.descriptors import descriptor_limit
from wire.durations import Durations
from wire.loop_watch import LoopWatch

HEALTH_CHECK: Final = "/grpc.health.v1.Health/Check"
HEALTH_TTL_S: Final = 1.0
"""Age up to which an answer of the backend's health check is used again."""
HEALTH_TIMEOUT_S: Final = 1.0
RESERVED_DESCRIPTORS: Final = 128
"""Descriptors that no connection takes: for streams to the other programs, files, and libraries."""
LAST_INPUTS_S: Final = 0.15
"""Time for inputs that are on their way at a stop; the game server's largest grace is 130 ms."""
STOP_WITHIN_S: Final = 2
"""Time in which every socket is closed at a stop."""

Serve = Callable[[WebSocket, str], Awaitable[None]]


class Gateway:
    """One gateway: made inside a running event loop, closed by `close`."""

    def __init__(self, config: Config, origins: Origins, hosts: Hosts, pages: Pages | None = None) -> None:
        metadata = credentials(config.service_token)
        self.config = config
        self.origins = origins
        self.hosts = hosts
        self.pages = pages or Pages()
        self.backend = connect(config.backend_address)
        self.limits = Limits(
            calls=config.calls_per_second,
            openings=config.openings_per_second,
            pages=config.pages_per_second,
            sockets_per_address=config.sockets_per_address,
            sockets=config.sockets,
            work=config.cost_per_address,
            connects=5 * config.openings_per_second,
            connections=min(config.sockets * 5 // 4 + 16, max(16, descriptor_limit() - RESERVED_DESCRIPTORS)),
        )
        self.converter = Converter()
        self.loop_watch = LoopWatch(config.loop_tick_s)
        cache = DirectoryCache(config.cache_file)
        self.locations = SessionLocations(self.backend, metadata, cache)
        self.tickets = BackendTicketGate(self.backend, metadata, cache, refresh_interval_s=config.key_refresh_s)
        self.organisers = OrganiserMonitor(self.locations)
        self.feeds = FeedRegistry(
            self.locations, metadata, self.converter, linger_s=config.linger_s, give_up_s=config.give_up_s
        )
        self.streams = StreamPool(self.locations, metadata, give_up_s=config.give_up_s)
        self.lobby = LobbyEndpoint(self.backend, config.service_token, self.converter)
        self.play = PlayEndpoint(
            self.streams,
            self.feeds,
            self.tickets,
            self.locations,
            self.organisers,
            hello_within_s=config.hello_within_s,
            messages_per_second=config.messages_per_second,
        )
        self.watch = WatchEndpoint(
            self.feeds, self.tickets, self.locations, self.organisers, hello_within_s=config.hello_within_s
        )
        self.calls = Durations()
        self.registry: CollectorRegistry = collect(self.limits, self.feeds, self.streams, self.loop_watch, self.calls)
        self._health = (float("-inf"), False)
        self._check: Any = self.backend.unary_unary(
            HEALTH_CHECK,
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )

    def routes(self) -> list[Route | WebSocketRoute]:
        """Lists every route."""
        index, file = self.pages.index, self.pages.file
        bridge = ApiBridge(
            self.backend, self.config.service_token, self.limits, self.origins, self.converter, self.calls
        )
        export = FileExport(self.backend, self.config.service_token, self.limits, self.converter)
        return [
            Route("/", index),
            Route("/room/{code}", index),
            Route("/play/{session}", index),
            Route("/watch/{session}", index),
            Route("/result/{session}", index),
            Route("/replay/{session}/{match:int}.journal", export.journal),
            Route("/replay/{session}/{match}", index),
            Route("/tournaments", index),
            Route("/tournament/{session}.json", export.json),
            Route("/tournament/{session}.csv", export.csv),
            Route("/tournament/{session}", index),
            Route("/static/{name}", file),
            Route("/api/{service}/{method}", bridge.call, methods=["POST"]),
            Route("/healthz", self.healthz),
            Route("/metrics", self.metrics),
            WebSocketRoute("/ws/lobby", partial(self._serve_socket, self.lobby.serve, json_too=True)),
            WebSocketRoute("/ws/play", partial(self._serve_socket, self.play.serve, json_too=False)),
            WebSocketRoute("/ws/watch", partial(self._serve_socket, self.watch.serve, json_too=True)),
        ]

    async def _serve_socket(self, serve: Serve, websocket: WebSocket, *, json_too: bool) -> None:
        """Serves a WebSocket, or answers its upgrade with an HTTP error."""
        address = address_of(websocket)
        now = asyncio.get_running_loop().time()
        spoken = subprotocol(websocket.scope["subprotocols"], json_too=json_too)
        if not self.limits.may_open(address, now):
            await deny(websocket, too_many())
        elif not self.origins.allow(websocket.headers):
            await deny(websocket, PlainTextResponse(FOREIGN_ORIGIN + "\n", 403))
        elif spoken is None:
            await deny(websocket, PlainTextResponse("Ask for the subprotocol matchpoint.v1.\n", 400))
        else:
            self.limits.opened(address, now)
            try:
                await serve(websocket, spoken)
            finally:
                self.limits.closed(address)

    async def healthz(self, _request: Request) -> Response:
        """Answers 200 when the backend can be reached and serves, else 503; asks it at most once a second."""
        asked_at, healthy = self._health
        if time.monotonic() - asked_at > HEALTH_TTL_S:
            try:
                answer = await self._check(health_pb2.HealthCheckRequest(), timeout=HEALTH_TIMEOUT_S)
                healthy = answer.status == health_pb2.HealthCheckResponse.SERVING
            except grpc.aio.AioRpcError:
                healthy = False
            self._health = (time.monotonic(), healthy)
        return PlainTextResponse("ok\n" if healthy else "backend unreachable\n", status_code=200 if healthy else 503)

    async def metrics(self, request: Request) -> Response:
        """Answers in Prometheus' text format, to this machine only.

        Behind a proxy every request comes from this machine, but asks for another host name.
        """
        inside = is_loopback(address_of(request)) and self.hosts.is_loopback(request.headers.get("host"))
        if not inside and not self.config.metrics_public:
            return PlainTextResponse("There is no such page.\n", status_code=404)
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

    def app(self) -> Starlette:
        """Makes the ASGI application."""
        return Starlette(
            routes=self.routes(),
            middleware=[Middleware(RequestGate, hosts=self.hosts, limits=self.limits)],
            exception_handlers={404: self.pages.missing},
        )

    async def announce_shutdown(self) -> None:
        """Tells game servers that this gateway is about to end, and passes on inputs that are on their way."""
        if self.streams.announce_shutdown():
            await asyncio.sleep(LAST_INPUTS_S)

    async def close(self) -> None:
        """Ends every upstream."""
        self.loop_watch.stop()
        async with AsyncExitStack() as stack:
            parts = (self.backend, self.organisers, self.tickets, self.locations, self.play, self.streams, self.feeds)
            for part in (self.converter, *parts):
                stack.push_async_callback(part.close)


@asynccontextmanager
async def application(
    config: Config, origins: Origins, hosts: Hosts, pages: Pages | None = None
) -> AsyncIterator[Gateway]:
    """Runs the parts of a gateway while the context lasts."""
    gateway = Gateway(config, origins, hosts, pages)
    try:
        yield gateway
    finally:
        await gateway.close()


@asynccontextmanager
async def serving(
    config: Config, listening: socket.socket, pages: Pages | None = None, metrics_socket: socket.socket | None = None
) -> AsyncIterator[int]:
    """Serves while the context lasts; yields the port.

    Metrics are served on the main port, and on `metrics_socket` when there is one.

    At the end it has the matches that are played here stand still, then closes every socket with 1012, within 2 s.
    """
    port: int = listening.getsockname()[1]
    names = dict.fromkeys(("127.0.0.1", "localhost", f"[{config.host}]" if ":" in config.host else config.host))
    origins = Origins(config.origins or [f"http://{name}:{port}" for name in names])
    hosts = Hosts((*config.hosts, config.host), config.origins)
    async with application(config, origins, hosts, pages) as gateway, metrics.serving(gateway.registry, metrics_socket):
        server = Server(
            ServerConfig(
                gateway.app(),
                gateway.limits,
                ws=Socket,
                ws_max_size=max(MESSAGE_LIMITS.values()),
                ws_per_message_deflate=False,
                ws_ping_interval=config.ping_s,
                ws_ping_timeout=config.stall_s,
                http=HttpProtocol,
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
            await gateway.announce_shutdown()
            server.stop.set()
            await running
