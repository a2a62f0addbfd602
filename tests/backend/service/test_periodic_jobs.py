"""Game servers that restart, fall silent or lose a session."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec

from backend.service.models import Stage
from backend.service.periodic_jobs import PeriodicJobs
from backend.service.sessions.fleet import ServerHeartbeat, ServerHello, SessionBrief
from tests.support.harnesses.backend import ADDRESS, SERVER, BackendHarness, pair, report_of, start
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def stage(harness: BackendHarness, session_id: str) -> Stage:
    async with harness.store.read() as unit:
        session = await unit.directory.get(session_id)
    assert session is not None
    return session.stage


async def test_a_session_that_its_server_lost_is_called_off_and_the_room_told(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    harness.game_servers.held.clear()
    await harness.register(incarnation=2)
    assert await stage(harness, session_id) is Stage.LOST
    for tab in (ada, bob):
        assert (await tab.hears("refusal")).refusal.reason == Reason.REASON_SERVER_UNAVAILABLE
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert room.session_id == ""
    assert (await harness.records.player_stats(ada.account_id)).totals.matches == 0


async def test_a_late_result_of_a_lost_session_still_counts(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    request = report_of(session_id, harness.game_servers.held.pop(session_id))
    await harness.register(incarnation=2)
    assert await harness.report(request) is False
    assert await stage(harness, session_id) is Stage.OVER
    assert (await harness.records.player_stats(ada.account_id)).totals.wins == 1


async def test_a_session_that_the_hello_just_missed_is_not_lost(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    await harness.register(held=[])
    assert await stage(harness, session_id) is Stage.LIVE


async def test_a_server_that_does_not_answer_the_question_loses_nothing_yet(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    harness.game_servers.answering = False
    await harness.register(held=[])
    assert await stage(harness, session_id) is Stage.LIVE


async def test_a_restarted_server_that_kept_the_session_holds_the_next_epoch(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    await harness.register(incarnation=2, held=[session_id])
    assert (await harness.directory.locate(session_id)).epoch == 2
    await harness.register(incarnation=2, held=[session_id])
    assert (await harness.directory.locate(session_id)).epoch == 2


async def test_a_server_silent_for_10_s_is_not_chosen_and_its_sessions_are_lost(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    harness.clock.advance(10)
    await harness.periodic_jobs.run_once()
    assert await stage(harness, session_id) is Stage.LIVE
    harness.clock.advance(0.1)
    await harness.periodic_jobs.run_once()
    assert await stage(harness, session_id) is Stage.LOST
    with pytest.raises(Refused, match="SERVER_UNAVAILABLE"):
        harness.fleet.choose()
    room = await harness.rooms.current(bob.account_id)
    assert room is not None
    assert room.session_id == ""


async def test_heartbeats_keep_the_lease(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    here = await harness.register(held=[])
    session_id = await start(ada, bob)
    for _ in range(5):
        harness.clock.advance(9)
        harness.fleet.heartbeat(here, ServerHeartbeat(sessions=1))
        await harness.periodic_jobs.run_once()
    assert await stage(harness, session_id) is Stage.LIVE


async def test_a_session_believed_lost_is_back_when_its_server_comes_back_with_it(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    harness.clock.advance(11)
    await harness.periodic_jobs.run_once()
    await harness.register(held=[session_id])
    assert await stage(harness, session_id) is Stage.LIVE


async def test_a_room_has_its_match_back_when_the_server_comes_back_with_it(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    spec = harness.game_servers.held[session_id]
    harness.clock.advance(11)
    await harness.periodic_jobs.run_once()
    await ada.sees(session_id="")
    await harness.register(incarnation=2, held=[session_id])
    for tab in (ada, bob):
        await tab.sees(session_id=session_id)
        entry = (await tab.hears("started")).started.entry
        assert (entry.session_id, bool(entry.ticket)) == (session_id, True)
    assert (await harness.directory.locate(session_id)).epoch == 2
    await harness.report(report_of(session_id, spec))
    await bob.hears("finished")
    assert (await bob.sees(session_id="")).last.session_id == session_id


async def test_a_room_that_plays_again_by_now_is_left_alone_when_the_lost_match_is_back(
    harness: BackendHarness,
) -> None:
    ada, bob, _ = await pair(harness)
    lost = await start(ada, bob)
    harness.clock.advance(11)
    await harness.periodic_jobs.run_once()
    await ada.sees(session_id="")
    await harness.register()
    another = await start(ada, bob)
    await harness.register(held=[lost, another])
    assert await stage(harness, lost) is Stage.LIVE
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert room.session_id == another


async def test_after_a_restart_of_the_backend_servers_have_10_s_to_register(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    again = await harness.restarted()
    again.clock.advance(9)
    await again.periodic_jobs.run_once()
    assert await stage(again, session_id) is Stage.LIVE
    again.clock.advance(2)
    await again.periodic_jobs.run_once()
    assert await stage(again, session_id) is Stage.LOST


async def test_a_start_cut_short_by_a_restart_is_finished_on_the_same_server_with_the_same_id(
    harness: BackendHarness,
) -> None:
    ada, bob, _ = await pair(harness)

    async def dies(address: str, session_id: str, spec: object) -> None:
        raise RuntimeError("killed here")

    create, harness.game_servers.create = harness.game_servers.create, dies  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="killed here"):
        await ada.ask(start=lobby_pb2.Start())
    harness.game_servers.create = create  # type: ignore[method-assign]
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert await stage(harness, room.session_id) is Stage.CREATING
    await harness.register()
    assert list(harness.game_servers.held) == [room.session_id]
    assert await stage(harness, room.session_id) is Stage.LIVE
    assert (await bob.hears("started")).started.entry.session_id == room.session_id


@pytest.mark.parametrize(
    ("hello", "field"),
    [
        (ServerHello(server="Bad_Name", address="127.0.0.1:1", capacity=1), "hello.server"),
        (ServerHello(server="ok", address="nowhere", capacity=1), "hello.address"),
        (ServerHello(server="ok", address="127.0.0.1:99999", capacity=1), "hello.address"),
        (ServerHello(server="ok", address="127.0.0.1:1", capacity=0), "hello.capacity"),
    ],
)
async def test_a_hello_that_makes_no_sense_is_refused_by_the_field_at_fault(
    harness: BackendHarness, hello: ServerHello, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        await harness.fleet.hello(hello)
    assert caught.value.field == field


async def test_a_part_of_upkeep_that_fails_does_not_keep_the_others_from_running() -> None:
    done = []

    async def broken() -> None:
        raise RuntimeError("broken")

    async def works() -> None:
        done.append("works")

    await PeriodicJobs(broken, works).run_once()
    assert done == ["works"]


async def test_a_session_that_an_operator_made_is_found_once_its_server_speaks_of_it(harness: BackendHarness) -> None:
    spec = SessionSpec(origin=Origin.ORIGIN_SERVICE, public=True)
    harness.game_servers.held["o" * 22] = spec
    here = await harness.register()
    beat = ServerHeartbeat(sessions=1, briefs=[SessionBrief(session_id="o" * 22, left=1)])
    new = harness.fleet.heartbeat(here, beat)
    assert (new, harness.fleet.heartbeat(here, beat)) == (["o" * 22], [])
    await harness.reconciler.adopt(SERVER, ADDRESS, new)
    located = await harness.directory.locate("o" * 22)
    assert (located.server, located.public, located.over) == (SERVER, True, False)
    assert [live.left_score for live in (await harness.list_live()).sessions] == [1]
    assert await harness.report(report_of("o" * 22, spec_with_seats(spec))) is False
    assert (await harness.directory.locate("o" * 22)).over


async def test_a_session_that_claims_to_be_the_backends_own_is_not_taken_from_a_server(harness: BackendHarness) -> None:
    harness.game_servers.held["o" * 22] = SessionSpec(origin=Origin.ORIGIN_ROOM)
    await harness.register(held=["o" * 22])
    with pytest.raises(Refused, match="SESSION_UNKNOWN"):
        await harness.directory.locate("o" * 22)


def spec_with_seats(spec: SessionSpec) -> SessionSpec:
    spec.seats.extend([SeatSpec(seat=0, name="a"), SeatSpec(seat=1, name="b")])
    return spec


async def test_what_servers_say_of_their_sessions_is_bounded_by_their_capacity(harness: BackendHarness) -> None:
    here = await harness.register(capacity=2)
    for number in range(10):
        harness.fleet.heartbeat(here, ServerHeartbeat(briefs=[SessionBrief(session_id=f"s{number}")]))
    assert list(harness.fleet.briefs()) == ["s6", "s7", "s8", "s9"]
