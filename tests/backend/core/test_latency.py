"""Bound on the latency that is believed."""

import pytest

from backend.core.latency import RISE_US, believed_us, network


def test_a_line_is_believed_to_be_10_ms_longer_than_the_shortest_that_it_was() -> None:
    assert believed_us([200_000, 41_000, 0, 60_000]) == 41_000 + RISE_US
    assert believed_us([]) == believed_us([0]) == 0


def test_who_feigns_as_much_as_is_believed_gains_10_ms_within_50_matches() -> None:
    """Record of a match: the latency that was believed in it."""
    shown, honest, feigned = [40_000], 40_000, 200_000
    for _ in range(49):
        shown.append(min(feigned, believed_us(shown)))
    assert max(shown) == honest + RISE_US


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_networks_are_of_24_and_48_bits(address: str, found: str) -> None:
    assert network(address) == found
