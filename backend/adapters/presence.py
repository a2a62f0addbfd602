"""Leases of lobby connections, in one process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.service.ports import Bus, Clock

LEASE_S: Final = 8.0
"""A connection that has not been heard of for this long is gone. With a sweep a second that is within 10 s."""


@dataclass(slots=True)
class Lease:
    until_s: float
    watching: str


class LocalPresence:
    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._leases: dict[str, dict[str, Lease]] = {}

    def renew(self, account_id: str, connection_id: str, watching: str) -> None:
        leases = self._leases.setdefault(account_id, {})
        before = leases.get(connection_id)
        leases[connection_id] = Lease(self._clock.monotonic_s() + LEASE_S, watching)
        if before is None or before.watching != watching:
            self._bus.notify_changed((account_id,))

    def end(self, account_id: str, connection_id: str) -> None:
        leases = self._leases.get(account_id, {})
        if leases.pop(connection_id, None) is None:
            return
        if not leases:
            del self._leases[account_id]
        self._bus.notify_changed((account_id,))

    def watching(self, account_id: str) -> Sequence[str] | None:
        leases = self._leases.get(account_id)
        return None if leases is None else [lease.watching for lease in leases.values()]

    async def sweep(self) -> None:
        now_s = self._clock.monotonic_s()
        late = [
            (account_id, connection_id)
            for account_id, leases in self._leases.items()
            for connection_id, lease in leases.items()
            if lease.until_s <= now_s
        ]
        for account_id, connection_id in late:
            self.end(account_id, connection_id)
