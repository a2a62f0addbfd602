"""Rooms as the people in them see them: several lobby connections over real sockets, real programs behind."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from matchpoint.v1.lobby_pb2 import OutCause, Room
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome

from gameserver.domain.values import RIGHT
from tests.support.clients.players import away_from_the_ball
from tests.support.clients.site import Guest, LobbyClient, Site, room_of_two
from tests.support.clients.views import WITHIN_S, Ending
from tests.support.storage import sql
from wire.refusal import Refused

pytestmark = [pytest.mark.slow, pytest.mark.storage, pytest.mark.anyio]

SHORT = {"points_to_win": 1, "start_speed": 200_000}


@asynccontextmanager
async def together(people: list[Guest]) -> AsyncIterator[list[LobbyClient]]:
    """All of them in one room, in this order; the first is the host. Everybody has seen everybody."""
    async with AsyncExitStack() as stack:
        lobbies = [await stack.enter_async_context(person.lobby()) for person in people]
        await lobbies[0].do(create_room={"ruleset": SHORT})
        code = (await lobbies[0].see_room()).code
        for lobby in lobbies[1:]:
            await lobby.do(join_room={"code": code})
        await all_see(lobbies, lambda room: len(room.members) == len(people))
        yield lobbies


async def all_see(lobbies: list[LobbyClient], wanted: Any) -> Room:
    """Waits until each of them has been told; they have all been told the same."""
    rooms = await asyncio.gather(*(lobby.see_room(wanted) for lobby in lobbies))
    assert all(room == rooms[0] for room in rooms)
    return rooms[0]


async def refused(lobby: LobbyClient, **command: Any) -> Refused:
    """The refusal that a command gets."""
    with pytest.raises(Refused) as caught:
        await lobby.do(**command)
    return caught.value


def ready(room: Room) -> list[bool]:
    return [member.ready for member in room.members]


def names(room: Room) -> list[str]:
    return [member.name for member in room.members]


def placements(site: Site, code: str) -> list[tuple[str, str]]:
    """(session, stage) of everything that the directory has for a room."""
    query = "SELECT session_id, stage FROM sessions WHERE room_code = :code ORDER BY created_ms"
    return sql.rows(site.installation.database, query, code=code)


def there(site: Site, code: str) -> list[str]:
    """Names of the members of a room who have a connection, as it is kept."""
    ((document,),) = sql.rows(site.installation.database, "SELECT document FROM rooms WHERE code = :code", code=code)
    return [member["name"] for member in json.loads(document)["members"] if member["connected"]]


async def test_everybody_in_a_room_is_told_each_change(site: Site) -> None:
    mina, jun, ada = await site.guests(3)
    async with together([mina, jun, ada]) as lobbies:
        host, other, bench = lobbies
        room = host.room
        assert names(room) == [mina.name, jun.name, ada.name]
        assert [(m.seated, m.seat) for m in room.members][:2] == [(True, 0), (True, 1)]
        assert not room.members[2].seated
        assert room.host_account_id == mina.account_id
        assert (room.ruleset.points_to_win, room.ruleset.paddle_half_height) == (1, 7_500)

        await other.do(set_ready={"ready": True})
        assert ready(await all_see(lobbies, lambda room: any(ready(room)))) == [False, True, False]
        await host.do(set_settings={"ruleset": {"points_to_win": 5}, "unlisted": True})
        room = await all_see(lobbies, lambda room: room.unlisted)
        assert (room.ruleset.points_to_win, ready(room)) == (5, [False] * 3)
        await other.do(set_seat={"seated": False})
        await all_see(lobbies, lambda room: not room.members[1].seated)
        await bench.do(set_seat={"seated": True})
        room = await all_see(lobbies, lambda room: room.members[2].seated)
        assert room.members[2].seat == 1
        await bench.do(say={"text": "  안녕 👋  "})
        said = [(await lobby.see(lambda message: message.HasField("said"))).said for lobby in lobbies]
        assert {(one.account_id, one.name, one.text) for one in said} == {(ada.account_id, ada.name, "안녕 👋")}
        renamed = f"{jun.name}!"[:20]
        await jun.call("AccountService/Rename", {"name": renamed})
        assert names(await all_see(lobbies, lambda room: renamed in names(room))) == [mina.name, renamed, ada.name]


async def test_a_room_is_found_by_its_code_however_it_is_typed(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with mina.lobby() as host, jun.lobby() as other:
        await host.do(create_room={})
        code = (await host.see_room()).code
        await other.do(join_room={"code": f" {code[:3].lower()}-{code[3:].lower()} "})
        assert (await other.see_room()).code == code


async def test_the_room_goes_to_the_next_when_its_host_leaves_and_closes_with_the_last(site: Site) -> None:
    mina, jun, ada = await site.guests(3)
    async with together([mina, jun, ada]) as (host, other, bench):
        code = host.room.code
        await host.do(leave_room={})
        out = (await host.see(lambda message: message.HasField("out_of_room"))).out_of_room
        assert (out.code, out.cause) == (code, OutCause.OUT_CAUSE_LEFT)
        room = await all_see([other, bench], lambda room: len(room.members) == 2)
        assert room.host_account_id == jun.account_id
        assert (await refused(host, say={"text": "still here?"})).reason == Reason.REASON_NOT_IN_ROOM
        await other.do(leave_room={})
        await bench.see_room(lambda room: room.host_account_id == ada.account_id)
        await bench.do(leave_room={})
        assert (await refused(host, join_room={"code": code})).reason == Reason.REASON_ROOM_UNKNOWN


async def test_who_is_put_out_is_told_so_and_cannot_come_back(site: Site) -> None:
    mina, jun, ada = await site.guests(3)
    async with together([mina, jun, ada]) as (host, other, bench):
        assert (await refused(other, kick={"account_id": ada.account_id})).reason == Reason.REASON_NOT_HOST
        await host.do(kick={"account_id": jun.account_id})
        out = (await other.see(lambda message: message.HasField("out_of_room"))).out_of_room
        assert out.cause == OutCause.OUT_CAUSE_KICKED
        assert names(await all_see([host, bench], lambda room: len(room.members) == 2)) == [mina.name, ada.name]
        assert (await refused(other, join_room={"code": host.room.code})).reason == Reason.REASON_NOT_ALLOWED
        assert (await refused(host, kick={"account_id": jun.account_id})).reason == Reason.REASON_NOT_IN_ROOM
        assert (await refused(host, kick={"account_id": mina.account_id})).reason == Reason.REASON_NOT_ALLOWED


async def test_who_drops_out_keeps_the_place_and_comes_back_to_it(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with mina.lobby() as host:
        await host.do(create_room={})
        async with jun.lobby() as other:
            await other.do(join_room={"code": (await host.see_room()).code})
            await other.do(set_ready={"ready": True})
            await host.see_room(lambda room: ready(room)[-1])
            # No goodbye: the connection is cut.
            other.socket.transport.abort()
        away = (await host.see_room(lambda room: not room.members[1].connected)).members[1]
        assert (away.account_id, away.seated, away.seat, away.ready) == (jun.account_id, True, 1, False)
        async with jun.lobby() as other:
            room = await other.see_room(lambda room: room.members[1].connected)
            assert room == await host.see_room(lambda room: room.members[1].connected)
            assert (room.members[1].seat, names(room)) == (1, [mina.name, jun.name])


async def test_all_are_shown_as_away_when_all_are_cut_off_at_once_and_as_there_when_all_come_back(site: Site) -> None:
    people = await site.guests(16)
    async with together(people) as lobbies:
        code = lobbies[0].room.code
        for lobby in lobbies:
            lobby.socket.transport.abort()
        # Nobody is left who could be told, so the store is asked.
        async with asyncio.timeout(WITHIN_S):
            while there(site, code):  # noqa: ASYNC110 - another process has no event for us
                await asyncio.sleep(0.05)
    async with AsyncExitStack() as stack:
        back = await asyncio.gather(*(stack.enter_async_context(person.lobby()) for person in people))
        room = await all_see(back, lambda room: all(member.connected for member in room.members))
        assert names(room) == [person.name for person in people]


async def test_a_link_can_be_followed_by_everybody_at_once(site: Site) -> None:
    people = await site.guests(16)
    async with AsyncExitStack() as stack:
        lobbies = [await stack.enter_async_context(person.lobby()) for person in people]
        await lobbies[0].do(create_room={})
        code = (await lobbies[0].see_room()).code
        await asyncio.gather(*(lobby.do(join_room={"code": code}) for lobby in lobbies[1:]))
        await all_see(lobbies, lambda room: len(room.members) == 16)


async def test_a_second_tab_shows_the_same_room_and_closing_one_of_two_loses_nothing(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with together([mina, jun]) as (host, other):
        async with jun.lobby() as tab:
            assert await tab.see_room() == host.room
            await tab.do(set_ready={"ready": True})
            await all_see([host, other, tab], lambda room: ready(room)[1])
        await host.do(set_ready={"ready": True})
        room = await all_see([host, other], lambda room: ready(room)[0])
        assert all(member.connected for member in room.members)
        assert ready(room) == [True, True]


async def test_friends_play_again_in_the_same_room_and_both_matches_are_kept(site: Site) -> None:
    mina, jun, ada = await site.guests(3)
    played: list[str] = []
    async with room_of_two(mina, jun, **SHORT) as (host, other), ada.lobby() as bench:
        await bench.do(join_room={"code": host.room.code})
        for _ in range(2):
            for lobby in (host, other):
                await lobby.do(set_ready={"ready": True})
            await host.do(start={})
            ways = [await lobby.see_started() for lobby in (host, other, bench)]
            session_id = ways[0][0]
            assert [session for session, _ in ways] == [session_id] * 3
            assert [bool(ticket) for _, ticket in ways] == [True, True, False], "who has no seat only watches"
            async with (
                site.play(ways[0][1]) as left,
                site.play(ways[1][1]) as right,
                site.watch(session_id) as ada_sees,
            ):
                right.styles[RIGHT] = away_from_the_ball
                views = await asyncio.gather(left.play(), right.play())
                assert views[0].result == views[1].result == await ada_sees.watch_to_the_end()
                assert await left.ending() == await ada_sees.ending() == Ending("", 1000)
            for lobby in (host, other, bench):
                finished = await lobby.see(lambda message: message.HasField("finished"))
                assert finished.finished.session_id == session_id
                room = await lobby.see_room()
                assert (room.session_id, room.last.session_id, ready(room)) == ("", session_id, [False] * 3)
                assert (room.last.result.outcome, room.last.result.left) == (Outcome.OUTCOME_PLAYED, 1)
                assert len(room.members) == 3
            played.append(session_id)
        code = host.room.code
    assert len(set(played)) == 2
    for session_id in played:
        record = await site.record(session_id)
        assert [seat["accountId"] for seat in record["spec"]["seats"]] == [mina.account_id, jun.account_id]
    assert (await mina.stats())["wins"] == (await jun.stats())["losses"] == 2
    assert [session for session, _ in placements(site, code)] == played


# What is refused, and changes nothing.


async def test_nobody_starts_alone(site: Site) -> None:
    async with (await site.guest()).lobby() as lobby:
        await lobby.do(create_room={})
        await lobby.do(set_ready={"ready": True})
        before = await lobby.see_room(lambda room: ready(room) == [True])
        assert (await refused(lobby, start={})).reason == Reason.REASON_ROOM_NEEDS_PLAYERS
        await lobby.do(beat={})
        assert lobby.room == before
        assert placements(site, before.code) == []


async def test_a_match_is_started_by_the_host_and_when_both_are_ready(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with together([mina, jun]) as (host, other):
        assert (await refused(other, start={})).reason == Reason.REASON_NOT_HOST
        not_ready = await refused(host, start={})
        assert not_ready.reason == Reason.REASON_NOT_READY
        assert mina.name in not_ready.sentence
        assert jun.name in not_ready.sentence
        assert (await refused(other, set_settings={"ruleset": {}})).reason == Reason.REASON_NOT_HOST
        wrong = await refused(host, set_settings={"ruleset": {"points_to_win": 22}})
        assert (wrong.reason, wrong.field) == (Reason.REASON_INVALID_FIELD, "set_settings.ruleset.points_to_win")
        revision = host.room.revision
        await host.do(beat={})
        assert host.room.revision == revision
        assert placements(site, host.room.code) == []


async def test_of_two_starts_at_once_one_starts_the_match_and_the_other_is_told_so(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with room_of_two(mina, jun, **SHORT) as (host, other), mina.lobby() as tab:
        numbers = await asyncio.gather(host.ask(start={}), tab.ask(start={}))
        outcomes = await asyncio.gather(host.answer(numbers[0]), tab.answer(numbers[1]), return_exceptions=True)
        refusals = [outcome for outcome in outcomes if outcome is not None]
        assert len(refusals) == 1
        assert isinstance(refusals[0], Refused)
        assert refusals[0].reason in (Reason.REASON_ROOM_STARTED, Reason.REASON_ROOM_CHANGED)
        sessions = {(await lobby.see_started())[0] for lobby in (host, tab, other)}
        assert len(sessions) == 1
        assert [session for session, _ in placements(site, host.room.code)] == [*sessions]


async def test_a_full_room_is_closed_to_the_next(site: Site) -> None:
    people = await site.guests(17)
    async with AsyncExitStack() as stack:
        lobbies = [await stack.enter_async_context(person.lobby()) for person in people]
        await lobbies[0].do(create_room={})
        code = (await lobbies[0].see_room()).code
        for lobby in lobbies[1:16]:
            await lobby.do(join_room={"code": code})
        room = await all_see(lobbies[:16], lambda room: len(room.members) == room.capacity)
        assert room.capacity == 16
        assert (await refused(lobbies[16], join_room={"code": code})).reason == Reason.REASON_ROOM_FULL
        third = next(m for m in room.members if not m.seated)
        bench = lobbies[[person.account_id for person in people].index(third.account_id)]
        assert (await refused(bench, set_seat={"seated": True})).reason == Reason.REASON_ROOM_FULL
        assert (await refused(bench, set_ready={"ready": True})).reason == Reason.REASON_NOT_ALLOWED
        await lobbies[16].do(create_room={})
        assert len((await lobbies[16].see_room()).members) == 1, "who was refused is free to go elsewhere"


async def test_a_room_whose_match_is_on_says_what_can_be_watched_instead(site: Site) -> None:
    mina, jun, late = await site.guests(3)
    async with room_of_two(mina, jun, **SHORT) as (host, other), late.lobby() as door:
        await host.do(start={})
        session_id, _ = await host.see_started()
        for refusal in (
            await refused(door, join_room={"code": host.room.code}),
            await refused(host, start={}),
            await refused(other, set_ready={"ready": True}),
            await refused(other, set_seat={"seated": False}),
            await refused(host, set_settings={"ruleset": {"points_to_win": 3}}),
        ):
            assert (refusal.reason, refusal.session_id) == (Reason.REASON_ROOM_STARTED, session_id)
        async with site.watch(session_id) as spectator:
            assert spectator.view.session_id == session_id or (await spectator.hear()) is not None


@pytest.mark.parametrize("code", ["ZZZZZZ", "", "OOOOOO", "ABC", "ABCDEFG", "한글한글한글", "'; --", "A" * 5_000])
async def test_a_room_that_is_not_there_cannot_be_joined(code: str, site: Site) -> None:
    async with (await site.guest()).lobby() as lobby:
        assert (await refused(lobby, join_room={"code": code})).reason == Reason.REASON_ROOM_UNKNOWN


async def test_nobody_is_in_two_rooms(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with mina.lobby() as host, jun.lobby() as other, jun.lobby() as tab:
        await host.do(create_room={})
        code = (await host.see_room()).code
        await other.do(create_room={})
        for lobby in (other, tab):
            assert (await refused(lobby, create_room={})).reason == Reason.REASON_ALREADY_IN_ROOM
            assert (await refused(lobby, join_room={"code": code})).reason == Reason.REASON_ALREADY_IN_ROOM
        assert len(host.room.members) == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 301, "a\nb", "\u202eback", "a\0b"])
async def test_what_cannot_be_said_is_not_passed_on(text: str, site: Site) -> None:
    mina, jun = await site.guests(2)
    async with together([mina, jun]) as (host, other):
        refusal = await refused(host, say={"text": text})
        assert (refusal.reason, refusal.field) == (Reason.REASON_INVALID_FIELD, "say.text")
        await host.do(say={"text": "said"})
        assert (await other.see(lambda message: message.HasField("said"))).said.text == "said"


async def test_a_room_that_cannot_be_entered_costs_nobody_their_own_nor_their_match(site: Site) -> None:
    people = await site.guests(4)
    async with together(people[:2]) as (host, guest), people[2].lobby() as other, people[3].lobby() as last:
        await other.do(create_room={"ruleset": SHORT})
        elsewhere = (await other.see_room()).code
        await last.do(create_room={"ruleset": SHORT})
        open_one = (await last.see_room()).code
        await other.do(set_door={"door": 3})
        own = guest.room.code
        for code, reason in ((elsewhere, Reason.REASON_ROOM_LOCKED), ("ZZZZZZ", Reason.REASON_ROOM_UNKNOWN)):
            assert (await refused(guest, join_room={"code": code, "leave_code": own})).reason == reason
        for lobby in (host, guest):
            await lobby.do(set_ready={"ready": True})
        await host.do(start={})
        session_id = (await guest.see_room(lambda room: room.session_id != "")).session_id
        # The match is on: only those who say that they know of it leave the room for an open one too.
        no = await refused(guest, join_room={"code": open_one, "leave_code": own})
        assert (no.reason, no.message.session_id) == (Reason.REASON_ALREADY_IN_ROOM, session_id)
        await guest.do(join_room={"code": open_one, "leave_code": own, "leave_session_id": session_id})
        assert (await guest.see_room(lambda room: room.code == open_one)).code == open_one
