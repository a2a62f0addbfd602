"""Promises of every journal store. A second implementation is one more entry in STORES."""

import os
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path

import pytest

from gameserver.infrastructure.journal_files import JournalFolder
from gameserver.sessions.ports import JournalStore, Key
from wire.journal_file import HEADER, decode

pytestmark = pytest.mark.anyio

STORES = {"files": JournalFolder}
SESSION = "session-0123456789abcd"
KEY = Key(SESSION)

Reopen = Callable[[], JournalStore]


@pytest.fixture(params=STORES)
async def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Reopen]:
    """Opens the store, as often as a test restarts it."""
    opened: list[JournalFolder] = []

    def again() -> JournalStore:
        opened.append(STORES[request.param](tmp_path / "journals"))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


async def test_what_was_appended_is_there_after_a_restart(reopen: Reopen) -> None:
    journal = reopen().create(KEY)
    journal.append([b"one", b"two"])
    journal.append([b"three"])
    await journal.sync()
    store = reopen()
    assert store.unreported() == [KEY]
    again = store.reopen(KEY)
    assert decode(again.content()).records == (b"one", b"two", b"three")
    again.append([b"four"])
    assert decode(journal.content()).records[-1] == b"four"
    again.retire(keep=False)


async def test_a_session_has_one_journal_for_ever(reopen: Reopen) -> None:
    store = reopen()
    journal = store.create(KEY)
    with pytest.raises(FileExistsError):
        store.create(KEY)
    journal.retire(keep=True)
    with pytest.raises(FileExistsError):
        store.create(KEY)


async def test_a_retired_journal_is_read_and_not_resent(reopen: Reopen) -> None:
    store = reopen()
    journal = store.create(KEY)
    journal.append([b"one"])
    journal.retire(keep=True)
    assert list(reopen().unreported()) == []
    content = store.content(KEY)
    assert content is not None
    assert decode(content).records == (b"one",)


async def test_a_journal_that_is_removed_is_gone(reopen: Reopen) -> None:
    store = reopen()
    journal = store.create(KEY)
    journal.retire(keep=False)
    assert store.content(KEY) is None


async def test_a_journal_that_is_set_aside_is_read_and_not_resent(reopen: Reopen) -> None:
    store = reopen()
    journal = store.create(KEY)
    journal.append([b"one"])
    journal.set_aside()
    assert list(reopen().unreported()) == []
    assert store.content(KEY) is not None


async def test_a_session_that_never_was_has_no_journal(reopen: Reopen) -> None:
    assert reopen().content(KEY) is None


async def test_many_syncs_at_once_all_come_back(reopen: Reopen) -> None:
    import asyncio

    store = reopen()
    journals = [store.create(Key(f"session-{number:016}")) for number in range(50)]
    for journal in journals:
        journal.append([b"one"])
    async with asyncio.timeout(10):
        await asyncio.gather(*(journal.sync() for journal in journals for _ in range(3)))
    for journal in journals:
        journal.retire(keep=False)


# Files.


async def test_a_torn_tail_is_cut_off_before_anything_is_appended(tmp_path: Path) -> None:
    store = JournalFolder(tmp_path)
    journal = store.create(KEY)
    journal.append([b"one", b"two"])
    path = tmp_path / f"{SESSION}.1.journal"
    os.truncate(path, path.stat().st_size - 1)
    again = store.reopen(KEY)
    again.cut(decode(again.content()).whole)
    again.append([b"three"])
    assert decode(again.content()).records == (b"one", b"three")
    again.retire(keep=False)
    journal.close()
    store.close()


async def test_the_digest_is_that_of_the_file_before_and_after_a_restart(tmp_path: Path) -> None:
    store = JournalFolder(tmp_path)
    journal = store.create(KEY)
    for number in range(3):
        assert journal.seal().digest == sha256(journal.content()).digest()
        promised = journal.seal([b"one", b"two"])
        journal.append([b"one", b"two"] if number < 2 else [b"something else"])
        assert (journal.seal() == promised) == (number < 2)
    again = store.reopen(KEY)
    assert again.seal().digest == journal.seal().digest == sha256(journal.content()).digest()
    again.cut(len(HEADER))
    assert again.seal().digest == sha256(HEADER).digest()
    again.retire(keep=False)
    journal.close()
    store.close()


async def test_a_disk_that_fills_up_in_the_middle_of_a_write_leaves_whole_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = JournalFolder(tmp_path)
    journal = store.create(KEY)
    journal.append([b"one"])
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda fd, content: write(fd, content[:5]))
        with pytest.raises(OSError, match="fit"):
            journal.append([b"two"])
    journal.append([b"three"])
    assert decode(journal.content()).records == (b"one", b"three")
    journal.retire(keep=False)
    store.close()
