"""Channels reach a server that is far away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import grpc
import pytest

from wire.channel import connect

pytestmark = pytest.mark.anyio

ONE_WAY_S = 0.15


class Echo(grpc.GenericRpcHandler):
    """Answers every call with what it was sent."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        return grpc.unary_unary_rpc_method_handler(self.echo)

    async def echo(self, request: bytes, _context: object) -> bytes:
        return request


@pytest.fixture
async def far_away() -> AsyncIterator[str]:
    """The address of a server, 300 ms there and back."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Echo(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    carrying: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await asyncio.sleep(ONE_WAY_S)
                writer.write(data)
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        for one in (carry(reader, inner_writer), carry(inner_reader, writer)):
            carrying.add(asyncio.create_task(one))

    way = await asyncio.start_server(accept, "127.0.0.1", 0)
    yield f"127.0.0.1:{way.sockets[0].getsockname()[1]}"
    await server.stop(0)
    await asyncio.gather(*carrying)
    way.close()
    await way.wait_closed()


async def test_a_server_300_ms_away_is_reached_at_the_first_attempt(far_away: str) -> None:
    channel = connect(far_away)
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/x/y")
    assert await call(b"hello", timeout=20) == b"hello"
    await channel.close()
