"""Takes TCP connections off the listening socket, or refuses them before anything is made for them.

The event loop's own server takes whatever comes, in one go, until the process has no descriptors left; then nobody is
let in, and no file opens any more.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Final

import structlog

from gateway.limits import Limits

log = structlog.get_logger("gateway")

PER_TURN: Final = 16
"""Connections that are taken in one turn of the event loop."""
AGAIN_S: Final = 0.1
"""So long nothing is taken when the system has no descriptor left, whoever holds them."""
LOG_EVERY_S: Final = 10.0
EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Acceptor:
    """Accepts for as long as it is open. Each connection that it hands on is counted by `limits.connected`; its
    protocol says `limits.disconnected`."""

    def __init__(self, listening: socket.socket, limits: Limits, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listening = listening
        self._limits = limits
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        self._logged_at = float("-inf")
        self._unlogged = 0
        self._loop.add_reader(listening, self._accept)

    def close(self) -> None:
        """Accepts no more, and closes the listening socket."""
        if self._again is not None:
            self._again.cancel()
        self._loop.remove_reader(self._listening)
        self._listening.close()
        for task in self._opening:
            task.cancel()

    def _accept(self) -> None:
        now = self._loop.time()
        for _ in range(PER_TURN):
            try:
                connection, peer = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in EXHAUSTED:
                    self._refused("descriptors", "", now)
                    self._pause()
                    return
                continue  # it was gone before it was taken
            address: str = peer[0]
            why = self._limits.why_not_connect(address, now)
            if why:
                connection.close()
                self._refused(why, address, now)
                continue
            connection.setblocking(False)
            self._limits.connected(address, now)
            opening = self._loop.create_task(self._open(connection, address))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket, address: str) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except BaseException as error:
            connection.close()
            self._limits.disconnected(address)
            if not isinstance(error, OSError):
                raise

    def _pause(self) -> None:
        self._loop.remove_reader(self._listening)
        self._again = self._loop.call_later(AGAIN_S, self._loop.add_reader, self._listening, self._accept)

    def _refused(self, why: str, address: str, now: float) -> None:
        """Counts one that was refused, and says so in the log from time to time."""
        self._limits.refused[why] += 1
        self._unlogged += 1
        if now - self._logged_at >= LOG_EVERY_S:
            log.warning("connections refused", why=why, count=self._unlogged, last=address)
            self._logged_at, self._unlogged = now, 0
