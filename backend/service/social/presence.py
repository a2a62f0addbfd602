"""Leases of lobby connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.service.bus import Bus
from backend.service.ports import Clock

LEASE_S: Final = 8.0
"""A connection that has not been heard of for this long is gone. With a sweep a second that is within 10 s."""


@dataclass(slots=True)
class Lease:
    until_s: float
    watching: str


class Presence:
    """Leases of the connections to this backend. Each connection has to renew its own.

    A change of an account's presence is announced on the bus (`notify_changed`).
    """

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._leases: dict[str, dict[str, Lease]] = {}

    @property
    def accounts(self) -> int:
        """Number of accounts with a connection."""
        return len(self._leases)

    @property
    def connections(self) -> int:
        """Number of connections."""
        return sum(map(len, self._leases.values()))

    def renew(self, account_id: str, connection_id: str, watching: str) -> None:
        """Begins or renews the lease of a connection, which watches that session, or none ("")."""
        leases = self._leases.setdefault(account_id, {})
        before = leases.get(connection_id)
        leases[connection_id] = Lease(self._clock.monotonic_s() + LEASE_S, watching)
        if before is None or before.watching != watching:
            self._bus.notify_changed((account_id,))

    def end(self, account_id: str, connection_id: str) -> None:
        """Ends the lease of a connection; it need not have one."""
        leases = self._leases.get(account_id, {})
        if leases.pop(connection_id, None) is None:
            return
        if not leases:
            del self._leases[account_id]
        self._bus.notify_changed((account_id,))

    def watching(self, account_id: str) -> Sequence[str] | None:
        """Session that each connection of the account watches, or empty; None without a connection."""
        leases = self._leases.get(account_id)
        return None if leases is None else [lease.watching for lease in leases.values()]

    async def sweep(self) -> None:
        """Ends the leases that have run out; called once a second."""
        now_s = self._clock.monotonic_s()
        late = [
            (account_id, connection_id)
            for account_id, leases in self._leases.items()
            for connection_id, lease in leases.items()
            if lease.until_s <= now_s
        ]
        for account_id, connection_id in late:
            self.end(account_id, connection_id)
