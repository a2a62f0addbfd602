"""Fixtures for every test."""

from pathlib import Path

import pytest
from hypothesis import settings

from cli import chromium as chromium_finder
from cli.config import CHECKOUT
from tests.support.event_loops import ON_ASYNCIO, AnyioBackend
from tests.support.storage import databases

# A deadline is a timed test: on a busy machine it fails without a fault.
settings.register_profile("matchpoint", deadline=None)
settings.load_profile("matchpoint")


@pytest.fixture(scope="session")
def anyio_backend() -> AnyioBackend:
    """Coroutine tests run on asyncio, as the programs do."""
    return ON_ASYNCIO


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of this checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser for browser tests; without one they fail, they are not skipped."""
    found = chromium_finder.find()
    if found is None:
        pytest.fail("there is no Chromium; `./matchpoint test` installs one, or name yours in CHROMIUM_PATH")
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """One switch for all tests of the whole."""
    parser.addoption(
        "--database",
        choices=databases.KINDS,
        default=databases.KINDS[0],
        help="where a whole Matchpoint of the tests keeps its records (tests/backend runs on both in any case)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Before the first test."""
    databases.use(config.getoption("database"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: a mistake shows in seconds."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
