"""Frames, deliveries and journal records as bytes. See `gameserver.service.ports.Codec`.

The way out is hot: a frame is built and serialized once, whoever watches, and the bytes around it are put on by hand.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from google.protobuf.message import DecodeError
from matchpoint.v1 import frames_pb2 as frames
from matchpoint.v1 import journal_pb2 as journals
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import SessionSpec

from gameserver.adapters.messages import (
    attendance_of,
    clock_of,
    intent_of,
    occupant_message,
    occupant_of,
    put_attendance,
    put_clock,
    put_goal,
    put_intent,
    put_miss,
    put_paddle_move,
    put_state,
    put_volley,
    result_message,
    result_of,
    ruleset_message,
    ruleset_of,
    state_of,
)
from gameserver.adapters.tournament_codec import TournamentCodec
from gameserver.adapters.tournament_messages import PUT_EVENT, put_tournament
from gameserver.core import journal as core
from gameserver.core.game import Event
from gameserver.core.games.pong import Goal, Miss, PaddleMove, Volley
from gameserver.core.journal import JournalError, Record
from gameserver.core.match import Snapshot
from gameserver.core.tournament import journal as tournament
from gameserver.service.ports import PastMatch, TournamentSnapshot
from wire.journal_file import decode

_PUT_EVENT: Final[dict[type[Any], Callable[[frames.Event, Any], None]]] = {
    PaddleMove: lambda event, e: put_paddle_move(event.paddle_move, e),
    Volley: lambda event, e: put_volley(event.volley, e),
    Miss: lambda event, e: put_miss(event.miss, e),
    Goal: lambda event, e: put_goal(event.goal, e),
    core.Clock: lambda event, e: put_clock(event.clock, e),
    core.Attendance: lambda event, e: put_attendance(event.attendance, e),
    core.Result: lambda event, e: event.result.CopyFrom(result_message(e)),
    **PUT_EVENT,
}


def varint(number: int) -> bytes:
    """A number from 0 as protobuf writes lengths."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


_SHORTS: Final = 512
_SHORT: Final = tuple(varint(length) for length in range(_SHORTS))


def digest_of(result: Result) -> bytes:
    """SHA-256 over the deterministic serialization."""
    return hashlib.sha256(result.SerializeToString(deterministic=True)).digest()


class ProtobufCodec(TournamentCodec):
    """The codec of the contract.

    What is made several times a second in every match, a frame of one paddle move and the record of an input, is
    always the same message filled anew: that halves what they cost.
    """

    durable: Collection[type] = frozenset((Goal, core.Result, *PUT_EVENT))

    def __init__(self) -> None:
        self._moved = frames.ServerMessage()
        self._frame = self._moved.frame
        self._move = self._frame.events.add().paddle_move
        self._record = journals.JournalRecord()
        self._input = self._record.input
        self._intent = self._input.pong

    def frame(
        self,
        topic: int,
        epoch: int,
        seq: int,
        server_us: int,
        horizon_t: int,
        events: Sequence[Event | tournament.Event],
        snapshot: Snapshot | TournamentSnapshot | None = None,
    ) -> bytes:
        if len(events) == 1 and snapshot is None and isinstance(move := events[0], PaddleMove):
            message, frame = self._moved, self._frame
            put_paddle_move(self._move, move)
        else:
            message = frames.ServerMessage()
            frame = message.frame
            for event in events:
                _PUT_EVENT[type(event)](frame.events.add(), event)
            if isinstance(snapshot, TournamentSnapshot):
                put_tournament(frame.snapshot.tournament, snapshot)
            elif snapshot:
                _put_snapshot(frame.snapshot, snapshot)
        frame.topic = topic
        frame.epoch = epoch
        frame.seq = seq
        frame.server_ms = server_us / 1000
        frame.horizon_t = horizon_t
        return message.SerializeToString()

    def connections(self, numbers: Sequence[int]) -> bytes:
        packed = b"".join(map(varint, numbers))
        return b"\x0a" + varint(len(packed)) + packed

    def delivery(self, connections: bytes, message: bytes, close_code: int = 0) -> bytes:
        length = len(message)
        body = b"%b\x12%b%b" % (connections, _SHORT[length] if length < _SHORTS else varint(length), message)
        if close_code:
            body += b"\x18" + varint(close_code)
        length = len(body)
        return b"\x0a%b%b" % (_SHORT[length] if length < _SHORTS else varint(length), body)

    def result(self, ended: core.Ended) -> tuple[Result, bytes]:
        message = result_message(ended.result)
        return message, digest_of(message)

    def opened(self, opened: core.Opened, spec: SessionSpec) -> bytes:
        return journals.JournalRecord(
            opened=journals.JournalOpened(
                session_id=opened.session_id,
                match=opened.match,
                ruleset=ruleset_message(opened.ruleset),
                ruleset_hash=opened.ruleset_hash,
                seed=opened.seed,
                left=occupant_message(opened.left),
                right=occupant_message(opened.right),
                spec=spec.SerializeToString(deterministic=True),
                opened_unix_ms=time.time_ns() // 1_000_000,
                left_bot_reaction_ms=opened.left.bot_reaction_ms,
                right_bot_reaction_ms=opened.right.bot_reaction_ms,
            )
        ).SerializeToString()

    def record(self, record: Record, epoch: int) -> bytes:
        if type(record) is core.Input:
            body = self._input
            body.seat = record.side
            body.seq = record.seq
            body.te = record.te
            put_intent(self._intent, record.intent)
            body.arrival = record.arrival
            body.claimed = record.claimed
            return self._record.SerializeToString()
        message = journals.JournalRecord()
        _PUT_RECORD[type(record)](message, record, epoch)
        return message.SerializeToString()

    def read(self, content: bytes) -> PastMatch:
        records: list[Record] = []
        spec, epoch = SessionSpec(), 1
        for position, encoded in enumerate(decode(content).records):
            try:
                message = journals.JournalRecord.FromString(encoded)
                kind = message.WhichOneof("body")
                if kind not in _READ_RECORD:
                    raise ValueError("is of a kind that is not known in a match")
                if kind == "opened":
                    spec = SessionSpec.FromString(message.opened.spec)
                elif kind == "clock":
                    epoch = message.clock.epoch
                elif kind == "ended" and message.ended.digest != digest_of(message.ended.result):
                    raise ValueError("has a digest of another result")
                records.append(_READ_RECORD[kind](message))
            except (DecodeError, ValueError) as error:
                raise JournalError(position, str(error)) from error
        return PastMatch(records, spec, epoch)


def decided_records(content: bytes) -> list[bytes]:
    """The records of a journal file up to what is decided: no input that could still be answered to.

    Raises JournalUnreadable.
    """
    records = decode(content).records
    messages = [journals.JournalRecord.FromString(record) for record in records]
    if any(message.HasField("ended") for message in messages):
        return list(records)
    until = max((message.decided.t1 for message in messages if message.HasField("decided")), default=0)
    return [
        record
        for record, message in zip(records, messages, strict=True)
        if not (message.HasField("input") and message.input.te > until)
    ]


def _put_snapshot(message: frames.Snapshot, snapshot: Snapshot) -> None:
    opened = snapshot.opened
    message.card.CopyFrom(
        frames.MatchCard(
            session_id=opened.session_id,
            match=opened.match,
            ruleset=ruleset_message(opened.ruleset),
            left=occupant_message(opened.left),
            right=occupant_message(opened.right),
            pairing=snapshot.pairing,
        )
    )
    put_clock(message.clock, snapshot.clock)
    message.attendance.SetInParent()
    put_attendance(message.attendance, snapshot.attendance)
    put_state(message.pong, snapshot.state, snapshot.state_hash)
    message.last_inputs.extend(snapshot.last_inputs)
    if snapshot.result:
        message.result.CopyFrom(result_message(snapshot.result))


# Journal records, out.


def _put_decided(message: journals.JournalRecord, record: core.Decided, epoch: int) -> None:
    body = message.decided
    body.seq = record.seq
    body.t1 = record.t1
    body.by_deadline = record.by_deadline
    body.decided_t = record.at


def _put_clock_record(message: journals.JournalRecord, record: core.Clock, epoch: int) -> None:
    put_clock(message.clock.clock, record)
    message.clock.epoch = epoch


def _put_attendance_record(message: journals.JournalRecord, record: core.AttendanceChanged, epoch: int) -> None:
    message.attendance.attendance.SetInParent()
    put_attendance(message.attendance.attendance, record.attendance)
    message.attendance.t = record.t


def _put_grace(message: journals.JournalRecord, record: core.Grace, epoch: int) -> None:
    body = message.grace
    body.seat = record.side
    body.grace_us = record.grace_us
    body.credit_us = record.credit_us
    body.rtt_us = record.rtt_us
    body.save = record.save
    body.SetInParent()


def _put_forfeit(message: journals.JournalRecord, record: core.Forfeit, epoch: int) -> None:
    message.forfeit.side = record.side + 1  # type: ignore[assignment]
    message.forfeit.t = record.t
    message.forfeit.SetInParent()


def _put_checkpoint(message: journals.JournalRecord, record: core.Checkpoint, epoch: int) -> None:
    put_state(message.checkpoint.pong, record.state, record.state_hash)
    message.checkpoint.t = record.t
    message.checkpoint.topic_seq = record.topic_seq


def _put_heartbeat(message: journals.JournalRecord, record: core.Heartbeat, epoch: int) -> None:
    message.heartbeat.t = record.t
    message.heartbeat.SetInParent()


def _put_ended(message: journals.JournalRecord, record: core.Ended, epoch: int) -> None:
    result = result_message(record.result)
    message.ended.result.CopyFrom(result)
    message.ended.digest = digest_of(result)


def _put_reported(message: journals.JournalRecord, record: core.Reported, epoch: int) -> None:
    message.reported.unix_ms = record.unix_ms
    message.reported.SetInParent()


_PUT_RECORD: Final[dict[type[Any], Callable[[journals.JournalRecord, Any, int], None]]] = {
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


# Journal records, in.


def _read_opened(message: journals.JournalRecord) -> Record:
    m = message.opened
    return core.Opened(
        ruleset_of(m.ruleset),
        m.ruleset_hash,
        m.seed,
        occupant_of(m.left, m.left_bot_reaction_ms),
        occupant_of(m.right, m.right_bot_reaction_ms),
        m.session_id,
        m.match,
    )


def _read_input(message: journals.JournalRecord) -> Record:
    m = message.input
    intent = intent_of(m.pong)
    if intent is None:
        raise ValueError("is an input that says nothing")
    return core.Input(m.seat, m.seq, m.te, intent, m.arrival, m.claimed)


def _read_decided(message: journals.JournalRecord) -> Record:
    m = message.decided
    return core.Decided(m.seq, m.t1, m.by_deadline, m.decided_t)


def _read_clock(message: journals.JournalRecord) -> Record:
    return clock_of(message.clock.clock)


def _read_attendance(message: journals.JournalRecord) -> Record:
    return core.AttendanceChanged(attendance_of(message.attendance.attendance), message.attendance.t)


def _read_grace(message: journals.JournalRecord) -> Record:
    m = message.grace
    return core.Grace(m.seat, m.grace_us, m.credit_us, m.rtt_us, m.save)


def _read_forfeit(message: journals.JournalRecord) -> Record:
    return core.Forfeit(message.forfeit.side - 1, message.forfeit.t)


def _read_checkpoint(message: journals.JournalRecord) -> Record:
    m = message.checkpoint
    return core.Checkpoint(state_of(m.pong), m.pong.state_hash, m.t, m.topic_seq)


def _read_heartbeat(message: journals.JournalRecord) -> Record:
    return core.Heartbeat(message.heartbeat.t)


def _read_ended(message: journals.JournalRecord) -> Record:
    return core.Ended(result_of(message.ended.result))


def _read_reported(message: journals.JournalRecord) -> Record:
    return core.Reported(message.reported.unix_ms)


_READ_RECORD: Final[dict[str, Callable[[journals.JournalRecord], Record]]] = {
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
