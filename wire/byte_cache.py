"""Cache of bytes that are expensive to make, bounded by their total size."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable


class ByteCache:
    """Bytes by a key that names what they are made of; the longest unused are dropped first.

    Simultaneous requests for one key wait for the same work, which goes on when one of them is cancelled.
    """

    def __init__(self, size: int) -> None:
        """`size` is the total of bytes that are kept; an entry of more than a quarter of it is never kept."""
        self._size_max = size
        self._size = 0
        self._entries: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Gets the bytes of a key, made if need be. Raises what `make` raises."""
        if key in self._entries:
            self._entries.move_to_end(key)
            return self._entries[key]
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
        if len(made) <= self._size_max // 4:
            self._entries[key] = made
            self._size += len(made)
        while self._size > self._size_max:
            _, gone = self._entries.popitem(last=False)
            self._size -= len(gone)
        return made
