"""Limits of each network and of the whole gateway on connections, requests and work. Every table is bounded."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from matchpoint.v1.refusal_pb2 import Reason

from gateway.http.metering import CONNECTION_COST, REFUSED_COST, NetworkMeter
from wire.addresses import network_of
from wire.limits import Bucket
from wire.refusal import Refused

REFUSAL_CAUSES: Final = ("descriptors", "all", "address", "rate")
"""Causes for which a connection is refused: no descriptor is left, too many in all, or of its address, or too fast."""
ADDRESS_SHARE: Final = 2
"""Divisor of all connections that one address may have at most."""
UNANSWERED_MAX: Final = 64
"""Cost of the calls without an answer of one network."""
UNANSWERED_TOTAL_MAX: Final = 2_048
"""Cost of all calls without an answer."""
NETWORKS_MAX: Final = 10_000
"""Networks that are remembered; beyond it the one that was quiet longest is forgotten."""


@dataclass(slots=True)
class Network:
    """Use that one IPv4 address, or one /64 of IPv6, makes of the gateway."""

    calls: Bucket
    openings: Bucket
    pages: Bucket
    connects: Bucket
    meter: NetworkMeter
    connections: int = 0
    """Open TCP connections."""
    sockets: int = 0
    """Open WebSockets."""
    unanswered: int = 0
    """Cost of the calls that have no answer yet."""


class Limits:
    """The limits of this gateway, for each address and in all."""

    def __init__(
        self,
        *,
        calls: int,
        openings: int,
        pages: int,
        sockets_per_address: int,
        sockets: int,
        work: int,
        connects: int = 100,
        connections: int = 20_000,
    ) -> None:
        """Rates are per second; `connections` is of TCP, sockets included."""
        self._rates = (calls, openings, pages, connects)
        self._sockets_per_address = sockets_per_address
        self._sockets = sockets
        self._connections = connections
        # Beside its sockets an address asks for pages.
        self._connections_per_address = max(1, min(sockets_per_address * 5 // 4 + 16, connections // ADDRESS_SHARE))
        self._work = work
        self._networks: OrderedDict[str, Network] = OrderedDict()
        self.open = 0
        """Open WebSockets."""
        self.connections = 0
        """Open TCP connections."""
        self.unanswered = 0
        self.refused = dict.fromkeys(REFUSAL_CAUSES, 0)
        """Connections that were refused since the start, by cause."""

    def refusal_cause(self, address: str, now: float) -> str:
        """The cause for which a connection is refused; empty when it is taken. Counts the attempt."""
        network = self.network(address, now)
        if not network.connects.take(now):
            return "rate"
        if self.connections >= self._connections:
            return "all"
        return "address" if network.connections >= self._connections_per_address else ""

    def connected(self, address: str, now: float) -> None:
        """Counts a connection that was taken. Each call needs one of `disconnected`."""
        network = self.network(address, now)
        network.connections += 1
        network.meter.spend(now, CONNECTION_COST)
        self.connections += 1

    def disconnected(self, address: str) -> None:
        """Counts a connection that is gone."""
        self.connections -= 1
        network = self._networks.get(network_of(address))
        if network is not None:
            network.connections -= 1

    def may_call(self, address: str, now: float, cost: int = 1) -> bool:
        """Counts a call, as `cost` calls. Returns whether it is allowed."""
        network = self.network(address, now)
        return network.calls.take(now, cost) or _refuse(network, now)

    def owe(self, address: str, now: float, cost: int) -> None:
        """Charges a cost that was known only afterwards; the next call waits until it is earned."""
        self.network(address, now).calls.owe(now, cost)

    @contextmanager
    def running(self, address: str, now: float, cost: int = 1) -> Iterator[None]:
        """Counts a call until it is answered. Raises Refused: REASON_TOO_MANY."""
        network = self.network(address, now)
        if network.unanswered + cost > UNANSWERED_MAX or self.unanswered + cost > UNANSWERED_TOTAL_MAX:
            raise Refused(Reason.REASON_TOO_MANY, "Too many calls have no answer yet; wait for them, then try again.")
        network.unanswered += cost
        self.unanswered += cost
        try:
            yield
        finally:
            network.unanswered -= cost
            self.unanswered -= cost

    def may_get(self, address: str, now: float) -> bool:
        """Counts a request for a page or a file. Returns whether it is allowed."""
        network = self.network(address, now)
        return network.pages.take(now) or _refuse(network, now)

    def may_open(self, address: str, now: float) -> bool:
        """Counts an attempt to open a WebSocket. Returns whether it is allowed."""
        network = self.network(address, now)
        room = self.open < self._sockets and network.sockets < self._sockets_per_address
        return (network.openings.take(now) and room) or _refuse(network, now)

    def opened(self, address: str, now: float) -> None:
        """Counts a WebSocket that is open. Each call needs one of `closed`."""
        self.network(address, now).sockets += 1
        self.open += 1

    def closed(self, address: str) -> None:
        """Counts a WebSocket that is closed."""
        self.open -= 1
        network = self._networks.get(network_of(address))
        if network is not None:
            network.sockets -= 1

    def network(self, address: str, now: float) -> Network:
        """The network of an address."""
        name = network_of(address)
        network = self._networks.get(name)
        if network is None:
            if len(self._networks) >= NETWORKS_MAX:
                self._forget()
            calls, openings, pages, connects = (Bucket(10 * rate, rate, now) for rate in self._rates)
            network = Network(calls, openings, pages, connects, NetworkMeter(self._work, now))
            self._networks[name] = network
        self._networks.move_to_end(name)
        return network

    def _forget(self) -> None:
        # Networks with something open stay, or their count would start again at zero. There are at most as many of
        # those as there are connections.
        held = (
            (name, network.connections + network.sockets + network.unanswered)
            for name, network in self._networks.items()
        )
        idle = next((name for name, count in held if not count), None)
        if idle is not None:
            del self._networks[idle]


def _refuse(network: Network, now: float) -> bool:
    """Charges a network for a refusal. Returns False."""
    network.meter.spend(now, REFUSED_COST)
    return False


class Origins:
    """The exact origins that browsers may come from.

    A browser sends its cookies from every page, so the page has to be ours. A program that is no browser names no
    origin. It is let in without a cookie: then there is nothing that a foreign page could use.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def allow(self, headers: Mapping[str, str]) -> bool:
        """Tells whether a call or a socket with these headers is let in."""
        origin = headers.get("origin")
        return "cookie" not in headers if origin is None else origin in self._allowed
