"""Journals with good checksums that somebody has put together: each is refused by a sentence of its own."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import GetSessionRequest

from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import JournalError
from gameserver.domain.match.state import replay
from gameserver.infrastructure.verify import PROVEN, verify_file
from tests.support.harnesses.gameserver import SESSION, StartGameServer, duel
from tests.support.harnesses.journals import bots_play, file_of
from wire.journal_file import HEADER, JournalUnreadable, decode, encode

CODEC = ProtobufCodec()
HONEST = decode(file_of(bots_play(5, points=1))).records
EDGES = (0, 1, 2, 3, 7, 200, 2**31 - 1, 2**31, 2**32 - 1)


def mutated(random: Random) -> list[bytes]:
    """An honest journal of which one to four records are changed, dropped, doubled, moved or replaced by noise."""
    records = list(HONEST)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(records))
        kind = random.randrange(1, 10)
        if kind == 1:
            del records[at]
        elif kind == 2:
            records.insert(random.randrange(len(records)), records[at])
        elif kind == 3:
            del records[max(1, at) :]
        else:
            message = JournalRecord.FromString(records[at]) if kind < 9 else JournalRecord()
            _change(message, random)
            records[at] = message.SerializeToString()
        if not records:
            return records
    if random.random() < 0.1:
        records[random.randrange(len(records))] = random.randbytes(random.randrange(40))
    return records


def _change(message: Message, random: Random) -> None:
    """Another value in one field, however deep; sometimes a field that was not set."""
    fields = [field for field, _ in message.ListFields()]
    if not fields or random.random() < 0.1:
        fields = list(message.DESCRIPTOR.fields)  # type: ignore[arg-type]
    if not fields:
        return
    field = random.choice(fields)
    if field.is_repeated:
        values = getattr(message, field.name)
        if field.message_type is None:
            values.append(_value(field, random))
        else:
            _change(random.choice(values) if values and random.random() < 0.8 else values.add(), random)
    elif field.message_type is not None:
        inner = getattr(message, field.name)
        inner.SetInParent()
        _change(inner, random)
    else:
        setattr(message, field.name, _value(field, random))


def _value(field: FieldDescriptor, random: Random) -> int | float | str | bytes | bool:
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return random.randbytes(9) if field.type == FieldDescriptor.TYPE_BYTES else "x" * random.choice((0, 3, 500))
    if field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        return random.choice((-1.0, 0.0, 1e18, 1e300, float("nan"), float("inf")))
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return random.random() < 0.5
    signed = field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_ENUM)
    return random.choice([edge for edge in EDGES if edge < 2**31] + [-1, -(2**31)] if signed else EDGES)


@given(st.integers(0, 2**64).map(Random))
def test_a_changed_journal_is_taken_up_or_refused_by_a_journal_error_and_nothing_else(random: Random) -> None:
    content = HEADER + encode(mutated(random))
    try:
        match = Match.restore(replay(CODEC.read(content).records), 10**12)
    except (JournalError, JournalUnreadable):
        return
    for _ in range(50):  # what was taken up can go on
        if match.deadline is None:
            break
        match.advance(match.deadline)


@given(st.integers(0, 2**64).map(Random))
def test_verify_answers_a_changed_journal_with_one_sentence_and_no_traceback(
    tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.journal"
    path.write_bytes(HEADER + encode(mutated(random)))
    assert verify_file(path) in (0, 1, 2)


def seat_2(message: JournalRecord) -> None:
    message.input.seat = 2


def another_cause(message: JournalRecord) -> None:
    message.clock.clock.cause = 77  # type: ignore[assignment]


def no_time(message: JournalRecord) -> None:
    message.clock.clock.server_ms = float("nan")


def no_such_rules(message: JournalRecord) -> None:
    message.opened.ruleset.points_to_win = 500


def no_such_bot(message: JournalRecord) -> None:
    message.opened.right.bot = 9  # type: ignore[assignment]
    message.opened.right_bot_reaction_ms = 7


FORGED: dict[str, tuple[str, Callable[[JournalRecord], None]]] = {
    "seat 2": ("input", seat_2),
    "a cause that there is not": ("clock", another_cause),
    "a clock that is no number": ("clock", no_time),
    "rules out of range": ("opened", no_such_rules),
    "a bot that there is not": ("opened", no_such_bot),
}


def forged(kind: str) -> bytes:
    """An honest journal but for one field."""
    body, change = FORGED[kind]
    records = list(HONEST)
    at = next(i for i, record in enumerate(records) if JournalRecord.FromString(record).WhichOneof("body") == body)
    message = JournalRecord.FromString(records[at])
    change(message)
    records[at] = message.SerializeToString()
    return HEADER + encode(records[:-1])


@pytest.mark.parametrize("kind", FORGED)
def test_a_field_out_of_range_is_refused_when_it_is_read(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(JournalError):
        replay(CODEC.read(forged(kind)).records)
    (tmp_path / "forged.journal").write_bytes(forged(kind))
    assert verify_file(tmp_path / "forged.journal") != PROVEN
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


async def test_a_start_sets_aside_whatever_a_journal_throws_and_takes_up_the_others(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await world.create(duel())
    names = [f"forged-session-{number:04}.1.journal" for number in range(len(FORGED))]
    for name, kind in zip(names, FORGED, strict=True):
        (world.journals / name).write_bytes(forged(kind))
    async with worlds() as world:
        found = await world.gateway.stub.GetSession(
            GetSessionRequest(session_id=SESSION), metadata=world.gateway.metadata
        )
        assert found.session.epoch == 2
        refused = world.journals / "refused"
        assert sorted(path.name for path in refused.iterdir()) == names
