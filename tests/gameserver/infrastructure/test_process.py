"""The program itself: how it starts, stops, dies, and comes back."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from matchpoint.v1.frames_pb2 import ClockCause, Event
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.session_pb2 import CreateSessionRequest

from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.match.records import PAUSES, Cause, Clock
from gameserver.domain.match.verify import verify
from tests.support.fakes.gameserver_peers import SERVICE_TOKEN, FleetBackend, PlayConnection, PlayGateway
from tests.support.harnesses.gameserver import SESSION, duel
from tests.support.processes.ports import free_port

pytestmark = pytest.mark.anyio

Programs = Callable[..., AbstractAsyncContextManager[asyncio.subprocess.Process]]


@pytest.fixture
def programs(backend: FleetBackend, tmp_path: Path) -> Programs:
    """Starts `python -m gameserver` on the same data, as often as a test wants."""
    token = tmp_path / "service.token"
    token.write_text(SERVICE_TOKEN)

    @asynccontextmanager
    async def program(**variables: str) -> AsyncIterator[asyncio.subprocess.Process]:
        settings = {
            "MATCHPOINT_DATA": str(tmp_path),
            "MATCHPOINT_BACKEND_ADDRESS": f"127.0.0.1:{backend.port}",
            "MATCHPOINT_GAMESERVER_PORT": "0",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gameserver",
            env=os.environ | settings | variables,
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    return program


async def ready(process: asyncio.subprocess.Process) -> None:
    """Returns when it serves."""
    assert process.stderr
    async with asyncio.timeout(15):
        while b'"ready"' not in (line := await process.stderr.readline()):
            assert line, "it ended before it was ready"


async def test_it_registers_and_ends_cleanly_at_sigterm(programs: Programs, backend: FleetBackend) -> None:
    async with programs() as process:
        async with asyncio.timeout(15):
            hello = await backend.hellos.get()
        assert hello.server == "gameserver-1"
        assert hello.capacity == 1_000
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(3):
            assert await process.wait() == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MATCHPOINT_CAPACITY", "many"),
        ("MATCHPOINT_GAMESERVER_PORT", "70000"),
        ("MATCHPOINT_SERVER_NAME", "Not A Name"),
        ("MATCHPOINT_HOST", "0.0.0.0"),
        ("MATCHPOINT_BACKEND_ADDRESS", "nowhere"),
        ("MATCHPOINT_LOG_LEVEL", "LOUD"),
        ("MATCHPOINT_SERVICE_TOKEN_FILE", "/nonexistent/token"),
    ],
)
async def test_a_setting_that_cannot_be_used_ends_it_with_one_sentence(
    programs: Programs, variable: str, value: str
) -> None:
    async with programs(**{variable: value}) as process:
        _, said = await process.communicate()
        assert process.returncode == 78
        assert said.decode().startswith(f"gameserver: {variable}")
        assert said.count(b"\n") == 1


async def test_a_port_in_use_ends_it(programs: Programs) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with programs(MATCHPOINT_GAMESERVER_PORT=str(taken.getsockname()[1])) as process:
            _, said = await process.communicate()
            assert process.returncode == 1
            assert b"in use" in said


async def keep_marking(browser: PlayConnection, seat: int) -> None:
    while True:
        await browser.mark(0, seat)
        await asyncio.sleep(0.2)


async def come_back(gateway: PlayGateway, backend: FleetBackend) -> tuple[PlayConnection, PlayConnection]:
    left, right = gateway.browser(), gateway.browser()
    await left.join(backend.ticket(SESSION, 0))
    await right.join(backend.ticket(SESSION, 1))
    return left, right


@pytest.mark.slow
async def test_a_match_survives_kill_9_and_counts_once(programs: Programs, backend: FleetBackend) -> None:
    port = free_port()
    async with programs(MATCHPOINT_GAMESERVER_PORT=str(port)) as first:
        await ready(first)
        gateway = PlayGateway(port)
        request = CreateSessionRequest(session_id=SESSION, spec=duel(points=2))
        await gateway.stub.CreateSession(request, metadata=gateway.metadata)
        left, right = await come_back(gateway, backend)
        marking = [asyncio.create_task(keep_marking(browser, seat)) for seat, browser in enumerate((left, right))]
        goal = (await left.until_event("goal")).events[0].goal
        first.kill()
        await first.wait()
        for task in marking:
            task.cancel()
        await asyncio.gather(*marking, return_exceptions=True)
        await gateway.close()
    async with programs(MATCHPOINT_GAMESERVER_PORT=str(port)) as second:
        await ready(second)
        gateway = PlayGateway(port)
        left, right = await come_back(gateway, backend)
        frame = (await left.until("frame")).frame
        assert frame.epoch == 2
        assert (frame.snapshot.pong.left, frame.snapshot.pong.right) == (goal.left, goal.right)
        assert frame.snapshot.clock.cause == ClockCause.CLOCK_CAUSE_RESTORE
        marking = [asyncio.create_task(keep_marking(browser, seat)) for seat, browser in enumerate((left, right))]
        try:
            result = (await right.until_event("result")).events[-1].result
        finally:
            for task in marking:
                task.cancel()
            await asyncio.gather(*marking, return_exceptions=True)
        assert result.outcome == Outcome.OUTCOME_PLAYED
        async with asyncio.timeout(5):
            report = await backend.reports.get()
        await gateway.close()
        second.send_signal(signal.SIGTERM)
        assert await second.wait() == 0
    assert report.result == result
    past = ProtobufCodec().read(report.journal)
    assert any(isinstance(record, Clock) and record.cause == Cause.RESTORE for record in past.records)
    verify(past.records)
    async with programs() as third:
        await ready(third)
    assert backend.reports.empty()


@pytest.mark.slow
async def test_a_server_that_hung_for_seconds_decides_nothing_of_what_fell_due(
    programs: Programs, backend: FleetBackend
) -> None:
    port = free_port()
    async with programs(MATCHPOINT_GAMESERVER_PORT=str(port)) as process:
        await ready(process)
        gateway = PlayGateway(port)
        request = CreateSessionRequest(session_id=SESSION, spec=duel(points=11))
        await gateway.stub.CreateSession(request, metadata=gateway.metadata)
        left, right = await come_back(gateway, backend)
        marking = [asyncio.create_task(keep_marking(browser, seat)) for seat, browser in enumerate((left, right))]
        events: list[Event] = []
        try:
            *_, serve = (await left.until_event("goal")).events
            process.send_signal(signal.SIGSTOP)
            # The next ball is served after 1.5 s and at a paddle after 2.3 s; in 5 s connections would be given up.
            await asyncio.sleep(3)
            process.send_signal(signal.SIGCONT)
            while not events or events[-1].clock.cause != ClockCause.CLOCK_CAUSE_RESUME:
                events += (await left.until("frame")).frame.events
        finally:
            for task in marking:
                task.cancel()
            await asyncio.gather(*marking, return_exceptions=True)
            await gateway.close()
    assert [event.WhichOneof("body") for event in events] == ["clock", "clock"]
    stopped, resumed = (event.clock for event in events)
    assert stopped.cause == ClockCause.CLOCK_CAUSE_RESTORE
    assert resumed.match_t == stopped.match_t
    assert stopped.match_t < serve.volley.t0
    assert (resumed.pauses_left, resumed.pauses_right) == (PAUSES, PAUSES)
