"""Journals of tournaments that f929a3c wrote: read by the code of today they make the same bytes."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.support.harnesses.readings import RECORDED, Reading, digest_in_journal, tournament_reading

EXPECTED: Final[dict[str, Reading]] = json.loads((RECORDED / "journals.json").read_text())["tournaments"]
FILES: Final = sorted((RECORDED / "tournaments").glob("*.journal"))


def test_every_file_has_its_readings() -> None:
    assert [path.name for path in FILES] == sorted(EXPECTED)
    assert len(FILES) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_tournament_makes_the_same_frames_standings_podium_and_export(path: Path) -> None:
    reading, expected = tournament_reading(path), EXPECTED[path.name]
    assert {name: reading[name] for name in expected} == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_tournament_has_the_digest_that_its_journal_ends_with(path: Path) -> None:
    assert tournament_reading(path)["digest"] == digest_in_journal(path.read_bytes())
