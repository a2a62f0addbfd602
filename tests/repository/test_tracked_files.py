"""Contents that a committed file may and may not have."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

# None of these matches itself.
FORBIDDEN = {
    "a package index": r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com",
    "a mirror": r"(deb|security)\.debian\.org|archive\.ubuntu\.com",
    "a path of one machine": r"(?<![\w.~-])/(work|tmp|root)[/]|/opt/pypi[^\[]",
}


def tracked(checkout: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=checkout, check=True, capture_output=True).stdout
    # A file deleted and not yet committed is still listed.
    return [path for name in listed.decode().split("\0") if name and (path := checkout / name).is_file()]


def pinned(lock: Path) -> dict[str, str]:
    """Name -> version of every block of a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(checkout: Path, what: str) -> None:
    patterns = re.compile(FORBIDDEN[what].encode(), re.IGNORECASE)
    found = [
        f"{path.relative_to(checkout)}:{number}"
        for path in tracked(checkout)
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if patterns.search(line)
    ]
    assert not found, f"these lines name {what}"


def test_nothing_generated_is_tracked(checkout: Path) -> None:
    names = [path.relative_to(checkout).as_posix() for path in tracked(checkout)]
    generated = re.compile(r"^gen/|_pb2(_grpc)?\.pyi?$|(^|/)(node_modules|__pycache__|\.venv)/")
    assert [name for name in names if generated.search(name)] == []


def test_nothing_tracked_is_a_link(checkout: Path) -> None:
    """A link's target may be a path of one machine, and nothing that reads files sees it."""
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=checkout, check=True, capture_output=True, text=True).stdout
    assert [line for line in listed.splitlines() if line.startswith("120000")] == []


def test_the_contract_folder_is_no_python_package(checkout: Path) -> None:
    assert not (checkout / "proto" / "__init__.py").exists(), "it would hide the package `proto` of proto-plus"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_locked_package_has_one_version_and_hashes(checkout: Path, name: str) -> None:
    blocks = [block for block in re.split(r"\n(?=\S)", (checkout / name).read_text()) if not block.startswith("#")]
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+( ;[^\n]+)? \\\n", block), block
        assert "--hash=sha256:" in block, block


def test_the_test_lock_holds_the_run_time_lock_unchanged(checkout: Path) -> None:
    run_time, tests = pinned(checkout / "requirements.lock"), pinned(checkout / "requirements-test.lock")
    assert run_time.items() <= tests.items()


def test_the_lock_has_what_the_project_asks_for(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    names = {re.split(r"[\[><=;]", requirement)[0].strip() for requirement in asked}
    assert names <= pinned(checkout / "requirements.lock").keys()
    sources = re.findall(r"^[a-z][a-z0-9-]*", (checkout / "requirements.in").read_text(), re.MULTILINE)
    # The editable install and the installer are the environment's business, not the project's.
    assert set(sources) == names | {"editables", "uv"}
