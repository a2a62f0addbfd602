"""People's view of a program that dies under them."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.result_pb2 import Outcome

from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.match.state import replay
from tests.faults.figures import note
from tests.support.clients.lasting_players import Lasting, LastingPlayer, LastingSpectator, LastingView, duel
from tests.support.clients.site import Site, room_of_two
from tests.support.clients.views import Viewer
from tests.support.faults.proxy import proxy_to
from tests.support.processes.programs import Ports, Programs, figure, running
from wire.journal_file import HEADER, decode, encode

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

BACK_WITHIN_S = 2.0
"""A match is resumed so soon after the game server's return."""
HUNG_S = 3.0
RETRY_S = 0.2
"""Between two tries of a person."""


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


async def all_come_in(people: Sequence[Lasting], entries: Sequence[int], within_s: float = 20.0) -> None:
    """Returns when everybody was let in once more than before."""
    async with asyncio.timeout(within_s):
        for someone, before in zip(people, entries, strict=True):
            await someone.let_in(before + 1)


def score(journal: Path) -> tuple[int, int]:
    """The score that a journal leads to."""
    left, right = replay(ProtobufCodec().read(journal.read_bytes()).records).game.score
    return left, right


def open_sockets(programs: Programs) -> int:
    """WebSockets that the gateway holds for open."""
    return figure(programs, "matchpoint_connections ")


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


async def test_a_gateway_killed_mid_match_lets_everybody_back_to_the_same_seats(programs: Programs, site: Site) -> None:
    mina, jun = await duel(*await site.guests(2), points_to_win=2, start_speed=200_000)
    watcher = LastingSpectator(site, mina.session)
    people = (mina, jun, watcher)
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(someone.until_the_end()) for someone in people]
        await all_see(people, lambda view: bool(view.told))
        seats = mina.seats, jun.seats
        entries = [someone.entries for someone in people]
        await programs.gateway.restart()
        back = programs.gateway.ready_at
        await all_come_in(people, entries)
        waited = time.monotonic() - back
        print(f"everybody is back {waited:.2f} s after the gateway")
        assert waited < 1.0 + RETRY_S
        assert (mina.seats, jun.seats) == seats
    assert all(end.result() == ends[0].result() for end in ends)
    assert {someone.view.epoch for someone in people} == {1}, "the match never noticed"


async def test_a_goal_that_was_written_and_not_announced_when_the_game_server_died_is_told_afterwards(
    tmp_path: Path,
) -> None:
    ports = Ports.free()
    async with (
        proxy_to(f"127.0.0.1:{ports.gameserver}") as proxy,
        running(tmp_path / "data", ports, only={"gameserver": {"MATCHPOINT_ADVERTISE": proxy.address}}) as programs,
        Site(programs.installation) as site,
        asyncio.TaskGroup() as group,
    ):
        mina, jun = await duel(*await site.guests(2), points_to_win=3, start_speed=200_000)
        watcher = LastingSpectator(site, mina.session)
        people = (mina, jun, watcher)
        ends = [group.create_task(someone.until_the_end()) for someone in people]
        await all_see(people, lambda view: len(view.told) == 1)
        proxy.down.black_hole = True
        journal = programs.journals / f"{mina.session}.1.journal"
        async with asyncio.timeout(20):
            while (goals := sum(score(journal))) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await programs.gameserver.kill()
        proxy.reset()
        proxy.heal()
        assert [len(someone.view.told) for someone in people] == [1, 1, 1]
        await programs.gameserver.start()
        await all_see(people, lambda view: view.epoch == 2)
        assert [len(someone.view.told) for someone in people] == [goals] * 3
        await asyncio.gather(*ends)
    assert all(end.result() == ends[0].result() for end in ends)


async def test_a_journal_that_the_kill_cut_off_before_its_end_comes_to_the_same_result(
    programs: Programs, site: Site
) -> None:
    mina, jun = await duel(*await site.guests(2), points_to_win=1, start_speed=200_000)
    shown = await asyncio.gather(mina.until_the_end(), jun.until_the_end())
    await programs.backend.kill()
    await programs.gameserver.kill()
    journal = next(programs.journals.glob(f"**/{mina.session}.1.journal"))
    whole = decode(journal.read_bytes()).records
    kinds = [JournalRecord.FromString(record).WhichOneof("body") for record in whole]
    last = max(place for place, kind in enumerate(kinds) if kind == "decided")
    cut = programs.journals / journal.name
    journal.rename(cut)
    cut.write_bytes(HEADER + encode(whole[: last + 1]))
    await programs.backend.start()
    await programs.gameserver.start()
    async with asyncio.timeout(20):
        while cut.exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    again = decode((programs.journals / "reported" / cut.name).read_bytes()).records
    records = [JournalRecord.FromString(record) for record in again]
    assert [record.ended.result for record in records if record.HasField("ended")] == [shown[0]]


async def test_a_backend_killed_mid_match_is_not_noticed_by_it_and_the_room_comes_back_as_it_was(
    programs: Programs, site: Site
) -> None:
    host, other = await site.guests(2)
    async with room_of_two(host, other, points_to_win=2, start_speed=200_000) as (left, right):
        await left.do(start={})
        entries = [await lobby.see_started() for lobby in (left, right)]
        before = left.room
    people = [LastingPlayer(guest, *entry) for guest, entry in zip((host, other), entries, strict=True)]
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(someone.until_the_end()) for someone in people]
        await all_see(people, lambda view: view.clock.rate == 1)
        clocks = [someone.view.clock.epoch for someone in people]
        await programs.backend.kill()
        await all_see(people, lambda view: view.result is not None)
        assert [someone.view.clock.epoch - 1 for someone in people] == clocks, "the match stopped at its end only"
        assert [someone.entries for someone in people] == [1, 1]
        await programs.backend.start()
        await programs.backend.until_ready()
    await site.record(people[0].session)
    async with host.lobby() as lobby:
        room = await lobby.see_room()
    assert room.code == before.code
    assert [(member.account_id, member.seat) for member in room.members] == [
        (member.account_id, member.seat) for member in before.members
    ]
    assert room.last.session_id == people[0].session
    assert (room.last.result.left, room.last.result.right) == people[0].view.score
    assert ends[0].result() == ends[1].result()


async def test_a_game_server_that_hangs_is_noticed_within_8_s_and_the_match_goes_on_when_it_is_back(
    programs: Programs, site: Site
) -> None:
    mina, jun = await duel(*await site.guests(2), points_to_win=3, start_speed=200_000)
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(someone.until_the_end()) for someone in (mina, jun)]
        await all_see((mina, jun), lambda view: bool(view.told))
        programs.gameserver.send(signal.SIGSTOP)
        note("hung-gameserver", f"after {await programs.gateway.says(b'play stream lost', within_s=8):.1f} s")
        programs.gameserver.send(signal.SIGCONT)
    assert ends[0].result() == ends[1].result()


async def test_a_backend_that_hangs_is_noticed_within_8_s_by_the_game_server(programs: Programs) -> None:
    programs.backend.send(signal.SIGSTOP)
    note("hung-backend", f"after {await programs.gameserver.says(b'not registered', within_s=8):.1f} s")
    programs.backend.send(signal.SIGCONT)
    await programs.gameserver.says(b'"registered"', within_s=8)


async def test_a_gateway_that_hangs_stops_the_match_and_costs_nobody_the_seat(programs: Programs, site: Site) -> None:
    mina, jun = await duel(*await site.guests(2), points_to_win=3, start_speed=200_000)
    async with asyncio.TaskGroup() as group:
        ends = [group.create_task(someone.until_the_end()) for someone in (mina, jun)]
        await all_see((mina, jun), lambda view: bool(view.told))
        scores = [someone.view.score for someone in (mina, jun)]
        programs.gateway.send(signal.SIGSTOP)
        await asyncio.sleep(HUNG_S)
        programs.gateway.send(signal.SIGCONT)
        await all_see((mina, jun), lambda view: view.clock.rate == 1 and view.clock.epoch > 1)
        assert [someone.view.score for someone in (mina, jun)] == scores
    assert ends[0].result() == ends[1].result()
    assert ends[0].result().outcome == Outcome.OUTCOME_PLAYED


async def test_a_browser_that_hangs_is_noticed_within_12_s(programs: Programs, site: Site) -> None:
    guest = await site.guest()
    session_id, _ = await guest.start(bot={})
    host_and_port = programs.installation.page.removeprefix("http://")
    async with proxy_to(host_and_port) as proxy:
        installation = replace(programs.installation, page=f"http://{proxy.address}")
        async with Site(installation) as there, there.socket("/ws/watch", origin=site.page) as socket:
            viewer = Viewer(socket)
            await viewer.enter_to_watch(session_id)
            assert await asyncio.to_thread(open_sockets, programs) == 1
            proxy.up.black_hole = proxy.down.black_hole = True
            began = time.monotonic()
            async with asyncio.timeout(12):
                while await asyncio.to_thread(open_sockets, programs):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            note("hung-browser", f"after {time.monotonic() - began:.1f} s")
            proxy.reset()
