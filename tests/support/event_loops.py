"""Event loops of the tests: what is handed to them when they are closed is dropped, not refused.

gRPC has one completion queue a process. What a call of an earlier test has left in it is handed to that test's loop by
the present one, and the present test failed for it ("Event loop is closed").
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Final, TypeVarTuple

import uvloop

Arguments = TypeVarTuple("Arguments")


class AsyncioLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop."""

    def call_soon_threadsafe(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        """Schedules a callback, or drops it when the loop is closed."""
        if self.is_closed():
            return _dropped(self)
        return super().call_soon_threadsafe(callback, *args, context=context)


class UvloopLoop(uvloop.Loop):
    """The loop that the programs run on."""

    def call_soon_threadsafe(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        """Schedules a callback, or drops it when the loop is closed."""
        if self.is_closed():
            return _dropped(self)
        return super().call_soon_threadsafe(callback, *args, context=context)


def _dropped(loop: asyncio.AbstractEventLoop) -> asyncio.Handle:
    handle = asyncio.Handle(lambda: None, (), loop)
    handle.cancel()
    return handle


AnyioBackend = tuple[str, dict[str, type[asyncio.AbstractEventLoop]]]
"""Type of the `anyio_backend` fixture's value: the backend's name and its options."""

ON_ASYNCIO: Final[AnyioBackend] = ("asyncio", {"loop_factory": AsyncioLoop})
ON_UVLOOP: Final[AnyioBackend] = ("asyncio", {"loop_factory": UvloopLoop})
