"""Output of the programs: all lines to a file each; warnings, and lines that are no log, to the terminal too."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

FILE_LIMIT = 10 * 2**20
"""Bytes in one log file. A full one, and the one of the run before, becomes `NAME.log.1`, in place of an older one."""
LINE_LIMIT = 64 * 2**10
"""Bytes in one line; a longer one is cut into several."""

LOUD = ("warning", "error", "critical")
FRAME = ("level", "event", "timestamp", "program", "logger", "exception")
"""Keys of every log line that the terminal shows in another way or not at all."""


def say(text: str) -> None:
    """One line from the supervisor to the terminal."""
    print(f"matchpoint: {text}", file=sys.stderr, flush=True)


class LogFile:
    """The log of one program, bounded to two files of FILE_LIMIT bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = self._begin()

    def _begin(self) -> BinaryIO:
        if self.path.exists():
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        return self.path.open("wb", buffering=0)

    def write(self, line: bytes) -> None:
        """Appends a line. On a full disk the line is lost: a match goes on without its log."""
        with suppress(OSError):
            if self._file.tell() + len(line) > FILE_LIMIT:
                self._file.close()
                self._file = self._begin()
            self._file.write(line)

    def close(self) -> None:
        self._file.close()


def for_terminal(line: bytes) -> str | None:
    """Chooses the lines for the terminal: warnings and worse, and those that are no log, such as a traceback."""
    text = line.decode("utf-8", "replace").rstrip()
    if not text.startswith("{"):
        return text or None
    try:
        entry = json.loads(text)
    except ValueError:
        return text
    if entry.get("level") not in LOUD:
        return None
    details = " ".join(f"{name}={value}" for name, value in entry.items() if name not in FRAME)
    trace = entry.get("exception")
    return f"{entry['level']}: {entry.get('event', '')} {details}".rstrip() + (f"\n{trace}" if trace else "")


async def carry(reader: asyncio.StreamReader, log: LogFile, program: str) -> None:
    """Carries a program's lines until it closes them."""
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            line = error.partial
            if not line:
                return
        except asyncio.LimitOverrunError as error:
            line = await reader.readexactly(error.consumed) + b"\n"
        log.write(line)
        shown = for_terminal(line)
        if shown is not None:
            print(f"{program}: {shown}", file=sys.stderr, flush=True)
