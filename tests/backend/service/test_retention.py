"""Retention: guests who never played and sessions that nobody came to are removed. Records stay."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest

from backend.service.models import Stage
from backend.service.privacy.retention import DROPPED, REST_S, Retention
from tests.support.harnesses.backend import BackendHarness, report_of
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())
DAY_S = 24 * 3_600


def retention(harness: BackendHarness, days: int = 7) -> Retention:
    return Retention(harness.store, harness.clock, harness.bus, harness.lobby.connected, days)


async def passed(harness: BackendHarness, kept: Retention) -> None:
    """A whole pass, of as many steps as it takes."""
    harness.clock.advance(REST_S)
    for _ in range(40):
        await kept.step()


async def guest(harness: BackendHarness) -> str:
    return (await harness.accounts.create_guest("", "", ""))[0].account_id


async def is_there(harness: BackendHarness, account_id: str) -> bool:
    async with harness.store.read() as unit:
        return await unit.accounts.get(account_id) is not None


async def test_a_guest_who_never_played_is_gone_after_seven_days(harness: BackendHarness) -> None:
    gone, kept = await guest(harness), retention(harness)
    harness.clock.advance(7 * DAY_S - 1)
    await passed(harness, Retention(harness.store, harness.clock, harness.bus, harness.lobby.connected, 8))
    assert await is_there(harness, gone)
    young = await guest(harness)
    await passed(harness, kept)
    assert not await is_there(harness, gone)
    assert await is_there(harness, young)


async def test_who_has_played_stays_with_the_record(harness: BackendHarness) -> None:
    ada = await guest(harness)
    session_id = (await harness.start_session(ada, BOT)).session_id
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    harness.clock.advance(400 * DAY_S)
    await passed(harness, retention(harness))
    assert (await harness.records.player_stats(ada)).totals.matches == 1
    assert (await harness.records.get_match(session_id, 1, ada)).session_id == session_id


async def test_accounts_those_in_a_room_and_those_who_are_here_stay(harness: BackendHarness) -> None:
    account, _ = await harness.credentials.register("", "", "Ada", "a long enough secret", "")
    waits = await harness.guest("Waits")
    await waits.do(create_room=lobby_pb2.CreateRoom())
    here = await harness.guest("Here")
    harness.clock.advance(30 * DAY_S)
    await passed(harness, retention(harness))
    assert [await is_there(harness, one) for one in (account.account_id, waits.account_id, here.account_id)] == [
        True
    ] * 3


async def test_who_was_seen_lately_stays_however_old_the_name_is(harness: BackendHarness) -> None:
    account, token = await harness.accounts.create_guest("Ada", "", "")
    harness.clock.advance(6 * DAY_S)
    await harness.sign_ins.account_of(token)
    await harness.sign_ins.write_uses()
    harness.clock.advance(2 * DAY_S)
    await passed(harness, retention(harness))
    assert await is_there(harness, account.account_id)


async def test_a_session_that_nobody_came_to_is_forgotten(harness: BackendHarness) -> None:
    ada = await guest(harness)
    empty, on = [(await harness.start_session(ada, BOT)).session_id for _ in range(2)]
    async with harness.store.write() as unit:
        await unit.directory.set_stage(empty, Stage.OVER)
    harness.clock.advance(8 * DAY_S)
    await passed(harness, retention(harness))
    with pytest.raises(Refused, match="SESSION_UNKNOWN"):
        await harness.directory.locate(empty)
    assert not (await harness.directory.locate(on)).over


async def test_a_step_drops_few_so_that_nobody_waits_for_it(harness: BackendHarness) -> None:
    guests = [await guest(harness) for _ in range(DROPPED + 5)]
    harness.clock.advance(8 * DAY_S)
    kept = retention(harness)
    await kept.step()
    assert sum([await is_there(harness, one) for one in guests]) == 5
    await kept.step()
    assert not [one for one in guests if await is_there(harness, one)]


async def test_with_zero_days_everything_is_kept(harness: BackendHarness) -> None:
    ada = await guest(harness)
    harness.clock.advance(400 * DAY_S)
    await passed(harness, retention(harness, 0))
    assert await is_there(harness, ada)
