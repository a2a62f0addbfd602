"""Bytes that were made once and are given out again, as many as fit."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable


class ByteCache:
    """Finished bytes by what they were made of. The longest unused go first.

    Whoever asks for the same at the same time waits for the same work. It goes on when one of them leaves.
    """

    def __init__(self, size: int) -> None:
        """`size` is the bytes that are kept at most; what takes a quarter of that is made anew each time."""
        self._most = size
        self._size = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The bytes, made if need be. Raises what `make` raises."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, make))
            making.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(making)

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            made = await make()
        finally:
            del self._making[key]
        if len(made) <= self._most // 4:
            self._kept[key] = made
            self._size += len(made)
        while self._size > self._most:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)
        return made
