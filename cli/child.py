"""Runs one program for the supervisor: `python -m cli.child backend`.

The supervisor holds the other end of standard input and never writes. End of file means that it is gone, even by
SIGKILL: then the program is asked to stop, and 4 s later it is made to. This works on every system, unlike a
parent-death signal, and the programs need not know of it.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_S = 4.0


def _end_with_supervisor() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    program = sys.argv[1]
    sys.argv[:] = [program]
    threading.Thread(target=_end_with_supervisor, name="supervisor-watch", daemon=True).start()
    runpy.run_module(program, run_name="__main__", alter_sys=True)
