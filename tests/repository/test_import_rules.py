"""The import rules hold, and each of them can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLANTS = {
    "Programs never import each other": ("gateway/planted.py", "import backend.core"),
    "No program imports the command line": ("gameserver/planted.py", "import cli"),
    "The command line imports no program": ("cli/planted.py", "import gameserver.adapters"),
    "Inside the game server": ("gameserver/core/planted.py", "import gameserver.service"),
    "Inside the backend:": ("backend/core/planted.py", "import backend.service"),
    "Inside the backend's service": ("backend/service/accounts/planted.py", "import backend.service.rooms"),
    "The core is rules only": ("gameserver/core/clock.py", "import asyncio"),
    "The service layer knows no transport": ("backend/service/planted.py", "import sqlalchemy.ext.asyncio"),
    "What the programs share knows none": ("wire/planted.py", "import gateway"),
    "Tickets are pure": ("wire/tickets.py", "import grpc"),
}


def lint(folder: Path) -> str:
    """What import-linter says about the packages in `folder`."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.fixture
def packages(tmp_path: Path, checkout: Path) -> Path:
    """The skeleton of the programs: empty packages under the rules of pyproject.toml."""
    shutil.copy2(checkout / "pyproject.toml", tmp_path)
    packages = (f"{program}{part}" for program in ("backend", "gameserver") for part in PARTS)
    for package in ("wire", "cli", "gateway", *packages, *(f"backend/service/{part}" for part in BACKEND_SERVICE)):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for module in ("backend/__main__.py", "gameserver/__main__.py", "wire/tickets.py", *BACKEND_MODULES):
        (tmp_path / module).touch()
    return tmp_path


PARTS = ("", "/core", "/service", "/adapters")
BACKEND_SERVICE = ("privacy", "reports", "rooms", "sessions", "social", "accounts")
BACKEND_MODULES = (
    *("backend/compose.py", "backend/config.py"),
    *(f"backend/service/{module}.py" for module in ("limits", "page_tokens", "completion", "periodic_jobs")),
    *(f"backend/service/{module}.py" for module in ("ports", "models")),
)


def test_empty_programs_keep_every_rule(packages: Path) -> None:
    assert f"{len(PLANTS)} kept, 0 broken" in lint(packages)


def test_each_rule_notices_what_breaks_it(packages: Path) -> None:
    for module, line in PLANTS.values():
        (packages / module).write_text(line + "\n")
    said = lint(packages)
    assert f"0 kept, {len(PLANTS)} broken" in said
    for rule in PLANTS:
        assert rule in said
