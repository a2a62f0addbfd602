"""`/metrics` on a port of its own: what it answers, and to whom."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from tests.support.event_loops import ON_ASYNCIO, AnyioBackend
from wire.durations import Durations
from wire.metrics import CONNECTIONS_MAX, REQUEST_BYTES_MAX, gauge, histogram, listen, port_of, registry_of, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> AnyioBackend:
    return ON_ASYNCIO


def some_registry() -> CollectorRegistry:
    durations = Durations()
    for seconds in (0.0005, 0.002, 0.002, 60.0):
        durations.add(seconds, "read")
    return registry_of(
        lambda: [
            gauge("matchpoint_test_matches", "Matches.", 3),
            histogram("matchpoint_test_seconds", "Time.", ("kind",), durations),
        ]
    )


@asynccontextmanager
async def served() -> AsyncIterator[httpx.AsyncClient]:
    listening = listen("127.0.0.1", 0)
    async with (
        serving(some_registry(), listening),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port_of(listening)}", trust_env=False) as http,
    ):
        yield http


async def test_metrics_are_read_when_they_are_asked_for() -> None:
    async with served() as http:
        answer = await http.get("/metrics")
    assert answer.status_code == 200
    samples = {
        (sample.name, sample.labels.get("le", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["matchpoint_test_matches", ""] == 3
    buckets = [samples["matchpoint_test_seconds_bucket", bound] for bound in ("0.001", "0.0025", "5", "+Inf")]
    assert buckets == [1, 3, 3, 4]
    assert samples["matchpoint_test_seconds_count", ""] == 4
    assert samples["matchpoint_test_seconds_sum", ""] == pytest.approx(60.0045)


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1:9", "127.1.2.3", "[::1]:9"])
async def test_every_name_of_this_machine_is_answered(host: str) -> None:
    async with served() as http:
        assert (await http.get("/metrics", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9", "10.0.0.1", "localhost.evil.example", ""])
async def test_no_other_name_is_answered(host: str) -> None:
    async with served() as http:
        assert (await http.get("/metrics", headers={"host": host})).status_code == 421


async def test_there_is_nothing_but_metrics() -> None:
    async with served() as http:
        assert (await http.get("/")).status_code == 404
        assert (await http.post("/metrics")).status_code == 405


@pytest.mark.parametrize("sent", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x00" * 2 * REQUEST_BYTES_MAX, b"GET /metrics"])
async def test_what_is_no_request_ends_and_disturbs_nobody(sent: bytes) -> None:
    async with served() as http:
        reader, writer = await asyncio.open_connection("127.0.0.1", http.base_url.port)
        writer.write(sent)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            assert b" 200 " not in await reader.read()
        writer.close()
        assert (await http.get("/metrics")).status_code == 200


async def test_connections_beyond_the_limit_are_closed() -> None:
    async with served() as http:
        port = http.base_url.port
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS_MAX)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
        for _, silent_writer in silent:
            silent_writer.close()


async def test_a_port_that_is_taken_costs_the_metrics_and_nothing_else() -> None:
    first = listen("127.0.0.1", 0)
    assert first is not None
    second = listen("127.0.0.1", first.getsockname()[1])
    assert second is None
    assert port_of(second) is None
    async with serving(some_registry(), second):
        pass
    first.close()
