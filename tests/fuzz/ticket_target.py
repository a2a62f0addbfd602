"""Tickets, as a target: what a gateway and a game server read of them."""

import base64
from random import Random
from typing import Final

from tests.fuzz.mutations import bent
from wire.tickets import TicketError, TicketSigner, TicketVerifier

NOW_S: Final = 1_800_000_000
SIGNER: Final = TicketSigner("k1", bytes(range(32)))
VERIFIER: Final = TicketVerifier([(SIGNER.kid, SIGNER.public_key)])
HEAD: Final = b'{"alg":"EdDSA","kid":"k1"}'
CLAIMS: Final = (
    b'{"aud":"matchpoint","sid":"fuzzed-session-0001","srv":"gameserver-1","sub":"ada","name":"Ada","seats":[0],'
    b'"role":"player","exp":%d,"ims":1}' % (NOW_S + 600)
)
ODD: Final = (b"null", b"-1", b"1e400", b"[]", b"{}", b'""', b"true", b"[0,0]", b"[-1]", b"[null]", b"9" * 400, b"NaN")


def ticket(data: bytes) -> None:
    """A ticket of anybody's making, or one whose signature is good and whose claims are not."""
    text = _signed(data[1:]) if data[:1] == b"\1" else data[1:].decode("latin-1")
    VERIFIER.knows(text)
    try:
        found = VERIFIER.verify(text, NOW_S)
    except TicketError:
        return
    assert found.role in ("player", "spectator", "organiser")
    assert all(0 <= seat <= 255 for seat in found.seats)


def _signed(claims: bytes) -> str:
    body = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (HEAD, claims))
    return b".".join((body, base64.urlsafe_b64encode(SIGNER._key.sign(body)).rstrip(b"="))).decode()


def ticket_seeds() -> list[bytes]:
    return [b"\1" + CLAIMS, b"\0" + _signed(CLAIMS).encode()]


def ticket_mutated(data: bytes, random: Random) -> bytes:
    """Another value for one claim, or other bytes."""
    if data[:1] == b"\1" and random.random() < 0.7:
        parts = CLAIMS.split(b",")
        at = random.randrange(len(parts))
        name = parts[at].partition(b":")[0]
        parts[at] = name + b":" + random.choice(ODD) + (b"}" if at == len(parts) - 1 else b"")
        return b"\1" + b",".join(parts)
    return bent(data, random)
