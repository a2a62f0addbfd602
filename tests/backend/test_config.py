"""Configuration of the backend: values that it reads, and values that it refuses."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from backend.adapters.sql.database import Database
from backend.config import Config
from backend.core.sign_ins import DAY_MS, Lifetime, Lifetimes
from wire.config import ConfigError

TOKEN = "t" * 43


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "service.token").write_text(TOKEN + "\n")
    return tmp_path


def test_a_data_folder_is_all_it_needs(folder: Path) -> None:
    config = Config.read({"MATCHPOINT_DATA": str(folder)})
    assert config == Config(
        host="127.0.0.1",
        port=50051,
        metrics_port=9251,
        service_token=TOKEN,
        database_url=URL.create("sqlite+aiosqlite", database=str(folder / "matchpoint.db")),
        house_match=True,
        lifetimes=Lifetimes(),
        log_level="INFO",
    )


@pytest.mark.parametrize("name", ["100 %", "what?", "a%20b", "#1", "ä ö", "x@y:z"])
def test_the_database_is_in_the_data_folder_whatever_that_is_called_and_only_ours(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir(mode=0o755)
    (folder / "service.token").write_text(TOKEN + "\n")
    (folder / "matchpoint.db").touch(mode=0o644)
    database = Database(Config.read({"MATCHPOINT_DATA": str(folder)}).database_url)
    modes: dict[str, int] = {}

    async def begin() -> None:
        await database.open()
        modes.update((file.name, file.stat().st_mode & 0o777) for file in folder.glob("matchpoint.db*"))
        await database.close()

    asyncio.run(begin())
    assert set(modes.values()) == {0o600}
    assert (folder / "matchpoint.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_operator_sets_how_long_sign_ins_last(folder: Path) -> None:
    config = Config.read(
        {
            "MATCHPOINT_DATA": str(folder),
            "MATCHPOINT_SIGN_IN_IDLE_DAYS": "7",
            "MATCHPOINT_SIGN_IN_DAYS": "14",
            "MATCHPOINT_GUEST_SIGN_IN_IDLE_DAYS": "2",
            "MATCHPOINT_GUEST_SIGN_IN_DAYS": "3",
        }
    )
    assert config.lifetimes.account == Lifetime(7 * DAY_MS, 14 * DAY_MS)
    assert config.lifetimes.guest == Lifetime(2 * DAY_MS, 3 * DAY_MS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "0.0.0.0"),
        ("HOST", "example.org"),
        ("BACKEND_PORT", "65536"),
        ("BACKEND_PORT", "http"),
        ("HOUSE_MATCH", "maybe"),
        ("SIGN_IN_DAYS", "0"),
        ("GUEST_SIGN_IN_IDLE_DAYS", "a week"),
        ("GUESTS_PER_ADDRESS", "40"),
        ("GUESTS_PER_ADDRESS", "0,12"),
        ("LINES_PER_ROOM", "many,few"),
        ("SESSIONS_PER_ACCOUNT", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("SERVICE_TOKEN_FILE", "/nowhere/service.token"),
        ("DATABASE_URL", "not a url"),
        ("DATABASE_URL", "nosuchdb://host/name"),
        # Known to SQLAlchemy, but not asynchronous or not tried.
        ("DATABASE_URL", "postgresql://host/name"),
        ("DATABASE_URL", "mysql+aiomysql://host/name"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_in_one_sentence(folder: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.read({"MATCHPOINT_DATA": str(folder), f"MATCHPOINT_{name}": value})
    assert f"MATCHPOINT_{name}" in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_password_in_the_database_url_is_not_in_the_sentence(folder: Path) -> None:
    variables = {"MATCHPOINT_DATA": str(folder), "MATCHPOINT_DATABASE_URL": "nosuchdb://ada:hunter2@host/name"}
    with pytest.raises(ConfigError) as caught:
        Config.read(variables)
    assert "hunter2" not in str(caught.value)
