"""Accounts: guests, names, the end of sign-ins. Passwords are in `credentials`."""

import secrets
from collections.abc import Collection, Mapping
from typing import Final

from backend.core import names
from backend.core.privacy import Audience
from backend.service.accounts import tokens
from backend.service.accounts.sign_ins import SignIns
from backend.service.bus import Bus
from backend.service.limits import Allowance, Limits
from backend.service.models import Account
from backend.service.ports import Clock, Store, Unit
from backend.service.repositories import NameTaken
from wire.constants import TICKET_LIFETIME_S
from wire.refusal import Reason, Refused

SUGGESTIONS: Final = 20
RUN_OUT_AT_ONCE: Final = 20
"""Sign-ins that are ended in one step: the writer is everybody's."""
LOOK_FOR_OLD_EVERY_S: Final = 60.0
"""Interval of the search while no sign-in has run out: it passes over all of guests, whose sign-ins last longer."""
LANGUAGES: Final = ("", *names.WORDS)


class Accounts:
    def __init__(self, store: Store, clock: Clock, bus: Bus, sign_ins: SignIns, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._sign_ins = sign_ins
        self._look_for_old_at_s = float("-inf")
        self._voided: dict[str, int] = {}
        self._renames = Allowance(
            limits.names_per_account, clock, "You have taken many names just now; wait a minute and try again."
        )
        self._guests = Allowance(
            limits.guests_per_address,
            clock,
            "Many guests have come from your network just now; wait a minute and try again, or sign in to an account.",
        )

    async def create_guest(self, wanted: str, language: str, address: str, device: str = "") -> tuple[Account, str]:
        """Creates a guest. Returns it and its token.

        Raises Refused: name invalid or taken, unknown language, too many.
        """
        if language not in LANGUAGES:
            raise Refused(Reason.REASON_INVALID_FIELD, 'language has to be "en" or "ko".', field="language")
        self._guests.take(address)
        if wanted:
            return await self._add_guest(free_name(wanted), device)
        for _ in range(SUGGESTIONS):
            try:
                return await self._add_guest(names.suggest(language, secrets.randbelow), device)
            except Refused as refused:
                if refused.reason != Reason.REASON_NAME_TAKEN:
                    raise
        raise Refused(Reason.REASON_NAME_TAKEN, "No free name was found; choose one yourself.", field="name")

    async def get(self, account_id: str) -> Account:
        """The account. Raises Refused (ACCOUNT_UNKNOWN)."""
        async with self._store.read() as unit:
            account = await unit.accounts.get(account_id)
        if account is None:
            raise Refused(Reason.REASON_ACCOUNT_UNKNOWN, "There is no such account.", field="account_id")
        return account

    async def set_history(self, account_id: str, history: Audience) -> Account:
        """Sets the audience of the account's history."""
        async with self._store.write() as unit:
            await unit.accounts.set_history(account_id, history)
        return await self.get(account_id)

    async def rename(self, account_id: str, wanted: str) -> Account:
        """Takes another name. Raises Refused: name invalid or taken, too many."""
        self._renames.take(account_id)
        name = free_name(wanted)
        try:
            async with self._store.write() as unit:
                await unit.accounts.rename(account_id, name, names.key(name), names.look(name))
        except NameTaken:
            raise name_taken(name) from None
        self._bus.notify_changed((account_id,))
        return await self.get(account_id)

    async def sign_out(self, account_id: str, token: str) -> None:
        """Voids the token, and with it the account's tickets; other sign-ins get new ones."""
        async with self._store.write() as unit:
            others = await self._end(unit, account_id, (tokens.digest(token),))
        self._bus.notify_changed(others)

    async def end_sign_in(self, account_id: str, sign_in_id: str) -> Collection[bytes]:
        """Ends a sign-in, as `sign_out` does. Returns the digest of its token; nothing if it has ended before."""
        async with self._store.write() as unit:
            held = await unit.accounts.sign_ins(account_id)
            gone = [digest for digest, one in held.items() if one.sign_in_id == sign_in_id]
            others = await self._end(unit, account_id, gone) if gone else ()
        self._bus.notify_changed(others)
        return gone

    async def end_other_sign_ins(self, account_id: str, token: str) -> Collection[bytes]:
        """Ends all sign-ins but the token's. Returns the digests of their tokens."""
        stays = tokens.digest(token)
        async with self._store.write() as unit:
            gone = [digest for digest in await unit.accounts.sign_ins(account_id) if digest != stays]
            others = await self._end(unit, account_id, gone) if gone else ()
        self._bus.notify_changed(others)
        return gone

    async def end_old_sign_ins(self) -> Mapping[bytes, str]:
        """Ends some sign-ins that have run out. Returns the account of each by the digest of its token."""
        now_s = self._clock.monotonic_s()
        if now_s < self._look_for_old_at_s:
            return {}
        async with self._store.read() as unit:
            if not await self._sign_ins.run_out(unit, 1):
                self._look_for_old_at_s = now_s + LOOK_FOR_OLD_EVERY_S
                return {}
        others: set[str] = set()
        async with self._store.write() as unit:
            # Read again: one of them may have been used meanwhile.
            gone = dict(await self._sign_ins.run_out(unit, RUN_OUT_AT_ONCE))
            for digest, account_id in gone.items():
                others.update(await self._end(unit, account_id, (digest,)))
        self._bus.notify_changed(others)
        return gone

    async def _end(self, unit: Unit, account_id: str, digests: Collection[bytes]) -> Collection[str]:
        """Ends sign-ins of the account, and voids its tickets. Returns the accounts that lost their bond with it.

        A guest lives by its tokens: with the last one its name becomes free, and its bonds end.
        """
        for digest in digests:
            await unit.accounts.drop_token(digest)
        account = await unit.accounts.get(account_id)
        if account is None:
            return ()
        await self.void_tickets(unit, account_id)
        if not account.guest or await unit.accounts.has_token(account_id):
            return ()
        # No name has this key, since no name may have a control character.
        await unit.accounts.rename(account_id, account.name, f"\x01{account_id}")
        others = (await unit.friends.of((account_id,)))[account_id]
        await unit.friends.forget(account_id)
        return others

    async def void_tickets(self, unit: Unit, account_id: str) -> None:
        """Voids the tickets that the account has so far. Game servers learn it with a heartbeat, within about 2 s."""
        now = self._clock.unix_ms()
        await unit.accounts.void_tickets(account_id, now, now - TICKET_LIFETIME_S * 1_000)

    async def refresh_voided_tickets(self) -> None:
        """Reads the voided tickets; called at the start and once a second, since other backends void tickets too."""
        async with self._store.read() as unit:
            self._voided = dict(await unit.accounts.voided_since(self._clock.unix_ms() - TICKET_LIFETIME_S * 1_000))

    def voided_within(self, last_s: int) -> Mapping[str, int]:
        """Accounts whose tickets were voided in the last seconds, with the unix milliseconds until which they are void.

        Reads no database: heartbeats of game servers have to be answered while it hangs.
        """
        since_ms = self._clock.unix_ms() - last_s * 1_000
        return {account_id: until_ms for account_id, until_ms in self._voided.items() if until_ms >= since_ms}

    async def _add_guest(self, name: str, device: str) -> tuple[Account, str]:
        account = Account(tokens.new_account_id(), name, guest=True)
        try:
            async with self._store.write() as unit:
                await unit.accounts.add(account, names.key(name), self._clock.unix_ms(), names.look(name))
                token = await self._sign_ins.issue(unit, account.account_id, device)
        except NameTaken:
            raise name_taken(name) from None
        return account, token


def clean_name(wanted: str, field: str = "name") -> str:
    """The name in its stored form. Raises Refused (REASON_NAME_INVALID)."""
    try:
        return names.clean(wanted)
    except names.NameInvalid as invalid:
        raise Refused(Reason.REASON_NAME_INVALID, str(invalid), field=field) from None


def free_name(wanted: str) -> str:
    """The name of an account in its stored form. Raises Refused: invalid, reserved."""
    name = clean_name(wanted)
    if names.reserved(name):
        raise Refused(
            Reason.REASON_NAME_RESERVED, "This name could be taken for the house's; choose another one.", field="name"
        )
    return name


def name_taken(name: str) -> Refused:
    sentence = f"The name {name}, or one that looks like it, is taken; choose another one."
    return Refused(Reason.REASON_NAME_TAKEN, sentence, field="name")
