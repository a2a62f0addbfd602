"""Network addresses as limits see them."""

import ipaddress
from functools import lru_cache

IPV6_NETWORK_BITS = 64
"""What one household or one server is given of IPv6 (RFC 6177); within it addresses cost nothing."""


@lru_cache(4096)
def network_of(peer: str) -> str:
    """What limits count by: an IPv4 address, or the /64 network of an IPv6 address.

    `peer` is an address, or what gRPC says of a peer: `ipv4:1.2.3.4:5`, `ipv6:[::1]:5`. What is neither stays as it is.
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
