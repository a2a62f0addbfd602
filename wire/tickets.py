"""Tickets: the signed right to seats in, or a view of, one session. They are Ed25519 JWTs; no gRPC in here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

AUDIENCE: Final = "matchpoint"
ROLES: Final = ("player", "spectator", "organiser")
LENGTH_MAX: Final = 2_048
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class TicketError(Exception):
    """A ticket that is not accepted."""


class TicketInvalid(TicketError):
    """Not a ticket, not ours, changed on the way, or signed with a key that is unknown or retired."""


class TicketExpired(TicketError):
    """A ticket that was good and has run out."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Contents of a ticket.

    `server` is a hint where the session is. `seats` is empty for a spectator, and for an organiser, who watches without
    the spectators' delay. `expires` is seconds since 1970 UTC.
    `issued_ms` is when it was signed, milliseconds since then: signing out voids the tickets before it.
    """

    session_id: str
    server: str
    account_id: str
    name: str
    seats: tuple[int, ...]
    role: str
    expires: int
    issued_ms: int = 0


class TicketSigner:
    """Signs tickets with one private key."""

    def __init__(self, kid: str, private_key: bytes) -> None:
        """`private_key` is the 32 raw bytes of an Ed25519 key."""
        self.kid = kid
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes that verifiers need."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, ticket: Ticket) -> str:
        """The ticket as text."""
        claims = {
            "aud": AUDIENCE,
            "sid": ticket.session_id,
            "srv": ticket.server,
            "sub": ticket.account_id,
            "name": ticket.name,
            "seats": list(ticket.seats),
            "role": ticket.role,
            "exp": ticket.expires,
            "ims": ticket.issued_ms,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.kid})


def new_private_key() -> bytes:
    """32 raw bytes of a new Ed25519 key."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


class TicketVerifier:
    """Checks tickets against the public keys of the backend."""

    def __init__(self, keys: Iterable[tuple[str, bytes]] = ()) -> None:
        """`keys` are (kid, 32 raw bytes of an Ed25519 public key)."""
        self._keys = {kid: Ed25519PublicKey.from_public_bytes(raw) for kid, raw in keys}

    def knows(self, text: str) -> bool:
        """Tells whether the key that the ticket names is one of ours: if not, newer keys may help."""
        try:
            return jwt.get_unverified_header(text).get("kid") in self._keys
        except jwt.InvalidTokenError:
            return False

    def verify(self, text: str, now_s: float) -> Ticket:
        """Reads a ticket. Raises TicketInvalid or TicketExpired; `now_s` is seconds since 1970 UTC."""
        if len(text) > LENGTH_MAX or not _SHAPE.fullmatch(text):
            raise TicketInvalid("not a ticket")
        try:
            key = self._keys[jwt.get_unverified_header(text)["kid"]]
            claims = jwt.decode(
                text,
                key,
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                # Expiry is checked below, against the caller's clock.
                options={"require": ["aud", "sid", "srv", "sub", "seats", "role", "exp"], "verify_exp": False},
            )
            ticket = _read(claims)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise TicketInvalid("the ticket does not hold") from error
        if now_s >= ticket.expires:
            raise TicketExpired("the ticket has run out")
        return ticket


def _read(claims: dict[str, Any]) -> Ticket:
    seats, role, expires, issued_ms = claims["seats"], claims["role"], claims["exp"], claims.get("ims", 0)
    if (
        role not in ROLES
        or not isinstance(expires, int)
        or not isinstance(issued_ms, int)
        or not isinstance(seats, list)
    ):
        raise ValueError("claims of the wrong kind")
    if not all(isinstance(seat, int) and 0 <= seat < 256 for seat in seats) or (role != "player" and seats):
        raise ValueError("seats that cannot be")
    texts = [claims["sid"], claims["srv"], claims["sub"], claims.get("name", "")]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("claims of the wrong kind")
    session_id, server, account_id, name = texts
    return Ticket(session_id, server, account_id, name, tuple(seats), role, expires, issued_ms)
