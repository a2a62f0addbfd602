"""A match's journal read back: record by record, or from its last checkpoint on.

A checkpoint holds all that came before it (see `JournalProgress`), and a digest of the file up to it. So a start reads
the opening, the checkpoints and what lies behind the last of them, and hashes the rest: that takes a fiftieth of
folding it.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from google.protobuf.message import DecodeError
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import SessionSpec

from gameserver.adapters.match_records import READ_RECORD, digest_of
from gameserver.core.journal import Checkpoint, JournalError, Opened, Record, fold
from gameserver.core.resume import can_begin_at, resume
from gameserver.service.ports import PastMatch, RestoredMatch
from wire.journal_file import HEADER, PREFIX_BYTES, decode, places_of

#: What a checkpoint's bytes begin with: the tag of its field in the record.
_CHECKPOINT: Final = bytes((JournalRecord.CHECKPOINT_FIELD_NUMBER << 3 | 2,))


def read_records(content: bytes, encoded: Sequence[bytes]) -> PastMatch:
    """Records of a journal file. Raises JournalError when one does not make sense."""
    records: list[Record] = []
    spec, epoch = SessionSpec(), 1
    for position, record in enumerate(encoded):
        try:
            message = JournalRecord.FromString(record)
            kind = message.WhichOneof("body")
            if kind not in READ_RECORD:
                raise ValueError("is of a kind that is not known in a match")
            if kind == "opened":
                spec = SessionSpec.FromString(message.opened.spec)
            elif kind == "clock":
                epoch = message.clock.epoch
            elif kind == "ended" and message.ended.digest != digest_of(message.ended.result):
                raise ValueError("has a digest of another result")
            records.append(READ_RECORD[kind](message))
        except (DecodeError, ArithmeticError, ValueError) as error:
            raise JournalError(position, str(error)) from error
    return PastMatch(records, spec, epoch)


def restore(content: bytes) -> RestoredMatch:
    """What a journal file leads to. Raises JournalUnreadable and JournalError."""
    found = _from_last_checkpoint(content)
    if found is None:
        past = read_records(content, decode(content).records)
        found = RestoredMatch(fold(past.records), past.spec, past.epoch)
    return found


def _from_last_checkpoint(content: bytes) -> RestoredMatch | None:
    """None when that cannot be: an older journal, none of a match, or one that is not what its digests say."""
    places = places_of(content, _CHECKPOINT)
    if not places:
        return None
    try:
        opened, spec = _opening(content)
        messages = [_record_at(content, place).checkpoint for place in places]
        checkpoints = [READ_RECORD["checkpoint"](JournalRecord(checkpoint=message)) for message in messages]
        while checkpoints and isinstance(last := checkpoints[-1], Checkpoint) and not can_begin_at(opened, last):
            del checkpoints[-1]
        if not checkpoints or not all(isinstance(c, Checkpoint) and c.progress for c in checkpoints):
            return None
        last_place, progress = places[len(checkpoints) - 1], messages[len(checkpoints) - 1].progress
        if sha256(memoryview(content)[:last_place]).digest() != progress.journal_digest:
            return None
        tail = read_records(content, decode(content, last_place).records)
        facts = resume(opened, [c for c in checkpoints if isinstance(c, Checkpoint)], tail.records[1:])
        return RestoredMatch(facts, spec, max(tail.epoch, progress.epoch))
    except (DecodeError, ValueError, LookupError, JournalError):
        return None  # folding it from its beginning says what is wrong with it


def _opening(content: bytes) -> tuple[Opened, SessionSpec]:
    message = _record_at(content, len(HEADER))
    opened = READ_RECORD["opened"](message)
    if not message.HasField("opened") or not isinstance(opened, Opened):
        raise ValueError("is not the opening")
    if opened.ruleset_hash != opened.ruleset.hash():
        raise ValueError("names another ruleset hash than its ruleset has")
    return opened, SessionSpec.FromString(message.opened.spec)


def _record_at(content: bytes, place: int) -> JournalRecord:
    length = int.from_bytes(content[place : place + 4], "little")
    start = place + PREFIX_BYTES
    return JournalRecord.FromString(content[start : start + length])
