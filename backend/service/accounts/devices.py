"""Browsers that have signed in to an account: guesses at its password from elsewhere do not keep them out.

The token lies in a cookie of its own that outlives the sign-in (OWASP, "Slow down online guessing attacks with device
cookies"). It lets nobody in: it only gives its browser tries of its own.
"""

from typing import Final

from backend.core.sign_ins import USED_EVERY_MS
from backend.service.accounts import tokens
from backend.service.ports import Clock, Store

MOST: Final = 20
"""Browsers that are known for one account; the one that was seen longest ago is forgotten first."""


class Devices:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def knows(self, device: str, account_id: str) -> bool:
        """True if the browser with this token has signed in to the account before."""
        if not device:
            return False
        async with self._store.read() as unit:
            return await unit.accounts.device_seen_ms(account_id, tokens.digest(device)) is not None

    async def remember(self, device: str, account_id: str) -> str:
        """The browser has signed in to the account. Returns its token, which is a new one if it has none yet."""
        now = self._clock.unix_ms()
        if device:
            async with self._store.read() as unit:
                seen = await unit.accounts.device_seen_ms(account_id, tokens.digest(device))
            if seen is not None and now - seen < USED_EVERY_MS:
                return device
        # One that is kept for several accounts; what cannot be one of ours is replaced.
        device = device if len(device) == tokens.TOKEN_LENGTH else tokens.new_token()
        async with self._store.write() as unit:
            await unit.accounts.see_device(account_id, tokens.digest(device), now, MOST)
        return device
