"""Rooms as people in them see them: over lobby connections, with a real store underneath."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import OutCause
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import Origin

from backend.core.places import Leaving
from backend.core.room import CAPACITY
from backend.service.models import Person, Stage
from backend.service.ports import SessionNotCreated
from tests.support.harnesses.backend import CREATE, READY, BackendHarness, join, open_room, pair, report_of, start
from wire.tickets import TicketVerifier

pytestmark = pytest.mark.anyio


async def test_a_connection_is_welcomed_with_its_account(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    assert (await ada.heard()).welcome.account.name == "Ada"


async def test_everybody_in_the_room_sees_each_change(harness: BackendHarness) -> None:
    ada, code = await open_room(harness)
    bob = await harness.guest("Bob")
    await bob.do(join_room=join(code.lower()))
    for tab in (ada, bob):
        assert [m.name for m in (await tab.hears("room")).room.members] == ["Ada", "Bob"]
    await bob.do(set_ready=READY)
    for tab in (ada, bob):
        assert [m.ready for m in (await tab.hears("room")).room.members] == [False, True]


async def test_a_room_shows_its_rules_with_every_default_filled_in(harness: BackendHarness) -> None:
    ada, _ = await open_room(harness)
    await ada.do(set_settings=lobby_pb2.SetSettings(ruleset=Ruleset(points_to_win=3), unlisted=True))
    room = (await ada.hears("room")).room
    assert (room.ruleset.points_to_win, room.ruleset.start_speed, room.unlisted) == (3, 110_000, True)


async def test_rules_out_of_range_are_refused_by_the_field_at_fault(harness: BackendHarness) -> None:
    ada, _ = await open_room(harness)
    refusal = await ada.ask(set_settings=lobby_pb2.SetSettings(ruleset=Ruleset(points_to_win=22)))
    assert refusal is not None
    assert refusal.reason == Reason.REASON_INVALID_FIELD
    assert refusal.field == "set_settings.ruleset.points_to_win"


@pytest.mark.parametrize("code", ["ZZZZZZ", "", "nonsense", "AAAAA0"])
async def test_a_vanished_or_impossible_room_is_unknown(harness: BackendHarness, code: str) -> None:
    assert await (await harness.guest("Bob")).refused(join_room=join(code)) == "REASON_ROOM_UNKNOWN"


async def test_a_room_that_everybody_left_is_gone(harness: BackendHarness) -> None:
    ada, code = await open_room(harness)
    await ada.do(leave_room=lobby_pb2.LeaveRoom())
    assert (await ada.hears("out_of_room")).out_of_room.cause == OutCause.OUT_CAUSE_LEFT
    assert await ada.refused(join_room=join(code)) == "REASON_ROOM_UNKNOWN"


async def test_a_full_room_refuses_the_next(harness: BackendHarness) -> None:
    _, code = await open_room(harness)
    for n in range(CAPACITY - 1):
        await (await harness.guest(f"Guest {n}")).do(join_room=join(code))
    assert await (await harness.guest("Late")).refused(join_room=join(code)) == "REASON_ROOM_FULL"


async def test_one_account_is_in_one_room_for_duels(harness: BackendHarness) -> None:
    ada, code = await open_room(harness)
    bob, other = await open_room(harness, "Bob")
    assert await bob.refused(create_room=CREATE) == "REASON_ALREADY_IN_ROOM"
    assert await bob.refused(join_room=join(code)) == "REASON_ALREADY_IN_ROOM"
    assert [room.code for room in [await harness.rooms.current(bob.account_id)] if room] == [other]
    await bob.do(leave_room=lobby_pb2.LeaveRoom())
    await bob.do(join_room=join(code))
    assert ada.account_id != bob.account_id


async def test_commands_without_a_room_are_refused(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_NOT_IN_ROOM"
    assert await ada.refused(set_ready=READY) == "REASON_NOT_IN_ROOM"
    assert await ada.refused(say=lobby_pb2.Say(text="hi")) == "REASON_NOT_IN_ROOM"


async def test_what_one_says_everybody_in_the_room_hears(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await bob.do(say=lobby_pb2.Say(text="  안녕 👋 "))
    for tab in (ada, bob):
        said = (await tab.hears("said")).said
        assert (said.name, said.text, said.unix_ms) == ("Bob", "안녕 👋", harness.clock.unix_ms())


@pytest.mark.parametrize("text", ["", "   ", "x" * 301, "a\x00b", "a\u202eb", "a\nb"])
async def test_words_that_are_empty_too_long_or_hide_something_are_refused(harness: BackendHarness, text: str) -> None:
    ada, _ = await open_room(harness)
    assert await ada.refused(say=lobby_pb2.Say(text=text)) == "REASON_INVALID_FIELD"


async def test_the_host_puts_somebody_out_and_they_are_told(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    await ada.do(kick=lobby_pb2.Kick(account_id=bob.account_id))
    assert (await bob.hears("out_of_room")).out_of_room.cause == OutCause.OUT_CAUSE_KICKED
    assert await bob.refused(join_room=join(code)) == "REASON_NOT_ALLOWED"
    await bob.do(create_room=CREATE)


async def test_starting_alone_is_refused(harness: BackendHarness) -> None:
    ada, _ = await open_room(harness)
    await ada.do(set_ready=READY)
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_ROOM_NEEDS_PLAYERS"


async def test_starting_before_everybody_is_ready_is_refused(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await bob.do(set_ready=lobby_pb2.SetReady(ready=False))
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_NOT_READY"


async def test_a_start_gives_the_players_tickets_and_the_bench_a_view(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    eve = await harness.guest("Eve")
    await eve.do(join_room=join(code))
    await ada.do(start=lobby_pb2.Start())
    entries = {tab.account_id: (await tab.hears("started")).started.entry for tab in (ada, bob, eve)}
    verifier = TicketVerifier([(key.kid, key.public_key) for key in harness.tickets.keys])
    for seat, tab in enumerate((ada, bob)):
        entry = entries[tab.account_id]
        ticket = verifier.verify(entry.ticket, harness.clock.unix_ms() / 1_000)
        assert (ticket.session_id, ticket.account_id, ticket.seats) == (entry.session_id, tab.account_id, (seat,))
        assert list(entry.seats) == [seat]
    assert entries[eve.account_id].session_id
    assert entries[eve.account_id].ticket == ""


async def test_the_game_server_is_asked_for_what_the_room_agreed_on(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    spec = harness.game_servers.held[session_id]
    assert spec.origin == Origin.ORIGIN_ROOM
    assert spec.public
    assert [(seat.seat, seat.name) for seat in spec.seats] == [(0, "Ada"), (1, "Bob")]
    assert spec.ruleset.points_to_win == 11


async def test_the_directory_has_committed_before_the_game_server_is_asked(harness: BackendHarness) -> None:
    seen: list[Stage] = []

    async def create(address: str, session_id: str, spec: object) -> None:
        async with harness.store.read() as unit:
            session = await unit.directory.get(session_id)
        assert session is not None
        seen.append(session.stage)

    harness.game_servers.create = create  # type: ignore[method-assign]
    ada, bob, _ = await pair(harness)
    await start(ada, bob)
    assert seen == [Stage.CREATING]


async def test_joining_a_started_room_is_refused_with_the_match_to_watch(harness: BackendHarness) -> None:
    ada, bob, code = await pair(harness)
    session_id = await start(ada, bob)
    refusal = await (await harness.guest("Eve")).ask(join_room=join(code))
    assert refusal is not None
    assert (refusal.reason, refusal.session_id) == (Reason.REASON_ROOM_STARTED, session_id)


async def test_of_two_starts_at_once_one_wins_and_one_session_is_created(harness: BackendHarness) -> None:
    ada, _, _ = await pair(harness)
    second = await ada.another()
    answers = await asyncio.gather(ada.ask(start=lobby_pb2.Start()), second.ask(start=lobby_pb2.Start()))
    refusals = [answer for answer in answers if answer is not None]
    assert len(refusals) == 1
    assert refusals[0].reason == Reason.REASON_ROOM_STARTED
    assert refusals[0].session_id == harness.game_servers.asked[0][1]
    assert len(harness.game_servers.asked) == 1


async def test_a_start_that_meets_another_change_is_told_to_look_again(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    answers = await asyncio.gather(ada.ask(start=lobby_pb2.Start()), bob.ask(set_ready=lobby_pb2.SetReady(ready=False)))
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    # Whichever came first: either the match is on and bob was too late, or bob is not ready and nothing was started.
    if answers[0] is None:
        assert room.session_id
    else:
        assert not room.session_id
        assert not harness.game_servers.asked


async def test_a_host_who_hangs_up_while_starting_has_started_the_match(harness: BackendHarness) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def create(address: str, session_id: str, spec: object) -> None:
        asked.set()
        await answer.wait()

    harness.game_servers.create = create  # type: ignore[method-assign]
    ada, bob, _ = await pair(harness)
    starting = asyncio.create_task(ada.ask(start=lobby_pb2.Start()))
    await asked.wait()
    starting.cancel()
    leaving = asyncio.create_task(ada.close())
    answer.set()
    assert (await bob.hears("started")).started.entry.ticket
    await leaving
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert (bool(room.session_id), room.member(ada.account_id).connected) == (True, False)


async def test_a_start_that_waited_for_a_game_server_does_not_start_the_room_that_the_host_has_gone_to_meanwhile(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, comes = asyncio.Event(), asyncio.Event()

    async def when_accepting(start: Callable[[], Awaitable[None]]) -> None:
        waits.set()
        await comes.wait()
        await start()

    ada, bob, _ = await pair(harness)
    with monkeypatch.context() as patched:
        patched.setattr(harness.directory, "when_accepting", when_accepting)
        starting = asyncio.create_task(ada.ask(start=lobby_pb2.Start()))
        await waits.wait()
    again = await ada.another()
    for tab in (again, bob):
        await tab.do(leave_room=lobby_pb2.LeaveRoom())
    await again.do(create_room=CREATE)
    here = await harness.rooms.current(ada.account_id)
    assert here is not None
    await bob.do(join_room=join(here.code))
    for tab in (again, bob):
        await tab.do(set_ready=READY)
    comes.set()
    refusal = await starting
    assert refusal is not None
    assert refusal.reason == Reason.REASON_NOT_IN_ROOM
    assert not harness.game_servers.asked
    await again.do(start=lobby_pb2.Start())


async def test_who_hangs_up_while_joining_does_not_stay_as_a_ghost(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = await open_room(harness)
    bob = await harness.guest("Bob")
    asked, proceed = asyncio.Event(), asyncio.Event()
    at_once = harness.rooms.join

    async def slowly(who: Person, typed: str, leaving: Leaving) -> None:
        asked.set()
        await proceed.wait()
        await at_once(who, typed, leaving)

    monkeypatch.setattr(harness.rooms, "join", slowly)
    joining = asyncio.create_task(bob.ask(join_room=join(code)))
    await asked.wait()
    joining.cancel()
    leaving = asyncio.create_task(bob.close())
    proceed.set()
    await leaving
    room = await harness.rooms.current(bob.account_id)
    assert room is not None
    assert not room.member(bob.account_id).connected


@pytest.mark.parametrize(
    ("full", "reason"), [(True, Reason.REASON_SERVER_FULL), (False, Reason.REASON_SERVER_UNAVAILABLE)]
)
async def test_a_start_that_the_game_server_refuses_opens_the_room_again_and_tells_everybody(
    harness: BackendHarness, full: bool, reason: "Reason.ValueType"
) -> None:
    ada, bob, _ = await pair(harness)
    harness.game_servers.fails_with = SessionNotCreated(full=full)
    refusal = await ada.ask(start=lobby_pb2.Start())
    assert refusal is not None
    assert refusal.reason == reason
    assert (await bob.hears("refusal")).refusal.reason == reason
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert (room.session_id, [member.ready for member in room.members]) == ("", [True, True])
    harness.game_servers.fails_with = None
    assert await start(ada, bob)


async def test_without_a_game_server_nothing_is_committed(harness: BackendHarness) -> None:
    harness.clock.advance(11)
    ada, _bob, _ = await pair(harness)
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_SERVER_UNAVAILABLE"
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert room.session_id == ""


async def test_after_the_match_everybody_gets_the_end_and_can_play_again(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    for tab in (ada, bob):
        assert (await tab.hears("finished")).finished.session_id == session_id
        room = (await tab.hears("room")).room
        assert (room.session_id, room.last.session_id, room.last.result.left) == ("", session_id, 11)
        assert not room.last.result.HasField("stats")
        assert not any(member.ready for member in room.members)
    for tab in (ada, bob):
        await tab.do(set_ready=READY)
    assert await start(ada, bob) != session_id
