"""A backend on a real port, and a game server on another."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.harnesses.backend_port import Wire, serving


@pytest.fixture
async def wire(tmp_path: Path, migrated: bytes) -> AsyncIterator[Wire]:
    async with serving(tmp_path, migrated) as wire:
        yield wire


@pytest.fixture
async def game_server() -> AsyncIterator[FakeGameServer]:
    # Of the contract only what the backend calls.
    game_server = FakeGameServer()  # type: ignore[abstract]
    await game_server.start()
    yield game_server
    await game_server.stop()
