"""A match's journal read back: record by record, or from its last checkpoint on.

A checkpoint holds all that came before it (see `JournalProgress`), and a digest of the file up to it. So a start reads
the opening, the checkpoints and what lies behind the last of them, and hashes the rest: that takes a fiftieth of
folding it.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from google.protobuf.message import DecodeError
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import SessionSpec as SessionSpecMessage

from gameserver.contract.match_records import MARK, READ_RECORD, digest_of
from gameserver.contract.progress_messages import scored_of
from gameserver.contract.specs import spec_of
from gameserver.domain.match.records import JournalError, Opened, Record
from gameserver.domain.match.resume import can_begin_at, resume
from gameserver.domain.match.state import replay
from gameserver.domain.timing import STANDARD, Timing
from gameserver.sessions.ports import MatchJournal, RestoredMatch
from gameserver.sessions.values import SessionSpec
from wire.journal_file import HEADER, PREFIX_BYTES, decode

_MARKED: Final = re.compile(re.escape(MARK) + b"(.{4})", re.DOTALL)
"""A checkpoint's mark, and the place at which its record begins."""


def read_records(encoded: Sequence[bytes]) -> MatchJournal:
    """Read the records of a journal file. Raises JournalError when one does not make sense."""
    records: list[Record] = []
    spec, epoch = SessionSpecMessage(), 1
    for position, record in enumerate(encoded):
        try:
            message = JournalRecord.FromString(record)
            kind = message.WhichOneof("body")
            if kind not in READ_RECORD:
                raise ValueError("is of a kind that is not known in a match")
            if kind == "opened":
                spec = SessionSpecMessage.FromString(message.opened.spec)
            elif kind == "clock":
                epoch = message.clock.epoch
            elif kind == "ended" and message.ended.digest != digest_of(message.ended.result):
                raise ValueError("has a digest of another result")
            records.append(READ_RECORD[kind](message))
        except (DecodeError, ArithmeticError, ValueError) as error:
            raise JournalError(position, str(error)) from error
    return MatchJournal(records, spec_of(spec), epoch)


def restore(content: bytes, timing: Timing = STANDARD) -> RestoredMatch:
    """Restore the match of a journal file, written with that timing. Raises JournalUnreadable and JournalError."""
    found = _from_last_checkpoint(content, timing)
    if found is None:
        read = decode(content)
        journal = read_records(read.records)
        found = RestoredMatch(replay(journal.records, timing=timing), journal.spec, journal.epoch, read.whole)
    return found


def _from_last_checkpoint(content: bytes, timing: Timing) -> RestoredMatch | None:
    """Restore a match from its last checkpoint. None when that is impossible: an older journal, none of a match, or one
    that contradicts its digests."""
    places = [int.from_bytes(found[1], "little") for found in _MARKED.finditer(content)]
    if not places:
        return None
    try:
        opened, spec = _opening(content)
        checkpoints = [_record_at(content, place).checkpoint for place in places]
        newest = checkpoints[-1].pong
        if not can_begin_at(opened, newest.left, newest.right, newest.sudden_death):
            del checkpoints[-1]
        if not checkpoints:
            return None
        place, progress = places[len(checkpoints) - 1], checkpoints[-1].progress
        if sha256(memoryview(content)[:place]).digest() != progress.journal_digest:
            return None
        behind = decode(content, place)
        last, *tail = (journal := read_records(behind.records)).records
        scored = [scored_of(checkpoint.progress) for checkpoint in checkpoints]
        state = resume(opened, scored, last, tail, timing)
        return RestoredMatch(state, spec, max(journal.epoch, progress.epoch), behind.whole)
    except (DecodeError, ValueError, LookupError, JournalError):
        return None  # folding it from its beginning says what is wrong with it


def _opening(content: bytes) -> tuple[Opened, SessionSpec]:
    message = _record_at(content, len(HEADER))
    opened = READ_RECORD["opened"](message)
    if not message.HasField("opened") or not isinstance(opened, Opened):
        raise ValueError("is not the opening")
    if opened.ruleset_hash != opened.ruleset.hash():
        raise ValueError("names another ruleset hash than its ruleset has")
    return opened, spec_of(SessionSpecMessage.FromString(message.opened.spec))


def _record_at(content: bytes, place: int) -> JournalRecord:
    length = int.from_bytes(content[place : place + 4], "little")
    start = place + PREFIX_BYTES
    return JournalRecord.FromString(content[start : start + length])
