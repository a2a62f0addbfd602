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
    "The command line imports no program": ("cli/planted.py", "import gameserver.infrastructure"),
    "Inside the game server": ("gameserver/sessions/planted.py", "import gameserver.infrastructure"),
    "Inside the backend:": ("backend/core/planted.py", "import backend.service"),
    "Only the backend's contract and adapters": ("backend/service/limits.py", "import matchpoint.v1.lobby_pb2"),
    "Inside the backend's service": ("backend/service/accounts/planted.py", "import backend.service.rooms"),
    "Inside the gateway": ("gateway/http/planted.py", "import gateway.websocket"),
    "Inside the sessions": ("gameserver/sessions/ports.py", "import gameserver.sessions.registry"),
    "Inside a tournament's session": (
        "gameserver/sessions/tournament/participants.py",
        "import gameserver.sessions.tournament.broadcast",
    ),
    "Inside the streaming": ("gameserver/streaming/ports.py", "import gameserver.streaming.topic"),
    "Sessions and streams know values": ("gameserver/sessions/reporter.py", "import matchpoint.v1.frames_pb2"),
    "Inside the domain": ("gameserver/domain/pong/intents.py", "import gameserver.domain.match"),
    "Inside pong": ("gameserver/domain/pong/randomness.py", "import gameserver.domain.pong.rules"),
    "Inside a match": ("gameserver/domain/match/records.py", "import gameserver.domain.match.state"),
    "Inside a tournament": ("gameserver/domain/tournament/spec.py", "import gameserver.domain.tournament.state"),
    "The core is rules only": ("gameserver/domain/pong/ruleset.py", "import asyncio"),
    "Use cases and sessions know no transport": ("backend/service/planted.py", "import sqlalchemy.ext.asyncio"),
    "Inside wire": ("wire/settings.py", "import wire.channel"),
    "What the programs share knows none": ("wire/planted.py", "import gateway"),
    "Tickets are pure": ("wire/tickets.py", "import grpc"),
}


def lint(folder: Path) -> str:
    """Output of import-linter about the packages in `folder`."""
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
    """The programs with every module emptied, under the rules of pyproject.toml."""
    shutil.copy2(checkout / "pyproject.toml", tmp_path)
    for program in PROGRAMS:
        for module in (checkout / program).rglob("*.py"):
            empty = tmp_path / module.relative_to(checkout)
            empty.parent.mkdir(parents=True, exist_ok=True)
            empty.touch()
    return tmp_path


PROGRAMS = ("wire", "backend", "gameserver", "gateway", "cli")


def test_empty_programs_keep_every_rule(packages: Path) -> None:
    assert f"{len(PLANTS)} kept, 0 broken" in lint(packages)


def test_each_rule_notices_what_breaks_it(packages: Path) -> None:
    for module, line in PLANTS.values():
        (packages / module).write_text(line + "\n")
    said = lint(packages)
    assert f"0 kept, {len(PLANTS)} broken" in said
    for rule in PLANTS:
        assert rule in said
