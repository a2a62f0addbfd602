"""Network addresses, as limits count them."""

import pytest

from wire.addresses import network_of


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("ipv4:192.0.2.7:50123", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2::9]:50123", "2001:db8:1:2::/64"),
        ("ipv6:%5B2001:db8:1:2::9%5D:50123", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_address_counts_by_what_one_household_is_given(peer: str, network: str) -> None:
    assert network_of(peer) == network
