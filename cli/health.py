"""Asks a program whether it is ready: gRPC health for the backend and the game server, HTTP for the gateway."""

import asyncio
import contextlib

from cli.config import HOST

PROBE_TIMEOUT_S = 1.0
PROBE_PAUSE_S = 0.05


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def grpc_ready(port: int) -> bool:
    """True if the server on this port says SERVING for the whole of itself (the empty service name)."""
    if not await _accepts(port):
        return False
    # Imported late: the programs are already starting while this loads.
    import grpc
    from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

    async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=HealthCheckRequest.SerializeToString,
            response_deserializer=HealthCheckResponse.FromString,
        )
        try:
            reply = await check(HealthCheckRequest(), timeout=PROBE_TIMEOUT_S)
        except grpc.aio.AioRpcError:
            return False
    return bool(reply.status == HealthCheckResponse.SERVING)


async def http_ready(port: int) -> bool:
    """True if `GET /healthz` on this port answers 200."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(f"GET /healthz HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def until_ready(program: str, port: int) -> None:
    """Returns once the program is ready; never gives up by itself."""
    ready = http_ready if program == "gateway" else grpc_ready
    while not await ready(port):  # noqa: ASYNC110 - what is awaited happens in another process
        await asyncio.sleep(PROBE_PAUSE_S)
