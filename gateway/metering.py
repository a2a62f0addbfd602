"""What bytes, frames and requests cost, and who pays for them: a connection, and the network that it comes from.

The unit of cost is one short message of a player: about 10 microseconds of the gateway's event loop, all told.
"""

import random
from typing import Final

from wire.limits import Bucket

BYTES: Final = 1024
"""So many bytes cost one unit."""
CONTROL_FRAME: Final = 4
"""A ping is answered by a write of its own."""
REQUEST: Final = 90
"""An HTTP request, by its parsing, its route and its answer, a refusal too."""
OPENING: Final = 100
"""A WebSocket handshake."""
CONNECTION: Final = 10
"""A TCP connection."""

HOLD_S: Final = 0.01
"""So long reading stops at least, so that stopping and going on is not what costs."""
SPREAD: Final = 1.2

CONNECTION_RATE: Final = 240.0
CONNECTION_BURST: Final = 480.0
"""Of one WebSocket, a second and at once: twice the messages that a player may send, which are counted first."""
NETWORK_BURST_S: Final = 1.0
TURN: Final = 200.0
"""Of one network in one turn of the event loop: 2 ms. Whoever plays waits no longer for it."""
NEXT_TURN_S: Final = 0.001


def held_for_s(wait_s: float) -> float:
    """How long reading stops for somebody who owes so much: longer by chance, so that a network's connections do not
    all go on at one moment."""
    return max(wait_s, HOLD_S) * random.uniform(1.0, SPREAD)


class Work:
    """What is done for one network."""

    __slots__ = ("_spent", "_turn", "_work")

    def __init__(self, rate: float, now: float) -> None:
        self._work = Bucket(NETWORK_BURST_S * rate, rate, now)
        self._turn = now
        self._spent = 0.0

    def spend(self, now: float, cost: float) -> None:
        """Counts work. `now` is the event loop's time, which stands still during one turn of it."""
        self._work.spend(now, cost)
        if now == self._turn:
            self._spent += cost
        else:
            self._turn, self._spent = now, cost

    def wait(self, now: float) -> float:
        """Seconds until more may be done for this network; 0 when it may be now."""
        if self._spent >= TURN and now == self._turn:
            return max(NEXT_TURN_S, self._work.wait(now))
        return self._work.wait(now)


class Meter:
    """What one WebSocket costs."""

    __slots__ = ("_network", "_own")

    def __init__(self, network: Work, now: float) -> None:
        self._network = network
        self._own = Bucket(CONNECTION_BURST, CONNECTION_RATE, now)

    def spend(self, now: float, cost: float) -> None:
        """Counts what was parsed."""
        self._own.spend(now, cost)
        self._network.spend(now, cost)

    def wait(self, now: float) -> float:
        """Seconds until more may be parsed; 0 when it may be now."""
        return self._own.wait(now) or self._network.wait(now)

    def overdrawn(self, now: float) -> bool:
        """Whether it is this connection itself that has sent too much."""
        return self._own.wait(now) > 0
