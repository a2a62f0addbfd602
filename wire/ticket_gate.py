"""Check of tickets against the current keys and against the accounts that have signed out.

The gateway and the game server each have one, fed by the backend. No gRPC in here, and no sentence for people: each
program words its refusals itself.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from wire.constants import TICKET_LIFETIME_S
from wire.tickets import Ticket, TicketExpired, TicketVerifier

VOID_MEMORY_MS: Final = 1_000 * TICKET_LIFETIME_S
"""Time after which a signing-out need not be remembered: the tickets that it voided have expired by themselves."""


class TicketGate:
    """Accepts tickets that are signed by a current key, have not expired, and were not voided by signing out."""

    def __init__(self, keys: Iterable[tuple[str, bytes]] = ()) -> None:
        """`keys` are (kid, 32 raw bytes of an Ed25519 public key)."""
        self._verifier = TicketVerifier(keys)
        self._voided_until_ms: dict[str, int] = {}

    def set_keys(self, keys: Iterable[tuple[str, bytes]]) -> None:
        """Replaces the keys."""
        self._verifier = TicketVerifier(keys)

    def knows_key_of(self, text: str) -> bool:
        """Tells whether the key that a ticket names is among the keys; if not, newer keys may help."""
        return self._verifier.knows(text)

    def set_voided(self, until_ms: Mapping[str, int]) -> None:
        """Replaces the void marks: tickets of an account that were issued up to then (unix ms) are void."""
        self._voided_until_ms = dict(until_ms)

    def void(self, account_id: str, until_ms: int) -> bool:
        """Adds a void mark. Returns False when it says nothing new.

        Marks that are older than a ticket's lifetime are dropped, so that the table stays small.
        """
        if until_ms <= self._voided_until_ms.get(account_id, -1):
            return False
        # The newest last.
        self._voided_until_ms.pop(account_id, None)
        self._voided_until_ms[account_id] = until_ms
        for old, then_ms in tuple(self._voided_until_ms.items()):
            if then_ms > until_ms - VOID_MEMORY_MS:
                break
            del self._voided_until_ms[old]
        return True

    def is_void(self, ticket: Ticket) -> bool:
        """Tells whether the ticket was voided by signing out after it was issued."""
        return ticket.issued_ms <= self._voided_until_ms.get(ticket.account_id, -1)

    def check(self, text: str, now_s: float) -> Ticket:
        """Reads a ticket. Raises TicketInvalid, or TicketExpired also when it is void. `now_s` is unix time."""
        ticket = self._verifier.verify(text, now_s)
        if self.is_void(ticket):
            raise TicketExpired("the account has signed out")
        return ticket
