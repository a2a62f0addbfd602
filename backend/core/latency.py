"""Bound on the round trip that is believed of a player, from recent matches: a longer one may be feigned."""

import ipaddress
from collections.abc import Iterable
from typing import Final

MATCHES: Final = 50
"""Recent matches of which the shortest round trip counts."""
LATELY_MS: Final = 14 * 24 * 3_600_000
"""Age beyond which a match is not recent, milliseconds."""
RISE_US: Final = 10_000
"""Rise over that round trip that is believed, µs. A record holds what was believed in its match, so this is also how
far the bound can rise within MATCHES."""
_PREFIXES: Final = {4: 24, 6: 48}


def believed_us(shown_us: Iterable[int]) -> int:
    """The longest round trip that is believed, µs; 0 is any, of a line that has shown none."""
    least = min((rtt for rtt in shown_us if rtt > 0), default=0)
    return least + RISE_US if least else 0


def network(address: str) -> str:
    """The /24 or /48 network of an address (or of a network within it); "" for what is none."""
    try:
        first = ipaddress.ip_network(address, strict=False).network_address
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{first}/{_PREFIXES[first.version]}", strict=False))
