"""Lists, whereabouts and invitations: what is pushed to whom, when, and what blocked people do not get."""

import asyncio

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, LocalSession, StartSessionRequest
from matchpoint.v1.friend_pb2 import Bond, Friend, FriendList, Whereabouts
from matchpoint.v1.lobby_pb2 import ConnectResponse
from matchpoint.v1.refusal_pb2 import Reason

from backend.contract.friends import friend_message
from backend.service.models import Stage
from backend.service.rooms.commands import Heartbeat, LobbyRequest
from backend.service.social import friend_feed
from backend.service.social import friends as limits
from backend.service.social.presence import LEASE_S
from backend.service.social.presence_status import presence_statuses
from tests.support.harnesses.backend import BackendHarness, Tab, pair, report_of, start
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

AWAY = Whereabouts.WHEREABOUTS_AWAY
ONLINE = Whereabouts.WHEREABOUTS_ONLINE
IN_ROOM = Whereabouts.WHEREABOUTS_IN_ROOM
WATCHING = Whereabouts.WHEREABOUTS_WATCHING
IN_MATCH = Whereabouts.WHEREABOUTS_IN_MATCH
BOT = StartSessionRequest(bot=BotSession())


async def befriend(harness: BackendHarness, one: Tab, other: Tab) -> None:
    name = (await harness.accounts.get(other.account_id)).name
    await harness.friends.ask(one.account_id, name)
    await harness.friends.answer(other.account_id, one.account_id, accept=True)


async def two_friends(harness: BackendHarness) -> tuple[Tab, Tab]:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    await befriend(harness, ada, bob)
    return ada, bob


async def sees(tab: Tab, other: Tab, **facts: object) -> Friend:
    """The other on a list that comes, once all of that is so."""
    while True:
        for friend in (await tab.hears("friends")).friends.friends:
            if friend.account_id == other.account_id and all(getattr(friend, key) == v for key, v in facts.items()):
                return friend


async def sight(harness: BackendHarness, tab: Tab, other: Tab) -> Friend:
    """The other on the list of now."""
    (found,) = [f for f in (await harness.friends.list_of(tab.account_id)).friends if f.account_id == other.account_id]
    return friend_message(found)


async def refusal(work: object) -> "Reason.ValueType":
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    return caught.value.reason


async def test_every_tab_begins_with_the_list_and_lists_only_grow_newer(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    tabs = [ada, await ada.another(), await ada.another()]
    for tab in tabs:
        await sees(tab, bob, bond=Bond.BOND_FRIEND, whereabouts=ONLINE)
    before = (await harness.friends.list_of(ada.account_id)).revision
    harness.clock.advance(1)
    again = await harness.restarted()
    assert (await again.friends.list_of(ada.account_id)).revision > before


async def test_whereabouts_are_the_most_of_all_tabs_and_devices(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    phone = await bob.another()
    await phone.do(set_watching=lobby_pb2.SetWatching(session_id="s" * 22))
    assert (await sight(harness, ada, bob)).whereabouts == WATCHING
    await bob.do(create_room=lobby_pb2.CreateRoom())
    assert (await sight(harness, ada, bob)).whereabouts == WATCHING
    await phone.close()
    assert (await sight(harness, ada, bob)).whereabouts == IN_ROOM
    await bob.do(leave_room=lobby_pb2.LeaveRoom())
    assert (await sight(harness, ada, bob)).whereabouts == ONLINE
    await bob.close()
    assert (await sight(harness, ada, bob)).whereabouts == AWAY


async def test_a_match_is_seen_from_its_start_to_its_report(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    entry = await harness.start_session(bob.account_id, BOT)
    assert (await sees(ada, bob, whereabouts=IN_MATCH)).session_id == entry.session_id
    spec = harness.game_servers.held[entry.session_id]
    await harness.report(report_of(entry.session_id, spec))
    assert (await sees(ada, bob, whereabouts=ONLINE)).session_id == ""


async def test_a_match_that_was_lost_is_not_seen_any_more(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await harness.start_session(bob.account_id, BOT)
    await sees(ada, bob, whereabouts=IN_MATCH)
    harness.game_servers.held.clear()
    await harness.register(incarnation=2)
    await sees(ada, bob, whereabouts=ONLINE)


async def test_two_at_one_keyboard_are_in_a_match_too(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await harness.start_session(bob.account_id, StartSessionRequest(local=LocalSession()))
    assert (await sight(harness, ada, bob)).whereabouts == IN_MATCH


async def test_a_rooms_match_is_seen_and_the_room_can_be_joined_before_and_after(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    eve = await harness.guest("Eve")
    await befriend(harness, eve, bob)
    assert (await sight(harness, eve, bob)).room_code == code
    session_id = await start(ada, bob)
    playing = await sight(harness, eve, bob)
    assert (playing.whereabouts, playing.session_id, playing.room_code) == (IN_MATCH, session_id, "")
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    after = await sight(harness, eve, bob)
    assert (after.whereabouts, after.session_id, after.room_code) == (IN_ROOM, "", code)


async def test_a_room_that_somebody_was_put_out_of_is_not_offered_to_them(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await befriend(harness, ada, bob)
    await ada.do(kick=lobby_pb2.Kick(account_id=bob.account_id))
    assert (await sight(harness, bob, ada)).room_code == ""


async def test_what_somebody_watches_is_shown_while_it_is_on(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    eve = await harness.guest("Eve")
    entry = await harness.start_session(eve.account_id, BOT)
    await bob.do(set_watching=lobby_pb2.SetWatching(session_id=entry.session_id))
    assert (await sees(ada, bob, whereabouts=WATCHING)).session_id == entry.session_id
    async with harness.store.write() as unit:
        await unit.directory.set_stage(entry.session_id, Stage.OVER)
    assert (await sight(harness, ada, bob)).session_id == ""
    assert await bob.refused(set_watching=lobby_pb2.SetWatching(session_id="x" * 65)) == "REASON_SESSION_UNKNOWN"


async def test_a_connection_that_hangs_is_gone_within_10_s_and_back_with_its_next_word(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    beat = LobbyRequest(0, Heartbeat())
    for _ in range(20):
        harness.clock.advance(1)
        await harness.lobby.handle(ada.connection, beat)
        await harness.lobby.handle(bob.connection, beat)
        await harness.periodic_jobs.run_once()
    assert (await sight(harness, ada, bob)).whereabouts == ONLINE
    for _ in range(9):
        harness.clock.advance(1)
        await harness.lobby.handle(ada.connection, beat)
        await harness.periodic_jobs.run_once()
    assert LEASE_S <= 9
    await sees(ada, bob, whereabouts=AWAY)
    await harness.lobby.handle(bob.connection, beat)
    await sees(ada, bob, whereabouts=ONLINE)


async def test_a_gateways_beat_is_not_answered(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await ada.hears("friends")
    for _ in range(100):
        await harness.lobby.handle(ada.connection, LobbyRequest(0, Heartbeat()))
    assert ada.silent()


async def test_a_change_that_friends_do_not_see_sends_no_list(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await bob.do(create_room=lobby_pb2.CreateRoom())
    await sees(ada, bob, whereabouts=IN_ROOM)
    for ready in (True, False, True):
        await bob.do(set_ready=lobby_pb2.SetReady(ready=ready))
    await asyncio.sleep(0.05)
    assert ada.silent()


async def test_many_changes_of_a_moment_are_one_list(harness: BackendHarness) -> None:
    harness = await harness.restarted(friend_lists_s=0.2)
    ada, bob = await two_friends(harness)
    await sees(ada, bob, whereabouts=ONLINE)
    for _ in range(30):
        harness.presence.renew(bob.account_id, "another", "")
        harness.presence.end(bob.account_id, "another")
    await bob.close()
    lists = [(await ada.hears("friends")).friends]
    while lists[-1].friends[0].whereabouts != AWAY:
        lists.append((await ada.hears("friends")).friends)
    assert len(lists) <= 3


async def test_a_popular_person_is_looked_up_once_for_all_friends(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    star = await harness.guest("Star")
    fans = [await harness.guest(f"Fan {n}") for n in range(12)]
    for fan in fans:
        await befriend(harness, fan, star)
        await sees(fan, star, whereabouts=ONLINE)
    looked_up: list[int] = []
    real = presence_statuses

    async def counted(unit: object, presence: object, account_ids: set[str]) -> object:
        looked_up.append(len(account_ids))
        return await real(unit, presence, account_ids)  # type: ignore[arg-type]

    await asyncio.sleep(0.05)
    monkeypatch.setattr(friend_feed, "presence_statuses", counted)
    await star.do(create_room=lobby_pb2.CreateRoom())
    for fan in fans:
        await sees(fan, star, whereabouts=IN_ROOM)
    assert sum(looked_up) <= 3


async def test_another_name_is_on_every_friends_list(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await harness.accounts.rename(bob.account_id, "Robert")
    await sees(ada, bob, name="Robert")


async def test_a_guest_who_leaves_for_good_is_nobodys_friend_any_more(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await sees(ada, bob)
    await harness.accounts.sign_out(bob.account_id, bob.token)
    async with asyncio.timeout(30):
        while (await ada.hears("friends")).friends.friends:
            pass


async def test_who_is_blocked_is_not_heard_in_the_room_by_the_blocker_alone(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    eve = await harness.guest("Eve")
    await eve.do(join_room=lobby_pb2.JoinRoom(code=code))
    await harness.friends.block(ada.account_id, bob.account_id)
    await bob.do(say=lobby_pb2.Say(text="unheard"))
    await eve.do(say=lobby_pb2.Say(text="heard"))
    assert (await eve.hears("said")).said.text == "unheard"
    assert (await ada.hears("said")).said.text == "heard"
    await ada.do(say=lobby_pb2.Say(text="from the blocker"))
    assert [(await bob.hears("said")).said.text for _ in range(3)] == ["unheard", "heard", "from the blocker"]


async def test_who_is_blocked_sees_and_gets_nothing(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await bob.do(create_room=lobby_pb2.CreateRoom())
    await harness.friends.block(ada.account_id, bob.account_id)
    assert (await harness.friends.list_of(bob.account_id)).friends == ()
    blocked = await sight(harness, ada, bob)
    assert (blocked.bond, blocked.whereabouts, blocked.room_code) == (Bond.BOND_BLOCKED, 0, "")
    assert await bob.refused(invite=lobby_pb2.Invite(account_id=ada.account_id)) == "REASON_NOT_FRIENDS"
    assert await refusal(harness.friends.ask(bob.account_id, "Ada")) == Reason.REASON_ACCOUNT_UNKNOWN


async def test_invitations_are_limited(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await ada.do(create_room=lobby_pb2.CreateRoom())
    for _ in range(limits.INVITATIONS_AT_ONCE):
        await ada.do(invite=lobby_pb2.Invite(account_id=bob.account_id))
    assert await ada.refused(invite=lobby_pb2.Invite(account_id=bob.account_id)) == "REASON_TOO_MANY"
    harness.clock.advance(6)
    await ada.do(invite=lobby_pb2.Invite(account_id=bob.account_id))


async def test_wishes_are_limited(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    for number in range(limits.WISHES_AT_ONCE):
        assert await refusal(harness.friends.ask(ada.account_id, f"nobody {number}")) == Reason.REASON_ACCOUNT_UNKNOWN
    assert await refusal(harness.friends.ask(ada.account_id, "nobody")) == Reason.REASON_TOO_MANY


async def test_those_who_ask_stand_first_then_friends_then_the_asked_then_the_blocked(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    others = {name: await harness.guest(name) for name in ("Asked", "Asks", "Blocked", "friend b", "Friend A")}
    await harness.friends.ask(ada.account_id, "Asked")
    await harness.friends.ask(others["Asks"].account_id, "Ada")
    await harness.friends.block(ada.account_id, others["Blocked"].account_id)
    for name in ("friend b", "Friend A"):
        await befriend(harness, ada, others[name])
    shown = await harness.friends.list_of(ada.account_id)
    assert [friend.name for friend in shown.friends] == ["Asks", "Friend A", "friend b", "Asked", "Blocked"]


async def test_nothing_is_left_of_lists_when_everybody_has_gone(harness: BackendHarness) -> None:
    ada, bob = await two_friends(harness)
    await sees(ada, bob, whereabouts=ONLINE)
    await sees(bob, ada, whereabouts=ONLINE)
    await ada.close()
    await bob.close()
    await harness.friend_feed.stop()
    assert (harness.friend_feed._feeds, harness.friend_feed._followed) == ({}, {})
    assert harness.bus.quiet
    assert harness.presence._leases == {}


async def test_a_list_that_cannot_be_read_is_sent_when_it_can(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await two_friends(harness)
    await sees(ada, bob, whereabouts=ONLINE)
    real, failures = presence_statuses, [Refused(Reason.REASON_SERVER_UNAVAILABLE, "No."), ZeroDivisionError()]

    async def failing(unit: object, presence: object, account_ids: set[str]) -> object:
        if failures:
            raise failures.pop(0)
        return await real(unit, presence, account_ids)  # type: ignore[arg-type]

    monkeypatch.setattr(friend_feed, "presence_statuses", failing)
    await bob.close()
    await asyncio.sleep(0.05)
    back = await bob.another()
    await back.do(create_room=lobby_pb2.CreateRoom())
    await sees(ada, bob, whereabouts=IN_ROOM)


def test_a_full_list_fits_in_one_message() -> None:
    friend = Friend(
        account_id="a" * 16, name="가" * 20, bond=Bond.BOND_FRIEND, whereabouts=IN_MATCH, session_id="s" * 22
    )
    message = ConnectResponse(friends=FriendList(friends=[friend] * 500, revision=2**63))
    assert message.ByteSize() < 64 * 1024
