"""A call to the backend that is under way when this gateway ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from matchpoint.v1.refusal_pb2 import Reason

from gateway.backend_client.errors import await_rpc
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


@pytest.fixture
async def silent() -> AsyncIterator[grpc.aio.Channel]:
    """The channel to a server that never answers."""

    async def never(_request: bytes, _context: Any) -> bytes:
        await asyncio.Event().wait()
        return b""

    server = grpc.aio.server()
    handlers: dict[str, Any] = {"Call": grpc.unary_unary_rpc_method_handler(never)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Silent", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    yield channel
    await channel.close()
    await server.stop(0)


def call(channel: grpc.aio.Channel) -> Any:
    """One call to it."""
    method: Any = channel.unary_unary("/test.Silent/Call")
    return method(b"")


async def test_a_channel_that_is_closed_under_a_call_refuses_it_and_breaks_nothing(silent: grpc.aio.Channel) -> None:
    waiting = asyncio.create_task(await_rpc(call(silent)))
    await asyncio.sleep(0.1)
    await silent.close()
    with pytest.raises(Refused) as refused:
        await waiting
    assert refused.value.reason == Reason.REASON_SERVER_UNAVAILABLE


async def test_whoever_gives_up_a_call_is_not_told_anything_else(silent: grpc.aio.Channel) -> None:
    waiting = asyncio.create_task(await_rpc(call(silent)))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
