"""The watch over an event loop, and bytes that are made once."""

import asyncio
import time

import pytest

from tests.support.event_loops import ON_ASYNCIO, AnyioBackend
from wire.byte_cache import ByteCache
from wire.loop_watch import LoopWatch

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> AnyioBackend:
    return ON_ASYNCIO


def work(seconds: float) -> None:
    """Keeps the thread busy for so much of its own time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_work_that_holds_the_loop_is_noted_and_sleeping_is_not() -> None:
    watch = LoopWatch(0.002)
    await asyncio.sleep(0.05)
    before = watch.longest_s
    work(0.03)
    await asyncio.sleep(0.01)
    assert before < 0.02
    assert watch.longest_s >= 0.03
    watch.stop()


async def test_a_thread_that_waits_does_not_count_as_held() -> None:
    watch = LoopWatch(0.002)
    time.sleep(0.1)  # noqa: ASYNC251  (as if the machine gave its processor to somebody else)
    await asyncio.sleep(0.01)
    assert watch.longest_s < 0.02
    watch.stop()


async def test_whoever_asks_for_the_same_at_once_waits_for_the_same_work() -> None:
    finished, made = ByteCache(100), 0

    async def make() -> bytes:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        return b"x" * 10

    assert set(await asyncio.gather(*(finished.get("key", make) for _ in range(5)))) == {b"x" * 10}
    assert await finished.get("key", make) == b"x" * 10
    assert made == 1
    for key in range(20):
        await finished.get(key, make)
    assert len(finished._entries) == 10
    with pytest.raises(ZeroDivisionError):
        await finished.get("broken", broken)
    assert await finished.get("broken", make) == b"x" * 10


async def broken() -> bytes:
    raise ZeroDivisionError
