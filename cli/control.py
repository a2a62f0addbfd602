"""Control of a running `up` by another command: a Unix socket in the data folder, for its owner alone.

One request a connection: a line with the name of a program to restart. One answer: a line of JSON, `{"seconds": 0.9}`
or `{"error": "a sentence"}`.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

from cli import CommandError
from cli.config import CONTROL, PROGRAMS

REQUEST_BYTES = 64
REQUEST_WITHIN_S = 5.0
WAITING = 16
"""Connections that may wait to be accepted; more are refused by the kernel."""

Restart = Callable[[str], Awaitable[float]]


@contextlib.asynccontextmanager
async def answering(data: Path, restart: Restart) -> AsyncIterator[None]:
    """Answers requests while the context lasts. `restart` returns seconds, or raises CommandError.

    The folder's lock has to be held: a socket that is there is what a killed `up` has left.
    """
    (data / CONTROL).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _in(data):
        listening.bind(CONTROL)
        os.chmod(CONTROL, 0o600)  # noqa: PTH101 - relative to the folder
    listening.listen(WAITING)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            writer.write(json.dumps(await _answer(reader, restart)).encode() + b"\n")
            await writer.drain()
        except (OSError, asyncio.CancelledError):
            pass  # the one who asked is gone, or we are on our way out
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_unix_server(serve, sock=listening, limit=REQUEST_BYTES)
    try:
        yield
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(OSError):
            (data / CONTROL).unlink(missing_ok=True)


async def _answer(reader: asyncio.StreamReader, restart: Restart) -> dict[str, object]:
    try:
        async with asyncio.timeout(REQUEST_WITHIN_S):
            program = (await reader.readuntil(b"\n")).decode("ascii", "replace").strip()
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return {"error": "that was not a request; send the name of a program and a line's end."}
    if program not in PROGRAMS:
        return {"error": f"there is no program {program!r}; it is one of {', '.join(PROGRAMS)}."}
    try:
        return {"seconds": await restart(program)}
    except CommandError as error:
        return {"error": str(error)}


def ask_restart(data: Path, program: str) -> float:
    """Has the `up` on a folder restart a program, and returns how many seconds it was away.

    Raises CommandError when nothing runs there, or the program did not come back.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            with _in(data):
                asking.connect(CONTROL)
            asking.sendall(program.encode() + b"\n")
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError) as error:
            raise CommandError(
                f"no Matchpoint runs on {data}; start one with `up`, or name its folder with --data."
            ) from error
        except OSError as error:
            raise CommandError(f"cannot speak with the Matchpoint on {data}: {error.strerror}.") from error
        with asking.makefile("rb") as answers, contextlib.suppress(OSError):
            line = answers.readline()
    if not line:
        raise CommandError(f"the Matchpoint on {data} ended before the {program} was back.")
    answer = json.loads(line)
    if "error" in answer:
        raise CommandError(answer["error"])
    return float(answer["seconds"])


@contextlib.contextmanager
def _in(folder: Path) -> Iterator[None]:
    """Stands in a folder for a moment: the name of a socket may have 107 bytes only, its folder's path any number."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        try:
            yield
        finally:
            os.fchdir(before)
    finally:
        os.close(before)
