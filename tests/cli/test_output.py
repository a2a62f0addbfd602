"""Lines that reach the terminal, and those that a log file holds."""

import json
from pathlib import Path

import pytest

from cli import output
from cli.output import LogFile, for_terminal


def line(**entry: object) -> bytes:
    return json.dumps(entry).encode() + b"\n"


@pytest.mark.parametrize("level", ["debug", "info"])
def test_ordinary_lines_stay_in_the_log(level: str) -> None:
    assert for_terminal(line(event="ready", level=level)) is None


@pytest.mark.parametrize("level", ["warning", "error", "critical"])
def test_warnings_and_worse_are_shown_in_words(level: str) -> None:
    entry = line(event="no answer", level=level, logger="fleet", program="backend", timestamp="2026", server="g1")
    assert for_terminal(entry) == f"{level}: no answer server=g1"


def test_a_logged_exception_is_shown_below_its_line() -> None:
    shown = for_terminal(line(event="odd", level="error", exception="Traceback:\n  here"))
    assert shown == "error: odd\nTraceback:\n  here"


@pytest.mark.parametrize("text", ["Traceback (most recent call last):", "{not json", '  File "x.py", line 1'])
def test_what_is_no_log_line_is_shown_as_it_is(text: str) -> None:
    assert for_terminal(text.encode() + b"\n") == text


@pytest.mark.parametrize("text", [b"\n", b"   \n"])
def test_empty_lines_are_not_shown(text: bytes) -> None:
    assert for_terminal(text) is None


def test_the_log_of_the_run_before_is_kept_once(tmp_path: Path) -> None:
    for run in ("first", "second", "third"):
        log = LogFile(tmp_path / "x.log")
        log.write(run.encode())
        log.close()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"x.log": "third", "x.log.1": "second"}


def test_a_log_is_bounded_to_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "FILE_LIMIT", 100)
    log = LogFile(tmp_path / "x.log")
    for number in range(50):
        log.write(b"line %02d\n" % number)
    log.close()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 200
    assert (tmp_path / "x.log").read_bytes().endswith(b"line 49\n")
