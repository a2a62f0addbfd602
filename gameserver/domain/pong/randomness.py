"""Unpredictable numbers derived from a secret, and a commitment to the secret.

A small generator, such as xorshift32, is known to everybody who has seen a few of its numbers; a serve shows three.
SHA-256 of (secret, number) tells nothing about the next one, and browsers compute the same from a journal afterwards.
"""

from collections.abc import Callable
from hashlib import sha256
from struct import Struct
from typing import Final

SecretSource = Callable[[], bytes]
"""Makes a secret: SECRET_BYTES that nobody can foretell."""

SECRET_BYTES: Final = 32

_SIXTEEN: Final = Struct("<16H")


def draw_number(secret: bytes, count: int) -> int:
    """The `count`th number of a secret, from 1: 32 bits, the first four bytes of SHA-256(secret, count as u32 LE)."""
    return int.from_bytes(sha256(secret + count.to_bytes(4, "little")).digest()[:4], "little")


def commitment(secret: bytes) -> bytes:
    """Commitment to a secret, which shows nothing until the secret is told: SHA-256(b"matchpoint", secret)."""
    return sha256(b"matchpoint" + secret).digest()


class UniformGenerator:
    """Numbers of 16 bits from a secret."""

    __slots__ = ("_count", "_left", "_secret")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._count = 0
        self._left: list[int] = []

    def next(self) -> int:
        """The next one, 0 to 65,535."""
        if not self._left:
            self._count += 1
            self._left.extend(_SIXTEEN.unpack(sha256(self._secret + self._count.to_bytes(4, "little")).digest()))
        return self._left.pop()
