"""Passwords: registration, signing in, changes, and limits on guessing."""

from collections import OrderedDict
from typing import Final

from backend.core import names, passwords
from backend.service.accounts import tokens
from backend.service.accounts.accounts import Accounts, free_name, name_taken
from backend.service.accounts.devices import Devices
from backend.service.accounts.sign_ins import SignIns
from backend.service.models import Account
from backend.service.ports import Clock, Passwords, Store
from backend.service.repositories import NameTaken
from wire.limits import Buckets
from wire.refusal import Reason, Refused

TRIES_PER_NAME: Final = 10
TRIES_PER_NAME_PER_S: Final = 0.1
TRIES_PER_ADDRESS: Final = 100
TRIES_PER_ADDRESS_PER_S: Final = 1.0
"""Passwords that may be tried at once, and in the long run. Nobody is ever locked out for good."""
REGISTRATIONS: Final = 100
REGISTRATIONS_PER_S: Final = 0.5
"""Accounts from one address, at once and in the long run."""
REMEMBERED: Final = 4_096
"""Names, addresses and browsers remembered by each limit; the one unused for longest is forgotten first."""


class Credentials:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        accounts: Accounts,
        hasher: Passwords,
        sign_ins: SignIns,
        devices: Devices,
        tries_per_address: int = TRIES_PER_ADDRESS,
        registrations: int = REGISTRATIONS,
    ) -> None:
        """`tries_per_address`, `registrations`: passwords tried and accounts made from one address at once."""
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._hasher = hasher
        self._sign_ins = sign_ins
        self._devices = devices
        self._by_device = Buckets(TRIES_PER_NAME, TRIES_PER_NAME_PER_S, REMEMBERED)
        self._by_name = Buckets(TRIES_PER_NAME, TRIES_PER_NAME_PER_S, REMEMBERED)
        self._by_address = Buckets(tries_per_address, TRIES_PER_ADDRESS_PER_S, REMEMBERED)
        self._registrations = Buckets(registrations, REGISTRATIONS_PER_S, REMEMBERED)
        self._known_addresses: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def register(
        self, account_id: str, token: str, wanted: str, password: str, address: str, label: str = ""
    ) -> tuple[Account, str]:
        """Gives a password to the caller's guest, or to a new account for an empty `account_id`.

        Returns the account and its new token; the token before is void. `label` is the name of the browser. Raises
        Refused: no guest, name invalid or taken, password invalid or common, too many.
        """
        phrase = clean_password(password, "password")
        guest = await self._accounts.get(account_id) if account_id else None
        if guest is not None and not guest.guest:
            raise _no_guest()
        name = guest.name if guest is not None and not wanted else free_name(wanted)
        _not_common(phrase, name, "password")
        if not self._registrations.take(address, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "Too many accounts came from here at once; wait a few seconds.")
        async with self._store.read() as unit:
            named = await unit.accounts.by_name(names.key(name))
        if named is not None and named.account_id != account_id:
            raise name_taken(name)
        phc = await self._hasher.hash(phrase)
        account = Account(account_id or tokens.new_account_id(), name, guest=False)
        now = self._clock.unix_ms()
        try:
            async with self._store.write() as unit:
                if guest is None:
                    await unit.accounts.add(account, names.key(name), now, names.look(name))
                else:
                    current = await unit.accounts.get(account_id)
                    if current is None or not current.guest:
                        raise _no_guest()
                    holder = await unit.accounts.token_owner(tokens.digest(token))
                    if holder is None or holder.account_id != account_id:
                        raise Refused(Reason.REASON_UNAUTHENTICATED, "You have signed out meanwhile; sign in again.")
                    if name != current.name:
                        await unit.accounts.rename(account_id, name, names.key(name), names.look(name))
                    await unit.accounts.drop_token(tokens.digest(token))
                await unit.accounts.set_password(account.account_id, phc, now)
                new_token = await self._sign_ins.issue(unit, account.account_id, label)
        except NameTaken:
            raise name_taken(name) from None
        self._remember_address(names.key(name), address)
        return account, new_token

    async def sign_in(
        self, name: str, password: str, address: str, device: str = "", label: str = ""
    ) -> tuple[Account, str]:
        """Signs in. Returns the account and a new token. `device` is the browser's own token, `label` its name.

        Raises Refused: wrong (without saying if it is the name or the password), too many.
        """
        phrase = clean_password(password, "password")
        name_key = _key(name)
        # Counted as an attempt of the browser before it is looked up if the browser is known.
        by_device = device and self._by_device.take(device, self._clock.monotonic_s())
        if not by_device:
            self._count_attempt(name_key, address)
        async with self._store.read() as unit:
            account = await unit.accounts.by_name(name_key)
            phc = await unit.accounts.password(account.account_id) if account else None
        # Also looked up for an unknown name, so that it takes the same time.
        if by_device and not await self._devices.knows(device, account.account_id if account else ""):
            self._count_attempt(name_key, address)
        if not await self._hasher.verify(phrase, phc) or account is None:
            raise Refused(Reason.REASON_CREDENTIALS_WRONG, "The name or the password is wrong; check both.")
        async with self._store.write() as unit:
            if await unit.accounts.password(account.account_id) != phc:
                raise Refused(Reason.REASON_CREDENTIALS_WRONG, "The password has just been changed; use the new one.")
            token = await self._sign_ins.issue(unit, account.account_id, label)
        self._remember_address(name_key, address)
        return account, token

    async def change_password(self, account_id: str, token: str, old: str, new: str, address: str) -> None:
        """Changes the password and ends every other sign-in. Raises Refused: a guest, wrong, invalid, too many."""
        phrase = clean_password(new, "new_password")
        async with self._store.read() as unit:
            phc = await unit.accounts.password(account_id)
            account = await unit.accounts.get(account_id)
        if phc is None:
            raise Refused(Reason.REASON_NOT_ALLOWED, "A guest has no password; make an account of it first.")
        before = clean_password(old, "old_password")
        _not_common(phrase, account.name if account else "", "new_password")
        self._count_attempt(f"\x01{account_id}", address)
        if not await self._hasher.verify(before, phc):
            raise Refused(Reason.REASON_CREDENTIALS_WRONG, "That is not your password so far.", field="old_password")
        after = await self._hasher.hash(phrase)
        async with self._store.write() as unit:
            if await unit.accounts.password(account_id) != phc:
                raise Refused(Reason.REASON_CREDENTIALS_WRONG, "The password has just been changed; use the new one.")
            await unit.accounts.set_password(account_id, after, self._clock.unix_ms())
            await unit.accounts.drop_other_tokens(account_id, tokens.digest(token))
            await unit.accounts.forget_devices(account_id)
            await self._accounts.void_tickets(unit, account_id)

    async def check(self, account_id: str, password: str, address: str) -> None:
        """Checks the account's password. Raises Refused: wrong, too many."""
        phrase = clean_password(password, "password")
        self._count_attempt(f"\x01{account_id}", address)
        async with self._store.read() as unit:
            phc = await unit.accounts.password(account_id)
        if not await self._hasher.verify(phrase, phc):
            raise Refused(Reason.REASON_CREDENTIALS_WRONG, "That is not your password.", field="password")

    def _count_attempt(self, name_key: str, address: str) -> None:
        """Counts an attempt. Addresses that have signed in before have their own: guesses from elsewhere cost none."""
        now_s = self._clock.monotonic_s()
        key = f"{name_key}\0{address}" if (name_key, address) in self._known_addresses else name_key
        # The address first: an attempt that it is refused costs the name nothing.
        if not self._by_address.take(address, now_s) or not self._by_name.take(key, now_s):
            raise Refused(Reason.REASON_TOO_MANY, "Too many passwords were tried; wait a few seconds and try again.")

    def _remember_address(self, name_key: str, address: str) -> None:
        self._known_addresses[name_key, address] = None
        self._known_addresses.move_to_end((name_key, address))
        if len(self._known_addresses) > REMEMBERED:
            self._known_addresses.popitem(last=False)


def _key(name: str) -> str:
    """The name's key; for an impossible name a key that no account has."""
    return names.lookup(name) or "\x01"


def clean_password(password: str, field: str) -> str:
    """The password in the form that is hashed. Raises Refused (PASSWORD_INVALID) before anything is spent on it."""
    try:
        return passwords.clean(password)
    except passwords.PasswordInvalid as invalid:
        raise Refused(Reason.REASON_PASSWORD_INVALID, str(invalid), field=field) from None


def _not_common(phrase: str, name: str, field: str) -> None:
    """Raises Refused (PASSWORD_COMMON) for a password that is among the first to be guessed."""
    if passwords.common(phrase, name):
        sentence = "This password is one of the first that anybody would try; choose another one."
        raise Refused(Reason.REASON_PASSWORD_COMMON, sentence, field=field)


def _no_guest() -> Refused:
    return Refused(Reason.REASON_NOT_ALLOWED, "You have an account of your own already; change its password instead.")
