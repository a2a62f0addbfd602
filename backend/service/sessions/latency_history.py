"""Latency that is believed of players, from the matches they have on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.core import latency
from backend.service.ports import Unit


@dataclass(frozen=True, slots=True)
class KnownLatency:
    """Round trips of an account over one network: the key in records, and the longest that is believed, µs."""

    network_key: str
    rtt_most_us: int


async def known_latencies(
    unit: Unit, addresses: Mapping[str, str], network_key: Callable[[str, str], str], now_ms: int
) -> dict[str, KnownLatency]:
    """Derives the latency of each account from its last matches over the same network.

    `addresses` are network addresses by account; `network_key` maps (account, network) to the key that records keep.
    Costs a page of records for each account, so it does not belong into a transaction for which others wait.
    """
    known: dict[str, KnownLatency] = {}
    for account_id, address in addresses.items():
        network = latency.network(address)
        if not account_id or not network:
            continue
        key = network_key(account_id, network)
        measured_us = []
        for row in await unit.records.page(account_id, None, latency.MATCHES, account_id):
            if row.recorded_ms < now_ms - latency.LATELY_MS:
                break
            for seat, side in zip(row.spec.seats, row.result.sides, strict=False):
                if seat.network_key == key:
                    measured_us.append(side.rtt_us)
        known[account_id] = KnownLatency(key, latency.believed_us(measured_us))
    return known
