"""Journals of matches that f929a3c wrote: read by the code of today they make the same bytes."""

import json
from pathlib import Path
from typing import Final

import pytest

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Opened, Record
from gameserver.domain.match.verify import verify
from tests.support.harnesses.readings import CODEC, CUTS, RECORDED, RESTART_US, Reading, key_from, match_reading

EXPECTED: Final[dict[str, Reading]] = json.loads((RECORDED / "journals.json").read_text())["matches"]
FILES: Final = sorted((RECORDED / "matches").glob("*.journal"))


def test_every_file_has_its_readings() -> None:
    assert [path.name for path in FILES] == sorted(EXPECTED)
    assert len(FILES) >= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_match_makes_the_same_frames_result_and_digests(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match_reading(path, capsys) == EXPECTED[path.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("share", CUTS)
def test_a_match_that_was_cut_off_goes_on_to_an_end_that_is_proven(path: Path, share: float) -> None:
    content = path.read_bytes()
    content = content[: int(len(content) * share)]
    records: list[Record] = list(CODEC.read(content).records)
    match = Match.restore(CODEC.restore(content).state, RESTART_US)
    while (due := match.deadline) is not None:
        match.advance(due)
        records += match.drain().records
    assert match.result is not None
    assert verify(records) == match.result


def test_the_names_of_the_files_are_their_keys() -> None:
    for path in FILES:
        opened = CODEC.read(path.read_bytes()).records[0]
        assert isinstance(opened, Opened)
        assert (key_from(path).session_id, key_from(path).match) == (opened.session_id, opened.match)
