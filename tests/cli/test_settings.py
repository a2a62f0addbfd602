"""Settings: each is honoured or refused by its name, by `up` and by every program."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import backend.config
import gameserver.config
import gateway.config
from cli import CommandError
from cli.config import read_config
from cli.settings import SETTINGS
from wire.config import Environment

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


class Asked(dict[str, str]):
    """Variables that note which of them were looked at."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(variables)
        self.names: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(name.removeprefix("MATCHPOINT_"))
        return super().get(name, default)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "service.token").write_text("t" * 43)
    return tmp_path


def test_up_knows_exactly_the_settings_that_the_programs_read_and_the_manual_has_them(data: Path) -> None:
    asked = Asked({"MATCHPOINT_DATA": str(data)})
    backend.config.Config.read(asked)
    gameserver.config.Config.read(asked)
    gateway.config.read(Environment(asked))
    assert asked.names == SETTINGS, "cli/settings.py has to list what the programs read"
    # Some share a row: `MATCHPOINT_LINES_PER_ACCOUNT`, `_PER_ROOM`.
    words = re.findall(r"`(?:MATCHPOINT)?(_[A-Z_]+)`", OPERATIONS)
    assert [name for name in sorted(SETTINGS) if not any(f"_{name}".endswith(word) for word in words)] == []


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MATCHPOINT_HOST", "0.0.0.0", "MATCHPOINT_HOST=0.0.0.0 cannot be"),
        ("MATCHPOINT_HOST", "127.0.0.2", "MATCHPOINT_HOST=127.0.0.2 cannot be"),
        ("MATCHPOINT_BACKEND_ADDRESS", "10.0.0.1:50051", "MATCHPOINT_BACKEND_ADDRESS=10.0.0.1:50051 cannot be"),
        ("MATCHPOINT_CAPASITY", "10", "did you mean MATCHPOINT_CAPACITY?"),
        ("MATCHPOINT_NONSENSE_XYZ", "", "MATCHPOINT_NONSENSE_XYZ is not a setting"),
        ("MATCHPOINT_gateway_port", "1", "is not a setting"),
    ],
)
def test_up_refuses_what_it_would_not_heed(variable: str, value: str, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        read_config(None, None, {variable: value})
    assert said in str(refused.value)


def test_up_takes_a_token_file_that_lies_elsewhere(data: Path) -> None:
    config = read_config(None, str(data), {"MATCHPOINT_SERVICE_TOKEN_FILE": str(data / "other.token")})
    assert config.token_file == data / "other.token"
    assert config.environment({})["MATCHPOINT_SERVICE_TOKEN_FILE"] == str(data / "other.token")
    same = {"MATCHPOINT_HOST": "127.0.0.1", "MATCHPOINT_BACKEND_ADDRESS": "127.0.0.1:50051", "HOME": "/"}
    assert read_config(None, str(data), same).token_file == data / "service.token"


@pytest.mark.parametrize("program", ["backend", "gameserver", "gateway"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [("LOG_LEVEL", "VERBOSE"), ("LOOP_TICK_MS", "often"), ("HOST", "0.0.0.0"), ("SERVICE_TOKEN_FILE", "/nowhere")],
)
def test_each_program_refuses_a_wrong_value_in_one_sentence(
    data: Path, program: str, variable: str, value: str
) -> None:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("MATCHPOINT_")}
    environment = {**clean, "MATCHPOINT_DATA": str(data), f"MATCHPOINT_{variable}": value}
    ended = subprocess.run([sys.executable, "-m", program], env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 78
    assert f"MATCHPOINT_{variable}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
