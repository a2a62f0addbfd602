"""The whole of Matchpoint while another process holds SQLite's lock: play goes on, and its result is kept later."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.clients.players import away_from_the_ball, to_the_ball
from tests.support.clients.site import Site, play_through, room_of_two
from tests.support.processes.installation import Installation, start, stop
from tests.support.processes.writer import Writer
from tests.support.storage.temporary_database import TemporaryDatabase

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

SHORT = {"points_to_win": 2, "start_speed": 200_000}


@pytest.fixture(scope="module")
def matchpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    data = tmp_path_factory.mktemp("matchpoint") / "data"
    process, installation = start(data, MATCHPOINT_DATABASE_URL=f"sqlite+aiosqlite:///{data / 'matchpoint.db'}")
    try:
        yield installation
    finally:
        code = stop(process)
    assert code == 0


@pytest.fixture
async def site(matchpoint: Installation) -> AsyncIterator[Site]:
    async with Site(matchpoint) as site:
        yield site


async def test_a_match_ends_while_the_database_is_locked_and_its_result_is_kept_once_it_is_not(site: Site) -> None:
    mina, jun = await site.guests(2)
    file = TemporaryDatabase("sqlite", site.installation.database)
    async with room_of_two(mina, jun, **SHORT) as lobbies, asyncio.timeout(90):
        await lobbies[0].do(start={})
        ways = [await lobby.see_started() for lobby in lobbies]
        playing = asyncio.gather(
            play_through(mina, *ways[0], to_the_ball), play_through(jun, *ways[1], away_from_the_ball)
        )
        async with site.watch(ways[0][0]) as early:
            await early.until(lambda view: view.game is not None)
        async with Writer.inside(file):
            refused = await mina.post("AccountService/Rename", {"name": "Somebody Else"})
            assert (refused.status, refused.refused) == (503, "REASON_SERVER_UNAVAILABLE")
            # What is there can be read all the while.
            assert (await mina.stats())["name"] == mina.name
            left, right = await playing
            assert left.view.result is not None
            assert left.view.result == right.view.result
        record = await site.record(ways[0][0])
    assert record["attempt"] == 1
    assert ((await mina.stats())["wins"], (await jun.stats())["losses"]) == (1, 1)
