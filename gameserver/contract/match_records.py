"""Records of a match's journal as contract messages, and back. See `gameserver.domain.match.records`.

A journal is a file that anybody may have written, so every field is checked while it is read: whatever is out of its
range raises ValueError with what differs, and nothing else does.
"""

import hashlib
from collections.abc import Callable
from typing import Any, Final

from matchpoint.v1 import journal_pb2 as journals
from matchpoint.v1.result_pb2 import Result

from gameserver.contract.match_messages import (
    attendance_of,
    clock_of,
    intent_of,
    occupant_of,
    put_attendance,
    put_clock,
    put_state,
    result_message,
    result_of,
    ruleset_of,
    side_of,
    state_of,
)
from gameserver.contract.progress_messages import progress_of, put_progress
from gameserver.domain.match import records as core
from gameserver.domain.pong.bots import Strength, skill_of
from gameserver.domain.pong.intents import Target
from gameserver.domain.pong.randomness import SECRET_BYTES, commitment
from gameserver.domain.pong.rules import H
from gameserver.domain.values import LEFT, RIGHT, SIDES
from gameserver.sessions.ports import Seal

Message = journals.JournalRecord

MARK: Final = b"\xff\xfe\xfdcheckpoint"
"""The first bytes of a checkpoint's mark; no text can hold them."""
_GRANT_MOST: Final = 1_000_000
"""Largest grace and credit that a record can name, µs: far above what any version has granted."""


def digest_of(result: Result) -> bytes:
    """SHA-256 over the deterministic serialization."""
    return hashlib.sha256(result.SerializeToString(deterministic=True)).digest()


# Out.


def _put_decided(message: Message, record: core.Decided, epoch: int) -> None:
    body = message.decided
    body.seq = record.seq
    body.t1 = record.t1
    body.by_deadline = record.by_deadline
    body.decided_t = record.at


def _put_clock_record(message: Message, record: core.Clock, epoch: int) -> None:
    put_clock(message.clock.clock, record)
    message.clock.epoch = epoch


def _put_attendance_record(message: Message, record: core.AttendanceChanged, epoch: int) -> None:
    message.attendance.attendance.SetInParent()
    put_attendance(message.attendance.attendance, record.attendance)
    message.attendance.t = record.t


def _put_grace(message: Message, record: core.Grace, epoch: int) -> None:
    body = message.grace
    body.seat = record.side
    body.grace_us = record.grace_us
    body.credit_us = record.credit_us
    body.rtt_us = record.rtt_us
    body.save = record.save
    body.SetInParent()


def _put_forfeit(message: Message, record: core.Forfeit, epoch: int) -> None:
    message.forfeit.side = record.side + 1  # type: ignore[assignment]
    message.forfeit.t = record.t
    message.forfeit.SetInParent()


def _put_checkpoint(message: Message, record: core.Checkpoint, epoch: int) -> None:
    put_state(message.checkpoint.pong, record.state, record.state_hash)
    message.checkpoint.t = record.t
    message.checkpoint.topic_seq = record.topic_seq
    if record.progress:
        put_progress(message.checkpoint.progress, record.progress)
        message.checkpoint.progress.epoch = epoch


def _put_heartbeat(message: Message, record: core.Heartbeat, epoch: int) -> None:
    message.heartbeat.t = record.t
    message.heartbeat.SetInParent()


def _put_ended(message: Message, record: core.Ended, epoch: int) -> None:
    result = result_message(record.result)
    message.ended.result.CopyFrom(result)
    message.ended.digest = digest_of(result)


def _put_reported(message: Message, record: core.Reported, epoch: int) -> None:
    message.reported.unix_ms = record.unix_ms
    message.reported.SetInParent()


def put_seal(message: Message, seal: Seal) -> None:
    """Writes into a checkpoint or an end what the journal before it is."""
    if message.HasField("ended"):
        message.ended.journal_digest = seal.digest
    elif message.checkpoint.HasField("progress"):
        message.checkpoint.progress.journal_digest = seal.digest
        message.checkpoint.mark = MARK + seal.length.to_bytes(4, "little")


PUT_RECORD: Final[dict[type[Any], Callable[[Message, Any, int], None]]] = {
    core.Decided: _put_decided,
    core.Clock: _put_clock_record,
    core.AttendanceChanged: _put_attendance_record,
    core.Grace: _put_grace,
    core.Forfeit: _put_forfeit,
    core.Checkpoint: _put_checkpoint,
    core.Heartbeat: _put_heartbeat,
    core.Ended: _put_ended,
    core.Reported: _put_reported,
}


# In.


def _seat(number: int) -> int:
    if number not in SIDES:
        raise ValueError(f"names seat {number}; a match has {LEFT} and {RIGHT}")
    return number


def _read_opened(message: Message) -> core.Record:
    m = message.opened
    if not m.match:
        raise ValueError("opens match 0")
    for level, occupant in ((m.left_bot_reaction_ms, m.left), (m.right_bot_reaction_ms, m.right)):
        if occupant.bot:
            skill_of(Strength(occupant.bot), level)
    if m.secret and (len(m.secret) != SECRET_BYTES or m.commitment != commitment(m.secret)):
        raise ValueError("has a secret that is not the one that was committed to")
    return core.Opened(
        ruleset_of(m.ruleset),
        m.ruleset_hash,
        m.secret or m.seed,
        occupant_of(m.left, m.left_bot_reaction_ms, m.left_rtt_most_us),
        occupant_of(m.right, m.right_bot_reaction_ms, m.right_rtt_most_us),
        m.session_id,
        m.match,
        m.rated,
    )


def _read_input(message: Message) -> core.Record:
    m = message.input
    intent = intent_of(m.pong)
    if intent is None:
        raise ValueError("is an input that says nothing")
    if isinstance(intent, Target) and intent.y > H:
        raise ValueError(f"has a target at {intent.y}; the court ends at {H}")
    return core.Input(_seat(m.seat), m.seq, m.te, intent, m.arrival, m.claimed)


def _read_decided(message: Message) -> core.Record:
    m = message.decided
    return core.Decided(m.seq, m.t1, m.by_deadline, m.decided_t)


def _read_clock(message: Message) -> core.Record:
    return clock_of(message.clock.clock)


def _read_attendance(message: Message) -> core.Record:
    return core.AttendanceChanged(attendance_of(message.attendance.attendance), message.attendance.t)


def _read_grace(message: Message) -> core.Record:
    m = message.grace
    if max(m.grace_us, m.credit_us) > _GRANT_MOST:
        raise ValueError(f"grants {max(m.grace_us, m.credit_us)} µs; nobody was ever granted {_GRANT_MOST}")
    return core.Grace(_seat(m.seat), m.grace_us, m.credit_us, m.rtt_us, m.save)


def _read_forfeit(message: Message) -> core.Record:
    return core.Forfeit(side_of(message.forfeit.side), message.forfeit.t)


def _read_checkpoint(message: Message) -> core.Record:
    m = message.checkpoint
    progress = progress_of(m.progress) if m.HasField("progress") else None
    return core.Checkpoint(state_of(m.pong), m.pong.state_hash, m.t, m.topic_seq, progress)


def _read_heartbeat(message: Message) -> core.Record:
    return core.Heartbeat(message.heartbeat.t)


def _read_ended(message: Message) -> core.Record:
    return core.Ended(result_of(message.ended.result))


def _read_reported(message: Message) -> core.Record:
    return core.Reported(message.reported.unix_ms)


READ_RECORD: Final[dict[str, Callable[[Message], core.Record]]] = {
    "opened": _read_opened,
    "input": _read_input,
    "decided": _read_decided,
    "clock": _read_clock,
    "attendance": _read_attendance,
    "grace": _read_grace,
    "forfeit": _read_forfeit,
    "checkpoint": _read_checkpoint,
    "heartbeat": _read_heartbeat,
    "ended": _read_ended,
    "reported": _read_reported,
}
