"""What the lines of those who are about to play are believed to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matchpoint.v1.session_pb2 import SessionSpec

from backend.core import latency
from backend.service.ports import Unit


@dataclass(frozen=True, slots=True)
class Line:
    """The line of an account over one network: its name in records, and the longest round trip believed, µs."""

    name: str
    rtt_most_us: int


async def known_lines(
    unit: Unit, addresses: Mapping[str, str], name: Callable[[str, str], str], now_ms: int
) -> dict[str, Line]:
    """The line of each account, from its last matches over the same network.

    `addresses` are where accounts come from; `name` makes the name of (account, network) that a record keeps. Costs a
    page of records for each account: nothing for a transaction that others wait for.
    """
    known: dict[str, Line] = {}
    for account_id, address in addresses.items():
        network = latency.network(address)
        if not account_id or not network:
            continue
        line = name(account_id, network)
        shown = []
        for row in await unit.records.page(account_id, None, latency.MATCHES, account_id):
            if row.recorded_ms < now_ms - latency.LATELY_MS:
                break
            stats = row.result.stats.pong
            for then, side in zip(row.spec.seats, (stats.left, stats.right), strict=False):
                if then.line == line:
                    shown.append(side.latency.rtt_us)
        known[account_id] = Line(line, latency.believed_us(shown))
    return known


def put_lines(spec: SessionSpec, known: Mapping[str, Line]) -> None:
    """Says in `spec` how long a round trip each account is believed. One that is not known is believed any."""
    for seat in spec.seats:
        if line := known.get(seat.account_id):
            seat.line, seat.rtt_most_us = line.name, line.rtt_most_us
