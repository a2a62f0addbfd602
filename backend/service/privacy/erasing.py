"""Erasure of deleted accounts: the name is taken out of records and journals, step by step."""

from typing import Final

from backend.service.ports import Clock, Store, Unit

MATCHES_AT_ONCE: Final = 10
SESSIONS_AT_ONCE: Final = 20
"""Rows of one step: all calls share the writer, and a journal may have megabytes."""


class Erasing:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def step(self) -> None:
        """Takes a step for the account that was deleted first, if there is one; called once a second."""
        async with self._store.read() as unit:
            if await unit.erasures.next() is None:
                return
        async with self._store.write() as unit:
            account_id = await unit.erasures.next()
            if account_id is not None:
                await _step(unit, account_id, self._clock.unix_ms())


async def _step(unit: Unit, account_id: str, now_ms: int) -> None:
    matches = await unit.erasures.erase_matches(account_id, MATCHES_AT_ONCE)
    sessions = await unit.erasures.erase_sessions(account_id, SESSIONS_AT_ONCE)
    if matches or sessions:
        return
    if await unit.erasures.awaits_more(account_id):
        # Of a tournament that is on more will be reported: others have their turn meanwhile.
        await unit.erasures.add(account_id, now_ms)
    else:
        await unit.erasures.done(account_id)
