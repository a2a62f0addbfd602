"""Known browsers of an account: guesses at its password from elsewhere do not lock them out.

The token lies in a cookie of its own that outlives the sign-in (OWASP, "Slow down online guessing attacks with device
cookies"). It is no credential: it only gives its browser attempts of its own.
"""

from typing import Final

from backend.core.sign_ins import USED_EVERY_MS
from backend.service.accounts import tokens
from backend.service.ports import Clock, Store

MOST: Final = 20
"""Known browsers of one account; the one that was seen longest ago is forgotten first."""


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
        """Notes that the browser has signed in to the account. Returns its token, a new one if it had none."""
        now = self._clock.unix_ms()
        if device:
            async with self._store.read() as unit:
                seen = await unit.accounts.device_seen_ms(account_id, tokens.digest(device))
            if seen is not None and now - seen < USED_EVERY_MS:
                return device
        # A browser has one token for all accounts; a string of another length is none of ours.
        device = device if len(device) == tokens.TOKEN_LENGTH else tokens.new_token()
        async with self._store.write() as unit:
            await unit.accounts.see_device(account_id, tokens.digest(device), now, MOST)
        return device
