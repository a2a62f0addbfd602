"""Network addresses, as limits count them."""

import ipaddress
from functools import lru_cache
from typing import Final

IPV6_NETWORK_BITS: Final = 64
"""Prefix of the network that one household or server is given (RFC 6177); within it addresses cost nothing."""


@lru_cache(4096)
def network_of(peer: str) -> str:
    """The key that limits count by: an IPv4 address, or the /64 network of an IPv6 address.

    `peer` is an address, or a peer as gRPC names it: `ipv4:1.2.3.4:5`, `ipv6:[::1]:5`. Any other text is returned as it
    is.
    """
    text = peer
    if text.startswith(("ipv4:", "ipv6:")):
        text = text.partition(":")[2].rpartition(":")[0]
    text = text.replace("%5B", "").replace("%5D", "").strip("[]")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_NETWORK_BITS), strict=False))
