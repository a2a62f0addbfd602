"""Pruning of journals that the backend has: they are kept for a while, for people and for calls to this server."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from gameserver.infrastructure.journal_files import JournalFolder, key_of

log = structlog.get_logger("journals")

EVERY_S: Final = 3_600.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reported journal: its file's name, when it was last written (unix s), its size in bytes."""

    name: str
    written_s: float
    size: int


def surplus(kept: Iterable[Kept], on: Collection[str], now_s: float, most_s: float, most_bytes: int) -> list[str]:
    """Names of what goes: whatever is older than `most_s`, then the oldest until the rest has at most `most_bytes`.

    What belongs to a session in `on` stays: a tournament that goes on may still be asked for its matches.
    """
    names: list[str] = []
    total = 0
    for journal in sorted(kept, key=lambda journal: (journal.written_s, journal.name), reverse=True):
        key = key_of(journal.name)
        if key is None or key.session_id in on:
            continue
        total += journal.size
        if total > most_bytes or now_s - journal.written_s > most_s:
            names.append(journal.name)
    return names


def prune(journals: JournalFolder, now_s: float, most_s: float, most_bytes: int) -> int:
    """Remove the surplus and return how many files that were. Raises OSError."""
    on = {key.session_id for path in journals.open.glob("*.journal") if (key := key_of(path.name))}
    names = surplus(_look(journals.reported), on, now_s, most_s, most_bytes)
    for name in names:
        (journals.reported / name).unlink(missing_ok=True)
    return len(names)


def _look(folder: Path) -> Iterable[Kept]:
    for path in folder.iterdir():
        stat = path.stat()
        yield Kept(path.name, stat.st_mtime, stat.st_size)


async def keep_pruned(journals: JournalFolder, most_s: float, most_bytes: int, now_s: Callable[[], float]) -> None:
    """Prune at once and every hour, beside everything else, until cancelled."""
    while True:
        try:
            if gone := await asyncio.to_thread(prune, journals, now_s(), most_s, most_bytes):
                log.info("old journals removed", journals=gone)
        except OSError:
            log.exception("old journals cannot be removed")
        await asyncio.sleep(EVERY_S)
