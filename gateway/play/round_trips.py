"""Round-trip times of players, as the kernel measures them on their TCP connections."""

import asyncio
import socket as sockets
import struct
import sys
from typing import Any, Final, Protocol

INTERVAL_S: Final = 2.0
_TCP_INFO_BYTES: Final = 192
_MIN_RTT: Final = struct.Struct("=148xI")
"""`tcpi_min_rtt` of Linux' struct tcp_info: microseconds, the smallest of the kernel's window (5 min)."""


class MeasuredPlayer(Protocol):
    """A connection whose round-trip time the game server wants to know."""

    def measure(self) -> None:
        """Reports the round-trip time when it has changed."""


class RoundTripMonitor:
    """Has all players measured every two seconds, by one timer for all."""

    def __init__(self) -> None:
        self._players: set[MeasuredPlayer] = set()
        self._measuring = asyncio.create_task(self._measure())

    def add(self, player: MeasuredPlayer) -> None:
        """Begins to measure a player."""
        self._players.add(player)

    def remove(self, player: MeasuredPlayer) -> None:
        """Stops to measure a player."""
        self._players.discard(player)

    async def _measure(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_S)
            for player in self._players:
                player.measure()

    async def close(self) -> None:
        """Stops all measurements."""
        self._measuring.cancel()
        await asyncio.gather(self._measuring, return_exceptions=True)


def min_rtt_us(kernel_socket: Any) -> int:
    """The smallest round-trip time that the kernel has seen on a connection, microseconds; 0 where it is unknown."""
    if sys.platform != "linux":
        return 0
    try:
        measured = kernel_socket.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_INFO, _TCP_INFO_BYTES)
    except OSError:
        return 0
    if len(measured) < _MIN_RTT.size:
        return 0
    rtt_us: int = _MIN_RTT.unpack_from(measured)[0]
    # All ones: nothing has been measured yet.
    return 0 if rtt_us == 0xFFFFFFFF else rtt_us
