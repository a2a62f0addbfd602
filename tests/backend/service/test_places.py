"""People with places in several rooms, of which they are in one at a time."""

import asyncio
from collections.abc import Sequence

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import OutCause, TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.core.places import TOURNAMENTS
from backend.service.social.presence_status import Activity
from tests.support.harnesses.backend import BackendHarness, Tab, pair
from tests.support.harnesses.backend_tournaments import CUP, DAY_S, begin, end_of, gathered, room_of

pytestmark = pytest.mark.anyio

DUEL = lobby_pb2.CreateRoom()


def back_to(code: str) -> lobby_pb2.JoinRoom:
    return lobby_pb2.JoinRoom(code=code)


def cup(title: str, **settings: int) -> lobby_pb2.CreateRoom:
    return lobby_pb2.CreateRoom(tournament=TournamentRoom(spec=TournamentSpec(title=title), **settings))


async def opens(tab: Tab, room: lobby_pb2.CreateRoom) -> str:
    """Opens a room, and is there. Returns its code."""
    await tab.do(create_room=room)
    here = await tab.harness.rooms.current(tab.account_id)
    assert here is not None
    return here.code


async def places_of(tab: Tab) -> Sequence[lobby_pb2.Place]:
    """Places that a new connection is told of."""
    other = await tab.another()
    places = (await other.hears("places")).places.places
    await other.close()
    return places


async def where(tab: Tab) -> str:
    room = await tab.harness.rooms.current(tab.account_id)
    return room.code if room is not None else ""


async def connected(tab: Tab) -> dict[str, bool]:
    """By code: whether the members of a room see somebody there."""
    async with tab.harness.store.read() as unit:
        held = await unit.rooms.places((tab.account_id,))
    return {place.room.code: place.room.member(tab.account_id).connected for place in held}


async def test_who_waits_for_a_tournament_plays_a_duel_and_keeps_the_place(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    duel = await opens(bob, DUEL)
    assert [m.name for m in (await room_of(ada)).members] == ["Ada", "Bob"]
    assert (await room_of(bob)).code == duel
    await ada.do(join_room=back_to(duel))
    for tab in (ada, bob):
        await tab.do(set_ready=lobby_pb2.SetReady(ready=True))
    await begin(bob, ada)
    await ada.do(join_room=back_to(tournament))
    assert (await room_of(ada)).code == tournament


async def test_the_lobby_tells_of_every_place_and_which_one_is_the_current(harness: BackendHarness) -> None:
    starts = harness.clock.unix_ms() + 60_000
    ada = await harness.guest("Ada")
    assert list((await ada.hears("places")).places.places) == []
    first = await opens(ada, cup("First", starts_unix_ms=starts, capacity=2))
    second = await opens(ada, cup("Second"))
    duel = await opens(ada, DUEL)
    found = [(p.room_code, p.title, p.starts_unix_ms, p.current) for p in await places_of(ada)]
    assert found[0] == (first, "First", starts, False)
    assert sorted(found[1:]) == sorted([(second, "Second", 0, False), (duel, "", 0, True)])
    others = [await harness.guest(name) for name in ("Bob", "Eve")]
    for tab in others:
        await tab.do(join_room=back_to(first))
    assert [(p.waiting, p.current) for p in await places_of(others[1])] == [(True, True)]
    # What came to the first tab on the way there came in order.
    heard = [await ada.hears("places") for _ in range(3)]
    revisions = [message.places.revision for message in heard]
    assert revisions == sorted(set(revisions))
    assert [len(message.places.places) for message in heard] == [1, 2, 3]


async def test_a_place_that_changes_is_told_to_those_elsewhere_too(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    await opens(bob, DUEL)
    after = lobby_pb2.SetSettings(tournament=TournamentRoom(spec=TournamentSpec(title="Saturday Cup"), capacity=4))
    while not ada.silent():
        await ada.heard()
    while not bob.silent():
        await bob.heard()
    await ada.do(set_settings=after)
    assert "Saturday Cup" in [p.title for p in (await bob.hears("places")).places.places]
    # What means nothing for the places is not told: here somebody enters.
    await (await harness.guest("Eve")).do(join_room=back_to(await where(ada)))
    assert bob.silent()


async def test_changes_and_talk_of_a_room_reach_only_those_who_are_there(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    await opens(bob, DUEL)
    while not bob.silent():
        await bob.heard()
    await ada.do(say=lobby_pb2.Say(text="hello"))
    said = (await ada.hears("said")).said
    assert (said.text, said.room_code) == ("hello", tournament)
    await ada.do(add_bot=lobby_pb2.AddBot())
    assert bob.silent()
    await bob.do(join_room=back_to(tournament))
    assert len((await bob.hears("room")).room.members) == 3
    await ada.do(say=lobby_pb2.Say(text="there you are"))
    assert (await bob.hears("said")).said.text == "there you are"


async def test_who_comes_back_to_a_place_is_shown_the_room_while_its_tournament_is_on_too(
    harness: BackendHarness,
) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    await opens(bob, DUEL)
    session_id = await begin(ada)
    await bob.do(join_room=back_to(tournament))
    assert (await bob.sees(code=tournament, session_id=session_id)).members


async def test_a_tournament_that_starts_reaches_those_who_are_elsewhere_or_in_no_room(harness: BackendHarness) -> None:
    ada, bob, eve = await gathered(harness, "Ada", "Bob", "Eve")
    tournament = await where(ada)
    duel = await opens(bob, DUEL)
    await opens(eve, DUEL)
    await eve.do(leave_room=lobby_pb2.LeaveRoom())
    session_id = await begin(ada)
    for seat, tab in ((1, bob), (2, eve)):
        started = (await tab.hears("started")).started
        assert (started.room_code, started.entry.session_id) == (tournament, session_id)
        assert (bool(started.entry.ticket), list(started.entry.seats)) == (True, [seat])
        assert (await places_of(tab))[0].session_id == session_id
    assert (await where(bob), await where(eve)) == (duel, "")
    await harness.report(end_of(harness, session_id))
    place = next(p for p in await places_of(bob) if p.room_code == tournament)
    assert (place.session_id, place.played) == ("", True)


async def test_who_leaves_is_in_no_room_and_keeps_the_other_places(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    duel = await opens(bob, DUEL)
    await bob.do(leave_room=lobby_pb2.LeaveRoom())
    assert (await bob.hears("out_of_room")).out_of_room.code == duel
    assert await where(bob) == ""
    assert await bob.refused(say=lobby_pb2.Say(text="hi")) == "REASON_NOT_IN_ROOM"
    assert [p.room_code for p in await places_of(bob)] == [tournament]
    # One that one is not in is left by its code.
    other = await opens(bob, DUEL)
    await bob.do(leave_room=lobby_pb2.LeaveRoom(code=tournament.lower()))
    assert (await bob.hears("out_of_room")).out_of_room.code == tournament
    assert await where(bob) == other
    assert await bob.refused(leave_room=lobby_pb2.LeaveRoom(code=tournament)) == "REASON_NOT_IN_ROOM"
    assert await bob.refused(leave_room=lobby_pb2.LeaveRoom(code="nonsense")) == "REASON_ROOM_UNKNOWN"


async def test_who_is_put_out_of_a_room_that_they_are_not_in_stays_where_they_are(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    duel = await opens(bob, DUEL)
    await ada.do(kick=lobby_pb2.Kick(account_id=bob.account_id))
    out = (await bob.hears("out_of_room")).out_of_room
    assert (out.code, out.cause) == (tournament, OutCause.OUT_CAUSE_KICKED)
    assert await where(bob) == duel
    assert [p.room_code for p in await places_of(bob)] == [duel]


async def test_of_two_rooms_for_duels_the_second_is_refused_from_a_tournament_too(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    duel = await opens(ada, DUEL)
    tournament = await opens(ada, cup("Cup"))
    other = await opens(await harness.guest("Bob"), DUEL)
    assert await ada.refused(create_room=DUEL) == "REASON_ALREADY_IN_ROOM"
    assert await ada.refused(join_room=back_to(other)) == "REASON_ALREADY_IN_ROOM"
    assert await where(ada) == tournament
    await ada.do(join_room=back_to(duel))
    assert await where(ada) == duel


async def test_a_room_for_duels_is_left_for_another_one_only_if_that_one_can_be_entered(
    harness: BackendHarness,
) -> None:
    ada, bob, eve = [await harness.guest(name) for name in ("Ada", "Bob", "Eve")]
    own, shut, other = await opens(ada, DUEL), await opens(bob, DUEL), await opens(eve, DUEL)
    await ada.do(join_room=lobby_pb2.JoinRoom(code=shut, leave_code=own))
    await bob.do(kick=lobby_pb2.Kick(account_id=ada.account_id))
    own = await opens(ada, DUEL)
    for code, reason in ((shut, "REASON_NOT_ALLOWED"), ("ZZZZZZ", "REASON_ROOM_UNKNOWN"), ("%", "REASON_ROOM_UNKNOWN")):
        assert await ada.refused(join_room=lobby_pb2.JoinRoom(code=code, leave_code=own)) == reason
        assert (await where(ada), [p.room_code for p in await places_of(ada)]) == (own, [own])
    await ada.do(join_room=lobby_pb2.JoinRoom(code=other, leave_code=own))
    assert (await where(ada), [p.room_code for p in await places_of(ada)]) == (other, [other])
    assert await ada.refused(join_room=back_to(own)) == "REASON_ROOM_UNKNOWN"


async def test_what_is_on_is_left_by_nobody_who_does_not_know_of_it(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    eve = await harness.guest("Eve")
    own, other = await where(ada), await opens(eve, DUEL)
    session_id = await begin(ada, bob)
    assert await ada.refused(join_room=lobby_pb2.JoinRoom(code=other, leave_code=own)) == "REASON_ALREADY_IN_ROOM"
    assert await where(ada) == own
    await ada.do(join_room=lobby_pb2.JoinRoom(code=other, leave_code=own, leave_session_id=session_id))
    assert await where(ada) == other


async def test_a_tournament_that_is_on_is_left_by_nobody_who_enters_another_room(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    await begin(ada, bob)
    eve = await harness.guest("Eve")
    duel = await opens(eve, DUEL)
    await bob.do(join_room=lobby_pb2.JoinRoom(code=duel, leave_code=tournament))
    assert [(p.room_code, p.current) for p in await places_of(bob)] == [(tournament, False), (duel, True)]
    assert await bob.refused(join_room=back_to("ZZZZZZ")) == "REASON_ROOM_UNKNOWN"
    assert not harness.game_servers.acts


async def test_a_place_in_a_ninth_tournament_is_refused_until_one_is_left_or_over(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    codes = []
    for number in range(TOURNAMENTS):
        codes.append(await opens(ada, cup(f"Cup {number}")))
        harness.clock.advance(1)
    await opens(ada, DUEL)
    late = await opens(await harness.guest("Bob"), cup("Late"))
    refusal = await ada.ask(join_room=back_to(late))
    assert refusal is not None
    assert refusal.reason == Reason.REASON_TOO_MANY_ROOMS
    assert "leave one" in refusal.sentence
    assert await ada.refused(create_room=cup("One more")) == "REASON_TOO_MANY_ROOMS"
    await ada.do(join_room=back_to(codes[0]))
    # A tournament that is over keeps nobody from another one.
    await ada.do(add_bot=lobby_pb2.AddBot())
    await harness.register()
    await harness.report(end_of(harness, await begin(ada)))
    await ada.do(join_room=back_to(late))
    assert (await ada.hears("out_of_room")).out_of_room.code == codes[0]
    assert await where(ada) == late
    harness.clock.advance(5)
    await ada.do(leave_room=lobby_pb2.LeaveRoom(code=codes[1]))
    await opens(ada, cup("One more"))


async def test_two_tabs_that_join_at_once_get_both_places_but_no_ninth_and_no_second_duel(
    harness: BackendHarness,
) -> None:
    hosts = [await harness.guest(f"Host {number}") for number in range(10)]
    cups = [await opens(host, cup("Cup")) for host in hosts]
    duels = [await opens(host, DUEL) for host in hosts[:2]]
    ada = await harness.guest("Ada")
    tabs = [ada, *[await ada.another() for _ in range(9)]]
    answers = await asyncio.gather(*(tab.ask(join_room=back_to(code)) for tab, code in zip(tabs, cups, strict=True)))
    assert sorted(answer.reason for answer in answers if answer) == [Reason.REASON_TOO_MANY_ROOMS] * 2
    answers = await asyncio.gather(*(tab.ask(join_room=back_to(code)) for tab, code in zip(tabs, duels, strict=False)))
    assert [answer.reason for answer in answers if answer] == [Reason.REASON_ALREADY_IN_ROOM]
    places = await places_of(ada)
    assert len(places) == TOURNAMENTS + 1
    assert [p.room_code for p in places if p.current] == [await where(ada)]


async def test_who_goes_from_a_duel_to_another_room_is_not_ready_there(harness: BackendHarness) -> None:
    ada, bob, duel = await pair(harness)
    await opens(bob, cup("Cup"))
    assert [(m.name, m.ready, m.connected) for m in (await room_of(ada)).members] == [
        ("Ada", True, True),
        ("Bob", False, True),
    ]
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_NOT_READY"
    await bob.do(join_room=back_to(duel))
    await bob.do(set_ready=lobby_pb2.SetReady(ready=True))
    await begin(ada, bob)


async def test_a_connection_that_comes_or_goes_is_seen_in_all_rooms(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    tournament = await where(ada)
    duel = await opens(bob, DUEL)
    await bob.close()
    assert await connected(bob) == {tournament: False, duel: False}
    again = await bob.another()
    assert await connected(bob) == {tournament: True, duel: True}
    await again.close()
    harness.clock.advance(DAY_S)
    await harness.rooms.sweep()
    assert await connected(bob) == {tournament: False}
    # The place in the room where they were is lost: they are in none, and have the other place.
    last = await bob.another()
    assert [p.room_code for p in (await last.hears("places")).places.places] == [tournament]
    assert await where(bob) == ""
    assert await connected(bob) == {tournament: True}


async def test_a_new_name_is_seen_in_all_rooms(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    duel = await opens(bob, DUEL)
    await harness.lobby.rename(await harness.accounts.rename(bob.account_id, "Robert"))
    assert [m.name for m in (await room_of(ada)).members] == ["Ada", "Robert"]
    here = await room_of(bob)
    assert (here.code, [m.name for m in here.members]) == (duel, ["Robert"])


async def test_friends_see_and_are_invited_to_the_room_where_somebody_is_now(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob", room=CUP)
    tournament = await where(ada)
    await harness.friends.ask(ada.account_id, "Bob")
    await harness.friends.answer(bob.account_id, ada.account_id, accept=True)
    duel = await opens(bob, DUEL)
    (friend,) = (await harness.friends.list_of(ada.account_id)).friends
    assert (friend.activity, friend.room_code) == (Activity.IN_ROOM, duel)
    await bob.do(invite=lobby_pb2.Invite(account_id=ada.account_id))
    assert (await ada.hears("invited")).invited.room_code == duel
    await bob.do(leave_room=lobby_pb2.LeaveRoom())
    (friend,) = (await harness.friends.list_of(ada.account_id)).friends
    assert (friend.activity, friend.room_code) == (Activity.ONLINE, "")
    await bob.do(join_room=back_to(tournament))
    (friend,) = (await harness.friends.list_of(ada.account_id)).friends
    assert friend.room_code == tournament


async def test_a_restart_keeps_all_places_and_which_one_is_the_current(harness: BackendHarness) -> None:
    _ada, bob = await gathered(harness, "Ada", "Bob")
    duel = await opens(bob, DUEL)
    again = await harness.restarted()
    back = await Tab.open(again, bob.account_id, bob.token)
    assert (await back.hears("room")).room.code == duel
    assert len((await back.hears("places")).places.places) == 2
