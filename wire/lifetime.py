"""On which loop a program runs, and when it has to stop."""

import asyncio
import signal


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
