"""Runs `matchpoint up` as a person does: a process of its own, its lines read as they come."""

import fcntl
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

STANDINS = Path(__file__).parent / "standins"
PROGRAMS = ("backend", "gameserver", "gateway")


class Up:
    """One running `up`. `standins` puts small healthy programs in the place of the real ones."""

    def __init__(self, data: Path, *arguments: str, standins: bool = True, **environment: str) -> None:
        self.data = data
        settings = {f"MATCHPOINT_{name.upper()}_PORT": "0" for name in PROGRAMS}
        path = {"PYTHONPATH": str(STANDINS)} if standins else {}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cli", "up", "--data", str(data), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**clean_environment(), **settings, **path, **environment},
            start_new_session=True,
        )
        self.seen: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self, pattern: str, timeout_s: float = 30.0) -> re.Match[str]:
        """Waits for a line with this pattern; fails with everything seen so far if `up` ends first."""
        while True:
            line = self._lines.get(timeout=timeout_s)
            assert line is not None, f"`up` ended without {pattern!r}:\n" + "\n".join(self.seen)
            self.seen.append(line)
            found = re.search(pattern, line)
            if found:
                return found

    def address(self) -> str:
        """Waits until everything is ready and returns the printed address."""
        return self.line(r"http://127\.0\.0\.1:\d+").group()

    def process_of(self, program: str) -> int:
        """The process id that a stand-in wrote down."""
        return int((self.data / f"{program}.pid").read_text())

    def end(self, number: signal.Signals = signal.SIGINT, timeout_s: float = 5.0) -> int:
        """Sends a signal and returns the exit code; fails if `up` takes longer than it promises."""
        self.process.send_signal(number)
        return self.wait(timeout_s)

    def wait(self, timeout_s: float = 30.0) -> int:
        code = self.process.wait(timeout_s)
        self._reader.join(timeout_s)
        while (line := self._lines.get()) is not None:
            self.seen.append(line)
        return code

    def __enter__(self) -> "Up":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self._reader.join(10)
            self.process.stdout.close()


def clean_environment() -> dict[str, str]:
    """This environment without Matchpoint's own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MATCHPOINT_")}


def all_gone(data: Path) -> bool:
    """True if neither a supervisor nor one of its programs is left: each of them keeps the folder locked."""
    with (data / "lock").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def wait_all_gone(data: Path) -> None:
    """Returns once the last program has ended."""
    with (data / "lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)


def programs_of(supervisor: int) -> dict[str, int]:
    """Program -> process id, read from the kernel: the supervisor's children by their command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, IndexError):
            continue
        if parent == str(supervisor) and b"cli.child" in command:
            found[command[-2].decode()] = int(folder.name)
    return found
