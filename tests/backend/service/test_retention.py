"""What is kept no longer: guests who never played, and sessions that nobody came to. Records stay."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest

from backend.service.models import Stage
from backend.service.privacy.retention import DROPPED, REST_S, Retention
from tests.backend.conftest import World, report_of
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())
DAY_S = 24 * 3_600


def retention(world: World, days: int = 7) -> Retention:
    return Retention(world.store, world.clock, world.bus, world.lobby.connected, days)


async def passed(world: World, kept: Retention) -> None:
    """A whole pass, of as many steps as it takes."""
    world.clock.advance(REST_S)
    for _ in range(40):
        await kept.step()


async def guest(world: World) -> str:
    return (await world.accounts.create_guest("", "", ""))[0].account_id


async def is_there(world: World, account_id: str) -> bool:
    async with world.store.read() as unit:
        return await unit.accounts.get(account_id) is not None


async def test_a_guest_who_never_played_is_gone_after_seven_days(world: World) -> None:
    gone, kept = await guest(world), retention(world)
    world.clock.advance(7 * DAY_S - 1)
    await passed(world, Retention(world.store, world.clock, world.bus, world.lobby.connected, 8))
    assert await is_there(world, gone)
    young = await guest(world)
    await passed(world, kept)
    assert not await is_there(world, gone)
    assert await is_there(world, young)


async def test_who_has_played_stays_with_the_record(world: World) -> None:
    ada = await guest(world)
    session_id = (await world.directory.start_session(ada, BOT)).session_id
    await world.report(report_of(session_id, world.game_servers.held[session_id]))
    world.clock.advance(400 * DAY_S)
    await passed(world, retention(world))
    assert (await world.records.player_stats(ada)).matches == 1
    assert (await world.records.get_match(session_id, 1, ada)).session_id == session_id


async def test_accounts_those_in_a_room_and_those_who_are_here_stay(world: World) -> None:
    account, _ = await world.credentials.register("", "", "Ada", "a long enough secret", "")
    waits = await world.guest("Waits")
    await waits.do(create_room=lobby_pb2.CreateRoom())
    here = await world.guest("Here")
    world.clock.advance(30 * DAY_S)
    await passed(world, retention(world))
    assert [await is_there(world, one) for one in (account.account_id, waits.account_id, here.account_id)] == [True] * 3


async def test_who_was_seen_lately_stays_however_old_the_name_is(world: World) -> None:
    account, token = await world.accounts.create_guest("Ada", "", "")
    world.clock.advance(6 * DAY_S)
    await world.sign_ins.account_of(token)
    await world.sign_ins.write_uses()
    world.clock.advance(2 * DAY_S)
    await passed(world, retention(world))
    assert await is_there(world, account.account_id)


async def test_a_session_that_nobody_came_to_is_forgotten(world: World) -> None:
    ada = await guest(world)
    empty, on = [(await world.directory.start_session(ada, BOT)).session_id for _ in range(2)]
    async with world.store.write() as unit:
        await unit.directory.move(empty, Stage.OVER)
    world.clock.advance(8 * DAY_S)
    await passed(world, retention(world))
    with pytest.raises(Refused, match="SESSION_UNKNOWN"):
        await world.directory.locate(empty)
    assert not (await world.directory.locate(on)).over


async def test_a_step_drops_few_so_that_nobody_waits_for_it(world: World) -> None:
    guests = [await guest(world) for _ in range(DROPPED + 5)]
    world.clock.advance(8 * DAY_S)
    kept = retention(world)
    await kept.step()
    assert sum([await is_there(world, one) for one in guests]) == 5
    await kept.step()
    assert not [one for one in guests if await is_there(world, one)]


async def test_with_zero_days_everything_is_kept(world: World) -> None:
    ada = await guest(world)
    world.clock.advance(400 * DAY_S)
    await passed(world, retention(world, 0))
    assert await is_there(world, ada)
