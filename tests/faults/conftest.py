"""After each test here nothing is left of it in the test's own process."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

SETTLES_WITHIN_S = 2.0
POOL = "asyncio_"
"""Threads of the event loop's own pool stay as long as the loop."""


def descriptors() -> dict[str, str]:
    """Names of the open descriptors of this process."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[entry.name] = str(entry.readlink())
        except OSError:
            continue  # that of the listing itself
    return found


def children() -> set[str]:
    """Processes that this one has started and not seen the end of."""
    found: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found.update((task / "children").read_text().split())
        except OSError:
            continue  # the thread has just ended
    return found


def threads() -> set[threading.Thread]:
    """Threads that somebody has to end."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith(POOL)}


def of_the_runner(task: "asyncio.Task[object]") -> bool:
    """Tells whether the task runs the tests themselves."""
    return "TestRunner" in getattr(task.get_coro(), "__qualname__", "")


@pytest.fixture(autouse=True)
async def nothing_is_left() -> AsyncIterator[None]:
    """No task, descriptor, thread or process that was not there before."""
    tasks, there, running, started = asyncio.all_tasks(), descriptors(), threads(), children()
    yield

    def left() -> dict[str, object]:
        gc.collect()
        current = asyncio.current_task()
        found: dict[str, object] = {
            "tasks": {task for task in asyncio.all_tasks() - tasks - {current} if not of_the_runner(task)},
            "descriptors": {name: what for name, what in descriptors().items() if name not in there},
            "threads": threads() - running,
            "processes": children() - started,
        }
        return {kind: what for kind, what in found.items() if what}

    async with asyncio.timeout(SETTLES_WITHIN_S):
        try:
            while left():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            pytest.fail(f"left behind: {left()}")
