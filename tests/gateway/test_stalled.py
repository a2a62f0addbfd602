"""Spectators that do not read, many of them, in front of a real process: what they cost, and whom."""

import re
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from matchpoint.v1.frames_pb2 import ClientMessage, Ping, SeatMessage
from websockets.asyncio.client import ClientConnection

from tests.support.clients.stalled_clients import StalledClient, publish_until_stalled
from tests.support.fakes.gateway_peers import UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import heard, heard_frame
from tests.support.processes.gateway_process import environment, running

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENTS = 300
EACH_KIB = 64
"""Memory that one may cost, in the gateway and in the kernel."""


def memory_kib(pid: int) -> int:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0])


def queued_by_kernel(port: int) -> list[int]:
    """Bytes that the kernel holds unsent or unacknowledged, of each connection of a port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [
        int(line[4].partition(":")[0], 16) for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "01"
    ]


async def number(http: httpx.AsyncClient, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", (await http.get("/metrics")).text, re.MULTILINE)
    assert found, name
    return float(found[1])


async def answered(player: ClientConnection) -> None:
    """The player asks for the time, and is told."""
    await player.send(ClientMessage(seat=SeatMessage(ping=Ping(t0=1.0))).SerializeToString())
    while (await heard(player)).WhichOneof("body") != "pong":
        pass


async def test_300_spectators_that_do_not_read_cost_less_than_64_kib_each_and_nobody_else(
    backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    backend.game_server_address = game_server.address
    variables = environment(tmp_path, backend.address, MATCHPOINT_OPENINGS_PER_SECOND="1000", MATCHPOINT_STALL_S="60")
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(running(variables))
        gateway, pid = process.gateway, process.inner.pid
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", trust_env=False)
        )
        reader = await stack.enter_async_context(gateway.watch())
        player = await stack.enter_async_context(gateway.play(backend.ticket()))
        await heard_frame(reader)
        # What the first frames of all cost once is not a spectator's.
        await publish_until_stalled(game_server, reader, 8_000)
        before_kib = memory_kib(pid)
        for _ in range(CLIENTS):
            stalled = await stack.enter_async_context(StalledClient(gateway))
            await stalled.frame()
        joined_kib = memory_kib(pid)
        await publish_until_stalled(game_server, reader, 8_000)
        await answered(player)
        stalled_kib = memory_kib(pid)
        unsent = await number(http, "matchpoint_unsent_bytes")
        kernel = sorted(queued_by_kernel(gateway.port))[-CLIENTS:]
        each = (stalled_kib - before_kib) / CLIENTS + sum(kernel) / CLIENTS / 1_024
        print(
            f"\nof each of {CLIENTS}: resident {(joined_kib - before_kib) / CLIENTS:.1f} KiB when it has joined, "
            f"{(stalled_kib - before_kib) / CLIENTS:.1f} KiB when it is stalled, of that unsent "
            f"{unsent / CLIENTS / 1_024:.1f} KiB; in the kernel {sum(kernel) / CLIENTS / 1_024:.1f} KiB"
        )
        assert await number(http, "matchpoint_connections") == CLIENTS + 2
        assert unsent > 0
        assert each < EACH_KIB
