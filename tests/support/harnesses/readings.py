"""Readings of old journals: all that is made of one, in the form in which the code of then noted it down."""

import hashlib
import re
from pathlib import Path
from typing import Any, Final

import pytest
from google.protobuf.message import Message
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1.journal_pb2 import JournalRecord

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.replay import Steps, replay
from gameserver.contract.sessions import report_message, session_message
from gameserver.domain.match.match import Match, horizon_of, snapshot_of
from gameserver.domain.match.records import Opened
from gameserver.domain.match.state import MatchState
from gameserver.domain.tournament.records import TournamentOpened
from gameserver.domain.tournament.replay import apply
from gameserver.domain.tournament.state import TournamentState
from gameserver.infrastructure.journal_files import key_of
from gameserver.infrastructure.verify import verify_file
from gameserver.sessions.finished import FinishedMatch, describe_duel, describe_tournament
from gameserver.sessions.ports import Key, Report, TournamentView
from gameserver.streaming.topic import Place
from gateway.conversion.csv_table import as_csv
from wire.journal_file import decode

Reading = dict[str, Any]

RECORDED: Final = Path(__file__).parents[2] / "compatibility" / "f929a3c"
"""The files, and what the code of that commit made of them."""
CODEC: Final = ProtobufCodec()
CUTS: Final = (0.2, 0.5, 0.8)
"""Shares of a journal's bytes at which a process may have died."""
RESTART_US: Final = 3_000_000_000
"""Server time at which the next process takes such a journal up."""
SENTENCE: Final = re.compile(r"its result: (.*? hits\.)")


def digest(*parts: bytes) -> str:
    """SHA-256 of byte strings, each behind its length."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(4, "little"))
        hashed.update(part)
    return hashed.hexdigest()


def encoded(message: Message) -> bytes:
    """The deterministic serialization."""
    return message.SerializeToString(deterministic=True)


def key_from(path: Path) -> Key:
    """The key of a journal, from its file's name."""
    key = key_of(path.name)
    assert key is not None
    return key


def match_reading(path: Path, capsys: pytest.CaptureFixture[str]) -> Reading:
    """All that is made of a match's journal: frames, result, replay, report, verdict."""
    content, key = path.read_bytes(), key_from(path)
    journal = CODEC.read(content)
    opened, *records = journal.records
    assert isinstance(opened, Opened)
    state = MatchState(opened)

    def frame(server_us: int, events: Any, snapshot: object | None = None) -> bytes:
        return CODEC.frame(key.match, journal.epoch, state.seq, server_us, horizon_of(state), events, snapshot)

    frames = [frame(0, (), snapshot_of(state))]
    for position, record in enumerate(records, 1):
        if events := state.apply(record):
            frames.append(frame(position * 1_000, events))
    frames.append(frame(0, (), snapshot_of(state)))
    assert state.result is not None
    restored = CODEC.restore(content)
    finished = FinishedMatch(key, restored.epoch, restored, 0, CODEC)
    places = (None, *(Place(finished.topic.epoch, seq) for seq in (1, state.seq // 2, state.seq)))
    shown = [each for number, place in enumerate(places, 1) for each in finished.since(place, number * 1_000)]
    report = _report(Report(key, journal.spec, session_over=True, result=state.result))
    return {
        "records": len(journal.records),
        "events": state.seq,
        "frames": digest(*frames),
        "spectator": digest(*shown),
        "session": digest(encoded(session_message(describe_duel(key.session_id, restored)))),
        "result": encoded(report.result).hex(),
        "result_digest": report.digest.hex(),
        "replay": digest(_value(replay(content))),
        "verify": _verdict(path, capsys),
        "report": digest(encoded(report)),
        "taken_up": [_taken_up(content[: int(len(content) * share)], key) for share in CUTS],
    }


def _report(report: Report) -> ReportStatsRequest:
    """The report but for the journal: a digest of that was not in it yet."""
    message = report_message(report, b"")
    message.ClearField("journal_digest")
    return message


def _taken_up(content: bytes, key: Key) -> str:
    """What a restart makes of a journal that was cut off: records, and a frame with a snapshot."""
    restored = CODEC.restore(content)
    match = Match.restore(restored.state, RESTART_US)
    effects = match.drain()
    epoch, seq = restored.epoch + 1, match.state.seq
    frame = CODEC.frame(key.match, epoch, seq, RESTART_US, match.horizon, effects.events, match.snapshot())
    written = [CODEC.record(record, epoch) for record in effects.records]
    return digest(*written, frame)


def _verdict(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    code = verify_file(path)
    found = SENTENCE.search(capsys.readouterr().out)
    return f"{code} {found[1] if found else ''}"


def _value(steps: Steps[bytes]) -> bytes:
    try:
        while True:
            next(steps)
    except StopIteration as done:
        value: bytes = done.value
        return value


def tournament_reading(path: Path) -> Reading:
    """All that is made of a tournament's journal: frames, state, standings, podium, export."""
    content, key = path.read_bytes(), key_from(path)
    journal = CODEC.read_tournament(content)
    opened, *records = journal.records
    assert isinstance(opened, TournamentOpened)
    state = TournamentState(opened)
    seq, frames = 0, []
    for position, events in enumerate((state.opening, *(apply(state, record) for record in records))):
        if events:
            seq += len(events)
            frames.append(CODEC.frame(0, journal.epoch, seq, position * 1_000, 0, events))
    view = TournamentView(state.snapshot(), journal.spec)
    report = _report(Report(key, journal.spec, session_over=True, tournament=view))
    return {
        "records": len(journal.records),
        "events": seq,
        "frames": digest(*frames),
        "snapshot": digest(CODEC.frame(0, journal.epoch, seq, 0, 0, (), view)),
        "digest": report.digest.hex(),
        "standings": [[line.entrant, line.place, line.half_points] for line in report.tournament.standings.lines],
        "podium": encoded(report.tournament.result).hex(),
        "session": digest(encoded(session_message(describe_tournament(key.session_id, journal)))),
        "report": digest(encoded(report)),
        "csv": digest(as_csv(report.tournament).encode()),
    }


def digest_in_journal(content: bytes) -> str:
    """The digest of its final state that a tournament's journal ends with."""
    ends = (JournalRecord.FromString(record) for record in decode(content).records)
    return next(record.tournament_over.digest.hex() for record in ends if record.HasField("tournament_over"))
