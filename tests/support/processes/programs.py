"""The three programs as processes that a test may kill, stop and start again, one by one."""

import asyncio
import contextlib
import os
import re
import secrets
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes.installation import UNHURRIED, Installation
from tests.support.processes.ports import free_port
from tests.support.storage import databases

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 10.0
SETTLED_WITHIN_S = 5.0
NAMES = ("backend", "gameserver", "gateway")
KEPT = re.compile(
    r"(backend|gameserver|gateway)\.log|matchpoint\.db(-wal|-shm)?|service\.token|gateway\.json"
    r"|journals/(reported/|refused/)?[\w-]+(\.[\w-]+)*\.journal"
)
"""Files of a data folder; all else is temporary."""


class Program:
    """One program: at any time there is at most one process of it."""

    def __init__(self, name: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        #: Set while it serves.
        self.ready = asyncio.Event()
        #: When it was last ready, by the monotonic clock.
        self.ready_at = 0.0
        #: How long the last process took until then, seconds.
        self.took_to_start = 0.0
        self._started_at = 0.0
        #: Processes so far.
        self.starts = 0
        self.environment = dict(environment)
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._awaited = b""
        self._heard = asyncio.Event()

    @property
    def pid(self) -> int:
        """Of the process that is there."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Tells whether there is a process."""
        return self._process is not None and self._process.returncode is None

    async def start(self, crash_at: str = "", **variables: str) -> None:
        """Starts it and returns at once. It dies at the crash point, if one is named."""
        assert not self.running
        crash = {"MATCHPOINT_CRASH_AT": crash_at} if crash_at else {}
        self.starts += 1
        self._started_at = time.monotonic()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tests.support.faults.crashing", self.name),
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            limit=1 << 20,
            env={**self.environment, **crash, **variables},
            # A signal to the test's own group does not reach it; the end of its standard input does.
            start_new_session=True,
        )
        self._reading = asyncio.create_task(self._read(self._process))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        with self.log.open("ab") as log:
            log.write(f"--- start {self.starts}, process {process.pid}\n".encode())
            async for line in process.stdout:
                log.write(line)
                log.flush()
                if self._awaited and self._awaited in line:
                    self._heard.set()
                if b'"event": "ready"' in line:
                    self.ready_at = time.monotonic()
                    self.took_to_start = self.ready_at - self._started_at
                    self.ready.set()

    async def ready_or_ended(self) -> None:
        """Returns when it serves, or is gone."""
        ready = asyncio.create_task(self.ready.wait())
        ended = asyncio.create_task(self.ended())
        try:
            await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            ended.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)

    async def until_ready(self) -> None:
        """Returns when it serves. Raises AssertionError when it does not within 30 s, or ends before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_WITHIN_S):
                await self.ready_or_ended()
        assert self.ready.is_set(), f"the {self.name} did not become ready:\n{self.tail()}"

    async def ended(self) -> int:
        """Returns its exit code once it is gone and its last line is in the log."""
        assert self._process is not None
        assert self._reading is not None
        code = await self._process.wait()
        await asyncio.shield(self._reading)
        self.ready.clear()
        return code

    async def said(self, words: bytes) -> None:
        """Returns when the words are in its log. Raises TimeoutError."""
        async with asyncio.timeout(READY_WITHIN_S):
            while words not in await asyncio.to_thread(self.log.read_bytes):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def says(self, words: bytes, *, within_s: float) -> float:
        """Returns after how many seconds the words come in a line of its log. Raises TimeoutError."""
        began = time.monotonic()
        self._awaited = words
        self._heard.clear()
        async with asyncio.timeout(within_s):
            await self._heard.wait()
        return time.monotonic() - began

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if it still runs."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """kill -9; returns when it is gone."""
        self.send(signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL

    async def stop(self) -> None:
        """Asks it to stop, and returns when it has. Raises AssertionError when it does not do so cleanly in 10 s."""
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                code = await self.ended()
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"the {self.name} does not stop:\n{self.tail()}") from None
        assert code == 0, f"the {self.name} ended with {code}:\n{self.tail()}"

    async def restart(self, crash_at: str = "") -> None:
        """kill -9 and a new start; returns when it serves again."""
        await self.kill()
        await self.start(crash_at)
        await self.until_ready()

    def tail(self, lines: int = 30) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def descriptors(self) -> int:
        """Files and sockets that it has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def threads(self) -> int:
        """Threads that it runs."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/task").iterdir())


@dataclass(frozen=True)
class Programs:
    """A whole Matchpoint of single processes."""

    installation: Installation
    backend: Program
    gameserver: Program
    gateway: Program

    @property
    def all(self) -> tuple[Program, ...]:
        """The three."""
        return self.backend, self.gameserver, self.gateway

    @property
    def journals(self) -> Path:
        """The game server's folder: the outbox."""
        return self.installation.data / "journals"


@dataclass(frozen=True)
class Ports:
    """Addresses of the programs: where they listen, and what they are told of each other (perhaps a proxy's)."""

    backend: int
    gameserver: int
    gateway: int

    @classmethod
    def free(cls) -> "Ports":
        """Three that are free now."""
        return cls(free_port(), free_port(), free_port())


def _scratch(data: Path) -> Path:
    return data.with_name(f"{data.name}-scratch")


def temporary(data: Path) -> list[str]:
    """Temporary files of the programs: in the system's place for them, and in the data folder."""
    return sorted(
        [str(path) for path in _scratch(data).rglob("*")]
        + [
            str(path)
            for path in data.rglob("*")
            if not path.is_dir() and not KEPT.fullmatch(str(path.relative_to(data)))
        ]
    )


async def no_temporary_file(data: Path) -> None:
    """Returns once there is none. Raises AssertionError when one stays: a program that was killed may have left it."""
    try:
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while await asyncio.to_thread(temporary, data):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"left behind: {temporary(data)}") from None


async def healthy(installation: Installation) -> None:
    """Returns once the gateway reaches the backend. Raises TimeoutError."""
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            try:
                await asyncio.to_thread(installation.get, "/healthz")
            except OSError:  # 503 is one
                await asyncio.sleep(0.05)
            else:
                return


def _furnish(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    _scratch(data).mkdir(exist_ok=True)
    token = data / "service.token"
    token.touch(0o600)
    token.write_text(secrets.token_urlsafe(32))


@contextlib.asynccontextmanager
async def running(
    data: Path,
    ports: Ports | None = None,
    *,
    start: bool = True,
    only: Mapping[str, Mapping[str, str]] | None = None,
    **variables: str,
) -> AsyncIterator[Programs]:
    """The three programs, ready. At the end no process is left, no temporary file, and no exception in their logs.

    `only` has further variables for single programs, by name.
    """
    ports = ports or Ports.free()
    database = databases.url_for(data)
    _furnish(data)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MATCHPOINT_")},
        "MATCHPOINT_DATA": str(data),
        "TMPDIR": str(_scratch(data)),
        "MATCHPOINT_BACKEND_PORT": str(ports.backend),
        "MATCHPOINT_BACKEND_ADDRESS": f"127.0.0.1:{ports.backend}",
        "MATCHPOINT_GAMESERVER_PORT": str(ports.gameserver),
        "MATCHPOINT_GATEWAY_PORT": str(ports.gateway),
        "MATCHPOINT_HOUSE_MATCH": "0",
        "MATCHPOINT_DATABASE_URL": database,
        **UNHURRIED,
        **variables,
    }
    made = {name: Program(name, data, {**environment, **(only or {}).get(name, {})}) for name in NAMES}
    installation = Installation(
        f"http://127.0.0.1:{ports.gateway}",
        f"127.0.0.1:{ports.backend}",
        f"127.0.0.1:{ports.gameserver}",
        data,
        database,
    )
    programs = Programs(installation, **made)
    try:
        if start:
            for program in programs.all:
                await program.start()
            for program in programs.all:
                await program.until_ready()
            await made["gameserver"].said(b'"registered"')
            await healthy(installation)
        yield programs
        await no_temporary_file(data)
        for program in programs.all:
            said = program.log.read_text(errors="replace")
            at = said.find("Traceback")
            # The log goes with the test's folder: what matters of it is said here.
            assert at < 0, f"{program.log.name} has an exception: {said[max(0, at - 500) : at + 4000]}"
    finally:
        for program in programs.all:
            if program.running:
                program.send(signal.SIGCONT)
                program.send(signal.SIGKILL)
                await program.ended()


def figure(programs: Programs, name: str) -> int:
    """One of the gateway's own figures."""
    line = next(line for line in programs.installation.get("/metrics").decode().splitlines() if line.startswith(name))
    return int(float(line.rpartition(" ")[2]))
