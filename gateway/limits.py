"""How much one address and one connection may ask for. Every table here is bounded."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wire.limits import Bucket

ADDRESSES = 10_000
"""Addresses that are remembered; past that the one that was quiet longest is forgotten."""


@dataclass(slots=True)
class Address:
    """What one address is doing."""

    calls: Bucket
    openings: Bucket
    pages: Bucket
    sockets: int = 0


class Limits:
    """The limits of this gateway, for each address and in all."""

    def __init__(self, *, calls: int, openings: int, pages: int, sockets_per_address: int, sockets: int) -> None:
        self._rates = (calls, openings, pages)
        self._sockets_per_address = sockets_per_address
        self._sockets = sockets
        self._addresses: OrderedDict[str, Address] = OrderedDict()
        self.open = 0

    def may_call(self, address: str, now: float) -> bool:
        """Counts a call."""
        return self._address(address, now).calls.take(now)

    def may_get(self, address: str, now: float) -> bool:
        """Counts a request for a page or a file."""
        return self._address(address, now).pages.take(now)

    def may_open(self, address: str, now: float) -> bool:
        """Counts an attempt to open a socket."""
        entry = self._address(address, now)
        room = self.open < self._sockets and entry.sockets < self._sockets_per_address
        return entry.openings.take(now) and room

    def opened(self, address: str, now: float) -> None:
        """A socket is open. Each call needs one of `closed`."""
        self._address(address, now).sockets += 1
        self.open += 1

    def closed(self, address: str) -> None:
        """A socket is closed."""
        self.open -= 1
        if address in self._addresses:
            self._addresses[address].sockets -= 1

    def _address(self, address: str, now: float) -> Address:
        entry = self._addresses.get(address)
        if entry is None:
            if len(self._addresses) >= ADDRESSES:
                self._forget()
            calls, openings, pages = (Bucket(10 * rate, rate, now) for rate in self._rates)
            entry = Address(calls, openings, pages)
            self._addresses[address] = entry
        self._addresses.move_to_end(address)
        return entry

    def _forget(self) -> None:
        # Addresses with open sockets stay, or their count would start again at zero. There are at most as many of
        # those as there are sockets.
        idle = next((address for address, entry in self._addresses.items() if entry.sockets <= 0), None)
        if idle is not None:
            del self._addresses[idle]


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
