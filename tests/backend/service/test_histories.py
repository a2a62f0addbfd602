"""Visibility of matches: nobody's name stands in a list against their will."""

from collections.abc import Awaitable, Sequence

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import LocalSession, StartSessionRequest
from matchpoint.v1.refusal_pb2 import Reason

from backend.core.privacy import Audience
from tests.support.harnesses.backend import BackendHarness, Tab, report_of, start
from tests.support.harnesses.backend_duels import duel
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

STRANGER = ""


async def seen(harness: BackendHarness, account_id: str, viewer: str) -> Sequence[str]:
    """The sessions in a list; of everybody's matches when there is no account."""
    return [match.session_id for match in (await harness.records.list_matches(account_id, 100, "", viewer)).matches]


async def reason(work: Awaitable[object]) -> "Reason.ValueType":
    """Reason for the refusal; unspecified without one."""
    try:
        await work
    except Refused as refused:
        return refused.reason
    return Reason.REASON_UNSPECIFIED


async def readable(harness: BackendHarness, session_id: str, viewer: str) -> bool:
    """True if somebody with the link can read the record."""
    why = await reason(harness.records.get_match(session_id, 1, viewer))
    assert why in (Reason.REASON_UNSPECIFIED, Reason.REASON_RECORD_UNKNOWN)
    return why == Reason.REASON_UNSPECIFIED


async def hidden(harness: BackendHarness, account_id: str, viewer: str) -> bool:
    """True if list and totals of an account are refused."""
    one = await reason(harness.records.list_matches(account_id, 0, "", viewer))
    other = await reason(harness.records.player_stats(account_id, viewer))
    assert one == other
    assert one in (Reason.REASON_UNSPECIFIED, Reason.REASON_HISTORY_HIDDEN)
    return one == Reason.REASON_HISTORY_HIDDEN


async def befriend(harness: BackendHarness, one: Tab, other: Tab) -> None:
    for asking, name in ((one, other.connection.account.name), (other, one.connection.account.name)):
        await harness.friends.ask(asking.account_id, name)


async def test_an_unlisted_match_stands_in_no_list_but_of_those_who_played_it(harness: BackendHarness) -> None:
    ada, bob, eve = [await harness.guest(name) for name in ("Ada", "Bob", "Eve")]
    session_id = await duel(harness, ada, bob, unlisted=True)
    open_one = await duel(harness, ada, bob)
    for viewer in (STRANGER, eve.account_id):
        assert await seen(harness, "", viewer) == [open_one]
        assert await seen(harness, ada.account_id, viewer) == [open_one]
    # Nor in public as those who played see it: what is there, everybody sees.
    assert await seen(harness, "", ada.account_id) == [open_one]
    for viewer in (ada.account_id, bob.account_id):
        assert await seen(harness, ada.account_id, viewer) == [open_one, session_id]
    assert not (await harness.records.get_match(session_id, 1)).listed
    assert (await harness.records.get_match(open_one, 1)).listed


async def test_whoever_played_an_unlisted_match_may_share_its_link(harness: BackendHarness) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    session_id = await duel(harness, ada, bob, unlisted=True)
    assert await readable(harness, session_id, STRANGER)


async def test_names_typed_at_one_keyboard_are_nobodys_record(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    local = StartSessionRequest(local=LocalSession(left_name="Mum", right_name="Dad"))
    entry = await harness.start_session(ada.account_id, local)
    await harness.report(report_of(entry.session_id, harness.game_servers.held[entry.session_id]))
    assert await seen(harness, "", STRANGER) == []
    assert await seen(harness, ada.account_id, STRANGER) == []
    assert await seen(harness, ada.account_id, ada.account_id) == [entry.session_id]


async def test_friends_do_not_find_the_way_to_an_unlisted_match_that_is_on(harness: BackendHarness) -> None:
    ada, bob, eve = [await harness.guest(name) for name in ("Ada", "Bob", "Eve")]
    await befriend(harness, ada, eve)
    room = lobby_pb2.CreateRoom(unlisted=True)
    await ada.do(create_room=room)
    await bob.do(join_room=lobby_pb2.JoinRoom(code=(await ada.hears("room")).room.code))
    for tab in (ada, bob):
        await tab.do(set_ready=lobby_pb2.SetReady(ready=True))
    session_id = await start(ada, bob)
    await bob.do(set_watching=lobby_pb2.SetWatching(session_id=session_id))
    (friend,) = (await harness.friends.list_of(eve.account_id)).friends
    assert friend.session_id == ""


@pytest.mark.parametrize(
    ("history", "stranger", "friend"),
    [(Audience.EVERYBODY, True, True), (Audience.FRIENDS, False, True), (Audience.NOBODY, False, False)],
)
async def test_an_account_chooses_who_sees_its_history(
    harness: BackendHarness, history: Audience, stranger: bool, friend: bool
) -> None:
    ada, bob, eve, max_ = [await harness.guest(name) for name in ("Ada", "Bob", "Eve", "Max")]
    await befriend(harness, ada, eve)
    session_id = await duel(harness, ada, bob)
    await harness.accounts.set_history(ada.account_id, history)
    for viewer, shown in (
        (STRANGER, stranger),
        (max_.account_id, stranger),
        (eve.account_id, friend),
        (ada.account_id, True),
    ):
        assert await hidden(harness, ada.account_id, viewer) is not shown
        assert await readable(harness, session_id, viewer) is shown
        # A match belongs to all who played it: it is not in the opponent's list either, nor in everybody's.
        expected = [session_id] if shown else []
        assert await seen(harness, bob.account_id, viewer) == expected
        assert await seen(harness, "", viewer) == (expected if viewer != ada.account_id else [session_id])
    # Who played it sees it whatever the other has chosen.
    assert await readable(harness, session_id, bob.account_id)
    assert await seen(harness, bob.account_id, bob.account_id) == [session_id]


async def test_asking_for_friendship_is_not_enough_to_see_what_friends_see(harness: BackendHarness) -> None:
    ada, bob, eve = [await harness.guest(name) for name in ("Ada", "Bob", "Eve")]
    session_id = await duel(harness, ada, bob)
    await harness.accounts.set_history(ada.account_id, Audience.FRIENDS)
    await harness.friends.ask(eve.account_id, "Ada")
    assert await hidden(harness, ada.account_id, eve.account_id)
    assert not await readable(harness, session_id, eve.account_id)
    await harness.friends.answer(ada.account_id, eve.account_id, accept=True)
    assert not await hidden(harness, ada.account_id, eve.account_id)
    assert await readable(harness, session_id, eve.account_id)


async def test_the_journal_of_a_hidden_match_is_read_by_nobody_else(harness: BackendHarness) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    session_id = await duel(harness, ada, bob)
    await harness.accounts.set_history(ada.account_id, Audience.NOBODY)
    with pytest.raises(Refused, match="RECORD_UNKNOWN"):
        await harness.records.replay(session_id, 1)


async def test_pages_of_a_list_with_hidden_matches_have_no_gap(harness: BackendHarness) -> None:
    ada, bob, eve = [await harness.guest(name) for name in ("Ada", "Bob", "Eve")]
    wanted = []
    for number in range(6):
        session_id = await duel(harness, ada, eve if number % 2 else bob)
        if not number % 2:
            wanted.append(session_id)
    await harness.accounts.set_history(eve.account_id, Audience.NOBODY)
    first = await harness.records.list_matches("", 2, "")
    second = await harness.records.list_matches("", 2, first.next_page_token)
    assert [match.session_id for page in (first, second) for match in page.matches] == wanted[::-1]
    assert second.next_page_token == ""


async def test_however_many_are_hidden_a_page_looks_at_only_so_many(
    harness: BackendHarness,
) -> None:
    harness = await harness.restarted(page_rows_max=2)
    await harness.register()
    ada, bob, eve = [await harness.guest(name) for name in ("Ada", "Bob", "Eve")]
    shown = await duel(harness, ada, bob)
    for _ in range(5):
        await duel(harness, ada, eve)
    await harness.accounts.set_history(eve.account_id, Audience.NOBODY)
    for account_id in ("", ada.account_id):
        pages: list[list[str]] = []
        token = ""
        while not pages or token:
            page = await harness.records.list_matches(account_id, 10, token)
            pages.append([match.session_id for match in page.matches])
            token = page.next_page_token
        assert pages[:3] == [[], [], [shown]]
        assert all(page == [] for page in pages[3:])
        assert len(pages) <= 4
