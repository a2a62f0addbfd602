"""Runs one program for the supervisor: `python -m cli.child [--wait] backend`.

With `--wait` it loads what the program needs, says so, and begins when it is told to: then the process that it
replaces is missed for a moment only.

The supervisor holds the other end of standard input, and writes nothing but that one line. End of file means that it
is gone, even by SIGKILL: then the program is asked to stop, and 4 s later it is made to. This works on every system,
unlike a parent-death signal, and the programs need not know of it.
"""

import importlib
import os
import runpy
import signal
import sys
import threading
import time

GRACE_S = 4.0
PREPARED = b"prepared\n"
BEGIN = b"begin\n"
PARTS = {"backend": "backend.metrics", "gameserver": "gameserver.metrics", "gateway": "gateway.app"}
"""Module of each program that takes long to load."""


def _prepare(program: str) -> None:
    importlib.import_module(PARTS[program])
    os.write(1, PREPARED)
    if os.read(0, len(BEGIN)) != BEGIN:
        sys.exit(0)  # it is no longer wanted


def end_with_supervisor() -> None:
    """Waits for the end of standard input, then ends this process."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    program = sys.argv[-1]
    waits = "--wait" in sys.argv
    sys.argv[:] = [program]
    if waits:
        _prepare(program)
    threading.Thread(target=end_with_supervisor, name="supervisor-watch", daemon=True).start()
    runpy.run_module(program, run_name="__main__", alter_sys=True)
