"""Every public list goes on for as long as there is more, page by page, each row once."""

from dataclasses import replace

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest
from matchpoint.v1.lobby_pb2 import TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.service.page_tokens import token_of
from backend.service.sessions.fleet import ServerHeartbeat, SessionBrief
from tests.support.harnesses.backend import BackendHarness, Tab
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())


async def sessions_in_pages(harness: BackendHarness, size: int) -> list[list[str]]:
    pages, token = [], ""
    while True:
        page = await harness.list_live(size, token)
        pages.append([live.session_id for live in page.sessions])
        if not (token := page.next_page_token):
            return pages


async def tournaments_in_pages(harness: BackendHarness, size: int) -> list[list[str]]:
    pages, token = [], ""
    while True:
        page = await harness.list_tournaments(size, token)
        pages.append([brief.spec.title for brief in page.tournaments])
        if not (token := page.next_page_token):
            return pages


async def test_live_sessions_come_in_pages_by_viewers_and_then_the_newest(harness: BackendHarness) -> None:
    here = await harness.register()
    made = []
    for number in range(7):
        account, _ = await harness.accounts.create_guest("", "", "")
        made.append((await harness.start_session(account.account_id, BOT)).session_id)
        # Some at the same moment.
        harness.clock.advance(number % 2)
    briefs = [SessionBrief(session_id=one, viewers=number // 3) for number, one in enumerate(made)]
    harness.fleet.heartbeat(here, ServerHeartbeat(sessions=7, briefs=briefs))
    (whole,) = await sessions_in_pages(harness, 100)
    assert sorted(whole) == sorted(made)
    assert whole[0] == made[6]
    for size in (1, 2, 3, 7):
        pages = await sessions_in_pages(harness, size)
        assert [one for page in pages for one in page] == whole
        assert all(len(page) == size for page in pages[:-1])


async def test_a_session_that_ends_between_two_pages_costs_the_list_nothing(harness: BackendHarness) -> None:
    ids = []
    for _ in range(4):
        account, _ = await harness.accounts.create_guest("", "", "")
        ids.append((await harness.start_session(account.account_id, BOT)).session_id)
        harness.clock.advance(1)
    first = await harness.list_live(2)
    async with harness.store.write() as unit:
        session = await unit.directory.get(ids[2])
        assert session is not None
        await unit.directory.set_stage(ids[2], replace(session).stage.OVER)
    second = await harness.list_live(2, first.next_page_token)
    assert [live.session_id for live in second.sessions] == [ids[1], ids[0]]


async def host(harness: BackendHarness, title: str, starts_in_s: int = 0) -> Tab:
    tab = await harness.guest(f"Host {title}")
    starts = harness.clock.unix_ms() + starts_in_s * 1_000 if starts_in_s else 0
    room = TournamentRoom(spec=TournamentSpec(title=title), capacity=4, starts_unix_ms=starts)
    await tab.do(create_room=lobby_pb2.CreateRoom(tournament=room))
    return tab


async def test_a_hundred_tournaments_of_others_do_not_push_one_out_of_the_list(harness: BackendHarness) -> None:
    await host(harness, "mine")
    harness.clock.advance(1)
    for number in range(100):
        await host(harness, f"flood {number:03}")
    pages = await tournaments_in_pages(harness, 20)
    assert "mine" in pages[-1]
    assert [len(page) for page in pages] == [20] * 5 + [1]
    titles = [title for page in pages for title in page]
    assert len(set(titles)) == 101


async def test_tournaments_come_in_pages_across_those_that_are_open_on_and_over(harness: BackendHarness) -> None:
    for number in range(3):
        tab = await host(harness, f"on {number}")
        await tab.do(add_bot=lobby_pb2.AddBot())
        await tab.do(start=lobby_pb2.Start())
        harness.clock.advance(number % 2)
    for number, starts in enumerate((7_200, 3_600, 0, 0)):
        await host(harness, f"open {number}", starts)
    (whole,) = await tournaments_in_pages(harness, 100)
    assert [title.partition(" ")[0] for title in whole] == ["open"] * 4 + ["on"] * 3
    assert whole[:2] == ["open 1", "open 0"]
    for size in (1, 2, 3, 4, 5, 7):
        assert [title for page in await tournaments_in_pages(harness, size) for title in page] == whole


@pytest.mark.parametrize("token", ["x", "!", "AAAA", token_of((1, 2, 3)), token_of((2**70, 0, 0, "x")), "e30", "W1td"])
async def test_a_token_that_is_none_of_ours_is_refused_by_every_list(harness: BackendHarness, token: str) -> None:
    for listing in (harness.list_live(2, token), harness.list_tournaments(2, token)):
        with pytest.raises(Refused) as caught:
            await listing
        assert (caught.value.reason, caught.value.field) == (Reason.REASON_INVALID_FIELD, "page_token")
