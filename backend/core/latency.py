"""How long a line is believed to be, from what it has shown lately: a longer one may be feigned. Pure."""

import ipaddress
from collections.abc import Iterable
from typing import Final

#: What counts is the shortest round trip of so many matches, not older than so long, milliseconds.
MATCHES: Final = 50
LATELY_MS: Final = 14 * 24 * 3_600_000
#: A line is believed to be so much longer than that, µs. What is recorded of a match is what was believed in it, so
#: that is also how far it can rise within MATCHES.
RISE_US: Final = 10_000
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
