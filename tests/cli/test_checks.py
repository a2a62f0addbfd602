"""`matchpoint test`: what counts as passed, what counts as failed, and what the last line says."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli import CommandError, NotRun, chromium
from cli.checks import (
    CHECKS,
    Check,
    checks_environment,
    failures_shown,
    pytest_runs,
    read_counts,
    read_failure,
    run_all,
    run_checks,
    summary,
)


def refuse(_environment: Mapping[str, str]) -> str:
    raise CommandError("it is not so")


def test_a_command_passes_by_its_exit_code(checkout: Path) -> None:
    environment = checks_environment()
    assert Check("good", (sys.executable, "-c", "print('all well')")).run(environment) is None
    assert Check("bad", (sys.executable, "-c", "print('odd'); raise SystemExit(1)")).run(environment) == "odd"
    assert Check("silent", (sys.executable, "-c", "raise SystemExit(4)")).run(environment) == "exit code 4"


def test_a_function_passes_unless_it_refuses_and_a_missing_program_is_a_failure() -> None:
    assert Check("good", lambda _: "done").run({}) is None
    assert Check("bad", refuse).run({}) == "it is not so"
    missing = Check("absent", ("/nowhere/at-all",)).run({})
    assert missing is not None
    assert "No such file" in missing


def test_a_failing_check_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []

    def note(_environment: Mapping[str, str]) -> str:
        ran.append("second")
        return ""

    assert run_checks((Check("first", refuse), Check("second", note)), {}) == (["first"], [])
    assert ran == ["second"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAILED first")
    assert lines[1].strip() == "it is not so"
    assert lines[2].startswith("ok     second")


def test_a_check_that_cannot_be_run_is_said_and_is_neither_passed_nor_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def unreachable(_environment: Mapping[str, str]) -> str:
        raise NotRun("nobody answered")

    assert run_checks((Check("far away", unreachable), Check("near", lambda _: "")), {}) == ([], ["far away"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("not run far away")
    assert lines[1].strip() == "nobody answered"
    assert lines[2].startswith("ok     near")


def test_every_promised_check_is_made() -> None:
    promised = {
        *("ruff check", "ruff format", "shellcheck", "import rules", "buf lint", "buf breaking", "mypy"),
        *("web packages", "web sources", "web bundle", "chromium", "dependency audit"),
    }
    assert {check.name for check in CHECKS} == promised


@pytest.mark.parametrize(
    ("closing", "counts"),
    [
        ("====== 3 passed, 1 error in 0.20s ======", {"passed": 3, "error": 1}),
        ("\x1b[31m== \x1b[1m2 failed\x1b[0m, \x1b[32m10 passed\x1b[0m in 61s ==", {"failed": 2, "passed": 10}),
        ("== 1 passed, 2 skipped, 4 deselected in 1s ==", {"passed": 1, "skipped": 2, "deselected": 4}),
        ("== 2 errors in 1s ==", {"error": 2}),
        ("no tests ran in 0.01s", {}),
        ("", {}),
    ],
)
def test_the_closing_line_of_pytest_is_read(closing: str, counts: Mapping[str, int]) -> None:
    assert read_counts(closing) == counts


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        ("FAILED tests/a/test_b.py::test_c - assert 1 == 2", "FAILED tests/a/test_b.py::test_c"),
        ("FAILED tests/a/test_b.py::test_c[two words]\n", "FAILED tests/a/test_b.py::test_c[two words]"),
        ("\x1b[31mERROR\x1b[0m tests/test_b.py::\x1b[1mtest_c\x1b[0m - OSError", "ERROR tests/test_b.py::test_c"),
        ("ERROR tests/test_b.py - ImportError: none", "ERROR tests/test_b.py"),
        ("ERROR    asyncio:base_events.py:1820 closed", None),
        ("tests/a/test_b.py::test_c FAILED", None),
        ("FAILED mypy (3.1 s)", None),
    ],
)
def test_the_short_summary_of_pytest_names_what_failed(line: str, failure: str | None) -> None:
    assert read_failure(line) == failure


def test_the_names_of_failed_tests_stand_once_more_above_the_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "test_bad.py"
    bad.write_text(
        "def test_bad() -> None:\n    print('FAILED tests/of/another.py::run')\n    print('later')\n    assert False\n"
    )
    assert run_all(False, False, [str(bad)]) == 1
    *_, closing_of_pytest, failed, last = filter(None, capsys.readouterr().out.splitlines())
    assert "1 failed in" in closing_of_pytest
    assert failed.startswith("FAILED ")
    assert failed.endswith("test_bad.py::test_bad")
    assert last == "0 passed, 1 failed"


def test_a_flood_of_failures_is_cut_and_counted() -> None:
    assert failures_shown(["FAILED one"]) == ["FAILED one"]
    shown = failures_shown([f"FAILED {number}" for number in range(33)])
    assert shown[-2:] == ["FAILED 29", "... and 3 more"]


def test_the_last_line_counts_checks_and_tests_together() -> None:
    assert summary({"passed": 40}, pytest_code=0, checks=10, failed_checks=0, fast=False) == (0, "50 passed, 0 failed")
    assert summary({"passed": 40, "failed": 1, "error": 2}, pytest_code=1, checks=10, failed_checks=1, fast=False) == (
        1,
        "49 passed, 4 failed",
    )


def test_the_runs_have_every_test_once_and_the_whole_on_postgresql_too() -> None:
    runs = {run.name: run.arguments for run in pytest_runs(fast=False, long=False, pytest_arguments=())}
    again = runs.pop("postgresql")
    assert again == ("--database=postgresql", "tests/system", "tests/faults", "-m", "storage")
    assert runs.pop("fast") == ("-m", "not slow")
    folders = ("tests/system", "tests/faults", "tests/fuzz")
    assert runs.pop("parts") == ("-m", "slow", *(f"--ignore={folder}" for folder in folders))
    assert sorted(runs.values()) == sorted(("-m", "slow", folder) for folder in folders)
    long = {run.name: run.arguments for run in pytest_runs(fast=False, long=True, pytest_arguments=())}
    assert long["postgresql"] == again[:3]
    (only,) = pytest_runs(fast=True, long=False, pytest_arguments=())
    assert only.arguments == ("-m", "not slow")
    (chosen,) = pytest_runs(fast=False, long=False, pytest_arguments=["tests/web"])
    assert chosen.arguments == ("tests/web",)


def test_tests_left_out_are_said() -> None:
    code, line = summary(
        {"passed": 1, "skipped": 2, "deselected": 3}, pytest_code=0, checks=0, failed_checks=0, fast=True
    )
    assert code == 0
    assert line == "1 passed, 0 failed, 2 skipped, 3 deselected (slow tests left out: --fast)"


@pytest.mark.parametrize("pytest_code", [2, 3, 4, 5, -9])
def test_a_pytest_that_ran_nothing_or_broke_off_is_a_failure(pytest_code: int) -> None:
    assert summary({}, pytest_code=pytest_code, checks=10, failed_checks=0, fast=False) == (1, "10 passed, 1 failed")


def test_a_failure_that_pytest_did_not_count_is_a_failure() -> None:
    assert summary({"passed": 5}, pytest_code=1, checks=0, failed_checks=0, fast=False) == (1, "5 passed, 1 failed")


def test_ones_own_settings_do_not_reach_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHPOINT_DATA", "elsewhere")
    monkeypatch.setenv("MATCHPOINT_VENV", "kept")
    environment = checks_environment()
    assert "MATCHPOINT_DATA" not in environment
    assert environment["MATCHPOINT_VENV"] == "kept"


def test_a_named_chromium_is_used_and_a_wrong_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", sys.executable)
    assert chromium.find() == Path(sys.executable)
    monkeypatch.setenv("CHROMIUM_PATH", "/nowhere/at-all")
    with pytest.raises(CommandError, match="CHROMIUM_PATH=/nowhere/at-all is not a program"):
        chromium.find()
