"""Contents of what `pip install` of this project brings."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_wheel_has_the_programs_and_the_generated_contract(tmp_path: Path, checkout: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(tmp_path)],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    proto = checkout / "proto"
    contracts = [path.relative_to(proto).with_suffix("").as_posix() for path in proto.rglob("*.proto")]
    assert contracts
    for contract in contracts:
        assert {f"{contract}_pb2{end}" for end in (".py", ".pyi", "_grpc.py", "_grpc.pyi")} <= names
    assert {"matchpoint/py.typed", "gateway/static/index.html"} <= names
    assert {"matchpoint/v1/__init__.py", "matchpoint/internal/v1/__init__.py"} <= names
    for program in ("backend", "gameserver", "gateway", "cli"):
        assert f"{program}/__main__.py" in names
    assert not [name for name in names if name.startswith(("tests/", "proto/", "gen/")) or "node_modules" in name]

    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        members = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "hatch_build.py", "matchpoint", "requirements.lock", "LICENSE"} <= members
    assert "gen/matchpoint/v1/__init__.py" in members
    assert any(name.startswith("proto/matchpoint/v1/") for name in members)
