"""When a program has to stop: a signal, or the end of its supervisor."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping


async def until_stopped(variables: Mapping[str, str] = os.environ) -> None:
    """Returns at SIGTERM or SIGINT, and, with MATCHPOINT_SUPERVISED=1, when standard input ends.

    The supervisor holds the other end of that pipe, so that its death, however sudden, is noticed everywhere.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    supervised = variables.get("MATCHPOINT_SUPERVISED") == "1"

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4_096):
            stopped.set()
            loop.remove_reader(sys.stdin.fileno())

    if supervised:
        loop.add_reader(sys.stdin.fileno(), read)
    try:
        await stopped.wait()
    finally:
        if supervised:
            loop.remove_reader(sys.stdin.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
