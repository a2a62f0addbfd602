"""`matchpoint verify FILE`: its answer is its exit code and one sentence."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from matchpoint.v1 import session_pb2

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import spec_of
from gameserver.domain.match.records import Ended, Opened, Record
from tests.support.harnesses.match import duel
from wire import journal_file


def verify(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-P", "-m", "cli", "verify", str(file)], capture_output=True, text=True)


def write(file: Path, records: Sequence[Record]) -> Path:
    codec = ProtobufCodec()
    opened = records[0]
    assert isinstance(opened, Opened)
    first = codec.opened(opened, spec_of(session_pb2.SessionSpec()))
    rest = [codec.record(record, 1) for record in records[1:]]
    file.write_bytes(journal_file.HEADER + journal_file.encode([first, *rest]))
    return file


@pytest.fixture(scope="module")
def records() -> Sequence[Record]:
    """The journal of one whole match between two people."""
    return tuple(duel(seed=7, left=20_000, right=60_000).run().records)


def test_a_journal_that_plays_out_to_its_result_gives_0(tmp_path: Path, records: Sequence[Record]) -> None:
    ended = verify(write(tmp_path / "a.journal", records))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"{tmp_path}/a.journal plays out to its result: ")


def test_a_stored_result_that_the_match_does_not_give_gives_1(tmp_path: Path, records: Sequence[Record]) -> None:
    forged = [
        replace(record, result=replace(record.result, left=record.result.right, right=record.result.left))
        if isinstance(record, Ended)
        else record
        for record in records
    ]
    ended = verify(write(tmp_path / "a.journal", forged))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{tmp_path}/a.journal does not prove its result: ")


def test_a_journal_that_does_not_come_to_an_end_gives_1(tmp_path: Path, records: Sequence[Record]) -> None:
    ended = verify(write(tmp_path / "a.journal", records[: len(records) // 2]))
    assert ended.returncode == 1
    assert "does not come to an end" in ended.stderr


def test_changed_bytes_give_2(tmp_path: Path, records: Sequence[Record]) -> None:
    file = write(tmp_path / "a.journal", records)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    ended = verify(file)
    assert ended.returncode == 2
    assert "is damaged" in ended.stderr


@pytest.mark.parametrize("content", [b"not a journal\n", b"\0" * 100])
def test_a_file_that_is_no_journal_gives_2(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.journal").write_bytes(content)
    ended = verify(tmp_path / "a.journal")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1, "one sentence, no traceback"


def test_a_file_that_is_not_there_gives_2(tmp_path: Path) -> None:
    ended = verify(tmp_path / "none.journal")
    assert ended.returncode == 2
    assert ended.stderr == f"{tmp_path}/none.journal cannot be read: No such file or directory.\n"
