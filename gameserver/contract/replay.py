"""The journal of a match as it may be seen, made in small steps: a long one takes 0.4 s, and others play meanwhile."""

import asyncio
from collections.abc import Generator
from typing import Final, TypeVar

from google.protobuf.message import DecodeError
from matchpoint.internal.v1.raw_pb2 import RawGetReplayResponse
from matchpoint.v1.journal_pb2 import JournalRecord

from wire.journal_file import JournalUnreadable, decode

STEP: Final = 2_000
"""Records that are read at once: some 4 ms."""

T = TypeVar("T")
Steps = Generator[None, None, T]


async def taken(steps: Steps[T]) -> T:
    """Run the steps and return their value. Other tasks have a turn between two of them."""
    try:
        while True:
            next(steps)
            await asyncio.sleep(0)
    except StopIteration as done:
        value: T = done.value
        return value


def replay(content: bytes) -> Steps[bytes]:
    """A serialized GetReplayResponse with the records of a journal file up to what is decided: no input that could
    still be answered to, and no secret.

    Raises JournalUnreadable.
    """
    records: list[bytes] = []
    times: list[int] = []
    """The time at which each input counts; -1 for other records."""
    until, ended, at = 0, False, 0
    while True:
        found = decode(content, at, STEP)
        for record in found.records:
            message = _read(record)
            te = -1
            if message.HasField("input"):
                te = message.input.te
            elif message.HasField("decided"):
                until = max(until, message.decided.t1)
            ended = ended or message.HasField("ended")
            times.append(te)
        records += found.records
        yield
        if len(found.records) < STEP:
            break
        at = found.whole
    parts: list[bytes] = []
    for begin in range(0, len(records), STEP):
        step = zip(records[begin : begin + STEP], times[begin : begin + STEP], strict=True)
        shown = [record for record, te in step if ended or te <= until]
        if begin == 0 and not ended:
            shown = [_without_secret(record) for record in shown]
        # Serialized messages behind each other are one message with all of their records.
        parts.append(RawGetReplayResponse(records=shown).SerializeToString())
        yield
    return b"".join(parts)


def _read(record: bytes) -> JournalRecord:
    try:
        return JournalRecord.FromString(record)
    except DecodeError as error:
        raise JournalUnreadable("a record is no message of this version") from error


def _without_secret(record: bytes) -> bytes:
    """The opening of a match that is not over, as it may be seen: the commitment stays. Others are left alone."""
    message = JournalRecord.FromString(record)
    if not message.HasField("opened"):
        return record
    message.opened.ClearField("secret")
    if message.opened.seed:  # of an older version, whose spec has it too
        message.opened.ClearField("seed")
        message.opened.ClearField("spec")
    return message.SerializeToString()
