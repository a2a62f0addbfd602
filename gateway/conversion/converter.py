"""Conversions between protobuf, JSON and CSV: short ones here, long ones in the process `gateway.conversion.worker`."""

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

from gateway.conversion.worker import CONVERSIONS
from wire.refusal import Refused

log = structlog.get_logger("converter")

Process = subprocess.Popen[bytes]
INLINE_BYTES_MAX: Final = 2_048
"""Size up to which a message is converted on the event loop: 4 ms in the worst case."""
BYTES_MAX: Final = 1_000_000
"""Size up to which a message is converted at all: three seconds of the worker in the worst case."""
WAITING_MAX: Final = 32
"""Conversions that wait for the worker; beyond it they are refused."""
TIMEOUT_S: Final = 15.0
"""Time that the worker has for a conversion; then it is killed."""


class Converter:
    """Converts short messages itself, and long ones in a worker, which is started on demand."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self.waiting = 0

    async def json(self, name: str, data: bytes, *, patient: bool = False) -> bytes:
        """Converts a serialized message, by its full name, to JSON.

        `patient` is not subject to WAITING_MAX: for sockets, each of which has one conversion at a time.
        Raises Refused: REASON_TOO_LARGE, REASON_TOO_MANY, or REASON_SERVER_UNAVAILABLE when the worker fails.
        """
        return await self._convert("to_json", name, data, patient=patient)

    async def message(self, name: str, data: bytes, *, patient: bool = False) -> bytes:
        """Converts JSON to a serialized message. Raises ParseError, and Refused as `json` does."""
        return await self._convert("to_message", name, data, patient=patient)

    async def tournament(self, work: str, data: bytes) -> bytes:
        """Converts a serialized TournamentState; `work` is tournament_json or tournament_csv. Raises as `json` does."""
        return await self._convert(work, "", data)

    async def _convert(self, work: str, name: str, data: bytes, *, patient: bool = False) -> bytes:
        if len(data) <= INLINE_BYTES_MAX:
            return CONVERSIONS[work](name, data)
        if len(data) > BYTES_MAX:
            raise Refused(Reason.REASON_TOO_LARGE, "This is too large for JSON; ask for application/proto.")
        if self.waiting >= WAITING_MAX and not patient:
            raise Refused(Reason.REASON_TOO_MANY, "There is a lot to be converted; try again in a moment.")
        self.waiting += 1
        # The caller may be cancelled meanwhile: the worker goes on, for the others that wait.
        conversion = asyncio.create_task(self._convert_in_turn(work, name, data))
        conversion.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(conversion)

    async def _convert_in_turn(self, work: str, name: str, data: bytes) -> bytes:
        try:
            async with self._turn:
                return await self._convert_in_worker(work, name, data)
        finally:
            self.waiting -= 1

    async def _convert_in_worker(self, work: str, name: str, data: bytes) -> bytes:
        answered = False
        try:
            async with asyncio.timeout(TIMEOUT_S):
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
                # A late answer of the worker would be taken for the next one.
                await self.close()
        if error:
            raise ParseError(error)
        return result

    async def close(self) -> None:
        """Ends the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await asyncio.to_thread(_end, process)


def _start() -> Process:
    """Starts the worker. Not by the event loop: uvloop forks, and runs Python's handlers in the child of a process with
    threads, where they sometimes crash; this way no Python code runs there."""
    return subprocess.Popen([sys.executable, "-m", "gateway.conversion.worker"], stdin=PIPE, stdout=PIPE)


def _end(process: Process) -> None:
    """Waits for a worker that was killed, and closes its pipes."""
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # What was not written yet has nowhere to go.
            if pipe is not None:
                pipe.close()


def _exchange(process: Process, work: str, name: str, data: bytes) -> tuple[str, bytes]:
    """Sends a conversion to the worker and waits for its pipes, in a thread. Returns an error, or the result.

    Raises OSError, ValueError and EOFError when the worker is gone.
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
