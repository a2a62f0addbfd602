"""The backend as a process: how it starts, stops, and dies."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import grpc
import pytest
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1.account_pb2 import CreateGuestRequest
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest
from matchpoint.v1.stats_pb2 import GetPlayerStatsRequest

from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.harnesses.backend import SERVICE_TOKEN, report_of
from tests.support.harnesses.backend_port import Registering, Stubs
from tests.support.processes.installation import UNHURRIED
from tests.support.processes.ports import free_port
from wire.channel import PERSON_TOKEN, SET_TOKEN, connect

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS = 4
AT_ONCE = 12


class BackendProcess:
    """`python -m backend` with its own data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "service.token").write_text(SERVICE_TOKEN)
        self.process: Process | None = None

    async def start(self, **variables: str) -> Process:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MATCHPOINT_")}
        settings = {
            "MATCHPOINT_DATA": str(self.folder),
            "MATCHPOINT_BACKEND_PORT": "0",
            "MATCHPOINT_HOUSE_MATCH": "0",
            **variables,
        }
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backend"), env={**clean, **settings}, stdin=PIPE, stderr=PIPE
        )
        return self.process

    async def ready(self) -> int:
        """Its port, once it serves."""
        assert self.process is not None
        assert self.process.stderr is not None
        async with asyncio.timeout(30):
            async for line in self.process.stderr:
                said = json.loads(line)
                if said["event"] == "ready":
                    return int(said["port"])
        raise AssertionError("it ended before it was ready")

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.communicate()

    async def ended(self) -> tuple[int, str]:
        """Its exit code, and the rest of what it said."""
        assert self.process is not None
        async with asyncio.timeout(30):
            _, said = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, said.decode()


@pytest.fixture
async def game_server() -> AsyncIterator[FakeGameServer]:
    game_server = FakeGameServer()  # type: ignore[abstract]
    await game_server.start()
    yield game_server
    await game_server.stop()


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[BackendProcess]:
    program = BackendProcess(tmp_path)
    yield program
    if program.process is not None and program.process.returncode is None:
        with suppress(ProcessLookupError):
            program.process.kill()
        await program.process.communicate()


async def test_a_signal_ends_it_cleanly(program: BackendProcess) -> None:
    process = await program.start()
    await program.ready()
    process.send_signal(signal.SIGTERM)
    code, said = await program.ended()
    assert code == 0
    assert "Traceback" not in said


async def test_a_variable_that_cannot_be_used_ends_it_with_one_sentence_and_78(program: BackendProcess) -> None:
    await program.start(MATCHPOINT_BACKEND_PORT="many")
    code, said = await program.ended()
    assert code == 78
    assert said.startswith("backend: MATCHPOINT_BACKEND_PORT")
    assert len(said.splitlines()) == 1


async def test_a_port_in_use_ends_it_with_one_line(program: BackendProcess) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        await program.start(MATCHPOINT_BACKEND_PORT=str(taken.getsockname()[1]))
        code, said = await program.ended()
    assert code == 1
    # gRPC's own line comes first.
    assert "in use" in json.loads(said.splitlines()[-1])["cause"]


async def test_a_database_that_is_none_ends_it_with_one_line(program: BackendProcess) -> None:
    (program.folder / "matchpoint.db").write_bytes(b"this is not a database" * 100)
    await program.start()
    code, said = await program.ended()
    assert code == 1
    assert "not a database" in json.loads(said)["cause"]


async def test_killed_again_and_again_while_results_come_in_it_loses_none_and_doubles_none(
    program: BackendProcess, game_server: FakeGameServer
) -> None:
    port = free_port()
    await program.start(MATCHPOINT_BACKEND_PORT=str(port), **UNHURRIED)
    await program.ready()
    stubs = Stubs(connect(f"127.0.0.1:{port}"))
    token, ada = await guest(stubs)
    for round_ in range(1, KILLS + 1):
        registering = await Registering.begin(stubs.fleet, game_server, "gameserver-1")
        sessions = [await bot_session(stubs, token) for _ in range(AT_ONCE)]
        acknowledged = asyncio.Event()
        reports = [
            asyncio.create_task(
                until_acknowledged(stubs, registering, report_of(id_, game_server.sessions[id_]), acknowledged)
            )
            for id_ in sessions
        ]
        # The first is committed, the others are somewhere on their way.
        await acknowledged.wait()
        await program.kill()
        await program.start(MATCHPOINT_BACKEND_PORT=str(port), **UNHURRIED)
        await program.ready()
        async with asyncio.timeout(20):
            await asyncio.gather(*reports)
        stats = (await stubs.stats.GetPlayerStats(GetPlayerStatsRequest(account_id=ada))).stats
        sent = AT_ONCE * round_
        assert (stats.matches, stats.wins, stats.points_for) == (sent, sent, 11 * sent)
        registering.cancel()
    await stubs.channel.close()


async def guest(stubs: Stubs) -> tuple[str, str]:
    """The token and the account of a new guest."""
    call = stubs.accounts.CreateGuest(CreateGuestRequest())
    token = dict(await call.initial_metadata())[SET_TOKEN]
    return str(token), (await call).account.account_id


async def bot_session(stubs: Stubs, token: str) -> str:
    request = StartSessionRequest(bot=BotSession())
    return (await stubs.directory.StartSession(request, metadata=((PERSON_TOKEN, token),))).entry.session_id


async def until_acknowledged(
    stubs: Stubs, registering: Registering, report: ReportStatsRequest, acknowledged: asyncio.Event
) -> None:
    """Reports as a game server does: again and again, with the credential that it was given once."""
    while True:
        try:
            await stubs.reports.ReportStats(report, metadata=registering.reporting, timeout=2, wait_for_ready=True)
        except grpc.aio.AioRpcError:
            continue
        acknowledged.set()
        return
