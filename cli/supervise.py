"""Starts the programs, keeps them running and ends them together."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress

from cli import CommandError
from cli.child import BEGIN, PREPARED
from cli.config import PROGRAMS, UpConfig
from cli.control import answering
from cli.health import until_ready
from cli.output import LINE_LIMIT, LogFile, carry, say

BACKOFF_FIRST_S = 0.1
BACKOFF_LIMIT_S = 5.0
HEALTHY_AFTER_S = 10.0
"""A program that was ready for this long has recovered: its next restart waits BACKOFF_FIRST_S again."""
STARTS_BEFORE_GIVING_UP = 4
"""A program that never became ready and ended this often will not start here at all."""
START_LIMIT_S = 60.0
EX_CONFIG = 78
"""The exit code of a program that refuses its settings: starting it again would not help."""
KILL_AFTER_S = 4.0
BACK_WITHIN_S = 30.0
"""A program that was restarted and is not ready by then did not come back; it is still started again and again."""
BACKEND_LAST_S = 2.0
"""On the way out the backend waits this long for the others: they still report results to it."""


def next_delay(previous_s: float, ready_for_s: float) -> float:
    """Seconds until the next restart, after waiting `previous_s` (0: never) and then being ready for `ready_for_s`."""
    if previous_s == 0.0 or ready_for_s >= HEALTHY_AFTER_S:
        return BACKOFF_FIRST_S
    return min(BACKOFF_LIMIT_S, previous_s * 2)


def cause(code: int) -> str:
    """Describes a return code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


class Supervised:
    """One program: its process, and what is known about how it fares."""

    def __init__(self, name: str, config: UpConfig, environment: Mapping[str, str], lock: int) -> None:
        self.name = name
        self.ready = asyncio.Event()
        """Set once, when the program has become ready for the first time."""
        self.log = LogFile(config.logs / f"{name}.log")
        self._port = config.ports[name]
        self._environment = environment
        self._lock = lock
        self._serving = asyncio.Event()
        """Set while a process of it is ready."""
        self._replacing = asyncio.Lock()
        self._wanted = asyncio.Event()
        """Set while it is to be started again without waiting."""
        self._next: Process | None = None
        """Loaded, and waiting for the present one to end."""
        self._process: Process | None = None
        self._lines: asyncio.Task[None] | None = None

    async def keep_running(self, after: "Supervised | None" = None) -> None:
        """Runs the program, again whenever it ends, until cancelled; the first time once `after` is ready.

        Raises CommandError if it cannot start at all.
        """
        if after is not None:
            await after.ready.wait()
        delay, starts = 0.0, 0
        while True:
            starts += 1
            code, ready_for_s = await self._run_once()
            if code == EX_CONFIG:
                raise CommandError(f"the {self.name} refuses its settings, for the reason above.")
            if not self.ready.is_set() and starts >= STARTS_BEFORE_GIVING_UP:
                raise CommandError(
                    f"the {self.name} cannot start: it {cause(code)} {starts} times. Details: {self.log.path}"
                )
            if self._wanted.is_set():
                delay = 0.0
            else:
                delay = next_delay(delay, ready_for_s)
                say(f"the {self.name} {cause(code)}; starting it again in {delay:.1f} s. Details: {self.log.path}")
                with suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wanted.wait()
            # For one start only: one that ends again has to wait.
            self._wanted.clear()

    async def restart(self) -> float:
        """Has the process end cleanly and the next one start at once; returns for how many seconds there was none.

        One that does not end within KILL_AFTER_S is made to. Raises CommandError if the next one cannot be loaded, and
        leaves the present one alone, or if it is not ready in time.
        """
        async with self._replacing:
            say(f"the {self.name} is being replaced.")
            try:
                async with asyncio.timeout(BACK_WITHIN_S):
                    await self._prepare()
                    begun = time.monotonic()
                    self._wanted.set()
                    await self._stop()
                    self._serving.clear()
                    await self._serving.wait()
            except TimeoutError:
                raise CommandError(
                    f"the {self.name} did not come back within {BACK_WITHIN_S:.0f} s. Details: {self.log.path}"
                ) from None
            finally:
                self._wanted.clear()
                if self._next is not None:
                    process, self._next = self._next, None
                    await _give_up(process)
            return time.monotonic() - begun

    async def _prepare(self) -> None:
        """Loads the next process. From its start on its output is read as usual."""
        process = await self._spawn("--wait")
        assert process.stdout is not None
        try:
            while (line := await process.stdout.readline()) != PREPARED:
                if not line:
                    code = await process.wait()
                    raise CommandError(
                        f"the next {self.name} cannot start: it {cause(code)}; the present one was left alone. "
                        f"Details: {self.log.path}"
                    )
                self.log.write(line)
        except BaseException:
            await _give_up(process)
            raise
        self._next = process

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(KILL_AFTER_S):
                await process.wait()
        except TimeoutError:
            say(f"the {self.name} does not end by itself; it is killed.")
            self.send(signal.SIGKILL)
            await process.wait()

    async def _run_once(self) -> tuple[int, float]:
        """Runs the program to its end; returns its code and for how many seconds it was ready."""
        process, self._next = self._next, None
        if process is None:
            process = await self._spawn()
        elif process.stdin is not None:
            process.stdin.write(BEGIN)
        self._process = process
        assert process.stdout is not None
        since: list[float] = []
        watch = asyncio.create_task(self._watch(since))
        # No pipe can fill up: this reads as fast as the disk takes it.
        self._lines = asyncio.create_task(carry(process.stdout, self.log, self.name))
        try:
            code = await process.wait()
        finally:
            watch.cancel()
            self._serving.clear()
        await self._lines
        return code, time.monotonic() - since[0] if since else 0.0

    async def _spawn(self, *arguments: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "cli.child", *arguments, self.name),
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            limit=LINE_LIMIT,
            env=self._environment,
            pass_fds=(self._lock,),
            # Its own process group: Ctrl-C reaches the supervisor only, and a kill reaches everything it started.
            start_new_session=True,
        )

    async def _watch(self, since: list[float]) -> None:
        await until_ready(self.name, self._port)
        since.append(time.monotonic())
        if self.ready.is_set():
            say(f"the {self.name} is back.")
        self.ready.set()
        self._serving.set()

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the program if it runs; SIGKILL goes to everything in its process group."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)

    async def ended(self) -> None:
        """Returns once the process is gone and its last line is written."""
        if self._process is not None:
            await self._process.wait()
        if self._lines is not None:
            await self._lines


async def _give_up(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


async def supervise(config: UpConfig, lock: int, stop: asyncio.Event, announce: str) -> None:
    """Runs all programs until `stop` is set, and prints `announce` once they are ready.

    Raises CommandError if they do not become ready. Whatever happens, no process is left when this returns, and it
    returns within KILL_AFTER_S and a little of being told to stop.
    """
    environment = config.environment(os.environ)
    programs = [Supervised(name, config, environment, lock) for name in PROGRAMS]
    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            # The backend first: the others call it at once, and a refused call costs them seconds of backing off.
            first = programs[0]
            keepers = [group.create_task(first.keep_running())]
            keepers += [group.create_task(program.keep_running(after=first)) for program in programs[1:]]
            start = group.create_task(_announce(programs, announce))
            by_name = {program.name: program for program in programs}
            async with answering(config.data, lambda name: by_name[name].restart()):
                await stop.wait()
            for task in (*keepers, start):
                task.cancel()
    except* CommandError as errors:
        failure = errors.exceptions[0]
    finally:
        await _end(programs)
        for program in programs:
            program.log.close()
    if failure is not None:
        raise failure


async def _announce(programs: list[Supervised], announce: str) -> None:
    try:
        async with asyncio.timeout(START_LIMIT_S):
            for program in programs:
                await program.ready.wait()
    except TimeoutError:
        late = " and the ".join(program.name for program in programs if not program.ready.is_set())
        raise CommandError(
            f"the {late} did not become ready within {START_LIMIT_S:.0f} s. Details: {programs[0].log.path.parent}"
        ) from None
    print(announce, flush=True)


async def _end(programs: list[Supervised]) -> None:
    """Asks the programs to stop, the backend last, and makes those that have not after KILL_AFTER_S."""
    begun = time.monotonic()

    async def all_ended(some: list[Supervised], at_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, begun + at_s - time.monotonic())):
                for program in some:
                    await program.ended()

    others = [program for program in programs if program.name != "backend"]
    for program in others:
        program.send(signal.SIGTERM)
    await all_ended(others, BACKEND_LAST_S)
    for program in programs:
        if program not in others:
            program.send(signal.SIGTERM)
    await all_ended(programs, KILL_AFTER_S)
    for program in programs:
        program.send(signal.SIGKILL)
    await all_ended(programs, KILL_AFTER_S + 0.5)
