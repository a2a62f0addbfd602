"""Cost of bytes, frames and requests, charged to a connection and to the network that it comes from.

The unit is one short message of a player: about 10 microseconds of the gateway's event loop, all told.
"""

import random
from typing import Final

from wire.limits import Bucket

BYTES_PER_UNIT: Final = 1024
"""Bytes that cost one unit."""
CONTROL_FRAME_COST: Final = 4
"""Cost of a ping, which is answered by a write of its own."""
REQUEST_COST: Final = 90
"""Cost of an HTTP request: its parsing, its route and its answer, also when that is a refusal."""
REFUSED_COST: Final = 270
"""Further cost of a request that is refused as one too many. Refusing is not free: a sender that goes on regardless is
read four times as slowly."""
HANDSHAKE_COST: Final = 100
"""Cost of a WebSocket handshake."""
CONNECTION_COST: Final = 10
"""Cost of accepting a TCP connection."""

HOLD_MIN_S: Final = 0.01
"""Least time for which reading stops, so that stopping and going on is not itself the cost."""
HOLD_SPREAD: Final = 1.2
"""Largest factor by which that time is stretched at random."""

CONNECTION_COST_PER_S: Final = 240.0
CONNECTION_COST_BURST: Final = 480.0
"""Cost of one WebSocket, a second and at once: twice the messages that a player may send, which are counted first."""
NETWORK_BURST_S: Final = 1.0
"""Seconds' worth of cost that a network may cause at once."""
COST_PER_TURN_MAX: Final = 200.0
"""Cost of one network in one turn of the event loop: 2 ms, the longest that players wait for it."""
NEXT_TURN_S: Final = 0.001
"""Wait for the next turn of the event loop."""


def held_for_s(wait_s: float) -> float:
    """The time for which reading stops: `wait_s`, stretched at random so that the connections of a network do not all
    go on at one moment."""
    return max(wait_s, HOLD_MIN_S) * random.uniform(1.0, HOLD_SPREAD)


class NetworkMeter:
    """Cost that one network has caused."""

    __slots__ = ("_bucket", "_spent", "_turn")

    def __init__(self, rate: float, now: float) -> None:
        self._bucket = Bucket(NETWORK_BURST_S * rate, rate, now)
        self._turn = now
        self._spent = 0.0

    def spend(self, now: float, cost: float) -> None:
        """Charges the network. `now` is the event loop's time, which stands still during one turn of it."""
        self._bucket.spend(now, cost)
        if now == self._turn:
            self._spent += cost
        else:
            self._turn, self._spent = now, cost

    def wait(self, now: float) -> float:
        """Seconds until more may be done for this network; 0 when it may be now."""
        if self._spent >= COST_PER_TURN_MAX and now == self._turn:
            return max(NEXT_TURN_S, self._bucket.wait(now))
        return self._bucket.wait(now)


class ConnectionMeter:
    """Cost that one WebSocket has caused; its network pays too."""

    __slots__ = ("_network", "_own")

    def __init__(self, network: NetworkMeter, now: float) -> None:
        self._network = network
        self._own = Bucket(CONNECTION_COST_BURST, CONNECTION_COST_PER_S, now)

    def spend(self, now: float, cost: float) -> None:
        """Charges the connection and its network."""
        self._own.spend(now, cost)
        self._network.spend(now, cost)

    def wait(self, now: float) -> float:
        """Seconds until more may be parsed; 0 when it may be now."""
        return self._own.wait(now) or self._network.wait(now)

    def overdrawn(self, now: float) -> bool:
        """Tells whether this connection itself has sent too much, and not just its network."""
        return self._own.wait(now) > 0
