"""Argon2id in a few threads."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from matchpoint.v1.refusal_pb2 import Reason

from wire.refusal import Refused

T = TypeVar("T")

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
"""The least that the OWASP Password Storage Cheat Sheet accepts."""
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
THREADS: Final = 2
WAITING: Final = 32
"""Passwords that may wait for a thread. At 30 ms each the last of them waits for half a second; more are refused."""


class ArgonPasswords:
    """Hashes beside the event loop, which goes on meanwhile. Call `close` after use."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "passwords")
        self._inside = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        return await self._in_a_thread(lambda: _hash(password))

    async def verify(self, password: str, phc: str | None) -> bool:
        if phc is None:
            if self._decoy is None:
                self._decoy = await self.hash(secrets.token_urlsafe())
            decoy = self._decoy
            await self._in_a_thread(lambda: _verify(password, decoy))
            return False
        return await self._in_a_thread(lambda: _verify(password, phc))

    async def open(self) -> None:
        """Makes what an unknown name's password is compared with, so that the first of them takes no longer."""
        await self.verify("", None)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

    async def _in_a_thread(self, work: Callable[[], T]) -> T:
        if self._inside >= THREADS + WAITING:
            raise Refused(Reason.REASON_TOO_MANY, "Too many people are signing in at once; try again in a second.")
        self._inside += 1
        done = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Counted down when the thread is through, not when the caller has gone.
        done.add_done_callback(self._out)
        return await asyncio.shield(done)

    def _out(self, done: "asyncio.Future[T]") -> None:
        self._inside -= 1
        if not done.cancelled():
            done.exception()


def _hash(password: str) -> str:
    return _argon(os.urandom(SALT_BYTES)).derive_phc_encoded(password.encode())


def _argon(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=HASH_BYTES, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)


def _verify(password: str, phc: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), phc)
    except InvalidKey:
        return False
    return True
