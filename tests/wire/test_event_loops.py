"""The tests' own event loops: what one test leaves in gRPC's queue does not fail the next."""

import asyncio
from typing import Any

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_health.v1.health_pb2_grpc import HealthStub

from tests.support.event_loops import AsyncioLoop, UvloopLoop

NOBODY = "127.0.0.1:1"


async def leave_a_call() -> object:
    """Begins a call that ends after the loop has been closed; it must not be forgotten before."""
    channel = grpc.aio.insecure_channel(NOBODY)
    health: Any = HealthStub(channel)
    call = health.Check(HealthCheckRequest(), wait_for_ready=True, timeout=0.3)
    await asyncio.sleep(0.05)
    return channel, call


async def call_meanwhile() -> list[object]:
    """Calls until the other one has ended; returns what the loop could not do."""
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    async with grpc.aio.insecure_channel(NOBODY) as channel:
        health: Any = HealthStub(channel)
        for _ in range(5):
            with pytest.raises(grpc.aio.AioRpcError):
                await health.Check(HealthCheckRequest(), timeout=0.2)
            await asyncio.sleep(0.1)
    return faults


@pytest.mark.parametrize("factory", [AsyncioLoop, UvloopLoop])
def test_a_call_that_ends_after_its_loop_was_closed_is_no_fault_of_the_next_loop(
    factory: type[asyncio.AbstractEventLoop],
) -> None:
    first, second = factory(), factory()
    left = first.run_until_complete(leave_a_call())
    first.close()
    assert second.run_until_complete(call_meanwhile()) == []
    second.close()
    del left
