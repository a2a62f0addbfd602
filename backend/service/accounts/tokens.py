"""Opaque secrets and ids."""

import hashlib
import secrets
from typing import Final

from backend.core.room import ALPHABET, CODE_LENGTH

TOKEN_LENGTH: Final = 43
"""Characters of a token."""


def new_token() -> str:
    """256 random bits: a session token."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 that is stored in place of a token. It has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def new_session_id() -> str:
    """128 random bits in 22 characters."""
    return secrets.token_urlsafe(16)


def new_account_id() -> str:
    """96 random bits in 16 characters."""
    return secrets.token_urlsafe(12)


def new_sign_in_id() -> str:
    """96 random bits in 16 characters. It is no credential."""
    return secrets.token_urlsafe(12)


def new_connection_id() -> str:
    """96 random bits in 16 characters."""
    return secrets.token_urlsafe(12)


def new_seed() -> int:
    return secrets.randbelow(2**32 - 1) + 1


def new_code() -> str:
    """A room code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
