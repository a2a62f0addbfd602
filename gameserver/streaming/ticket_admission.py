"""Admission of connections by ticket, for this game server."""

import asyncio
from collections.abc import Callable, Iterable

from wire.refusal import Reason, Refused
from wire.ticket_gate import TicketGate
from wire.tickets import Ticket, TicketExpired, TicketInvalid


class TicketAdmission:
    """Checks the tickets of connections. The fleet registration fills in keys and voided tickets."""

    def __init__(self, server: str, now_s: Callable[[], float]) -> None:
        self.server = server
        """The name of this game server, which tickets are made out to."""
        self.known = asyncio.Event()
        """Set once there are keys. Until then no ticket can be told from a bad one, so none is answered."""
        self.close_account: Callable[[str, int], None] = lambda account_id, until_ms: None
        """Closes the connections of an account whose tickets were signed until then (unix ms)."""
        self._now_s = now_s
        self._gate = TicketGate()

    def use(self, keys: Iterable[tuple[str, bytes]]) -> None:
        """Replace the keys."""
        self._gate.set_keys(keys)
        self.known.set()

    def void(self, account_id: str, until_ms: int) -> None:
        """Void the account's tickets that were signed until then (unix ms); repeating it changes nothing."""
        if self._gate.void(account_id, until_ms):
            self.close_account(account_id, until_ms)

    def check(self, text: str) -> Ticket:
        """Verify a ticket. Raises Refused: TICKET_INVALID, or TICKET_EXPIRED for one that has run out or is void."""
        try:
            return self._gate.check(text, self._now_s())
        except TicketExpired as error:
            raise ticket_expired() from error
        except TicketInvalid as error:
            raise Refused(Reason.REASON_TICKET_INVALID, "This is not a valid ticket; ask for a new one.") from error


def ticket_expired() -> Refused:
    """The refusal of a ticket that has run out, or is void."""
    return Refused(Reason.REASON_TICKET_EXPIRED, "Your ticket has run out; ask for a new one.")
