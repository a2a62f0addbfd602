"""A TCP proxy that makes a bad network between any two programs: each direction has its own faults."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNK = 16 * 1024
WAITING = 64
"""Chunks of one direction that are under way at once. Past that nothing is read, so the sender is held up as by TCP."""
NO_LINGER = struct.pack("ii", 1, 0)
"""Closing a socket with it sends RST."""


@dataclass(slots=True)
class Faults:
    """Disturbance of one direction of every connection. May be changed at any time; holds from the next chunk on."""

    latency_s: float = 0.0
    jitter_s: float = 0.0
    """Up to so much is added by chance; order is kept, as TCP does."""
    bytes_per_s: float = 0.0
    """0: no limit."""
    slice: int = 0
    """Largest piece that is written at once; 0: as it came."""
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    @property
    def black_hole(self) -> bool:
        """Nothing comes out. What went in is kept, as by a sender that goes on repeating it."""
        return not self._open.is_set()

    @black_hole.setter
    def black_hole(self, on: bool) -> None:
        if on:
            self._open.clear()
        else:
            self._open.set()

    async def passable(self) -> None:
        """Returns when this is no black hole."""
        await self._open.wait()

    def heal(self) -> None:
        """No faults."""
        self.latency_s = self.jitter_s = self.bytes_per_s = 0.0
        self.slice = 0
        self.black_hole = False


class Proxy:
    """Listens on a port of its own and passes everything on to `target` (host, port)."""

    def __init__(self, target: tuple[str, int], seed: int) -> None:
        self.target = target
        self.address = ""
        #: From who connects to the target, and back.
        self.up, self.down = Faults(), Faults()
        #: New connections are reset at once.
        self.refuses = False
        #: Connections since the start.
        self.connections = 0
        self._random = random.Random(seed)
        self._pairs: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}

    @property
    def open(self) -> int:
        """Connections that are there now."""
        return len(self._pairs)

    def reset(self) -> None:
        """Every connection is reset, in both directions."""
        for writers in self._pairs.values():
            for writer in writers:
                _reset(writer)

    def heal(self) -> None:
        """No faults from here on."""
        self.refuses = False
        self.up.heal()
        self.down.heal()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._pairs[task] = (writer,)
        task.add_done_callback(self._pairs.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        there: asyncio.StreamWriter | None = None
        try:
            if self.refuses:
                _reset(writer)
                return
            from_there, there = await asyncio.open_connection(*self.target)
            self._pairs[task] = (writer, there)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there, self.up))
                both.create_task(self._carry(from_there, writer, self.down))
        except* OSError:
            # One end broke: so does the other, as it would without a proxy.
            for end in self._pairs[task]:
                _reset(end)
        finally:
            writer.close()
            if there is not None:
                there.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, faults: Faults) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WAITING)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._read(reader, under_way, faults))
            both.create_task(self._write(under_way, writer, faults))

    async def _read(
        self, reader: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]], faults: Faults
    ) -> None:
        clock, due = asyncio.get_running_loop().time, 0.0
        while True:
            data = await reader.read(CHUNK)
            due = max(due, clock() + faults.latency_s + self._random.uniform(0, faults.jitter_s))
            await under_way.put((due, data))
            if not data:
                return

    async def _write(
        self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, faults: Faults
    ) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(max(0.0, due - clock()))
            await faults.passable()
            if not data:
                writer.write_eof()
                return
            size = faults.slice or len(data)
            for begin in range(0, len(data), size):
                piece = data[begin : begin + size]
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(len(piece) / faults.bytes_per_s if faults.bytes_per_s else 0)
                await faults.passable()

    async def close(self) -> None:
        """Ends every connection."""
        for task in tuple(self._pairs):
            task.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)


@asynccontextmanager
async def proxy_to(address: str, *, port: int = 0, seed: int = 0) -> AsyncIterator[Proxy]:
    """A proxy in front of `address` (host:port), on a free port or on `port`. The target need not be there yet."""
    host, _, number = address.rpartition(":")
    proxy = Proxy((host, int(number)), seed)
    server = await asyncio.start_server(proxy._accept, "127.0.0.1", port)
    proxy.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    found: socket.socket | None = writer.get_extra_info("socket")
    if found is not None and found.fileno() >= 0:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    writer.transport.abort()
