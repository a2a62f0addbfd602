"""`restart` under people who play: every program, again and again, and nobody loses a point by it."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from matchpoint.v1.frames_pb2 import ClockCause, NoticeKind
from matchpoint.v1.lobby_pb2 import Room
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.result_pb2 import Outcome

from cli.control import ask_restart
from tests.support.clients.lasting_players import Lasting, LastingPlayer, LastingSpectator, duel, insist
from tests.support.clients.players import to_the_ball
from tests.support.clients.site import Site
from tests.support.clients.views import WITHIN_S
from tests.support.processes.installation import Installation, start, stop

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

POINTS = 15
#: More often than a player may be absent (two pauses), and each program right after each other one.
RESTARTS = ("gateway", "gameserver", "backend", "gateway", "backend", "gameserver", "gateway")
POINT_WITHIN_S = 30.0
#: Of a program's absence a player waits at most this much, and the countdown.
AWAY_S = 10.0


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A Matchpoint for this file alone. It has to end cleanly."""
    process, installation = start(tmp_path_factory.mktemp("restarts") / "data")
    try:
        yield installation
    finally:
        code = stop(process)
    assert code == 0


@pytest.fixture
async def site(own: Installation) -> AsyncIterator[Site]:
    async with Site(own) as site:
        yield site


async def restart(own: Installation, program: str) -> float:
    """Restarts it as the command does. Returns when the next process is ready."""
    seconds = await asyncio.to_thread(ask_restart, own.data, program)
    print(f"restart {program}: {seconds:.2f} s without it")
    assert seconds < AWAY_S
    return seconds


async def point(*people: Lasting) -> None:
    """Returns when everybody has seen another goal."""
    async with asyncio.timeout(POINT_WITHIN_S):
        for someone in people:
            so_far = len(someone.view.told)
            await someone.view.seen(lambda view, so_far=so_far: len(view.told) > so_far)  # type: ignore[misc]


async def test_every_program_is_restarted_under_a_match_and_nobody_loses_a_point_or_a_pause(
    own: Installation, site: Site
) -> None:
    host, other = await site.guests(2)
    mina, jun = await duel(host, other, points_to_win=POINTS, start_speed=200_000)
    mina.styles = {0: to_the_ball, 1: to_the_ball}
    watcher = LastingSpectator(site, mina.session)
    people = (mina, jun, watcher)
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(someone.until_the_end()) for someone in people]
        await point(mina)
        for program in RESTARTS:
            before = len(mina.view.told)
            await restart(own, program)
            assert mina.view.result is None, "the match is too short for these restarts"
            if len(mina.view.told) == before:
                await point(mina)
    results = [end.result() for end in ends]
    assert results[0] == results[1] == results[2]
    result = results[0]
    assert (result.outcome, result.winner) == (Outcome.OUTCOME_PLAYED, Side.SIDE_LEFT)
    assert (result.left, result.right) == (POINTS, 0), "she returns every ball: a point lost is ours"
    assert (mina.view.clock.pauses_left, mina.view.clock.pauses_right) == (2, 2), "our restarts are nobody's pauses"
    assert [someone.refusals for someone in people] == [[], [], []]
    assert mina.view.epoch == 1 + RESTARTS.count("gameserver")
    record = await site.record(mina.session)
    assert (record["attempt"], record["result"]["left"], record["result"].get("right", 0)) == (1, POINTS, 0)
    _proven(own, mina.session)


def _proven(own: Installation, session: str) -> None:
    (journal,) = (own.data / "journals" / "reported").glob(f"{session}*")
    command = [sys.executable, "-P", "-m", "cli", "verify", str(journal)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_players_are_told_before_their_match_stands_still(own: Installation, site: Site) -> None:
    guest = await site.guest()
    _, ticket = await guest.start(bot={})
    async with site.play(ticket) as player:
        async with asyncio.timeout(WITHIN_S):
            await player.until(lambda view: view.clock.rate == 1)
        restarting = asyncio.create_task(restart(own, "gameserver"))
        while (message := await player.hear()).WhichOneof("body") != "notice":
            pass
        assert message.notice.kind == NoticeKind.NOTICE_KIND_DRAINING
        await player.until(lambda view: view.clock.cause == ClockCause.CLOCK_CAUSE_RESTORE)
        await player.until(lambda view: view.epoch == 2 and view.clock.rate == 1)
        await restarting


async def test_a_newcomer_during_a_restart_of_the_game_server_just_gets_a_match(own: Installation, site: Site) -> None:
    guest = await site.guest()
    restarting = asyncio.create_task(restart(own, "gameserver"))
    matches = []
    while not restarting.done():
        matches.append(await guest.start(bot={}))
        await asyncio.sleep(0.1)
    await restarting
    assert matches
    session, ticket = matches[-1]
    loner = LastingPlayer(guest, session, ticket)
    playing = asyncio.create_task(loner.until_the_end())
    async with asyncio.timeout(WITHIN_S):
        await loner.view.seen(lambda view: view.clock.rate == 1)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)


@pytest.mark.storage
async def test_a_room_is_as_it_was_after_a_restart_of_the_backend(own: Installation, site: Site) -> None:
    host = await site.guest()
    async with host.lobby() as lobby:
        await lobby.do(create_room={"ruleset": {"points_to_win": 3}})
        before = await lobby.see_room()
        await restart(own, "backend")

    async def look() -> Room:
        async with host.lobby() as lobby:
            return await lobby.see_room()

    # The gateway may not have found the new process yet; a page comes again, too.
    after = await insist(look)
    assert (after.code, after.ruleset.points_to_win) == (before.code, 3)
    assert [member.account_id for member in after.members] == [host.account_id]
