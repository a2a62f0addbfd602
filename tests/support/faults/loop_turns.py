"""Longest time for which a program's event loop was busy with one thing.

It is CPU time, so that a machine with other work does not change it.

`watch_turns` runs in the program (`crashing.py`, MATCHPOINT_TURNS=FILE); a test reads and empties the file by `Turns`.
"""

import asyncio
import mmap
import struct
import time
from pathlib import Path
from typing import Final

EVERY_S: Final = 0.002
_SECONDS: Final = struct.Struct("d")


def watch_turns(path: str) -> None:
    """Has the program keep in this file how much CPU its loop has used between two ticks, at most. Call it before the
    program's modules are loaded."""
    from wire import lifetime

    until_stopped = lifetime.until_stopped

    async def watched() -> None:
        _tick(path)
        await until_stopped()

    lifetime.until_stopped = watched


def _tick(path: str) -> None:
    loop = asyncio.get_running_loop()
    with Path(path).open("r+b") as file:
        shared = mmap.mmap(file.fileno(), _SECONDS.size)
    last = time.thread_time()

    def tick() -> None:
        nonlocal last
        now = time.thread_time()
        if now - last > _SECONDS.unpack_from(shared)[0]:
            _SECONDS.pack_into(shared, 0, now - last)
        last = now
        loop.call_later(EVERY_S, tick)

    tick()


class Turns:
    """The longest turn of each program's loop since it was last asked for."""

    def __init__(self, folder: Path, *programs: str) -> None:
        self._paths = {name: folder / f"{name}.turns" for name in programs}
        for path in self._paths.values():
            path.write_bytes(bytes(_SECONDS.size))

    def variables(self, program: str) -> dict[str, str]:
        """Variables that the program needs in its environment."""
        return {"MATCHPOINT_TURNS": str(self._paths[program])}

    def take(self) -> dict[str, float]:
        """Seconds, by program."""
        longest = {}
        for name, path in self._paths.items():
            with path.open("r+b") as file:
                (longest[name],) = _SECONDS.unpack(file.read())
                file.seek(0)
                file.write(bytes(_SECONDS.size))
        return longest
