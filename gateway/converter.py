"""Conversions that take long, in a process beside this one; see `gateway.conversions`. Short ones are done here."""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from subprocess import PIPE
from typing import Final

import structlog
from google.protobuf.json_format import ParseError
from matchpoint.v1.refusal_pb2 import Reason

from gateway.conversions import WORK
from wire.refusal import Refused

log = structlog.get_logger("converter")

Process = subprocess.Popen[bytes]
INLINE: Final = 2_048
"""Bytes that are converted on the loop: at most 4 ms, for the worst that can be made of them."""
LARGEST: Final = 1_000_000
"""Bytes that are converted at all: about three seconds of the other process for the worst. More comes as protobuf."""
WAITING: Final = 32
"""Conversions that wait for the other process. Beyond it they are refused."""
WITHIN_S: Final = 15.0


class Converter:
    """One process, started when it is needed first, and again when it was lost."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self.waiting = 0

    async def json(self, name: str, data: bytes, *, patient: bool = False) -> bytes:
        """A serialized message, by its full name, as JSON. Raises Refused (TOO_LARGE, TOO_MANY).

        `patient` waits however many wait: for sockets, each of which has one conversion at a time.
        """
        return await self._do("to_json", name, data, patient=patient)

    async def message(self, name: str, data: bytes, *, patient: bool = False) -> bytes:
        """A message from JSON, serialized. Raises ParseError, and Refused (TOO_MANY)."""
        return await self._do("to_message", name, data, patient=patient)

    async def tournament(self, work: str, data: bytes) -> bytes:
        """A serialized TournamentState as a file: `work` is tournament_json or tournament_csv. Raises Refused."""
        return await self._do(work, "", data)

    async def _do(self, work: str, name: str, data: bytes, *, patient: bool = False) -> bytes:
        if len(data) <= INLINE:
            return WORK[work](name, data)
        if len(data) > LARGEST:
            raise Refused(Reason.REASON_TOO_LARGE, "This is too large for JSON; ask for application/proto.")
        if self.waiting >= WAITING and not patient:
            raise Refused(Reason.REASON_TOO_MANY, "There is a lot to be converted; try again in a moment.")
        self.waiting += 1
        # Whoever asked may go meanwhile: the process stays, for those who wait.
        asking = asyncio.create_task(self._in_turn(work, name, data))
        asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(asking)

    async def _in_turn(self, work: str, name: str, data: bytes) -> bytes:
        try:
            async with self._turn:
                return await self._ask(work, name, data)
        finally:
            self.waiting -= 1

    async def _ask(self, work: str, name: str, data: bytes) -> bytes:
        answered = False
        try:
            async with asyncio.timeout(WITHIN_S):
                if self._process is not None and self._process.poll() is not None:
                    await self.close()
                if self._process is None:
                    self._process = await asyncio.to_thread(_start)
                error, result = await asyncio.to_thread(_exchange, self._process, work, name, data)
            answered = True
        except (OSError, ValueError, EOFError, TimeoutError) as failed:
            log.warning("a conversion failed", work=work, type=name, size=len(data), error=type(failed).__name__)
            raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "It could not be converted; try again.") from None
        finally:
            if not answered:
                # What it may still answer would be taken for the next answer.
                await self.close()
        if error:
            raise ParseError(error)
        return result

    async def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await asyncio.to_thread(_end, process)


def _start() -> Process:
    """Starts the process. Not by the event loop: uvloop forks, and runs Python's handlers in the child of a process
    that has threads, where now and then they crash; this way nothing of Python runs there."""
    return subprocess.Popen([sys.executable, "-m", "gateway.conversions"], stdin=PIPE, stdout=PIPE)


def _end(process: Process) -> None:
    """Waits for a process that was killed, and closes its pipes."""
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # What was not written yet has nowhere to go.
            if pipe is not None:
                pipe.close()


def _exchange(process: Process, work: str, name: str, data: bytes) -> tuple[str, bytes]:
    """Asks the process, in a thread that waits for its pipes. Returns an error, or the result.

    Raises OSError, ValueError and EOFError when the process is gone.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"work": work, "name": name, "size": len(data)}).encode() + b"\n")
    process.stdin.write(data)
    process.stdin.flush()
    head = json.loads(process.stdout.readline())
    result = process.stdout.read(head["size"])
    if len(result) < head["size"]:
        raise EOFError
    return head["error"], result
