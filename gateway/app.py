"""The whole gateway on one screen: its routes, and what they share."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from gateway.api import FOREIGN, Bridge
from gateway.config import Config
from gateway.converter import Converter
from gateway.directory import Directory
from gateway.entry import subprotocol
from gateway.export import Export
from gateway.hosts import Door, Hosts, address_of, deny, is_loopback, too_many
from gateway.limits import Limits, Origins
from gateway.link import Links
from gateway.lobby import lobby
from gateway.metrics import collect
from gateway.organisers import Organisers
from gateway.pages import Pages
from gateway.play import Players, play
from gateway.upstream import Hub
from gateway.watch import watch
from wire.channel import connect, credentials
from wire.descriptors import descriptor_limit
from wire.loop_watch import LoopWatch

HEALTH_CHECK = "/grpc.health.v1.Health/Check"
HEALTH_GOOD_FOR_S = 1.0
HEALTH_WITHIN_S = 1.0
RESERVE = 128
"""Descriptors that no connection takes: streams to the other programs, files, whatever libraries need."""
DEPART_S = 0.15
"""Inputs can be this late and still count (the game server's largest grace, 130 ms)."""

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
            connections=min(config.sockets * 5 // 4 + 16, max(16, descriptor_limit() - RESERVE)),
        )
        self.converter = Converter()
        self.watch = LoopWatch(config.loop_tick_s)
        self.directory = Directory(self.backend, metadata, config.noted)
        self.hub = Hub(self.directory, metadata, self.converter, linger_s=config.linger_s, give_up_s=config.give_up_s)
        self.organisers = Organisers(self.directory)
        self.links = Links(self.directory, metadata, give_up_s=config.give_up_s)
        self.players = Players()
        self.registry: CollectorRegistry = collect(self.limits, self.hub, self.links, self.watch)
        self._health = (float("-inf"), False)
        self._check: Any = self.backend.unary_unary(
            HEALTH_CHECK,
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )

    def routes(self) -> list[Route | WebSocketRoute]:
        """Everything that can be asked for."""
        index, file = self.pages.index, self.pages.file
        within_s, rate = self.config.hello_within_s, self.config.messages_per_second
        bridge = Bridge(self.backend, self.config.service_token, self.limits, self.origins, self.converter)
        export = Export(self.backend, self.config.service_token, self.limits, self.converter)

        async def to_lobby(websocket: WebSocket, spoken: str) -> None:
            await lobby(websocket, spoken, self.backend, self.config.service_token, self.converter)

        async def to_play(websocket: WebSocket, _spoken: str) -> None:
            await play(
                websocket,
                self.links,
                self.hub,
                self.players,
                self.directory,
                self.organisers,
                within_s=within_s,
                rate=rate,
            )

        async def to_watch(websocket: WebSocket, spoken: str) -> None:
            await watch(websocket, spoken, self.hub, self.directory, self.organisers, within_s)

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
            WebSocketRoute("/ws/lobby", partial(self._guarded, to_lobby, json_too=True)),
            WebSocketRoute("/ws/play", partial(self._guarded, to_play, json_too=False)),
            WebSocketRoute("/ws/watch", partial(self._guarded, to_watch, json_too=True)),
        ]

    async def _guarded(self, serve: Serve, websocket: WebSocket, *, json_too: bool) -> None:
        """Lets a socket in, or answers the upgrade with an HTTP error."""
        address = address_of(websocket)
        now = asyncio.get_running_loop().time()
        spoken = subprotocol(websocket.scope["subprotocols"], json_too=json_too)
        if not self.limits.may_open(address, now):
            await deny(websocket, too_many())
        elif not self.origins.allow(websocket.headers):
            await deny(websocket, PlainTextResponse(FOREIGN + "\n", 403))
        elif spoken is None:
            await deny(websocket, PlainTextResponse("Ask for the subprotocol matchpoint.v1.\n", 400))
        else:
            self.limits.opened(address, now)
            try:
                await serve(websocket, spoken)
            finally:
                self.limits.closed(address)

    async def healthz(self, _request: Request) -> Response:
        """200 when the backend can be reached and serves, else 503. Asked at most once a second."""
        asked_at, healthy = self._health
        if time.monotonic() - asked_at > HEALTH_GOOD_FOR_S:
            try:
                answer = await self._check(health_pb2.HealthCheckRequest(), timeout=HEALTH_WITHIN_S)
                healthy = answer.status == health_pb2.HealthCheckResponse.SERVING
            except grpc.aio.AioRpcError:
                healthy = False
            self._health = (time.monotonic(), healthy)
        return PlainTextResponse("ok\n" if healthy else "backend unreachable\n", status_code=200 if healthy else 503)

    async def metrics(self, request: Request) -> Response:
        """Prometheus' text format, for this machine only: behind a proxy everybody comes from here, by another name."""
        inside = is_loopback(address_of(request)) and self.hosts.is_loopback(request.headers.get("host"))
        if not inside and not self.config.metrics_public:
            return PlainTextResponse("There is no such page.\n", status_code=404)
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

    def app(self) -> Starlette:
        """The application around the routes."""
        return Starlette(
            routes=self.routes(),
            middleware=[Middleware(Door, hosts=self.hosts, limits=self.limits)],
            exception_handlers={404: self.pages.missing},
        )

    async def depart(self) -> None:
        """Tells game servers that this gateway is about to end, and passes on what players have in flight."""
        if self.links.depart():
            await asyncio.sleep(DEPART_S)

    async def close(self) -> None:
        """Ends every upstream."""
        self.watch.stop()
        async with AsyncExitStack() as stack:
            parts = (self.backend, self.organisers, self.directory, self.players, self.links, self.hub)
            for part in (self.converter, *parts):
                stack.push_async_callback(part.close)


@asynccontextmanager
async def application(
    config: Config, origins: Origins, hosts: Hosts, pages: Pages | None = None
) -> AsyncIterator[Gateway]:
    """The gateway, for as long as the context lasts."""
    gateway = Gateway(config, origins, hosts, pages)
    try:
        yield gateway
    finally:
        await gateway.close()
