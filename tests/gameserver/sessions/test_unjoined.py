"""Sessions that nobody has joined hold no place on a game server, and are let go soon."""

import pytest
from matchpoint.v1.session_pb2 import Origin

from gameserver.contract.specs import filled
from gameserver.domain.match.records import Outcome
from gameserver.sessions.unjoined import GIVE_WAY_AFTER_US, JOIN_WITHIN_US
from tests.support.harnesses.gameserver import duel
from tests.support.harnesses.sessions import FakeJournalStore, KeptReports, registry_with
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


class UnjoinedHarness:
    """A registry of ten places and three for sessions that nobody has joined, with a clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000
        self.outbox = KeptReports()
        self.registry = registry_with(
            FakeJournalStore(),  # type: ignore[arg-type]
            self.outbox,
            lambda: self.now,
            10,
            lambda: self.now // 1_000,
            unjoined=3,
        )
        self.registry.set_reachable(True)

    async def create(self, number: int, origin: "Origin.ValueType" = Origin.ORIGIN_BOT, account_id: str = "") -> str:
        """A session against a bot, of an account of its own if none is given."""
        session_id = f"session-of-the-test-{number:04}"
        spec = duel(bots=1, origin=origin, join_within_s=60)
        spec.seats[0].account_id = account_id or f"account {number}"
        await self.registry.create(session_id, filled(spec))
        return session_id

    async def passes(self, microseconds: int) -> None:
        """Time passes, and what is due happens."""
        self.now += microseconds
        self.registry.dispatcher.settle(self.now)
        await self.registry.dispatcher.finish(1)


async def test_sessions_that_nobody_has_joined_keep_nobody_out_who_plays() -> None:
    setting = UnjoinedHarness()
    for number in range(3):
        await setting.create(number)
    assert setting.registry.places == 0
    for number in range(10, 20):
        await setting.create(number, Origin.ORIGIN_SERVICE)
    assert setting.registry.places == 10
    await setting.registry.close()


async def test_more_of_them_than_there_is_room_for_are_refused() -> None:
    setting = UnjoinedHarness()
    for number in range(3):
        await setting.create(number)
    with pytest.raises(Refused, match="SERVER_FULL"):
        await setting.create(3)
    await setting.registry.close()


async def test_the_oldest_that_nobody_joins_gives_way_to_who_asks_now() -> None:
    setting = UnjoinedHarness()
    first = await setting.create(0)
    for number in (1, 2):
        await setting.create(number)
    await setting.passes(GIVE_WAY_AFTER_US)
    await setting.create(3)
    await setting.passes(0)
    assert setting.registry.sessions[first].over
    assert sum(not session.over for session in setting.registry.sessions.values()) == 3
    await setting.registry.close()


async def test_whoever_has_most_of_them_gives_one_up_for_who_has_none() -> None:
    setting = UnjoinedHarness()
    greedy = [await setting.create(number, account_id="greedy") for number in (0, 1)]
    modest = await setting.create(2)
    await setting.create(3)
    await setting.passes(0)
    assert [setting.registry.sessions[one].over for one in (*greedy, modest)] == [True, False, False]
    await setting.registry.close()


async def test_a_session_that_was_joined_has_a_place_and_never_gives_way() -> None:
    setting = UnjoinedHarness()
    first = await setting.create(0)
    setting.registry.joined(first)
    assert setting.registry.places == 1
    for number in (1, 2, 3):
        await setting.create(number)
    await setting.passes(GIVE_WAY_AFTER_US)
    await setting.create(4)
    await setting.passes(0)
    assert not setting.registry.sessions[first].over
    await setting.registry.close()


async def test_a_session_that_nobody_joins_is_let_go_soon_as_void() -> None:
    setting = UnjoinedHarness()
    await setting.create(0)
    await setting.passes(JOIN_WITHIN_US - 1)
    assert not setting.outbox.ended
    await setting.passes(1)
    (report,) = setting.outbox.ended
    assert report.result
    assert (report.result.outcome, report.result.duration_us) == (Outcome.VOID, 0)
    await setting.registry.close()


async def test_while_no_gateway_is_here_nobody_could_come_and_nothing_is_let_go() -> None:
    setting = UnjoinedHarness()
    setting.registry.set_reachable(False)
    first = await setting.create(0)
    await setting.passes(JOIN_WITHIN_US)
    assert not setting.registry.sessions[first].over
    setting.registry.set_reachable(True)
    await setting.passes(JOIN_WITHIN_US)
    assert setting.registry.sessions[first].over
    await setting.registry.close()


async def test_a_session_made_by_an_operator_waits_as_long_as_it_says() -> None:
    setting = UnjoinedHarness()
    first = await setting.create(0, Origin.ORIGIN_SERVICE)
    await setting.passes(JOIN_WITHIN_US)
    assert not setting.registry.sessions[first].over
    await setting.registry.close()
