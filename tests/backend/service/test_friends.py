"""Lists, whereabouts and invitations: what is pushed to whom, when, and what blocked people do not get."""

import asyncio

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, LocalSession, StartSessionRequest
from matchpoint.v1.friend_pb2 import Bond, Friend, FriendList, Whereabouts
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse
from matchpoint.v1.refusal_pb2 import Reason

from backend.adapters.presence import LEASE_S
from backend.service.models import Stage
from backend.service.social import friend_feed
from backend.service.social import friends as limits
from backend.service.social.presence_status import sights_of
from tests.backend.conftest import Tab, World, pair, report_of, start
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

AWAY = Whereabouts.WHEREABOUTS_AWAY
ONLINE = Whereabouts.WHEREABOUTS_ONLINE
IN_ROOM = Whereabouts.WHEREABOUTS_IN_ROOM
WATCHING = Whereabouts.WHEREABOUTS_WATCHING
IN_MATCH = Whereabouts.WHEREABOUTS_IN_MATCH
BOT = StartSessionRequest(bot=BotSession())


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what comes together."""
    monkeypatch.setattr(friend_feed, "COALESCE_S", 0.001)


async def befriend(world: World, one: Tab, other: Tab) -> None:
    name = (await world.accounts.get(other.account_id)).name
    await world.friends.ask(one.account_id, name)
    await world.friends.answer(other.account_id, one.account_id, accept=True)


async def two_friends(world: World) -> tuple[Tab, Tab]:
    ada, bob = await world.guest("Ada"), await world.guest("Bob")
    await befriend(world, ada, bob)
    return ada, bob


async def sees(tab: Tab, other: Tab, **facts: object) -> Friend:
    """The other on a list that comes, once all of that is so."""
    while True:
        for friend in (await tab.hears("friends")).friends.friends:
            if friend.account_id == other.account_id and all(getattr(friend, key) == v for key, v in facts.items()):
                return friend


async def sight(world: World, tab: Tab, other: Tab) -> Friend:
    """The other on the list of now."""
    (found,) = [f for f in (await world.friends.list_of(tab.account_id)).friends if f.account_id == other.account_id]
    return found


async def refusal(work: object) -> "Reason.ValueType":
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    return caught.value.reason


async def test_every_tab_begins_with_the_list_and_lists_only_grow_newer(world: World) -> None:
    ada, bob = await two_friends(world)
    tabs = [ada, await ada.another(), await ada.another()]
    for tab in tabs:
        await sees(tab, bob, bond=Bond.BOND_FRIEND, whereabouts=ONLINE)
    before = (await world.friends.list_of(ada.account_id)).revision
    world.clock.advance(1)
    again = await world.restarted()
    assert (await again.friends.list_of(ada.account_id)).revision > before


async def test_whereabouts_are_the_most_of_all_tabs_and_devices(world: World) -> None:
    ada, bob = await two_friends(world)
    phone = await bob.another()
    await phone.do(set_watching=lobby_pb2.SetWatching(session_id="s" * 22))
    assert (await sight(world, ada, bob)).whereabouts == WATCHING
    await bob.do(create_room=lobby_pb2.CreateRoom())
    assert (await sight(world, ada, bob)).whereabouts == WATCHING
    await phone.close()
    assert (await sight(world, ada, bob)).whereabouts == IN_ROOM
    await bob.do(leave_room=lobby_pb2.LeaveRoom())
    assert (await sight(world, ada, bob)).whereabouts == ONLINE
    await bob.close()
    assert (await sight(world, ada, bob)).whereabouts == AWAY


async def test_a_match_is_seen_from_its_start_to_its_report(world: World) -> None:
    ada, bob = await two_friends(world)
    entry = await world.directory.start_session(bob.account_id, BOT)
    assert (await sees(ada, bob, whereabouts=IN_MATCH)).session_id == entry.session_id
    spec = world.game_servers.held[entry.session_id]
    await world.report(report_of(entry.session_id, spec))
    assert (await sees(ada, bob, whereabouts=ONLINE)).session_id == ""


async def test_a_match_that_was_lost_is_not_seen_any_more(world: World) -> None:
    ada, bob = await two_friends(world)
    await world.directory.start_session(bob.account_id, BOT)
    await sees(ada, bob, whereabouts=IN_MATCH)
    world.game_servers.held.clear()
    await world.register(incarnation=2)
    await sees(ada, bob, whereabouts=ONLINE)


async def test_two_at_one_keyboard_are_in_a_match_too(world: World) -> None:
    ada, bob = await two_friends(world)
    await world.directory.start_session(bob.account_id, StartSessionRequest(local=LocalSession()))
    assert (await sight(world, ada, bob)).whereabouts == IN_MATCH


async def test_a_rooms_match_is_seen_and_the_room_can_be_joined_before_and_after(world: World) -> None:
    ada, bob, code = await pair(world)
    eve = await world.guest("Eve")
    await befriend(world, eve, bob)
    assert (await sight(world, eve, bob)).room_code == code
    session_id = await start(ada, bob)
    playing = await sight(world, eve, bob)
    assert (playing.whereabouts, playing.session_id, playing.room_code) == (IN_MATCH, session_id, "")
    await world.report(report_of(session_id, world.game_servers.held[session_id]))
    after = await sight(world, eve, bob)
    assert (after.whereabouts, after.session_id, after.room_code) == (IN_ROOM, "", code)


async def test_a_room_that_somebody_was_put_out_of_is_not_offered_to_them(world: World) -> None:
    ada, bob, _ = await pair(world)
    await befriend(world, ada, bob)
    await ada.do(kick=lobby_pb2.Kick(account_id=bob.account_id))
    assert (await sight(world, bob, ada)).room_code == ""


async def test_what_somebody_watches_is_shown_while_it_is_on(world: World) -> None:
    ada, bob = await two_friends(world)
    eve = await world.guest("Eve")
    entry = await world.directory.start_session(eve.account_id, BOT)
    await bob.do(set_watching=lobby_pb2.SetWatching(session_id=entry.session_id))
    assert (await sees(ada, bob, whereabouts=WATCHING)).session_id == entry.session_id
    async with world.store.write() as unit:
        await unit.directory.move(entry.session_id, Stage.OVER)
    assert (await sight(world, ada, bob)).session_id == ""
    assert await bob.refused(set_watching=lobby_pb2.SetWatching(session_id="x" * 65)) == "REASON_SESSION_UNKNOWN"


async def test_a_connection_that_hangs_is_gone_within_10_s_and_back_with_its_next_word(world: World) -> None:
    ada, bob = await two_friends(world)
    beat = ConnectRequest(beat=lobby_pb2.Beat())
    for _ in range(20):
        world.clock.advance(1)
        await world.lobby.handle(ada.connection, beat)
        await world.lobby.handle(bob.connection, beat)
        await world.upkeep.round()
    assert (await sight(world, ada, bob)).whereabouts == ONLINE
    for _ in range(9):
        world.clock.advance(1)
        await world.lobby.handle(ada.connection, beat)
        await world.upkeep.round()
    assert LEASE_S <= 9
    await sees(ada, bob, whereabouts=AWAY)
    await world.lobby.handle(bob.connection, beat)
    await sees(ada, bob, whereabouts=ONLINE)


async def test_a_gateways_beat_is_not_answered(world: World) -> None:
    ada = await world.guest("Ada")
    await ada.hears("friends")
    for _ in range(100):
        await world.lobby.handle(ada.connection, ConnectRequest(beat=lobby_pb2.Beat()))
    assert ada.silent()


async def test_a_change_that_friends_do_not_see_sends_no_list(world: World) -> None:
    ada, bob = await two_friends(world)
    await bob.do(create_room=lobby_pb2.CreateRoom())
    await sees(ada, bob, whereabouts=IN_ROOM)
    for ready in (True, False, True):
        await bob.do(set_ready=lobby_pb2.SetReady(ready=ready))
    await asyncio.sleep(0.05)
    assert ada.silent()


async def test_many_changes_of_a_moment_are_one_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(friend_feed, "COALESCE_S", 0.2)
    ada, bob = await two_friends(world)
    await sees(ada, bob, whereabouts=ONLINE)
    for _ in range(30):
        world.presence.renew(bob.account_id, "another", "")
        world.presence.end(bob.account_id, "another")
    await bob.close()
    lists = [(await ada.hears("friends")).friends]
    while lists[-1].friends[0].whereabouts != AWAY:
        lists.append((await ada.hears("friends")).friends)
    assert len(lists) <= 3


async def test_a_popular_person_is_looked_up_once_for_all_friends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    star = await world.guest("Star")
    fans = [await world.guest(f"Fan {n}") for n in range(12)]
    for fan in fans:
        await befriend(world, fan, star)
        await sees(fan, star, whereabouts=ONLINE)
    looked_up: list[int] = []
    real = sights_of

    async def counted(unit: object, presence: object, account_ids: set[str]) -> object:
        looked_up.append(len(account_ids))
        return await real(unit, presence, account_ids)  # type: ignore[arg-type]

    await asyncio.sleep(0.05)
    monkeypatch.setattr(friend_feed, "sights_of", counted)
    await star.do(create_room=lobby_pb2.CreateRoom())
    for fan in fans:
        await sees(fan, star, whereabouts=IN_ROOM)
    assert sum(looked_up) <= 3


async def test_another_name_is_on_every_friends_list(world: World) -> None:
    ada, bob = await two_friends(world)
    await world.accounts.rename(bob.account_id, "Robert")
    await sees(ada, bob, name="Robert")


async def test_a_guest_who_leaves_for_good_is_nobodys_friend_any_more(world: World) -> None:
    ada, bob = await two_friends(world)
    await sees(ada, bob)
    await world.accounts.sign_out(bob.account_id, bob.token)
    async with asyncio.timeout(30):
        while (await ada.hears("friends")).friends.friends:
            pass


async def test_who_is_blocked_is_not_heard_in_the_room_by_the_blocker_alone(world: World) -> None:
    ada, bob, code = await pair(world)
    eve = await world.guest("Eve")
    await eve.do(join_room=lobby_pb2.JoinRoom(code=code))
    await world.friends.block(ada.account_id, bob.account_id)
    await bob.do(say=lobby_pb2.Say(text="unheard"))
    await eve.do(say=lobby_pb2.Say(text="heard"))
    assert (await eve.hears("said")).said.text == "unheard"
    assert (await ada.hears("said")).said.text == "heard"
    await ada.do(say=lobby_pb2.Say(text="from the blocker"))
    assert [(await bob.hears("said")).said.text for _ in range(3)] == ["unheard", "heard", "from the blocker"]


async def test_who_is_blocked_sees_and_gets_nothing(world: World) -> None:
    ada, bob = await two_friends(world)
    await bob.do(create_room=lobby_pb2.CreateRoom())
    await world.friends.block(ada.account_id, bob.account_id)
    assert list((await world.friends.list_of(bob.account_id)).friends) == []
    blocked = await sight(world, ada, bob)
    assert (blocked.bond, blocked.whereabouts, blocked.room_code) == (Bond.BOND_BLOCKED, 0, "")
    assert await bob.refused(invite=lobby_pb2.Invite(account_id=ada.account_id)) == "REASON_NOT_FRIENDS"
    assert await refusal(world.friends.ask(bob.account_id, "Ada")) == Reason.REASON_ACCOUNT_UNKNOWN


async def test_invitations_are_limited(world: World) -> None:
    ada, bob = await two_friends(world)
    await ada.do(create_room=lobby_pb2.CreateRoom())
    for _ in range(limits.INVITATIONS_AT_ONCE):
        await ada.do(invite=lobby_pb2.Invite(account_id=bob.account_id))
    assert await ada.refused(invite=lobby_pb2.Invite(account_id=bob.account_id)) == "REASON_TOO_MANY"
    world.clock.advance(6)
    await ada.do(invite=lobby_pb2.Invite(account_id=bob.account_id))


async def test_wishes_are_limited(world: World) -> None:
    ada = await world.guest("Ada")
    for number in range(limits.WISHES_AT_ONCE):
        assert await refusal(world.friends.ask(ada.account_id, f"nobody {number}")) == Reason.REASON_ACCOUNT_UNKNOWN
    assert await refusal(world.friends.ask(ada.account_id, "nobody")) == Reason.REASON_TOO_MANY


async def test_those_who_ask_stand_first_then_friends_then_the_asked_then_the_blocked(world: World) -> None:
    ada = await world.guest("Ada")
    others = {name: await world.guest(name) for name in ("Asked", "Asks", "Blocked", "friend b", "Friend A")}
    await world.friends.ask(ada.account_id, "Asked")
    await world.friends.ask(others["Asks"].account_id, "Ada")
    await world.friends.block(ada.account_id, others["Blocked"].account_id)
    for name in ("friend b", "Friend A"):
        await befriend(world, ada, others[name])
    shown = await world.friends.list_of(ada.account_id)
    assert [friend.name for friend in shown.friends] == ["Asks", "Friend A", "friend b", "Asked", "Blocked"]


async def test_nothing_is_left_of_lists_when_everybody_has_gone(world: World) -> None:
    ada, bob = await two_friends(world)
    await sees(ada, bob, whereabouts=ONLINE)
    await sees(bob, ada, whereabouts=ONLINE)
    await ada.close()
    await bob.close()
    await world.rolls.stop()
    assert (world.rolls._rolls, world.rolls._seen) == ({}, {})
    assert world.bus.quiet
    assert world.presence._leases == {}


async def test_a_list_that_cannot_be_read_is_sent_when_it_can(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(friend_feed, "RETRY_S", 0.001)
    ada, bob = await two_friends(world)
    await sees(ada, bob, whereabouts=ONLINE)
    real, failures = sights_of, [Refused(Reason.REASON_SERVER_UNAVAILABLE, "No."), ZeroDivisionError()]

    async def failing(unit: object, presence: object, account_ids: set[str]) -> object:
        if failures:
            raise failures.pop(0)
        return await real(unit, presence, account_ids)  # type: ignore[arg-type]

    monkeypatch.setattr(friend_feed, "sights_of", failing)
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
