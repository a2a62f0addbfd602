"""`up` with the real programs: they become usable, are restarted when killed, and all end together."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.processes.up_process import PROGRAMS, Up, all_gone, programs_of, wait_all_gone

pytestmark = pytest.mark.slow


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        body: bytes = answer.read()
        return body


def test_the_printed_address_shows_the_page_and_ctrl_c_ends_all_of_it_quietly(tmp_path: Path) -> None:
    with Up(tmp_path, standins=False) as up:
        address = up.address()
        assert b"<html" in get(address)
        assert set(programs_of(up.process.pid)) == set(PROGRAMS)
        assert up.end() == 0
    assert all_gone(tmp_path)
    assert up.seen == [f"Matchpoint is at {address}  (Ctrl-C stops it)"], "no warnings in an ordinary run"


def test_whatever_up_makes_is_private_also_in_a_folder_that_was_there_and_has_an_odd_name(tmp_path: Path) -> None:
    data = tmp_path / "50 % of it? #1"
    (data / "journals").mkdir(mode=0o755, parents=True)
    data.chmod(0o755)
    with Up(data, standins=False) as up:
        up.address()
        assert up.end() == 0
    assert (data / "matchpoint.db").stat().st_size > 0
    modes = {str(path.relative_to(data)): path.stat().st_mode & 0o777 for path in (data, *data.rglob("*"))}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    assert [path.name for path in tmp_path.iterdir()] == [data.name]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_program_comes_back_and_the_page_with_it(tmp_path: Path, program: str) -> None:
    with Up(tmp_path, standins=False) as up:
        address = up.address()
        before = programs_of(up.process.pid)
        os.kill(before[program], signal.SIGKILL)
        up.line(f"the {program} is back")
        after = programs_of(up.process.pid)
        assert after[program] != before[program]
        assert {name: after[name] for name in PROGRAMS if name != program} == {
            name: before[name] for name in PROGRAMS if name != program
        }, "the others were left alone"
        assert b"<html" in get(address)
        assert up.end() == 0
    assert all_gone(tmp_path)


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with Up(tmp_path, standins=False) as up:
        up.address()
        begun = time.monotonic()
        up.end(signal.SIGKILL)
        wait_all_gone(tmp_path)
        assert time.monotonic() - begun < 5.0, "it promises five seconds"


def test_no_secret_is_in_the_logs(tmp_path: Path) -> None:
    with Up(tmp_path, standins=False) as up:
        up.address()
        assert up.end() == 0
    token = (tmp_path / "service.token").read_text().strip()
    for log in (tmp_path / "logs").iterdir():
        assert token not in log.read_text()
