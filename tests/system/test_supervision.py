"""A program that is killed without warning costs a moment, not a match."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import httpx
import pytest
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.result_pb2 import Outcome

from tests.support.clients.players import Player, away_from_the_ball, to_the_ball
from tests.support.clients.site import Site, play_through, room_of_two
from tests.support.clients.views import WITHIN_S
from tests.support.processes.installation import Installation, start, stop
from tests.support.processes.up_process import programs_of

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

BACK_WITHIN_S = 10.0
RULES = {"points_to_win": 2, "start_speed": 200_000}

Own = tuple[int, Installation]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """A Matchpoint for this file alone, and its supervisor's process: whatever is killed, it has to end cleanly."""
    process, installation = start(tmp_path_factory.mktemp("supervision") / "data")
    try:
        yield process.pid, installation
    finally:
        code = stop(process)
    assert code == 0


@pytest.fixture
async def site(own: Own) -> AsyncIterator[Site]:
    async with Site(own[1]) as site:
        yield site


async def kill(own: Own, program: str) -> None:
    """Kills a program, and returns when another one has taken its place."""
    supervisor, installation = own
    before = programs_of(supervisor)
    os.kill(before[program], signal.SIGKILL)
    async with asyncio.timeout(BACK_WITHIN_S), httpx.AsyncClient(trust_env=False) as http:
        while True:
            with suppress(httpx.HTTPError):
                after = programs_of(supervisor)
                healthy = (await http.get(f"{installation.page}/healthz")).status_code == 200
                if healthy and after.get(program, before[program]) != before[program]:
                    return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("program", ["gateway", "gameserver", "backend"])
async def test_a_match_is_played_to_its_right_result_though_a_program_is_killed_in_the_middle(
    program: str, own: Own, site: Site
) -> None:
    mina, jun = await site.guests(2)
    async with room_of_two(mina, jun, **RULES) as lobbies:
        await lobbies[0].do(start={})
        ways = [await lobby.see_started() for lobby in lobbies]
        session_id = ways[0][0]
        async with site.watch(session_id) as early:
            match = asyncio.gather(
                play_through(mina, *ways[0], to_the_ball), play_through(jun, *ways[1], away_from_the_ball)
            )
            await early.until(lambda view: bool(view.goals))
        await kill(own, program)
        async with asyncio.timeout(60):
            left, right = await match
    _same_end(left, right)
    record = await site.record(session_id)
    assert record["attempt"] == 1
    assert record["result"]["left"] == RULES["points_to_win"]
    assert ((await mina.stats())["wins"], (await jun.stats())["losses"]) == (1, 1)
    # And everything is usable by somebody new.
    newcomer = await site.guest()
    async with asyncio.timeout(BACK_WITHIN_S):
        while (answer := await newcomer.post("DirectoryService/StartSession", {"bot": {}})).status != 200:
            # The game server registers again with a backend that is new.
            assert answer.refused == "REASON_SERVER_UNAVAILABLE"
            await asyncio.sleep(0.1)
    async with site.play(answer.body["entry"]["ticket"]) as player, asyncio.timeout(WITHIN_S):
        await player.sync()


def _same_end(left: Player, right: Player) -> None:
    result = left.view.result
    assert result is not None
    assert result == right.view.result
    assert (result.outcome, result.winner, result.left, result.right) == (
        Outcome.OUTCOME_PLAYED,
        Side.SIDE_LEFT,
        RULES["points_to_win"],
        0,
    )
