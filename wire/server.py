"""gRPC server with the services that each port has: access, health, reflection, channelz."""

from collections.abc import Sequence
from typing import Final

import grpc
from grpc_channelz.v1 import channelz
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from wire.access import AccessInterceptor, Authenticator
from wire.durations import Durations
from wire.settings import LARGE_MESSAGE, SERVER, receive_limit

CONCURRENT_RPCS_MAX: Final = 10_000


class Server:
    """A server under construction, then running.

    Make it, hand `grpc` to the generated `add_..._to_server` functions, call `start`, later `stop`.
    """

    def __init__(
        self, service_token: str, authenticator: Authenticator | None, *, receive: int = LARGE_MESSAGE
    ) -> None:
        self.calls = Durations()
        """Calls by method (full name) and status; a stream counts when it has ended."""
        self.grpc = grpc.aio.server(
            interceptors=[AccessInterceptor(service_token, authenticator, self.calls)],
            options=(*SERVER, *receive_limit(receive)),
            maximum_concurrent_rpcs=CONCURRENT_RPCS_MAX,
        )
        self._health = health.aio.HealthServicer()
        self._names: Sequence[str] = ()

    async def start(self, address: str, services: Sequence[str], *, serving: bool = True) -> int:
        """Binds `address` (host:port, port 0 for any), serves, and returns the port.

        `services` are the full names of what was added; each gets a health entry of its own, and reflection lists
        them. Without `serving` it is not healthy until `set_serving`. Raises OSError when the port is taken.
        """
        self._names = ("", *services)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self.grpc)
        channelz.add_channelz_servicer(self.grpc)
        foreign = (reflection.SERVICE_NAME, health.SERVICE_NAME, "grpc.channelz.v1.Channelz")
        reflection.enable_server_reflection((*services, *foreign), self.grpc)
        try:
            port = self.grpc.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(f"{address} is in use or not ours to bind") from error
        await self.grpc.start()
        for name in self._names:
            await self._health.set(name, health_pb2.HealthCheckResponse.NOT_SERVING)
        if serving:
            await self.set_serving()
        return port

    async def set_serving(self) -> None:
        """Reports everything as ready from here on, for Check and Watch."""
        for name in self._names:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def drain(self) -> None:
        """Reports everything as not serving from here on, so that no new callers come."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, grace_s: float) -> None:
        """Ends the calls that are left after `grace_s` seconds, then the server."""
        await self.drain()
        await self.grpc.stop(grace_s)
