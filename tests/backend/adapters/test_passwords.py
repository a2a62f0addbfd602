"""Argon2id: slow, salted, and a few at a time."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from matchpoint.v1.refusal_pb2 import Reason

from backend.adapters.passwords import THREADS, WAITING, ArgonPasswords
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


@pytest.fixture
async def passwords() -> AsyncIterator[ArgonPasswords]:
    passwords = ArgonPasswords()
    yield passwords
    passwords.close()


async def test_a_password_is_kept_as_argon2id_with_its_own_salt(passwords: ArgonPasswords) -> None:
    first, second = await passwords.hash("correct horse"), await passwords.hash("correct horse")
    assert first != second
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$\S{22}\$\S{43}", first)
    assert await passwords.verify("correct horse", first)
    assert not await passwords.verify("correct house", first)


async def test_every_character_counts(passwords: ArgonPasswords) -> None:
    kept = await passwords.hash("비밀번호" * 40 + "가")
    assert not await passwords.verify("비밀번호" * 40 + "나", kept)


async def test_nobodys_password_is_never_right(passwords: ArgonPasswords) -> None:
    await passwords.open()
    assert not await passwords.verify("", None)
    assert not await passwords.verify("correct horse", None)


async def test_the_loop_goes_on_and_more_than_may_wait_are_refused(passwords: ArgonPasswords) -> None:
    inside = THREADS + WAITING
    every = asyncio.gather(*(passwords.hash(f"password {n}") for n in range(inside + 5)), return_exceptions=True)
    turns = 0
    while not every.done():
        turns += 1
        await asyncio.sleep(0.001)
    refused = [one for one in every.result() if isinstance(one, Refused)]
    assert [one.reason for one in refused] == [Reason.REASON_TOO_MANY] * 5
    assert turns > inside / THREADS, "it had turns between the hashes"
    assert await passwords.hash("again")


async def test_who_gives_up_still_counts_until_the_thread_is_through(passwords: ArgonPasswords) -> None:
    impatient = [asyncio.create_task(passwords.hash("password")) for _ in range(THREADS + WAITING)]
    await asyncio.sleep(0)
    for task in impatient:
        task.cancel()
    await asyncio.gather(*impatient, return_exceptions=True)
    with pytest.raises(Refused):
        await passwords.hash("password")
