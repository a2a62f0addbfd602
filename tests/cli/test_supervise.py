"""`up` with stand-in programs: starting, restarting, stopping, and the sentences for what goes wrong."""

import os
import signal
import socket
import stat
import time
import urllib.request
from pathlib import Path

import pytest

from cli.supervise import BACKOFF_FIRST_S, BACKOFF_LIMIT_S, next_delay
from tests.support.processes.up_process import PROGRAMS, Up, all_gone, wait_all_gone


def test_up_prints_one_address_line_and_it_answers(tmp_path: Path) -> None:
    with Up(tmp_path / "data") as up:
        address = up.address()
        with urllib.request.urlopen(f"{address}/healthz") as answer:
            assert answer.status == 200
        assert up.end() == 0
    assert up.seen == [f"Matchpoint is at {address}  (Ctrl-C stops it)"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything_with_exit_code_0(tmp_path: Path, number: signal.Signals) -> None:
    with Up(tmp_path) as up:
        up.address()
        assert up.end(number) == 0
    assert all_gone(tmp_path)


@pytest.mark.slow
def test_a_program_that_does_not_stop_is_made_to_within_5_seconds(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_GAMESERVER="does not stop") as up:
        up.address()
        assert up.end(timeout_s=5.0) == 0
    assert all_gone(tmp_path)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_program_is_started_again(tmp_path: Path, program: str) -> None:
    with Up(tmp_path) as up:
        up.address()
        before = up.process_of(program)
        os.kill(before, signal.SIGKILL)
        up.line(f"the {program} was ended by SIGKILL; starting it again in 0.1 s")
        up.line(f"the {program} is back")
        assert up.process_of(program) != before
        assert up.end() == 0
    assert all_gone(tmp_path)


@pytest.mark.slow
def test_the_programs_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_BACKEND="does not stop") as up:
        up.address()
        up.end(signal.SIGKILL)
        assert not all_gone(tmp_path)
        wait_all_gone(tmp_path)


def test_up_can_start_at_once_after_its_predecessor_was_killed(tmp_path: Path) -> None:
    with Up(tmp_path) as first:
        first.address()
        first.end(signal.SIGKILL)
    with Up(tmp_path) as second:
        second.address()
        assert second.end() == 0


def test_ctrl_c_while_starting_ends_everything(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        while not (tmp_path / "backend.pid").exists():
            time.sleep(0.01)
        assert up.end() == 0
    assert all_gone(tmp_path)


def test_a_program_that_cannot_start_ends_up_with_one_sentence(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_GAMESERVER="cannot start") as up:
        assert up.wait() == 1
    assert up.seen[-1].startswith("matchpoint: the gameserver cannot start: it ended with exit code 3 4 times.")
    assert all_gone(tmp_path)


def test_a_program_that_refuses_its_settings_is_not_started_again(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_BACKEND="refuses its settings") as up:
        assert up.wait() == 1
    assert up.seen == [
        "backend: MATCHPOINT_SOMETHING=x is wrong; correct it.",
        "matchpoint: the backend refuses its settings, for the reason above.",
    ]


def test_warnings_reach_the_terminal_and_every_line_reaches_the_log(tmp_path: Path) -> None:
    with Up(tmp_path, STANDIN_BACKEND="warns") as up:
        up.line("^backend: warning: something is odd room=K7$")
        up.address()
        assert up.end() == 0
    log = (tmp_path / "logs" / "backend.log").read_text()
    assert '"ready"' in log
    assert "something is odd" in log


def test_a_port_in_use_is_named_with_the_way_to_move_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Up(tmp_path / "a", "--port", str(port)) as up:
            assert up.wait() == 1
        assert up.seen == [
            (
                f"matchpoint: port {port}, wanted for the gateway, is in use; "
                "choose another with --port or MATCHPOINT_GATEWAY_PORT."
            )
        ]
        with Up(tmp_path / "b", MATCHPOINT_BACKEND_PORT=str(port)) as up:
            assert up.wait() == 1
        assert up.seen == [
            f"matchpoint: port {port}, wanted for the backend, is in use; choose another with MATCHPOINT_BACKEND_PORT."
        ]


@pytest.mark.parametrize("text", ["eighty", "65536", "-1", "８０"])
def test_a_port_that_is_not_a_port_is_refused(tmp_path: Path, text: str) -> None:
    with Up(tmp_path, MATCHPOINT_GAMESERVER_PORT=text) as up:
        assert up.wait() == 1
    assert up.seen == [
        (
            f"matchpoint: MATCHPOINT_GAMESERVER_PORT={text} is not a port; "
            "give a number from 0 to 65535 (0: any free port)."
        )
    ]


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    # A file in the folder's place: even root cannot make a folder there.
    (tmp_path / "file").touch()
    with Up(tmp_path / "file" / "data") as up:
        assert up.wait() == 1
    assert len(up.seen) == 1
    assert up.seen[0].startswith(f"matchpoint: cannot write to the data folder {tmp_path}/file/data (")
    assert "--data" in up.seen[0]


def test_a_second_up_on_the_same_folder_is_refused_at_once(tmp_path: Path) -> None:
    with Up(tmp_path) as first:
        first.address()
        with Up(tmp_path) as second:
            assert second.wait(timeout_s=4.0) == 1
        assert second.seen == [
            (
                f"matchpoint: another Matchpoint (process {first.process.pid}) uses {tmp_path}; "
                "stop it, or choose another folder with --data."
            )
        ]
        assert first.end() == 0


def test_the_data_folder_and_the_token_are_their_owners_alone(tmp_path: Path) -> None:
    with Up(tmp_path / "data") as up:
        up.address()
        up.end()
    token = tmp_path / "data" / "service.token"
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    first = token.read_text()
    assert len(first.strip()) == 43, "256 bits in base64"
    with Up(tmp_path / "data") as up:
        up.address()
        up.end()
    assert token.read_text() == first, "the next start keeps the token"


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "service.token").write_text("known to all\n")
    (tmp_path / "service.token").chmod(0o644)
    with Up(tmp_path) as up:
        assert up.wait() == 1
    assert up.seen == [
        f"matchpoint: {tmp_path}/service.token can be read by others; run: chmod 600 {tmp_path}/service.token"
    ]


def test_restarts_wait_longer_each_time_up_to_a_limit() -> None:
    delay = next_delay(0.0, ready_for_s=0.0)
    delays = [delay]
    while delay < BACKOFF_LIMIT_S:
        delay = next_delay(delay, ready_for_s=1.0)
        delays.append(delay)
    assert delays == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0])
    assert next_delay(BACKOFF_LIMIT_S, ready_for_s=1.0) == BACKOFF_LIMIT_S


def test_ten_seconds_of_health_reset_the_wait() -> None:
    assert next_delay(BACKOFF_LIMIT_S, ready_for_s=10.0) == BACKOFF_FIRST_S
