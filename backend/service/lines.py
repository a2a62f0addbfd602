"""What the lines of those who are about to play are believed to be."""

from collections.abc import Callable, Mapping

from matchpoint.v1.session_pb2 import SessionSpec

from backend.core import lines
from backend.service.ports import Unit


async def believe(
    unit: Unit, spec: SessionSpec, addresses: Mapping[str, str], name: Callable[[str, str], str], now_ms: int
) -> None:
    """Says in `spec` how long a round trip each account is believed, from its last matches over the same network.

    `addresses` are where accounts come from; `name` makes the name of (account, network) that a record keeps.
    """
    for seat in spec.seats:
        network = lines.network(addresses.get(seat.account_id, ""))
        if not seat.account_id or not network:
            continue
        seat.line = name(seat.account_id, network)
        rows = await unit.records.page(seat.account_id, None, lines.MATCHES, seat.account_id)
        shown = []
        for row in rows:
            if row.recorded_ms < now_ms - lines.LATELY_MS:
                break
            stats = row.result.stats.pong
            for then, side in zip(row.spec.seats, (stats.left, stats.right), strict=False):
                if then.line == seat.line:
                    shown.append(side.latency.rtt_us)
        seat.rtt_most_us = lines.believed_us(shown)
