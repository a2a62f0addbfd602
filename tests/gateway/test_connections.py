"""TCP connections that do nothing, or want no end: nobody is kept out by them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from gateway.http import api
from gateway.http import protocol as http_protocol
from gateway.http.limits import Limits
from tests.support.fakes.gateway_peers import UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import GatewayHarness, Start
from tests.support.processes.gateway_process import environment, running

pytestmark = pytest.mark.anyio

ELSEWHERE = "127.0.0.2"
"""Another address of this machine: that of an attacker."""


@asynccontextmanager
async def connected(
    port: int, address: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A TCP connection from an address."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def ended(reader: asyncio.StreamReader, within_s: float = 5.0) -> bytes:
    """Reads until the connection ends."""
    async with asyncio.timeout(within_s):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


def idle(port: int, address: str, count: int) -> list[socket.socket]:
    """Connections from an address that send nothing."""
    made = []
    for _ in range(count):
        one = socket.socket()
        one.bind((address, 0))
        one.settimeout(5)
        one.connect(("127.0.0.1", port))
        made.append(one)
    return made


@pytest.mark.slow
async def test_a_thousand_idle_connections_of_one_address_keep_nobody_else_out(
    backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    async with running(environment(tmp_path, backend.address), allowed=(256, 1_024)) as process:
        port = process.gateway.port
        held = await asyncio.to_thread(idle, port, ELSEWHERE, 1_024)
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                assert (await http.get("/", timeout=3)).status_code == 200
                metrics = (await http.get("/metrics", timeout=3)).text
            assert 'matchpoint_refused_connections_total{why="address"}' in metrics
        finally:
            for one in held:
                one.close()
        for bytes_of_no_request in (b"\0" * 64 + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h9\r\n\r\n") * 10:
            async with connected(port) as (reader, writer):
                writer.write(bytes_of_no_request)
                assert await reader.read(1)
        logged = [line for line in process.lines if '"ready"' not in line]
        refusals = [line for line in process.lines if "connections refused" in line]
    assert logged == refusals, "what comes from outside is not written down line by line"
    assert len(refusals) == 1
    assert ELSEWHERE in refusals[0]


async def test_an_address_has_at_most_half_of_all_connections_and_gets_them_back_when_they_are_closed(
    start: Start,
) -> None:
    limits = Limits(calls=1, openings=1, pages=1, sockets_per_address=1_000, sockets=10, work=1_000, connections=40)
    for _ in range(20):
        assert limits.refusal_cause("a", 0.0) == ""
        limits.connected("a", 0.0)
    assert limits.refusal_cause("a", 0.0) == "address"
    assert limits.refusal_cause("b", 0.0) == ""
    limits.disconnected("a")
    assert limits.refusal_cause("a", 0.0) == ""


async def test_connections_are_counted_from_the_first_to_the_last(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async def count() -> float:
        lines = (await gateway.http.get("/metrics")).text.splitlines()
        return float(next(line for line in lines if line.startswith("matchpoint_tcp_connections ")).split()[1])

    assert await count() == 1
    async with gateway.watch(), connected(gateway.port):
        assert await count() == 3
    async with asyncio.timeout(5):
        while await count() > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_connections_come_in_at_the_rate_of_an_address_and_no_faster(start: Start) -> None:
    async with start(openings_per_second=1) as gateway:
        # 5 a second, with a burst of ten seconds' worth.
        made = await asyncio.to_thread(idle, gateway.port, ELSEWHERE, 80)
        # Those who came first are in; the last is not.
        assert await asyncio.to_thread(made[-1].recv, 1) == b""
        made[0].settimeout(0.2)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(made[0].recv, 1)
        for one in made:
            one.close()
        assert (await gateway.http.get("/")).status_code == 200


async def test_a_connection_that_sends_nothing_is_closed_soon(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_WITHIN_S", 0.2)
    async with start() as gateway, connected(gateway.port) as (reader, _):
        assert await ended(reader, within_s=2) == b""


async def test_the_rest_of_a_body_that_nobody_wanted_is_not_waited_for(
    gateway: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "BODY_DISCARD_S", 0.2)
    async with connected(gateway.port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\nx")
        assert (await ended(reader, within_s=3)).startswith(b"HTTP/1.1 405 ")


async def test_a_call_whose_body_comes_in_drops_is_answered_with_408_and_the_connection_closed(
    gateway: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "BODY_WITHIN_S", 0.2)
    monkeypatch.setattr(http_protocol, "BODY_DISCARD_S", 0.2)
    head = (
        "POST /api/matchpoint.v1.AccountService/CreateGuest HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Origin: {gateway.origin}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{"
    )
    async with connected(gateway.port) as (reader, writer):
        writer.write(head.encode())
        assert (await ended(reader, within_s=3)).startswith(b"HTTP/1.1 408 ")


async def test_of_requests_that_do_not_wait_for_an_answer_one_is_answered(gateway: GatewayHarness) -> None:
    async with connected(gateway.port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200)
        answered = await ended(reader)
    assert answered.count(b"HTTP/1.1 200") == 1


async def test_an_address_that_asks_for_more_than_its_share_is_answered_more_slowly(start: Start) -> None:
    async with start(cost_per_address=1_000) as gateway:
        began = asyncio.get_running_loop().time()
        for _ in range(30):
            await gateway.http.get("/")
        # 50 each, and 1,000 of them at once.
        assert asyncio.get_running_loop().time() - began > 0.4
