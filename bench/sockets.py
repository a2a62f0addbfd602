"""Cost of an incoming message to the gateway until its owner has it: `python -m bench.sockets`.

One message at a time, as a browser sends them; the kernel, the event loop and what is done with the message are not in
it. `uncounted` is the same without the meter (`gateway.http.metering`): the difference is the price of counting.
"""

import math
import statistics
import time
from typing import Any, Final

import uvicorn
from uvicorn.server import ServerState

from gateway.http import metering
from gateway.http.limits import Limits
from gateway.http.metering import ConnectionMeter
from gateway.http.server import ServerConfig
from gateway.websocket.socket import Socket
from wire.lifetime import runner
from wire.refusal import Refused

MESSAGES: Final = 200_000
ROUNDS: Final = 7
PAYLOAD: Final = 26
"""Bytes of one input."""


class Transport:
    """A connection of nobody."""

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default

    def is_closing(self) -> bool:
        return False

    def set_write_buffer_limits(self, **_limits: int) -> None:
        return None

    def write(self, _data: bytes) -> None:
        return None


class Owner:
    """Takes messages, and does nothing with them."""

    def received(self, message: bytes, *, text: bool) -> None:
        return None

    def writing_paused(self) -> None:
        return None

    def writing_resumed(self) -> None:
        return None

    def refuse(self, refused: Refused) -> None:
        raise refused

    def lost(self) -> None:
        return None


class Uncounted(ConnectionMeter):
    """A meter that lets everything pass."""

    __slots__ = ()

    def wait(self, now: float) -> float:
        return 0.0

    def spend(self, now: float, cost: float) -> None:
        return None


async def _app(_scope: Any, _receive: Any, _send: Any) -> None:
    return None


def _socket(limits: Limits) -> Socket:
    config: uvicorn.Config = ServerConfig(_app, limits, ws_per_message_deflate=False, log_config=None)
    config.load()
    socket = Socket(config, ServerState(), {})
    socket.connection_made(Transport())  # type: ignore[arg-type]
    socket.handshake_initiated = socket.handshake_complete = True
    socket.attach(Owner())
    return socket


def _once(socket: Socket, frame: bytes) -> float:
    """Nanoseconds of one message."""
    took = time.perf_counter_ns()
    for _ in range(MESSAGES):
        socket.data_received(frame)
    return (time.perf_counter_ns() - took) / MESSAGES


async def main() -> None:
    """Measures both in turn, and prints the medians."""
    # Nobody may send as much as is sent here.
    metering.COST_PER_TURN_MAX, metering.CONNECTION_COST_BURST, metering.NETWORK_BURST_S = math.inf, 1e12, 1e9  # type: ignore[misc]
    limits = Limits(calls=1, openings=1, pages=1, sockets_per_address=1, sockets=1, work=12_000)
    counted, uncounted = _socket(limits), _socket(limits)
    now = uncounted.loop.time()
    uncounted.meter = Uncounted(limits.network("", now).meter, now)
    frame = bytes((0x82, 0x80 | PAYLOAD, 1, 2, 3, 4)) + bytes(PAYLOAD)
    took: dict[str, list[float]] = {"counted": [], "uncounted": []}
    for _ in range(ROUNDS):
        took["counted"].append(_once(counted, frame))
        took["uncounted"].append(_once(uncounted, frame))
    for name, each in took.items():
        print(f"{name:10} {statistics.median(each):6.0f} ns a message ({min(each):.0f} to {max(each):.0f})")


if __name__ == "__main__":
    with runner() as running:
        running.run(main())
