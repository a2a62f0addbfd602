"""Ticket keys, and the tickets signed with them."""

import secrets
from dataclasses import dataclass
from typing import Final

from backend.service.models import SessionRecord, SigningKey
from backend.service.ports import Clock, Store
from wire.constants import TICKET_LIFETIME_S
from wire.tickets import Ticket, TicketSigner, new_private_key

ROTATE_MS: Final = 30 * 24 * 3_600_000
"""A key signs for this long. It is still accepted until its follower is replaced in turn."""
ANNOUNCED_MS: Final = 10 * 60_000
"""A new key is known for this long before it signs, so that everybody who checks tickets has it by then."""
KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Public half of a key that signs tickets: Ed25519, 32 raw bytes."""

    kid: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """An account's way into a session. Without a ticket it is for somebody who watches."""

    session_id: str
    ticket: str = ""
    seats: tuple[int, ...] = ()


class Tickets:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._signers: list[TicketSigner] = []
        self._newest_ms = 0

    async def rotate(self) -> None:
        """Makes the next key when the newest has served its time; called once a second."""
        if self._clock.unix_ms() - self._newest_ms > ROTATE_MS:
            await self.open()

    async def open(self) -> None:
        """Reads the keys; makes one when there is none or the newest has served its time."""
        now = self._clock.unix_ms()
        async with self._store.write() as unit:
            keys = list(await unit.keys.of("ticket"))
            if not keys or now - keys[0].created_ms > ROTATE_MS:
                key = SigningKey(secrets.token_hex(8), "ticket", new_private_key(), now)
                await unit.keys.add(key)
                keys.insert(0, key)
            for old in keys[KEPT:]:
                await unit.keys.drop(old.kid)
        self._signers = [TicketSigner(key.kid, key.secret) for key in keys[:KEPT]]
        self._newest_ms = keys[0].created_ms

    @property
    def keys(self) -> list[PublicKey]:
        """The public keys, newest first."""
        return [PublicKey(signer.kid, signer.public_key) for signer in self._signers]

    def entry(self, session: SessionRecord, account_id: str, name: str, *, organises: bool = False) -> Entry:
        """The account's way in: with a ticket for its seats, or without one for somebody who watches.

        An organiser without a seat gets a ticket to watch the tournament as it is.
        """
        seats = seats_of(session, account_id)
        if not seats and not organises:
            return Entry(session.session_id)
        now_ms = self._clock.unix_ms()
        ticket = Ticket(
            session_id=session.session_id,
            server=session.server,
            account_id=account_id,
            name=name,
            seats=seats,
            role="player" if seats else "organiser",
            expires=now_ms // 1_000 + TICKET_LIFETIME_S,
            issued_ms=now_ms,
        )
        return Entry(session.session_id, self._signer().sign(ticket), seats)

    def _signer(self) -> TicketSigner:
        announced = self._clock.unix_ms() - self._newest_ms >= ANNOUNCED_MS
        return self._signers[0 if announced else -1]


def seats_of(session: SessionRecord, account_id: str) -> tuple[int, ...]:
    """Seats of an account. The one that started a local session has both."""
    if session.local and account_id == session.account_id:
        return tuple(seat.seat for seat in session.spec.seats)
    return tuple(seat.seat for seat in session.spec.seats if seat.account_id == account_id)
