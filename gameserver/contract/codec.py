"""Frames, deliveries and journal records as bytes. See `gameserver.sessions.ports.Codec`.

Encoding is hot: a frame is built and serialized once for all viewers, and the bytes around it are put on by hand.
"""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from matchpoint.v1 import frames_pb2 as frames
from matchpoint.v1 import journal_pb2 as journals

from gameserver.contract import specs
from gameserver.contract.match_journal import read_records, restore
from gameserver.contract.match_messages import (
    occupant_message,
    put_attendance,
    put_clock,
    put_goal,
    put_intent,
    put_miss,
    put_paddle_move,
    put_state,
    put_volley,
    result_message,
    ruleset_message,
)
from gameserver.contract.match_records import PUT_RECORD, put_seal
from gameserver.contract.tournament_codec import TournamentCodec
from gameserver.contract.tournament_messages import PUT_EVENT, put_tournament
from gameserver.domain.match import records as core
from gameserver.domain.match.match import MatchSnapshot
from gameserver.domain.match.records import MatchEvent, Record
from gameserver.domain.pong.events import Goal, Miss, PaddleMove, Volley
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament import records as tournament
from gameserver.sessions.ports import Codec, Key, MatchJournal, RestoredMatch, Seal, TournamentView
from gameserver.sessions.values import SessionSpec
from wire.events import DURABLE
from wire.journal_file import JournalUnreadable, decode
from wire.refusal import Refused
from wire.varint import varint

_PUT_EVENT: Final[dict[type[Any], tuple[str, Callable[[Any, Any], None]]]] = {
    PaddleMove: ("paddle_move", put_paddle_move),
    Volley: ("volley", put_volley),
    Miss: ("miss", put_miss),
    Goal: ("goal", put_goal),
    core.Clock: ("clock", put_clock),
    core.Attendance: ("attendance", put_attendance),
    core.Result: ("result", lambda message, result: message.CopyFrom(result_message(result))),
    **PUT_EVENT,
}
"""The kind of each event, and its encoder."""


_DRAINING: Final = frames.ServerMessage(
    notice=frames.Notice(kind=frames.NoticeKind.NOTICE_KIND_DRAINING)
).SerializeToString()
_SHORTS: Final = 512
_SHORT: Final = tuple(varint(length) for length in range(_SHORTS))


class ProtobufCodec(TournamentCodec, Codec):
    """The codec of the contract.

    The messages that every match makes several times a second, a frame of one paddle move and the record of an input,
    are filled again and not made again: that halves their cost.
    """

    durable: Collection[type] = frozenset(event for event, (kind, _) in _PUT_EVENT.items() if kind in DURABLE)
    sealed: Collection[type] = frozenset((core.Checkpoint, core.Ended))

    def __init__(self, timing: Timing = STANDARD) -> None:
        super().__init__(timing)
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
        events: Sequence[MatchEvent | tournament.TournamentEvent],
        snapshot: object | None = None,
    ) -> bytes:
        if len(events) == 1 and snapshot is None and isinstance(move := events[0], PaddleMove):
            message, frame = self._moved, self._frame
            put_paddle_move(self._move, move)
        else:
            message = frames.ServerMessage()
            frame = message.frame
            for event in events:
                kind, put = _PUT_EVENT[type(event)]
                put(getattr(frame.events.add(), kind), event)
            if isinstance(snapshot, TournamentView):
                put_tournament(frame.snapshot.tournament, snapshot)
            elif isinstance(snapshot, MatchSnapshot):
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

    def refusal(self, refused: Refused) -> bytes:
        return frames.ServerMessage(refusal=refused.message).SerializeToString()

    def pong(self, t0_ms: float, t1_ms: float, t2_ms: float) -> bytes:
        message = frames.ServerMessage()
        message.pong.t0, message.pong.t1, message.pong.t2 = t0_ms, t1_ms, t2_ms
        return message.SerializeToString()

    def draining(self) -> bytes:
        return _DRAINING

    def joined(self, session_id: str, seats: Sequence[int], topic: int) -> bytes:
        joined = frames.Joined(session_id=session_id, seats=seats, topic=topic)
        return frames.ServerMessage(joined=joined).SerializeToString()

    def seated(self, topic: int, sides: Sequence[int]) -> bytes:
        return frames.ServerMessage(seated=frames.Seated(topic=topic, sides=sides)).SerializeToString()

    def view(self, *, delayed: bool) -> bytes:
        return frames.ServerMessage(view=frames.View(delayed=delayed)).SerializeToString()

    def latency(self, left_ms: int, right_ms: int) -> bytes:
        latency = frames.Latency(left_ms=left_ms, right_ms=right_ms)
        return frames.ServerMessage(latency=latency).SerializeToString()

    def match_opening(self, key: Key, spec: SessionSpec, secret: bytes) -> core.Opened:
        return specs.match_opening(key, spec, secret)

    def is_empty(self, content: bytes) -> bool:
        try:
            return not decode(content).records
        except JournalUnreadable:
            return False

    def opened(self, opened: core.Opened, spec: SessionSpec) -> bytes:
        return journals.JournalRecord(
            opened=journals.JournalOpened(
                session_id=opened.session_id,
                match=opened.match,
                ruleset=ruleset_message(opened.ruleset),
                ruleset_hash=opened.ruleset_hash,
                seed=0 if isinstance(opened.seed, bytes) else opened.seed,
                left=occupant_message(opened.left),
                right=occupant_message(opened.right),
                spec=specs.spec_message(spec).SerializeToString(deterministic=True),
                opened_unix_ms=time.time_ns() // 1_000_000,
                left_bot_reaction_ms=opened.left.bot_reaction_ms,
                right_bot_reaction_ms=opened.right.bot_reaction_ms,
                secret=opened.seed if isinstance(opened.seed, bytes) else b"",
                commitment=opened.commitment,
                left_rtt_most_us=opened.left.rtt_most_us,
                right_rtt_most_us=opened.right.rtt_most_us,
                rated=opened.rated,
            )
        ).SerializeToString()

    def record(self, record: Record, epoch: int, seal: Seal | None = None) -> bytes:
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
        PUT_RECORD[type(record)](message, record, epoch)
        if seal:
            put_seal(message, seal)
        return message.SerializeToString()

    def read(self, content: bytes) -> MatchJournal:
        return read_records(decode(content).records)

    def restore(self, content: bytes) -> RestoredMatch:
        return restore(content, self.timing)


def _put_snapshot(message: frames.Snapshot, snapshot: MatchSnapshot) -> None:
    opened = snapshot.opened
    message.card.CopyFrom(
        frames.MatchCard(
            session_id=opened.session_id,
            match=opened.match,
            ruleset=ruleset_message(opened.ruleset),
            left=occupant_message(opened.left),
            right=occupant_message(opened.right),
            pairing=snapshot.pairing,
            commitment=opened.commitment,
        )
    )
    put_clock(message.clock, snapshot.clock)
    message.attendance.SetInParent()
    put_attendance(message.attendance, snapshot.attendance)
    put_state(message.pong, snapshot.state, snapshot.state_hash)
    message.last_inputs.extend(snapshot.last_inputs)
    if snapshot.result:
        message.result.CopyFrom(result_message(snapshot.result))
