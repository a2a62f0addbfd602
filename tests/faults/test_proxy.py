"""The proxy does what its faults say, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.support.faults.proxy import Proxy, proxy_to

pytestmark = pytest.mark.anyio

BIG = bytes(range(256)) * 2_048


@pytest.fixture
async def echo() -> AsyncIterator[str]:
    """Somebody who says everything back."""
    writers: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for writer in writers:
        writer.transport.abort()
    await server.wait_closed()


@pytest.fixture
async def proxy(echo: str) -> AsyncIterator[Proxy]:
    async with proxy_to(echo) as proxy:
        yield proxy
    assert proxy.open == 0


class ProxyConnection:
    """A connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def said_back(self, data: bytes) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(5):
            return await self.reader.readexactly(len(data))


@pytest.fixture
async def line(proxy: Proxy) -> AsyncIterator[ProxyConnection]:
    host, _, port = proxy.address.rpartition(":")
    line = ProxyConnection(*await asyncio.open_connection(host, int(port)))
    yield line
    line.writer.transport.abort()


async def test_without_faults_every_byte_arrives_in_order(line: ProxyConnection) -> None:
    assert await line.said_back(BIG) == BIG


async def test_sliced_and_jittered_every_byte_still_arrives_in_order(proxy: Proxy, line: ProxyConnection) -> None:
    proxy.up.slice, proxy.down.slice = 97, 1
    proxy.up.jitter_s = 0.002
    sent = BIG[:4_096]
    assert await line.said_back(sent) == sent


async def test_latency_holds_each_direction_back(proxy: Proxy, line: ProxyConnection) -> None:
    proxy.up.latency_s, proxy.down.latency_s = 0.05, 0.1
    began = time.monotonic()
    assert await line.said_back(b"hello") == b"hello"
    assert time.monotonic() - began >= 0.15


async def test_latency_does_not_narrow_the_line(proxy: Proxy, line: ProxyConnection) -> None:
    proxy.up.latency_s = 0.1
    began = time.monotonic()
    for number in range(20):
        line.writer.write(bytes([number]))
        await asyncio.sleep(0.005)
    async with asyncio.timeout(5):
        assert await line.reader.readexactly(20) == bytes(range(20))
    assert time.monotonic() - began < 20 * 0.1


async def test_bandwidth_is_what_was_said(proxy: Proxy, line: ProxyConnection) -> None:
    proxy.up.bytes_per_s, proxy.up.slice = 20_000, 1_000
    began = time.monotonic()
    assert await line.said_back(BIG[:6_000]) == BIG[:6_000]
    assert time.monotonic() - began >= 0.25


async def test_a_black_hole_swallows_one_direction_and_gives_it_back_when_it_closes(
    proxy: Proxy, line: ProxyConnection
) -> None:
    await line.said_back(b"before")
    proxy.down.black_hole = True
    line.writer.write(b"into the dark")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await line.reader.read(1)
    proxy.down.black_hole = False
    async with asyncio.timeout(5):
        assert await line.reader.readexactly(13) == b"into the dark"


async def test_a_black_hole_holds_up_who_goes_on_sending(proxy: Proxy, line: ProxyConnection) -> None:
    proxy.up.black_hole = True

    async def talk() -> None:
        while True:
            line.writer.write(BIG)
            await line.writer.drain()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(talk(), 0.5)


async def test_a_reset_is_one_at_both_ends(proxy: Proxy, line: ProxyConnection) -> None:
    await line.said_back(b"before")
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await line.said_back(b"after")


async def test_the_end_of_one_direction_leaves_the_other_open(line: ProxyConnection) -> None:
    line.writer.write(b"last words")
    line.writer.write_eof()
    async with asyncio.timeout(5):
        assert await line.reader.read() == b"last words"


async def test_while_it_refuses_every_new_connection_is_reset(proxy: Proxy) -> None:
    proxy.refuses = True
    host, _, port = proxy.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
    writer.close()


async def test_a_target_that_is_not_there_is_a_reset() -> None:
    async with proxy_to("127.0.0.1:1") as proxy:
        host, _, port = proxy.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()


async def test_after_healing_nothing_is_left_of_the_faults(proxy: Proxy, line: ProxyConnection) -> None:
    proxy.up.latency_s, proxy.down.bytes_per_s, proxy.up.black_hole, proxy.refuses = 9.0, 1.0, True, True
    proxy.heal()
    assert await line.said_back(b"well") == b"well"
