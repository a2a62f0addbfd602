"""Traces in the programs of people who are gone: none."""

import asyncio
from pathlib import Path

import pytest

from tests.support.clients.lasting_players import LastingPlayer, LastingSpectator, against_a_bot, duel
from tests.support.clients.site import Site
from tests.support.faults.proxy import proxy_to
from tests.support.processes.programs import Ports, Programs, figure, running

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

QUICK = {"points_to_win": 1, "start_speed": 200_000}
MATCHES = 4
ROUNDS_MAX = 6
SETTLED_WITHIN_S = 20.0


def held(programs: Programs) -> dict[str, tuple[int, ...]]:
    """Descriptors and threads of each program."""
    return {program.name: (program.descriptors(), program.threads()) for program in programs.all}


async def a_match(site: Site) -> None:
    """Two play, one watches, and all go."""
    host, other = await site.guests(2)
    left, right = await duel(host, other, **QUICK)
    people = (left, right, LastingSpectator(site, left.session))
    await asyncio.gather(*(someone.until_the_end() for someone in people))


async def test_matches_that_were_played_leave_no_descriptor_and_no_thread(tmp_path: Path) -> None:
    """Resources that are opened when first needed and then kept (channels, database connections, threads) come
    to an end after a few rounds; what matches leave behind grows with every round."""
    async with running(tmp_path / "data") as programs, Site(programs.installation) as site:
        before = await held_after_matches(programs, site)
        for _ in range(ROUNDS_MAX):
            after = await held_after_matches(programs, site)
            print(f"\n{before}\n{after}")
            if all(after[name][0] <= before[name][0] and after[name][1] <= before[name][1] + 1 for name in after):
                break
            before = {name: tuple(map(max, before[name], after[name])) for name in after}
        else:
            pytest.fail(f"the programs hold more after each round of {MATCHES} matches: {after}")
        assert list(programs.journals.glob("*.journal")) == []
        assert figure(programs, "matchpoint_connections ") == 0


async def held_after_matches(programs: Programs, site: Site) -> dict[str, tuple[int, ...]]:
    """Plays a round of matches; returns what the programs hold when nobody is connected any more."""
    await asyncio.gather(*(a_match(site) for _ in range(MATCHES)))
    await until_quiet(programs)
    return held(programs)


async def test_a_line_that_is_cut_again_and_again_leaves_no_stream_behind_and_the_match_comes_to_its_end(
    tmp_path: Path,
) -> None:
    ports = Ports.free()
    async with (
        proxy_to(f"127.0.0.1:{ports.gameserver}") as proxy,
        running(tmp_path / "data", ports, only={"gameserver": {"MATCHPOINT_ADVERTISE": proxy.address}}) as programs,
        Site(programs.installation) as site,
        asyncio.TaskGroup() as group,
    ):
        host, other, alone = await site.guests(3)
        players: list[LastingPlayer] = [*await duel(host, other, **QUICK), await against_a_bot(alone, **QUICK)]
        proxy.up.jitter_s = proxy.down.jitter_s = 0.03
        proxy.up.slice = proxy.down.slice = 37
        ends = [group.create_task(player.until_the_end()) for player in players]
        for _ in range(6):
            await asyncio.sleep(0.7)
            proxy.reset()
        proxy.heal()
        await asyncio.gather(*ends)
        assert ends[0].result() == ends[1].result()
        await until_quiet(programs)
        assert figure(programs, 'matchpoint_upstream_streams{kind="play"} ') <= 1
        assert proxy.open <= 3, "one channel of the gateway for players, one for spectators, one of the backend"


async def until_quiet(programs: Programs) -> None:
    """Returns when nobody is connected and every result is reported."""

    def quiet() -> bool:
        connections = figure(programs, "matchpoint_connections ")
        return connections == 0 and not list(programs.journals.glob("*.journal"))

    async with asyncio.timeout(SETTLED_WITHIN_S):
        while not await asyncio.to_thread(quiet):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)
