"""The means of the other tests: programs that can be killed, and crash points that are hit exactly where they say."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.clients.site import Site
from tests.support.processes.programs import Programs, running

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

QUICK = {"points_to_win": 1, "start_speed": 200_000}


@pytest.fixture
async def programs(tmp_path: Path) -> AsyncIterator[Programs]:
    async with running(tmp_path / "data") as programs:
        yield programs


async def test_they_start_are_killed_and_start_again_on_the_same_ports(programs: Programs) -> None:
    for program in programs.all:
        before = program.pid
        began = time.monotonic()
        await program.restart()
        print(f"{program.name} back after {time.monotonic() - began:.2f} s")
        assert program.pid != before
    async with Site(programs.installation) as site:
        assert (await site.guest("Mina")).name == "Mina"


async def test_they_stop_cleanly(programs: Programs) -> None:
    for program in reversed(programs.all):
        await program.stop()
