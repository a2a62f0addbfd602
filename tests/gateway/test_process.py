"""The gateway as a process."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.event_loops import ON_ASYNCIO, AnyioBackend
from tests.support.fakes.gateway_peers import PERSON_TOKEN, SERVICE_TOKEN, UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import Start, close_code, heard, heard_frame, hello_message
from tests.support.processes.gateway_process import environment, running

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture
def anyio_backend() -> AnyioBackend:
    """Not on uvloop: it forks with Python's handlers, which once crashed a child between fork and exec."""
    return ON_ASYNCIO


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_it_stops_in_time_and_tells_its_connections_to_come_back(
    backend: UpstreamBackend, game_server: UpstreamGameServer, tmp_path: Path
) -> None:
    backend.game_server_address = game_server.address
    ticket = backend.ticket()
    variables = environment(tmp_path, backend.address, MATCHPOINT_LOG_LEVEL="DEBUG")
    async with (
        running(variables) as process,
        process.gateway.play(ticket) as player,
        process.gateway.watch() as spectator,
        process.gateway.lobby() as lobby,
    ):
        await heard(player), await heard(player), await heard_frame(spectator), await lobby.recv()
        began = time.monotonic()
        process.inner.send_signal(signal.SIGTERM)
        assert [await close_code(socket) for socket in (player, spectator, lobby)] == [1012] * 3
        assert await process.inner.wait() == 0
        assert time.monotonic() - began < 3.0
    log = "".join(process.lines)
    for secret in (ticket, ticket.split(".")[2], PERSON_TOKEN, SERVICE_TOKEN):
        assert secret not in log


@pytest.mark.parametrize(
    ("variables", "code", "names"),
    [
        ({"MATCHPOINT_GATEWAY_PORT": "many"}, 78, "MATCHPOINT_GATEWAY_PORT"),
        ({"MATCHPOINT_HOST": "0.0.0.0"}, 78, "MATCHPOINT_HOST"),
        ({"MATCHPOINT_SERVICE_TOKEN_FILE": "/nowhere/service.token"}, 78, "MATCHPOINT_SERVICE_TOKEN_FILE"),
        ({"MATCHPOINT_STALL_S": "-1"}, 78, "MATCHPOINT_STALL_S"),
    ],
)
def test_a_variable_that_cannot_be_used_ends_it_with_one_sentence(
    tmp_path: Path, variables: dict[str, str], code: int, names: str
) -> None:
    done: Any = subprocess.run(
        [sys.executable, "-m", "gateway"],
        env=environment(tmp_path, **variables),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert names in done.stderr


async def test_a_port_in_use_ends_it_with_one_sentence(start: Start, tmp_path: Path) -> None:
    async with start() as gateway:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway",
            env=environment(tmp_path, MATCHPOINT_GATEWAY_PORT=str(gateway.port)),
            stderr=subprocess.PIPE,
        )
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().count("\n") == 1
    assert str(gateway.port) in said.decode()


async def test_connections_leave_nothing_behind(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with start(linger_s=0.05) as gateway:

        async def visit() -> None:
            async with (
                gateway.play(backend.ticket()) as player,
                gateway.watch() as spectator,
                gateway.lobby() as lobby,
                gateway.socket("/ws/play") as stranger,
            ):
                await heard(player), await heard_frame(spectator), await lobby.recv()
                await stranger.send(hello_message(ticket="nonsense"))
                assert await close_code(stranger) == 4500

        await visit()
        async with asyncio.timeout(5):
            await game_server.match.watched_by(0)
        tasks = len(asyncio.all_tasks())
        before = descriptors()
        for _ in range(10):
            await visit()
        async with asyncio.timeout(5):
            await game_server.match.watched_by(0)
            # Nothing announces the end of a task.
            while len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        text = (await gateway.http.get("/metrics")).text
        assert "matchpoint_connections 0.0" in text
        assert 'matchpoint_upstream_streams{kind="topic"} 0.0' in text
        # One more for the connection that asked for the metrics, at both of its ends.
        assert descriptors() <= before + 2
