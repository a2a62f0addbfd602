"""What people see when a program dies under them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.people import Lasting, LastingSpectator, LastingView, duel
from tests.faults.programs import Programs, running
from tests.system.players import Site

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

BACK_WITHIN_S = 2.0
"""A match is resumed so soon after the game server's return."""
COUNTDOWN_MS = 3_000


@pytest.fixture
async def programs(tmp_path: Path) -> AsyncIterator[Programs]:
    async with running(tmp_path / "data") as programs:
        yield programs


@pytest.fixture
async def site(programs: Programs) -> AsyncIterator[Site]:
    async with Site(programs.installation) as site:
        yield site


async def all_see(people: Sequence[Lasting], wanted: Callable[[LastingView], bool], within_s: float = 20.0) -> None:
    """Returns when everybody sees it."""
    async with asyncio.timeout(within_s):
        await asyncio.gather(*(someone.view.seen(wanted) for someone in people))


async def test_a_game_server_killed_mid_match_resumes_it_at_its_score_with_a_countdown_and_the_next_epoch(
    programs: Programs, site: Site
) -> None:
    mina, jun = await duel(*await site.guests(2), points_to_win=3, start_speed=200_000)
    watcher = LastingSpectator(site, mina.session)
    people = (mina, jun, watcher)
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(someone.until_the_end()) for someone in people]
        await all_see(people, lambda view: bool(view.told))
        score = mina.view.score
        await programs.gameserver.restart()
        back = programs.gameserver.ready_at
        await all_see(people, lambda view: view.epoch == 2 and view.clock.rate == 1)
        for someone in people:
            ((epoch, at, _, _),) = someone.view.tenures
            assert epoch == 2
            print(f"{type(someone).__name__} sees epoch 2 {at - back:.2f} s after the return")
            assert at - back < BACK_WITHIN_S
            assert someone.view.score == score
    results = [end.result() for end in ends]
    assert results[0] == results[1] == results[2]
    assert mina.entries == jun.entries == watcher.entries == 1, "nobody had to come in again"
