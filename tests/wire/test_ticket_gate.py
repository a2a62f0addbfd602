"""The gate that tickets pass at the gateway and at the game server."""

from dataclasses import replace

import pytest

from wire.constants import TICKET_LIFETIME_S
from wire.ticket_gate import TicketGate
from wire.tickets import Ticket, TicketExpired, TicketInvalid, TicketSigner, new_private_key

NOW_S = 1_800_000_000
NOW_MS = 1_000 * NOW_S
SIGNER = TicketSigner("k1", new_private_key())
TICKET = Ticket("s", "gs-1", "ada", "Ada", (0,), "player", NOW_S + TICKET_LIFETIME_S, NOW_MS)


@pytest.fixture
def gate() -> TicketGate:
    return TicketGate([(SIGNER.kid, SIGNER.public_key)])


def test_a_signed_ticket_passes_until_it_expires(gate: TicketGate) -> None:
    text = SIGNER.sign(TICKET)
    assert gate.knows_key_of(text)
    assert gate.check(text, NOW_S) == TICKET
    with pytest.raises(TicketExpired):
        gate.check(text, NOW_S + TICKET_LIFETIME_S)


def test_other_keys_end_the_tickets_of_those_before(gate: TicketGate) -> None:
    gate.set_keys([("k2", TicketSigner("k2", new_private_key()).public_key)])
    assert not gate.knows_key_of(SIGNER.sign(TICKET))
    with pytest.raises(TicketInvalid):
        gate.check(SIGNER.sign(TICKET), NOW_S)


def test_signing_out_voids_the_tickets_so_far_and_no_later_ones(gate: TicketGate) -> None:
    assert gate.void("ada", NOW_MS)
    assert not gate.void("ada", NOW_MS - 1)
    with pytest.raises(TicketExpired):
        gate.check(SIGNER.sign(TICKET), NOW_S)
    for other in (replace(TICKET, issued_ms=NOW_MS + 1), replace(TICKET, account_id="ben")):
        assert gate.check(SIGNER.sign(other), NOW_S) == other
    gate.set_voided({})
    assert gate.check(SIGNER.sign(TICKET), NOW_S) == TICKET


def test_void_marks_that_are_older_than_any_ticket_are_dropped(gate: TicketGate) -> None:
    gate.void("ada", NOW_MS)
    gate.void("ben", NOW_MS + 1_000 * TICKET_LIFETIME_S + 1)
    assert gate.void("ada", NOW_MS)
