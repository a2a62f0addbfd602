"""How much one network and one connection may ask for. Every table here is bounded."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from matchpoint.v1.refusal_pb2 import Reason

from gateway.metering import CONNECTION, Work
from wire.addresses import network_of
from wire.limits import Bucket
from wire.refusal import Refused

WHY_REFUSED = ("descriptors", "all", "address", "rate")
"""Why a connection is refused: no descriptor is left, there are too many in all, or of its address, or too fast."""
OF_ALL = 2
"""One address has at most one in so many of all connections."""
UNDER_WAY = 64
UNDER_WAY_IN_ALL = 2_048
"""What calls without an answer count for at most: those of one network, and all of them."""
NETWORKS = 10_000
"""Networks that are remembered; past that the one that was quiet longest is forgotten."""


@dataclass(slots=True)
class Network:
    """What comes from one IPv4 address, or from one /64 of IPv6."""

    calls: Bucket
    openings: Bucket
    pages: Bucket
    connects: Bucket
    work: Work
    connections: int = 0
    """Open TCP connections."""
    sockets: int = 0
    """Open WebSockets."""
    under_way: int = 0
    """What the calls count for that have no answer yet."""


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
        self._connections_per_address = max(1, min(sockets_per_address * 5 // 4 + 16, connections // OF_ALL))
        self._work = work
        self._networks: OrderedDict[str, Network] = OrderedDict()
        self.open = 0
        self.connections = 0
        self.under_way = 0
        #: Connections that were refused since the start, by the reason.
        self.refused = dict.fromkeys(WHY_REFUSED, 0)

    def why_not_connect(self, address: str, now: float) -> str:
        """Why a connection is not taken, "" when it is. Counts the attempt."""
        network = self.network(address, now)
        if not network.connects.take(now):
            return "rate"
        if self.connections >= self._connections:
            return "all"
        return "address" if network.connections >= self._connections_per_address else ""

    def connected(self, address: str, now: float) -> None:
        """A connection was taken. Each call needs one of `disconnected`."""
        network = self.network(address, now)
        network.connections += 1
        network.work.spend(now, CONNECTION)
        self.connections += 1

    def disconnected(self, address: str) -> None:
        """A connection is gone."""
        self.connections -= 1
        network = self._networks.get(network_of(address))
        if network is not None:
            network.connections -= 1

    def may_call(self, address: str, now: float, cost: int = 1) -> bool:
        """Counts a call, for as many as it costs."""
        return self.network(address, now).calls.take(now, cost)

    def owe(self, address: str, now: float, cost: int) -> None:
        """Counts what was known only afterwards: it has to be earned before the next call."""
        self.network(address, now).calls.owe(now, cost)

    @contextmanager
    def running(self, address: str, now: float, cost: int = 1) -> Iterator[None]:
        """Counts a call for as long as it has no answer. Raises Refused (TOO_MANY)."""
        network = self.network(address, now)
        if network.under_way + cost > UNDER_WAY or self.under_way + cost > UNDER_WAY_IN_ALL:
            raise Refused(Reason.REASON_TOO_MANY, "Too many calls have no answer yet; wait for them, then try again.")
        network.under_way += cost
        self.under_way += cost
        try:
            yield
        finally:
            network.under_way -= cost
            self.under_way -= cost

    def may_get(self, address: str, now: float) -> bool:
        """Counts a request for a page or a file."""
        return self.network(address, now).pages.take(now)

    def may_open(self, address: str, now: float) -> bool:
        """Counts an attempt to open a socket."""
        network = self.network(address, now)
        room = self.open < self._sockets and network.sockets < self._sockets_per_address
        return network.openings.take(now) and room

    def opened(self, address: str, now: float) -> None:
        """A socket is open. Each call needs one of `closed`."""
        self.network(address, now).sockets += 1
        self.open += 1

    def closed(self, address: str) -> None:
        """A socket is closed."""
        self.open -= 1
        network = self._networks.get(network_of(address))
        if network is not None:
            network.sockets -= 1

    def network(self, address: str, now: float) -> Network:
        """The network of an address."""
        name = network_of(address)
        network = self._networks.get(name)
        if network is None:
            if len(self._networks) >= NETWORKS:
                self._forget()
            calls, openings, pages, connects = (Bucket(10 * rate, rate, now) for rate in self._rates)
            network = Network(calls, openings, pages, connects, Work(self._work, now))
            self._networks[name] = network
        self._networks.move_to_end(name)
        return network

    def _forget(self) -> None:
        # Networks with something open stay, or their count would start again at zero. There are at most as many of
        # those as there are connections.
        held = (
            (name, network.connections + network.sockets + network.under_way)
            for name, network in self._networks.items()
        )
        idle = next((name for name, count in held if not count), None)
        if idle is not None:
            del self._networks[idle]


class Origins:
    """The exact origins that browsers may come from.

    A browser sends its cookies whoever made the page, so the page has to be ours. What is no browser has no origin; it
    is let in when it brings no cookie: there is nothing then that a foreign page could use.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def allow(self, headers: Mapping[str, str]) -> bool:
        """Whether a call or a socket with these headers is let in."""
        origin = headers.get("origin")
        return "cookie" not in headers if origin is None else origin in self._allowed
