"""`matchpoint test`: sets up what the checks need, runs every check, then the tests. A failing one stops no other."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cli import CommandError, NotRun, audit, chromium, node
from cli.config import CHECKOUT

Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a command run in the checkout, or a function that raises CommandError or NotRun."""

    name: str
    action: Sequence[str] | Callable[[Environment], str]

    def run(self, environment: Environment) -> str | None:
        """Returns None if it passed, else what is wrong. Raises NotRun."""
        try:
            if callable(self.action):
                self.action(environment)
                return None
            done = subprocess.run(
                self.action, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        except (CommandError, OSError) as error:
            return str(error)
        return None if done.returncode == 0 else done.stdout.rstrip() or f"exit code {done.returncode}"


CHECKS = (
    Check("ruff check", ("ruff", "check", "--quiet", "--output-format=concise")),
    Check("ruff format", ("ruff", "format", "--check", "--quiet")),
    Check("shellcheck", ("shellcheck", "matchpoint", ".ci/run")),
    Check("import rules", ("lint-imports", "--no-cache", "--no-logo")),
    Check("buf lint", ("buf", "lint", "proto")),
    Check("buf breaking", ("buf", "breaking", "proto", "--against", "proto/image.binpb")),
    Check("mypy", ("mypy",)),
    Check("web packages", node.install_packages),
    Check("web sources", node.check_sources),
    Check("web bundle", node.check_bundle),
    Check("chromium", lambda _: str(chromium.install())),
    Check("dependency audit", audit.audit),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of pytest, with its arguments."""

    name: str
    arguments: tuple[str, ...]


AT_ONCE = 2
"""Runs of pytest beside each other: one that computes, and one that mostly waits for whole programs."""
FAILURES_SHOWN = 30
"""Most failed tests whose names are repeated above the last line."""
SYSTEM, FAULTS, FUZZ = "tests/system", "tests/faults", "tests/fuzz"


def run_all(fast: bool, long: bool, pytest_arguments: Sequence[str]) -> int:
    """Runs the checks and the tests; the last line counts both. Returns 0 if all of them passed, else 1.

    A `long` run sets MATCHPOINT_LONG=1, by which tests of faults do ten times as much.

    Raises CommandError outside a checkout.
    """
    if not (CHECKOUT / "pyproject.toml").is_file():
        raise CommandError("the tests are not part of an installed package; run `./matchpoint test` in a checkout.")
    environment = checks_environment()
    if long:
        environment["MATCHPOINT_LONG"] = "1"
    checks = () if pytest_arguments else CHECKS
    if pytest_arguments:
        print("pytest arguments were given: only the tests run, not the other checks.", flush=True)
    failed, not_run = run_checks(checks, environment)
    if (found := chromium.find()) is not None:
        environment["CHROMIUM_PATH"] = str(found)
    pytest_code, counts, failures = 0, Counter[str](), list[str]()
    runs = pytest_runs(fast, long, pytest_arguments)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # Whichever is free takes the next one.
        for code, counted, named in pool.map(lambda run: _run_pytest(run, environment, named=len(runs) > 1), runs):
            pytest_code = pytest_code or code
            counts.update(counted)
            failures += named
    if not fast:
        # What one run leaves out is in another.
        counts.pop("deselected", None)
    if failed:
        print(f"failed checks: {', '.join(failed)}")
    if not_run:
        print(f"checks that could not be run, and neither passed nor failed: {', '.join(not_run)}")
    if pytest_code not in (0, 1):
        print(f"pytest did not finish its work (exit code {pytest_code})")
    for failure in failures_shown(failures):
        print(failure)
    code, line = summary(counts, pytest_code, len(checks) - len(not_run), len(failed), fast)
    print(line, flush=True)
    return code


def pytest_runs(fast: bool, long: bool, pytest_arguments: Sequence[str]) -> list[Run]:
    """Arguments of pytest's runs, in the order in which they begin: the long ones first, so that all end together.

    The whole of Matchpoint runs on PostgreSQL too, or, unless it is a long run, what hangs on it most.
    """
    if pytest_arguments or fast:
        return [Run("tests", (*(("-m", "not slow") if fast else ()), *pytest_arguments))]
    on_postgresql = ("--database=postgresql", SYSTEM, FAULTS, *(() if long else ("-m", "storage")))
    elsewhere = tuple(f"--ignore={folder}" for folder in (SYSTEM, FAULTS, FUZZ))
    return [
        Run("system", ("-m", "slow", SYSTEM)),
        Run("fast", ("-m", "not slow")),
        Run("faults", ("-m", "slow", FAULTS)),
        Run("parts", ("-m", "slow", *elsewhere)),
        Run("postgresql", on_postgresql),
        Run("fuzz", ("-m", "slow", FUZZ)),
    ]


def run_checks(checks: Sequence[Check], environment: Environment) -> tuple[list[str], list[str]]:
    """Runs them one after another and says of each how it went. Returns the names of those that failed, and of those
    that could not be run."""
    failed, not_run = [], []
    for check in checks:
        begun = time.monotonic()
        try:
            said = check.run(environment)
        except NotRun as reason:
            how, said = "not run", str(reason)
            not_run.append(check.name)
        else:
            how = "ok    " if said is None else "FAILED"
            if said is not None:
                failed.append(check.name)
        print(f"{how} {check.name} ({time.monotonic() - begun:.1f} s)", flush=True)
        if said is not None:
            print("\n".join(f"       {line}" for line in said.splitlines()), flush=True)
    return failed, not_run


def summary(
    counts: Mapping[str, int], pytest_code: int, checks: int, failed_checks: int, fast: bool
) -> tuple[int, str]:
    """The exit code and the last line, for what pytest counted, its exit code, and how many checks there were.

    A pytest that collected nothing, broke off or failed uncounted must not look like success: it counts as a failure.
    """
    passed = counts.get("passed", 0) + checks - failed_checks
    tests_failed = counts.get("failed", 0) + counts.get("error", 0)
    failures = failed_checks + (tests_failed or (1 if pytest_code else 0))
    others = [f"{counts[kind]} {kind}" for kind in ("skipped", "xfailed", "deselected") if counts.get(kind)]
    slow = " (slow tests left out: --fast)" if fast else ""
    return (1 if failures else 0), ", ".join([f"{passed} passed", f"{failures} failed", *others]) + slow


def failures_shown(failures: Sequence[str]) -> list[str]:
    """Returns the first 30 failures, and a line that says how many more there are.

    They are printed once more at the very end, because a log of continuous integration may be cut in the middle.
    """
    more = len(failures) - FAILURES_SHOWN
    return [*failures[:FAILURES_SHOWN], *([f"... and {more} more"] if more > 0 else [])]


def checks_environment() -> dict[str, str]:
    """The checks' environment: this venv's tools first, Node too, and no MATCHPOINT_* setting of one's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHPOINT_")}
    for name in ("MATCHPOINT_VENV", "MATCHPOINT_PYTHON"):
        if name in os.environ:
            kept[name] = os.environ[name]
    tools = Path(sys.executable).parent
    node.link_into(tools)
    kept["PATH"] = os.pathsep.join((str(tools), os.environ.get("PATH", "")))
    return kept


def _run_pytest(run: Run, environment: Environment, *, named: bool) -> tuple[int, dict[str, int], list[str]]:
    """Runs pytest and shows its output as it comes.

    Returns the exit code, the counts of the closing line, and the failures that the short summary names.
    """
    prefix = f"{run.name:10} | " if named else ""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    command = [sys.executable, "-P", "-m", "pytest", *colour, *run.arguments]
    closing, failures, begun = "", list[str](), time.monotonic()
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(prefix + line)
            sys.stdout.flush()
            closing = (line.strip() and line) or closing
            if "short test summary info" in line:
                # What looks like a failure above is what a test has printed.
                failures.clear()
            elif (failure := read_failure(line)) is not None:
                failures.append(prefix + failure)
    if named:
        print(f"{prefix}ended after {time.monotonic() - begun:.0f} s", flush=True)
    return process.returncode, read_counts(closing), failures


def read_counts(closing: str) -> dict[str, int]:
    """Reads pytest's closing line: "3 passed, 1 error in 0.2s" gives {"passed": 3, "error": 1}."""
    found = re.findall(r"(\d+) (passed|failed|error|skipped|xfailed|deselected)", _without_colour(closing))
    return {kind: int(number) for number, kind in found}


def read_failure(line: str) -> str | None:
    """Reads a line of pytest's short summary: "FAILED a/test_b.py::test_c - why" gives "FAILED a/test_b.py::test_c".

    Returns None for any other line.
    """
    found = re.match(r"(?:FAILED|ERROR) \S+\.py(?:::.+?)?(?= - |\s*$)", _without_colour(line))
    return None if found is None else found.group()


def _without_colour(text: str) -> str:
    """Returns the text without the escape sequences that colour it."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
