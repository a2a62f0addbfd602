"""How much one network and one connection may ask for. Every table here is bounded."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.metering import Work
from wire.limits import Bucket, network_of

NETWORKS = 10_000
"""Networks that are remembered; past that the one that was quiet longest is forgotten."""


@dataclass(slots=True)
class Network:
    """What comes from one IPv4 address, or from one /64 of IPv6."""

    calls: Bucket
    openings: Bucket
    pages: Bucket
    work: Work
    sockets: int = 0
    """Open WebSockets."""


class Limits:
    """The limits of this gateway, for each address and in all."""

    def __init__(
        self, *, calls: int, openings: int, pages: int, sockets_per_address: int, sockets: int, work: int
    ) -> None:
        self._rates = (calls, openings, pages)
        self._sockets_per_address = sockets_per_address
        self._sockets = sockets
        self._work = work
        self._networks: OrderedDict[str, Network] = OrderedDict()
        self.open = 0

    def may_call(self, address: str, now: float) -> bool:
        """Counts a call."""
        return self.network(address, now).calls.take(now)

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
            calls, openings, pages = (Bucket(10 * rate, rate, now) for rate in self._rates)
            network = self._networks[name] = Network(calls, openings, pages, Work(self._work, now))
        self._networks.move_to_end(name)
        return network

    def _forget(self) -> None:
        # Networks with open sockets stay, or their count would start again at zero. There are at most as many of
        # those as there are sockets.
        idle = next((name for name, network in self._networks.items() if network.sockets <= 0), None)
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
