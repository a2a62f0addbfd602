"""`/metrics` of a program for Prometheus, on a port of its own that only this machine reaches.

Metrics are read from the program's parts when they are asked for, so that its hot paths count nothing for them.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import accumulate
from typing import Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from wire.durations import BOUNDS_S, Durations

log = structlog.get_logger("metrics")

REQUEST_BYTES_MAX: Final = 8 * 1024
REQUEST_WITHIN_S: Final = 5.0
"""Time that a request and its answer may take."""
CONNECTIONS_MAX: Final = 8
"""Requests at once; one more is closed without an answer."""
HOST: Final = re.compile(rb"\r\nhost:[ \t]*(\[[0-9a-f:]+\]|[^:\r\n]+)(?::\d+)?[ \t]*\r\n", re.IGNORECASE)

Read = Callable[[], Iterable[Metric]]


class _Reader(Collector):
    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()


def registry_of(read: Read) -> CollectorRegistry:
    """Makes a registry of what `read` returns at each scrape, and of the process: its CPU time, memory, descriptors."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Reader(read))
    return registry


def gauge(name: str, documentation: str, value: float) -> Metric:
    """Makes a metric of one value."""
    return GaugeMetricFamily(name, documentation, value=value)


def histogram(name: str, documentation: str, labels: Sequence[str], durations: Durations) -> Metric:
    """Makes a histogram of durations."""
    family = HistogramMetricFamily(name, documentation, labels=labels)
    bounds = [*(f"{bound_s:g}" for bound_s in BOUNDS_S), "+Inf"]
    for values, counts, sum_s in durations.series():
        family.add_metric(values, list(zip(bounds, accumulate(counts), strict=True)), sum_s)
    return family


def listen(host: str, port: int) -> socket.socket | None:
    """Binds the port (0: any). Returns None when it is taken, which is logged: no program is lost for its metrics."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        log.error("metrics are not served", port=port, cause=error.strerror)
        return None
    return listening


def port_of(listening: socket.socket | None) -> int | None:
    """The port that was bound; None when none was."""
    if listening is None:
        return None
    port: int = listening.getsockname()[1]
    return port


@asynccontextmanager
async def serving(registry: CollectorRegistry, listening: socket.socket | None) -> AsyncIterator[None]:
    """Answers `GET /metrics` while the context lasts; does nothing without a socket."""
    if listening is None:
        yield
        return
    server = await asyncio.start_server(_Answers(registry), sock=listening, limit=REQUEST_BYTES_MAX)
    try:
        yield
    finally:
        server.close()


class _Answers:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections > CONNECTIONS_MAX:
                return
            async with asyncio.timeout(REQUEST_WITHIN_S):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(request))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._connections -= 1
            writer.close()

    def _answer(self, request: bytes) -> bytes:
        method, _, rest = request.partition(b" ")
        path = rest.split(maxsplit=1)[0].partition(b"?")[0] if rest.strip() else b""
        if not _is_for_this_machine(request):
            return _response(HTTPStatus.MISDIRECTED_REQUEST, b"This port does not answer under that name.\n")
        if path != b"/metrics":
            return _response(HTTPStatus.NOT_FOUND, b"There is /metrics here, and nothing else.\n")
        if method != b"GET":
            return _response(HTTPStatus.METHOD_NOT_ALLOWED, b"Ask with GET.\n")
        return _response(HTTPStatus.OK, generate_latest(self._registry), CONTENT_TYPE_LATEST)


def _is_for_this_machine(request: bytes) -> bool:
    """Tells whether the Host header names loopback: a page under another name could otherwise read this port."""
    found = HOST.search(request)
    if found is None:
        return False
    name = found[1].decode("latin-1").strip().strip("[]").lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _response(status: HTTPStatus, body: bytes, kind: str = "text/plain; charset=utf-8") -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        "x-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
