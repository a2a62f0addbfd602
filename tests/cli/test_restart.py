"""`restart PROGRAM` with stand-in programs: one process gives way to the next, and every way in which that fails."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.control import ask_restart
from tests.support.processes.up_process import PROGRAMS, Up, all_gone, clean_environment


def restart(data: Path, program: str) -> "subprocess.Popen[str]":
    """Runs the command as a person does."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "restart", program, "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )


def told(command: "subprocess.Popen[str]") -> tuple[int, str]:
    """Exit code, and everything that it printed."""
    out, error = command.communicate(timeout=40)
    return command.returncode, (out + error).strip()


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_next_process_takes_over_and_the_command_says_how_long_there_was_none(tmp_path: Path, program: str) -> None:
    with Up(tmp_path) as up:
        up.address()
        before = {name: up.process_of(name) for name in PROGRAMS}
        code, line = told(restart(tmp_path, program))
        assert code == 0
        assert line.startswith(f"the {program} is back after ")
        assert line.endswith(" s.")
        changed = {name for name in PROGRAMS if up.process_of(name) != before[name]}
        assert changed == {program}, "the others were left alone"
        up.line(f"the {program} is back")
        assert up.end() == 0
    assert not [line for line in up.seen if "starting it again" in line], "asked for, it is no failure"
    assert all_gone(tmp_path)


def test_two_requests_at_once_are_carried_out_one_after_the_other(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        up.address()
        both = [restart(tmp_path, "gateway") for _ in range(2)]
        assert [told(command)[0] for command in both] == [0, 0]
        assert up.end() == 0
    assert all_gone(tmp_path)


@pytest.mark.slow
def test_a_program_that_does_not_end_by_itself_is_killed_and_replaced(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_GAMESERVER="does not stop") as up:
        up.address()
        before = up.process_of("gameserver")
        assert told(restart(tmp_path, "gameserver"))[0] == 0
        assert up.process_of("gameserver") != before
        up.end()
    assert "matchpoint: the gameserver does not end by itself; it is killed." in up.seen


def test_a_next_process_that_cannot_be_loaded_leaves_the_present_one_alone(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_GATEWAY="its next version is broken") as up:
        up.address()
        before = up.process_of("gateway")
        code, line = told(restart(tmp_path, "gateway"))
        assert code == 1
        assert line.startswith("matchpoint: the next gateway cannot start: it ended with exit code 5; the present one")
        assert up.process_of("gateway") == before
        assert "a line of the broken version" in (tmp_path / "logs" / "gateway.log").read_text()
        assert up.end() == 0
    assert all_gone(tmp_path)


def test_without_a_running_matchpoint_one_sentence_says_so(tmp_path: Path) -> None:
    sentence = f"matchpoint: no Matchpoint runs on {tmp_path}; start one with `up`, or name its folder with --data."
    assert told(restart(tmp_path, "gateway")) == (1, sentence)
    with Up(tmp_path) as up:
        up.address()
        up.end(signal.SIGKILL)
    assert (tmp_path / "control").exists(), "the killed one has left its socket"
    assert told(restart(tmp_path, "gateway")) == (1, sentence)


def test_an_unknown_program_is_an_error_of_the_command_line(tmp_path: Path) -> None:
    code, line = told(restart(tmp_path, "referee"))
    assert code == 2
    assert "invalid choice: 'referee'" in line


def test_who_waits_while_up_ends_is_told_so(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_GAMESERVER="does not stop") as up:
        up.address()
        waiting = restart(tmp_path, "gameserver")
        up.line("the gameserver is being replaced")
        up.end()
        code, line = told(waiting)
    assert (code, line) == (1, f"matchpoint: the Matchpoint on {tmp_path} ended before the gameserver was back.")


def test_the_socket_is_its_owners_alone_and_gone_with_up(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        up.address()
        mode = (tmp_path / "control").stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert up.end() == 0
    assert not (tmp_path / "control").exists()


def test_a_folder_may_have_a_longer_path_than_a_socket(tmp_path: Path) -> None:
    data = tmp_path / ("a" * 100) / ("b" * 100)
    here = Path.cwd()
    with Up(data) as up:
        up.address()
        assert ask_restart(data, "backend") > 0
        assert Path.cwd() == here
        assert up.end() == 0


@pytest.mark.parametrize("request_line", [b"referee\n", b"gateway", b"x" * 1000, b"\xff\n", b""])
def test_a_request_that_is_none_is_refused_and_the_next_one_served(tmp_path: Path, request_line: bytes) -> None:
    with Up(tmp_path) as up:
        up.address()
        here = os.open(".", os.O_RDONLY)
        with socket.socket(socket.AF_UNIX) as asking:
            try:
                os.chdir(tmp_path)
                asking.connect("control")
            finally:
                os.fchdir(here)
                os.close(here)
            asking.sendall(request_line)
            asking.shutdown(socket.SHUT_WR)
            assert asking.recv(1000).startswith(b'{"error": ')
        assert told(restart(tmp_path, "gateway"))[0] == 0
        assert up.end() == 0
