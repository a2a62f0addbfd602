"""`verify FILE`: 0 for a result that is proven, 1 for one that is not, 2 for a file that is no journal."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gameserver.domain.match.records import Ended, Input, Record
from gameserver.infrastructure.verify import DIFFERS, PROVEN, UNREADABLE, verify_file
from tests.support.harnesses.journals import bots_play, file_of

Change = Callable[[list[Record]], None]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "match.journal"
    path.write_bytes(file_of(bots_play(11)))
    return path


def test_a_journal_plays_out_to_its_result(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_file(journal) == PROVEN
    assert "plays out to its result: Ann " in capsys.readouterr().out


def test_the_program_says_the_same(journal: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gameserver", "verify", str(journal)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (PROVEN, "")
    assert "plays out to its result" in done.stdout


def an_input_earlier(records: list[Record]) -> None:
    at = next(i for i, r in enumerate(records) if isinstance(r, Input) and r.te > 2_000_000)
    record = records[at]
    assert isinstance(record, Input)
    records[at] = replace(record, te=record.te - 1_000)


def an_input_less(records: list[Record]) -> None:
    del records[next(i for i, r in enumerate(records) if isinstance(r, Input))]


def another_score(records: list[Record]) -> None:
    ended = records[-1]
    assert isinstance(ended, Ended)
    records[-1] = Ended(replace(ended.result, left=ended.result.left + 1))


def no_end(records: list[Record]) -> None:
    records.pop()


@pytest.mark.parametrize("change", [an_input_earlier, an_input_less, another_score, no_end])
def test_a_journal_that_was_changed_with_care_does_not(
    tmp_path: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    records = bots_play(11)
    change(records)
    path = tmp_path / "match.journal"
    path.write_bytes(file_of(records))
    assert verify_file(path) == DIFFERS
    assert "does not prove its result" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"not a journal at all, but long enough", None])
def test_what_is_no_journal_is_unreadable(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "match.journal"
    if content is not None:
        path.write_bytes(content)
    assert verify_file(path) == UNREADABLE
    assert "cannot be read" in capsys.readouterr().err


def test_a_flipped_byte_is_unreadable(journal: Path) -> None:
    content = bytearray(journal.read_bytes())
    content[len(content) // 2] ^= 4
    journal.write_bytes(content)
    assert verify_file(journal) == UNREADABLE
