"""Bad networks for real browsers: a fault proxy for each person, on a loop of its own beside the test."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

from tests.support.faults.proxy import Proxy, proxy_to


class BadNetwork:
    """One person's way to the gateway."""

    def __init__(self, loop: asyncio.AbstractEventLoop, proxy: Proxy) -> None:
        self._loop = loop
        self._proxy = proxy
        self.address = f"http://{proxy.address}"

    def leads_to(self, address: str) -> None:
        """The page that is behind it, http://host:port."""
        host, _, port = address.removeprefix("http://").rpartition(":")
        self._do(lambda: setattr(self._proxy, "target", (host, int(port))))

    def fall_silent(self) -> None:
        """Nothing passes any more, and nobody is told: a tunnel, a lift."""
        self._do(lambda: self._silent(on=True))

    def come_back(self) -> None:
        """Lets everything pass: what waited, and what is new."""
        self._do(lambda: self._silent(on=False))

    def _silent(self, *, on: bool) -> None:
        self._proxy.up.black_hole = self._proxy.down.black_hole = on

    def _do(self, change: Callable[[], None]) -> None:
        async def carry_out() -> None:
            change()

        asyncio.run_coroutine_threadsafe(carry_out(), self._loop).result(5)


@contextmanager
def networks(count: int) -> Iterator[list[BadNetwork]]:
    """A number of lines that lead nowhere yet."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    stack = AsyncExitStack()

    async def lay() -> list[BadNetwork]:
        return [BadNetwork(loop, await stack.enter_async_context(proxy_to("127.0.0.1:1"))) for _ in range(count)]

    try:
        yield asyncio.run_coroutine_threadsafe(lay(), loop).result(5)
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
