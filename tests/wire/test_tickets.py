"""Tickets: what is signed is what is read, and nothing else is."""

import dataclasses

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.tickets import (
    Ticket,
    TicketExpired,
    TicketInvalid,
    TicketSigner,
    TicketVerifier,
    new_private_key,
)

SIGNER = TicketSigner("k1", new_private_key())
VERIFIER = TicketVerifier([("k1", SIGNER.public_key)])
TICKET = Ticket("session-1", "gameserver-1", "account-1", "하늘 Fox", (0, 1), "player", 1_000, 400_000)


def test_a_ticket_reads_as_it_was_signed() -> None:
    assert VERIFIER.verify(SIGNER.sign(TICKET), 999.9) == TICKET


def test_a_ticket_ends_at_the_second_it_says() -> None:
    with pytest.raises(TicketExpired):
        VERIFIER.verify(SIGNER.sign(TICKET), 1_000)


@given(st.data())
def test_a_ticket_with_any_character_changed_is_not_accepted(data: st.DataObject) -> None:
    text = SIGNER.sign(TICKET)
    place = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("ABab01-_.").filter(lambda character: character != text[place]))
    with pytest.raises(TicketInvalid):
        VERIFIER.verify(text[:place] + other + text[place + 1 :], 0)


def test_a_ticket_of_a_key_that_is_not_known_is_not_accepted() -> None:
    stranger = TicketSigner("k2", new_private_key())
    impostor = TicketSigner("k1", new_private_key())
    assert not VERIFIER.knows(stranger.sign(TICKET))
    for signer in (stranger, impostor):
        with pytest.raises(TicketInvalid):
            VERIFIER.verify(signer.sign(TICKET), 0)


def test_an_unsigned_ticket_is_not_accepted() -> None:
    claims = jwt.decode(SIGNER.sign(TICKET), options={"verify_signature": False})
    with pytest.raises(TicketInvalid):
        VERIFIER.verify(jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"}), 0)


@given(st.text() | st.text("ab.-_", max_size=3_000))
def test_no_text_breaks_the_verifier(text: str) -> None:
    with pytest.raises(TicketInvalid):
        VERIFIER.verify(text, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "referee"},
        {"role": "spectator"},
        {"role": "organiser"},
        {"seats": (300,)},
        {"seats": ("0",)},
        {"expires": "never"},
        {"issued_ms": "now"},
    ],
)
def test_a_signed_ticket_that_makes_no_sense_is_not_accepted(wrong: dict[str, object]) -> None:
    with pytest.raises(TicketInvalid):
        VERIFIER.verify(SIGNER.sign(dataclasses.replace(TICKET, **wrong)), 0)  # type: ignore[arg-type]
