"""Journals that have to be written, however long the disk takes."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from gameserver.sessions.ports import Journal

log = structlog.get_logger("tournament")

RETRY_S: Final = 0.25
"""Seconds after which a journal that could not be written is tried again."""


async def append(journal: Journal, session_id: str, records: Sequence[bytes]) -> None:
    """Return when the records are written."""
    while True:
        try:
            journal.append(records)
            return
        except OSError:
            log.exception("a tournament's journal cannot be written", session_id=session_id)
            await asyncio.sleep(RETRY_S)


async def make_durable(journal: Journal, session_id: str) -> None:
    """Return when all that was appended survives a power loss."""
    while True:
        try:
            await journal.sync()
            return
        except OSError:
            log.exception("a journal cannot be made durable", session_id=session_id)
            await asyncio.sleep(RETRY_S)
