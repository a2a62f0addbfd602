"""File format of journals: a first line, then records, each behind its length and checksums.

    b"matchpoint journal 1\n"  then  (length u32, crc32 of the length u32, crc32 of the bytes u32, bytes) ...

All numbers are little-endian. The bytes of a record are one serialized `JournalRecord`, which is not parsed here.

The length has a checksum of its own, so that two things can be told apart: an end that a crash cut off (a *torn*
tail, which is expected and dropped) and bytes that changed afterwards (*damage*, which is never passed over).
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final
from zlib import crc32

HEADER: Final = b"matchpoint journal 1\n"
RECORD_MAX: Final = 1 << 20
"""Longest record in bytes. A result with every contact of a 30-minute match takes about 10 KB."""

_PREFIX: Final = Struct("<III")
PREFIX_BYTES: Final = _PREFIX.size
"""Bytes before each record: its length, and the two checksums."""
_LENGTH: Final = Struct("<I")


class JournalUnreadable(Exception):
    """A journal file that cannot be trusted. `records` are those before the fault, in order."""

    def __init__(self, sentence: str, records: tuple[bytes, ...] = ()) -> None:
        super().__init__(sentence)
        self.records = records


class NotAJournal(JournalUnreadable):
    """It does not begin like a journal, or is of a version that is not known here."""


class JournalDamaged(JournalUnreadable):
    """Bytes have changed since they were written. `offset` says where the record with the fault begins."""

    def __init__(self, offset: int, records: tuple[bytes, ...]) -> None:
        super().__init__(
            f"the journal is damaged: record {len(records) + 1}, at byte {offset}, does not match its checksum", records
        )
        self.offset = offset


@dataclass(frozen=True, slots=True)
class JournalBytes:
    """Contents of a journal file."""

    records: tuple[bytes, ...]
    """Every whole record, in order."""
    whole: int
    """Length of the file up to the end of the last whole record. The rest is a torn tail, to be cut off before anything
    is appended."""


def encode(records: Iterable[bytes]) -> bytes:
    """The records as they are appended to a file. Raises ValueError for a record longer than RECORD_MAX."""
    parts: list[bytes] = []
    for record in records:
        length = len(record)
        if length > RECORD_MAX:
            raise ValueError(f"a record of {length} bytes; at most {RECORD_MAX} are allowed")
        parts.append(_PREFIX.pack(length, crc32(_LENGTH.pack(length)), crc32(record)))
        parts.append(record)
    return b"".join(parts)


def decode(content: bytes, begin: int = 0, most: int = sys.maxsize) -> JournalBytes:
    """Reads a whole file, or at most `most` records from byte `begin` on, where a record has to begin.

    An end that is cut off, or only zeros (a file system may leave those after a power loss), is a torn tail.
    Raises NotAJournal and JournalDamaged.
    """
    if not content.startswith(HEADER):
        if HEADER.startswith(content):
            return JournalBytes((), 0)  # torn inside the first line
        raise NotAJournal("the file does not begin like a journal of version 1")
    records: list[bytes] = []
    at, end = begin or len(HEADER), len(content)
    while at + _PREFIX.size <= end and len(records) < most:
        length, length_check, check = _PREFIX.unpack_from(content, at)
        if crc32(_LENGTH.pack(length)) != length_check:
            if not any(content[at:]):
                break
            raise JournalDamaged(at, tuple(records))
        start = at + _PREFIX.size
        if start + length > end:
            break
        record = content[start : start + length]
        if crc32(record) != check:
            raise JournalDamaged(at, tuple(records))
        records.append(record)
        at = start + length
    return JournalBytes(tuple(records), at)


def first_record(content: bytes) -> tuple[bytes, int]:
    """The first record of a whole file, and where the second begins. What lies behind it is not looked at.

    Raises NotAJournal and JournalDamaged.
    """
    begin = len(HEADER) + _PREFIX.size
    if not content.startswith(HEADER) or len(content) < begin:
        raise NotAJournal("the file does not begin like a journal of version 1")
    end = begin + _PREFIX.unpack_from(content, len(HEADER))[0]
    records = decode(content[:end]).records
    if len(records) != 1:
        raise JournalDamaged(len(HEADER), records)
    return records[0], end
