"""Acceptor of TCP connections, which refuses some of them before anything is made for them.

The event loop's own server accepts every connection, in one go, until the process has no descriptors left; then nobody
is let in, and no file can be opened.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Final

import structlog

from gateway.http.limits import Limits

log = structlog.get_logger("gateway")

ACCEPTS_PER_TURN: Final = 16
"""Connections that are accepted in one turn of the event loop."""
EXHAUSTED_PAUSE_S: Final = 0.1
"""Pause in accepting when the system has no descriptor left, in this process or in all."""
LOG_INTERVAL_S: Final = 10.0
EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Acceptor:
    """Accepts connections until `close`. It calls `limits.connected` for each; the protocol of the connection calls
    `limits.disconnected`."""

    def __init__(self, listening: socket.socket, limits: Limits, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listening = listening
        self._limits = limits
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._pause_end: asyncio.TimerHandle | None = None
        self._logged_at = float("-inf")
        self._unlogged = 0
        self._loop.add_reader(listening, self._accept)

    def close(self) -> None:
        """Stops accepting, and closes the listening socket."""
        if self._pause_end is not None:
            self._pause_end.cancel()
        self._loop.remove_reader(self._listening)
        self._listening.close()
        for task in self._opening:
            task.cancel()

    def _accept(self) -> None:
        now = self._loop.time()
        for _ in range(ACCEPTS_PER_TURN):
            try:
                connection, peer = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in EXHAUSTED:
                    self._count_refused("descriptors", "", now)
                    self._pause()
                    return
                continue  # it was gone before it was taken
            address: str = peer[0]
            cause = self._limits.refusal_cause(address, now)
            if cause:
                connection.close()
                self._count_refused(cause, address, now)
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
        self._pause_end = self._loop.call_later(EXHAUSTED_PAUSE_S, self._loop.add_reader, self._listening, self._accept)

    def _count_refused(self, cause: str, address: str, now: float) -> None:
        """Counts a refused connection, and logs some of them."""
        self._limits.refused[cause] += 1
        self._unlogged += 1
        if now - self._logged_at >= LOG_INTERVAL_S:
            log.warning("connections refused", why=cause, count=self._unlogged, last=address)
            self._logged_at, self._unlogged = now, 0
