"""Retention: removal of guests who never played and were not seen for days, and of sessions that were never joined.

Records of matches stay. Works in small steps, a few rows a second, so that the writer is never held up.
"""

from collections.abc import Callable
from typing import Final

import structlog

from backend.service.bus import Bus
from backend.service.models import CreatedKey
from backend.service.ports import Clock, Store

log = structlog.get_logger("retention")

DAY_MS: Final = 24 * 3_600_000
LOOKED_AT: Final = 200
"""Rows that one step looks at."""
DROPPED: Final = 50
"""Rows that one step drops at most."""
REST_S: Final = 600.0
"""Seconds between two passes over everything that is old."""
FIRST: Final[CreatedKey] = (-1, "")


class Retention:
    def __init__(self, store: Store, clock: Clock, bus: Bus, is_connected: Callable[[str], bool], days: int) -> None:
        """`is_connected` says whether an account has a connection. `days` of 0: everything is kept."""
        self._store = store
        self._clock = clock
        self._bus = bus
        self._is_connected = is_connected
        self._days = days
        self._guest = self._session = FIRST
        """Position that this pass has reached."""
        self._rests_until_s = 0.0

    async def step(self) -> None:
        """Takes a step; called once a second."""
        if not self._days or self._clock.monotonic_s() < self._rests_until_s:
            return
        before_ms = self._clock.unix_ms() - self._days * DAY_MS
        # Sessions first: in one that was not played stands the name of a guest who has not.
        if not await self._drop_sessions(before_ms) and not await self._drop_guests(before_ms):
            self._guest = self._session = FIRST
            self._rests_until_s = self._clock.monotonic_s() + REST_S

    async def _drop_sessions(self, before_ms: int) -> bool:
        """Returns whether there was anything to look at."""
        async with self._store.read() as unit:
            some = await unit.retention.sessions(self._session, before_ms, LOOKED_AT)
            gone = sorted(await unit.retention.unplayed([session_id for _, session_id in some]))[:DROPPED]
        if gone:
            async with self._store.write() as unit:
                await unit.retention.drop_sessions(await unit.retention.unplayed(gone))
            log.info("sessions that nobody came to are gone", count=len(gone))
        elif some:
            self._session = some[-1]
        return bool(some)

    async def _drop_guests(self, before_ms: int) -> bool:
        """Returns whether there was anything to look at."""
        async with self._store.read() as unit:
            some = await unit.retention.guests(self._guest, before_ms, LOOKED_AT)
            unused = await unit.retention.unused([account_id for _, account_id in some], before_ms)
        gone = sorted(account_id for account_id in unused if not self._is_connected(account_id))[:DROPPED]
        if gone:
            async with self._store.write() as unit:
                # One of them may have come back meanwhile.
                still = await unit.retention.unused(gone, before_ms)
                bonds = await unit.friends.of(sorted(still))
                await unit.retention.drop_guests(still)
            self._bus.notify_changed({other_id for each in bonds.values() for other_id in each})
            log.info("guests who never played are gone", count=len(still))
        elif some:
            self._guest = some[-1]
        return bool(some)
