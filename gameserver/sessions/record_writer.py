"""Records of one match on their way to its journal: inputs may wait for the disk a moment, all others may not."""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.match.records import Input, Opened, Record
from gameserver.sessions.ports import Codec, Journal
from gameserver.sessions.values import SessionSpec

INPUTS_WAIT_MOST_US: Final = 250_000
"""The longest time that inputs wait for the disk, µs."""
NEVER: Final = 1 << 62


class RecordWriter:
    """Writes records in their order, all or none. While the disk takes none they are kept."""

    __slots__ = ("_codec", "_epoch", "_journal", "_write_by", "waiting")

    def __init__(self, codec: Codec, journal: Journal, epoch: int) -> None:
        """`epoch` is the one that records of this tenure carry."""
        self.waiting: list[Record] = []
        """Records that are not written yet. Only read by others."""
        self._codec = codec
        self._journal = journal
        self._epoch = epoch
        self._write_by = NEVER
        """The time at which waiting records have to be written, server µs: at once if anything follows from them."""

    def begin(self, records: Sequence[Record], spec: SessionSpec) -> None:
        """Take the first records of this tenure, and write those of a match that opens. Raises OSError.

        Those of a restored match are written at the first flush: a start does not wait for the disk.
        """
        self.waiting += records
        if isinstance(opening := self.waiting[0], Opened):
            self._journal.append([self._codec.opened(opening, spec)])
            del self.waiting[0]
            self.write()
        else:
            self._write_by = 0

    def add(self, records: Sequence[Record], now: int) -> None:
        """Take records that follow those that wait."""
        if not self.waiting:
            self._write_by = now + INPUTS_WAIT_MOST_US
        if self._write_by:
            for record in records:
                if type(record) is not Input:
                    self._write_by = 0
                    break
        self.waiting += records

    def is_due(self, now: int) -> bool:
        """Report whether records wait that have to be written now."""
        return bool(self.waiting) and now >= self._write_by

    def write(self) -> None:
        """Write the records that wait. Raises OSError, and keeps them."""
        codec, epoch, journal = self._codec, self._epoch, self._journal
        encoded: list[bytes] = []
        for record in self.waiting:
            if type(record) in codec.sealed:
                encoded.append(codec.record(record, epoch, journal.seal(encoded)))
            else:
                encoded.append(codec.record(record, epoch))
        journal.append(encoded)
        self.waiting, self._write_by = [], NEVER
