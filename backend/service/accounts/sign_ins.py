"""Sign-ins: their tokens, lifetimes and list. `accounts` ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.core.sign_ins import MOST, USED_EVERY_MS, Lifetimes
from backend.service.accounts import tokens
from backend.service.models import SignIn
from backend.service.ports import Clock, Store, Unit

WAITING: Final = 10_000
"""Sign-ins whose last use waits to be stored at most; further ones are stored at their next use."""


@dataclass(frozen=True, slots=True)
class ListedSignIn:
    """A sign-in as its owner sees it. `current` holds for the one that asks."""

    sign_in: SignIn
    expires_ms: int
    """Time at which it runs out if it is not used before, unix milliseconds."""
    current: bool


class SignIns:
    def __init__(self, store: Store, clock: Clock, lifetimes: Lifetimes | None = None) -> None:
        self._store = store
        self._clock = clock
        self._lifetimes = lifetimes or Lifetimes()
        self._used: dict[bytes, int] = {}

    async def issue(self, unit: Unit, account_id: str, device: str) -> str:
        """Adds a sign-in of the account from a device with this label. Returns its token."""
        token, now = tokens.new_token(), self._clock.unix_ms()
        sign_in = SignIn(tokens.new_sign_in_id(), device, now, now)
        await unit.accounts.add_token(tokens.digest(token), account_id, sign_in)
        await unit.accounts.drop_oldest_tokens(account_id, MOST)
        return token

    async def account_of(self, token: str) -> str | None:
        """Account id of a token, or None when it was never issued, has ended or has run out."""
        digest, now = tokens.digest(token), self._clock.unix_ms()
        async with self._store.read() as unit:
            held = await unit.accounts.token_owner(digest)
        if held is None or self._lifetimes.of(guest=held.guest).expires_ms(held.created_ms, held.used_ms) <= now:
            return None
        if now - held.used_ms >= USED_EVERY_MS:
            self.use(digest)
        return held.account_id

    def use(self, digest: bytes) -> None:
        """Notes a use of the sign-in now; the next `write_uses` stores it."""
        if len(self._used) < WAITING:
            self._used[digest] = self._clock.unix_ms()

    async def write_uses(self) -> None:
        """Writes the times of last use; called once a second."""
        if not self._used:
            return
        used, self._used = self._used, {}
        async with self._store.write() as unit:
            await unit.accounts.use_tokens(used)

    async def list_of(self, account_id: str, token: str, *, guest: bool) -> Sequence[ListedSignIn]:
        """Sign-ins that have not run out: the token's first, then those that were used last."""
        digest, now = tokens.digest(token), self._clock.unix_ms()
        lifetime = self._lifetimes.of(guest=guest)
        async with self._store.read() as unit:
            held = await unit.accounts.sign_ins(account_id)
        found = [
            ListedSignIn(one, lifetime.expires_ms(one.created_ms, one.used_ms), its_digest == digest)
            for its_digest, one in held.items()
        ]
        found = [one for one in found if one.expires_ms > now]
        return sorted(found, key=lambda one: (not one.current, -one.sign_in.used_ms, -one.sign_in.created_ms))

    async def run_out(self, unit: Unit, limit: int) -> Sequence[tuple[bytes, str]]:
        """Sign-ins that have run out, the digest and the account of each; `limit` at most of each kind of account."""
        now = self._clock.unix_ms()
        found: list[tuple[bytes, str]] = []
        for guest in (False, True):
            lifetime = self._lifetimes.of(guest=guest)
            found += await unit.accounts.old_tokens(
                guest=guest, used_ms=now - lifetime.idle_ms, created_ms=now - lifetime.absolute_ms, limit=limit
            )
        return found
