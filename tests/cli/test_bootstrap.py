"""`./matchpoint` itself: finding Python, making the environment once, and the sentences for what goes wrong."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.processes.up_process import clean_environment

SOURCES = (
    "matchpoint",
    "pyproject.toml",
    "hatch_build.py",
    "requirements.lock",
    "requirements-test.lock",
    "LICENSE",
    "README.md",
)

NO_NETWORK = {
    **dict.fromkeys(("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"), "http://127.0.0.1:9/simple"),
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
    "PIP_NO_CACHE_DIR": "1",
    "UV_NO_CACHE": "1",
}
"""Settings under which nothing can be fetched, and nothing was fetched before."""


def run(command: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(command), *arguments], cwd=cwd, env={**clean_environment(), **environment}, capture_output=True, text=True
    )


def fake_python(folder: Path, version: str) -> Mapping[str, str]:
    """A PATH on which every Python is of this version and too old, beside the system's own small commands."""
    folder.mkdir()
    for name in ("sh", "cat", "cksum", "find", "sort", "dirname", "readlink", "sed", "grep", "mkdir", "rm"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    if version:
        for name in ("python3", "python"):
            (folder / name).write_text(f"#!/bin/sh\necho {version}\nexit 1\n")
            (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


def test_a_python_that_is_too_old_is_named(tmp_path: Path, checkout: Path) -> None:
    path = fake_python(tmp_path / "bin", "3.9")
    ended = run(checkout / "matchpoint", "up", cwd=tmp_path, MATCHPOINT_VENV=str(tmp_path / "venv"), **path)
    assert ended.returncode == 1
    assert ended.stderr == (
        "matchpoint: needs Python 3.11 or newer, but python3 is 3.9; "
        "install a newer one, or name it in MATCHPOINT_PYTHON.\n"
    )
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_said(tmp_path: Path, checkout: Path) -> None:
    path = fake_python(tmp_path / "bin", "")
    ended = run(checkout / "matchpoint", "up", cwd=tmp_path, MATCHPOINT_VENV=str(tmp_path / "venv"), **path)
    assert ended.returncode == 1
    assert ended.stderr == (
        "matchpoint: needs Python 3.11 or newer and found none; install it, or name it in MATCHPOINT_PYTHON.\n"
    )


def test_an_environment_that_cannot_be_written_is_said(tmp_path: Path, checkout: Path) -> None:
    # A file in the folder's place: even root cannot make a folder there.
    (tmp_path / "file").touch()
    ended = run(checkout / "matchpoint", "up", cwd=tmp_path, MATCHPOINT_VENV=str(tmp_path / "file" / "venv"))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"matchpoint: cannot write to {tmp_path}/file; make it writable, or set MATCHPOINT_VENV to a folder that is.\n"
    )


@pytest.mark.slow
def test_no_network_on_the_first_start_is_one_sentence_and_leaves_no_half_made_environment(
    tmp_path: Path, checkout: Path
) -> None:
    venv = tmp_path / "venv"
    for _ in range(2):
        ended = run(checkout / "matchpoint", "up", cwd=tmp_path, MATCHPOINT_VENV=str(venv), **NO_NETWORK)
        assert ended.returncode == 1
        progress, sentence = ended.stderr.splitlines()
        assert progress == f"matchpoint: preparing {venv} (once, under a minute) ..."
        assert sentence == (
            "matchpoint: cannot reach the package index, and the first start has to; "
            f"check the network and run this again. Details: {venv}.log"
        )
        assert not (venv / "matchpoint.stamp").exists(), "a half-made environment is not taken for a whole one"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """The front door and what it needs, in a folder with spaces in its name; the environment is made by the tests."""
    folder = tmp_path_factory.mktemp("a folder with spaces") / "Match point"
    folder.mkdir()
    for name in SOURCES:
        shutil.copy2(checkout / name, folder / name)
    for name in ("proto", "cli"):
        shutil.copytree(checkout / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("wire", "backend", "gameserver", "gateway"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").touch()
    return folder


@pytest.mark.slow
def test_two_first_starts_at_once_through_a_link_from_elsewhere_make_one_environment(
    tmp_path: Path, copy: Path
) -> None:
    (tmp_path / "mp").symlink_to(copy / "matchpoint")
    environment = {**clean_environment(), "MATCHPOINT_PYTHON": sys.executable}
    both = [
        subprocess.Popen(
            ["./mp", "--help"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert all("usage: matchpoint" in out for out, _ in outputs)
    prepared = [err for _, err in outputs if "preparing" in err]
    assert len(prepared) == 1, "one of them prepared, the other waited"
    assert (copy / "gen" / "matchpoint" / "v1" / "__init__.py").is_file()


@pytest.mark.slow
def test_a_warm_start_prepares_nothing_and_an_edited_contract_prepares_again(copy: Path) -> None:
    run(copy / "matchpoint", "--help", cwd=copy, MATCHPOINT_PYTHON=sys.executable)
    warm = run(copy / "matchpoint", "--help", cwd=copy, **NO_NETWORK)
    assert warm.returncode == 0
    assert warm.stderr == ""
    edited = copy / "proto" / "matchpoint" / "v1" / "later.proto"
    edited.write_text('syntax = "proto3";\npackage matchpoint.v1;\nmessage Later {}\n')
    again = run(copy / "matchpoint", "--help", cwd=copy)
    assert again.returncode == 0, again.stderr
    assert "preparing" in again.stderr
    assert (copy / "gen" / "matchpoint" / "v1" / "later_pb2.pyi").is_file()
    edited.unlink()
    assert run(copy / "matchpoint", "--help", cwd=copy).returncode == 0
    assert not (copy / "gen" / "matchpoint" / "v1" / "later_pb2.pyi").exists(), "a removed contract leaves nothing"
