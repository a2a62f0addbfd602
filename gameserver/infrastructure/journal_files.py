"""Journals as files: one a match and one a tournament, in one folder.

DATA/journals/SESSION.1.journal            on, or not yet reported: the outbox
DATA/journals/reported/SESSION.1.journal   acknowledged; may be deleted at any time, the backend has the bytes
DATA/journals/refused/SESSION.1.journal    damaged, or refused by the backend: for a person to look at

SESSION.0.journal is a tournament's own, SESSION.3.journal its match 3, SESSION.3-2.journal that match played again.
"""

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gameserver.sessions.ports import Key, Seal
from wire.journal_file import HEADER, encode

_NAME = re.compile(r"([A-Za-z0-9_-]+)\.(\d+)(?:-(\d+))?\.journal")


class GroupSync:
    """Makes files durable in one thread, all that wait at a time.

    fdatasync takes 0.2 ms and blocks. At most one group is in the thread and one waits, of one entry per session.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "journal-sync")
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._busy = False

    async def sync(self, fd: int) -> None:
        """Returns when all that was written to `fd` before is durable. Raises OSError."""
        future = self._waiting.get(fd)
        if future is None:
            future = self._waiting[fd] = asyncio.get_running_loop().create_future()
        if not self._busy:
            self._next()
        await asyncio.shield(future)

    def close(self) -> None:
        """End the thread, after what it is doing."""
        self._thread.shutdown()

    def _next(self) -> None:
        group, self._waiting = self._waiting, {}
        self._busy = bool(group)
        if group:
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self._thread, _sync_all, tuple(group))
            done.add_done_callback(lambda outcome: self._done(group, outcome))

    def _done(self, group: dict[int, asyncio.Future[None]], outcome: "asyncio.Future[list[OSError | None]]") -> None:
        for future, error in zip(group.values(), outcome.result(), strict=True):
            if future.cancelled():
                continue
            if error:
                future.set_exception(error)
                # The waiting task may have been cancelled, and have closed the file: then the error is of no interest.
                future.exception()
            else:
                future.set_result(None)
        self._next()


def _sync_all(fds: Sequence[int]) -> list[OSError | None]:
    outcomes: list[OSError | None] = []
    for fd in fds:
        try:
            getattr(os, "fdatasync", os.fsync)(fd)
            outcomes.append(None)
        except OSError as error:
            outcomes.append(error)
    return outcomes


class FileJournal:
    """A journal in a file that is open for appending. See `gameserver.sessions.ports.Journal`."""

    def __init__(self, folder: "JournalFolder", path: Path, fd: int, *, new: bool = False) -> None:
        self._folder = folder
        self._path = path
        self._fd = fd
        self._new = new
        self._size = os.fstat(fd).st_size
        self._hash: hashlib._Hash | None = None
        """The digest of the whole file so far; made when it is first asked for."""

    def append(self, records: Sequence[bytes]) -> None:
        content = encode(records)
        try:
            written = os.write(self._fd, content)
        except OSError:
            self._cut()
            raise
        if written != len(content):
            self._cut()
            raise OSError(f"only {written} of {len(content)} bytes fit")
        self._size += written
        if self._hash:
            self._hash.update(content)

    async def sync(self) -> None:
        await self._folder.group.sync(self._fd)
        if self._new:  # its name has to be durable too
            await self._folder.group.sync(self._folder.fd)
            self._new = False

    def content(self) -> bytes:
        return self._path.read_bytes()

    def seal(self, more: Sequence[bytes] = ()) -> Seal:
        if self._hash is None:
            self._hash = hashlib.sha256(self.content())
        with_more, encoded = self._hash.copy(), encode(more)
        with_more.update(encoded)
        return Seal(with_more.digest(), self._size + len(encoded))

    def cut(self, whole: int) -> None:
        if whole < self._size:
            os.ftruncate(self._fd, whole)
            self._size, self._hash = whole, None

    def retire(self, *, keep: bool) -> None:
        if keep:
            self._move(self._folder.reported)
        else:
            self._path.unlink(missing_ok=True)
            self.close()

    def set_aside(self) -> None:
        self._move(self._folder.refused)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _move(self, folder: Path) -> None:
        self.close()
        self._path = self._path.replace(folder / self._path.name)

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, self._size)


def name_of(key: Key) -> str:
    """The name of a journal's file."""
    again = f"-{key.attempt}" if key.attempt > 1 else ""
    return f"{key.session_id}.{key.match}{again}.journal"


def key_of(name: str) -> Key | None:
    """The journal that a file is; None when it is none."""
    parts = _NAME.fullmatch(name)
    return Key(parts[1], int(parts[2]), int(parts[3] or 1)) if parts else None


class JournalFolder:
    """The journals of a game server. See `gameserver.sessions.ports.JournalStore`."""

    def __init__(self, folder: Path) -> None:
        """Makes the folders. Raises OSError when they cannot be made."""
        self.open = folder
        self.reported = folder / "reported"
        self.refused = folder / "refused"
        for each in (self.open, self.reported, self.refused):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
            each.chmod(0o700)  # even if another program has made it
        self.fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        self.group = GroupSync()

    def create(self, key: Key) -> FileJournal:
        path = self.open / name_of(key)
        if any((folder / path.name).exists() for folder in (self.reported, self.refused)):
            raise FileExistsError(f"{path.name} is there")
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if os.write(fd, HEADER) != len(HEADER):
            os.close(fd)
            path.unlink()
            raise OSError("the disk is full")
        return FileJournal(self, path, fd, new=True)

    def content(self, key: Key) -> bytes | None:
        for folder in (self.open, self.reported, self.refused):
            with contextlib.suppress(FileNotFoundError):
                return (folder / name_of(key)).read_bytes()
        return None

    def has(self, key: Key) -> bool:
        return any((folder / name_of(key)).exists() for folder in (self.open, self.reported, self.refused))

    def unreported(self) -> Sequence[Key]:
        return [key for path in sorted(self.open.iterdir()) if (key := key_of(path.name))]

    def reopen(self, key: Key) -> FileJournal:
        path = self.open / name_of(key)
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        return FileJournal(self, path, fd, new=True)  # the last run may not have come to its sync

    def close(self) -> None:
        """End the syncing thread."""
        self.group.close()
        os.close(self.fd)
