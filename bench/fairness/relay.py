"""Carries IP packets between two TUN devices, late, unevenly, and not all of them: a line for each address.

    python -m bench.fairness.relay SERVER_DEVICE PLAYERS_DEVICE '{"1": {"rtt": 40000, ...}}'

The kernels at both ends know nothing of it: they measure these round trips and recover these losses. A player's line
is the third octet of its address. Prints "ready" when both devices are there.
"""

import fcntl
import heapq
import json
import os
import select
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

_TUNSETIFF: Final = 0x400454CA
_IFF_TUN_NO_PI: Final = 0x1001
_PACKET_MOST: Final = 65_536
_FIN_SYN_RST: Final = 0x07


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its round trip, jitter each way (uniform, order is kept) and hold in µs, its losses as shares of 1.

    `hold`: the player's acknowledgements are held back for so long, so that the line looks longer than it is.
    """

    rtt: int
    jitter: int = 0
    loss_up: float = 0.0
    loss_down: float = 0.0
    hold: int = 0


@dataclass(slots=True)
class _Flow:
    """One direction of one TCP connection."""

    last: int = 0
    #: With a line that holds back: what may be acknowledged by now, and where the data that was sent ends.
    acknowledged: int = -1
    end: int = 0


def tun(name: str) -> int:
    """A new TUN device of that name, as a file descriptor. Raises OSError."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN_NO_PI))
    return device


def _sum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def with_sums(packet: bytearray) -> bytes:
    """The packet (IPv4, TCP) with its length and both its checksums right."""
    packet[2:4] = len(packet).to_bytes(2)
    packet[10:12] = b"\0\0"
    packet[10:12] = _sum(bytes(packet[:20])).to_bytes(2)
    packet[36:38] = b"\0\0"
    pseudo = bytes(packet[12:20]) + b"\0\x06" + (len(packet) - 20).to_bytes(2)
    packet[36:38] = _sum(pseudo + bytes(packet[20:])).to_bytes(2)
    return bytes(packet)


class Relay:
    """Packets under way, by their arrival."""

    def __init__(self, lines: dict[int, Line], seed: int = 1) -> None:
        self.random = Random(seed)
        self._lines = lines
        self._flows: dict[bytes, _Flow] = {}
        #: (when, in which order, to the server, packet, the flow if its acknowledgement is to be written then)
        self._way: list[tuple[int, int, bool, bytes, _Flow | None]] = []
        self._count = 0

    @property
    def next(self) -> int | None:
        """Arrival of the next packet, ns."""
        return self._way[0][0] if self._way else None

    def take(self, packet: bytes, *, up: bool, now: int) -> None:
        """A packet was sent, `up` to the server, at `now` (ns)."""
        if len(packet) < 40 or packet[0] != 0x45 or packet[9] != 6:
            return
        line = self._lines.get(packet[14 if up else 18])
        if line is None or self.random.random() < (line.loss_up if up else line.loss_down):
            return
        flow = self._flows.setdefault(packet[12:24], _Flow())
        delay = line.rtt // 2 + (self.random.randint(0, line.jitter) if line.jitter else 0)
        # A queue keeps the order.
        flow.last = at = max(flow.last, now + delay * 1000)
        if not (up and line.hold):
            self._send(at, up, packet, None)
            return
        data = 20 + (packet[32] >> 4) * 4
        syn = packet[33] & _FIN_SYN_RST
        length = len(packet) - data + (1 if syn & 3 else 0)
        end = (int.from_bytes(packet[24:28]) + length) & 0xFFFFFFFF
        if syn:
            # What begins or ends a connection. A last word acknowledges, too.
            flow.end = end
            self._send(at if syn & 2 else at + line.hold * 1000, up, packet, None)
            return
        # The acknowledgement comes later, by itself; the data does not wait for it.
        self._send(at + line.hold * 1000, up, packet[:data], flow)
        if length:
            flow.end = end
            if flow.acknowledged < 0:
                # Before the handshake is acknowledged nothing would be taken.
                self._send(at + line.hold * 1000, up, packet, None)
            else:
                held = bytearray(packet)
                held[28:32] = flow.acknowledged.to_bytes(4)
                self._send(at, up, with_sums(held), None)

    def _send(self, at: int, up: bool, packet: bytes, flow: _Flow | None) -> None:
        self._count += 1
        heapq.heappush(self._way, (at, self._count, up, packet, flow))

    def due(self, now: int) -> tuple[bool, bytes] | None:
        """The next packet that has arrived by `now`, and whether it is for the server."""
        if not self._way or self._way[0][0] > now:
            return None
        _, _, up, packet, flow = heapq.heappop(self._way)
        if flow:
            flow.acknowledged = int.from_bytes(packet[28:32])
            bare = bytearray(packet)
            bare[24:28] = flow.end.to_bytes(4)
            bare[33] = 0x10
            packet = with_sums(bare)
        return up, packet


def run(server: int, players: int, relay: Relay) -> None:
    """Carry packets until killed."""
    devices = (server, players)
    while True:
        now = time.monotonic_ns()
        while (arrived := relay.due(now)) is not None:
            up, packet = arrived
            # A full queue drops it, as queues do.
            with suppress(BlockingIOError):
                os.write(server if up else players, packet)
        following = relay.next
        wait = 1.0 if following is None else max(0, following - time.monotonic_ns()) / 1e9
        for device in select.select(devices, (), (), wait)[0]:
            now = time.monotonic_ns()
            for _ in range(64):
                try:
                    packet = os.read(device, _PACKET_MOST)
                except BlockingIOError:
                    break
                relay.take(packet, up=device == players, now=now)


def main() -> None:
    server, players = tun(sys.argv[1]), tun(sys.argv[2])
    lines = {int(number): Line(**line) for number, line in json.loads(sys.argv[3]).items()}
    print("ready", flush=True)
    run(server, players, Relay(lines))


if __name__ == "__main__":
    main()
