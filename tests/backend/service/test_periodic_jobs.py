"""Game servers that restart, fall silent or lose a session."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.fleet_pb2 import ServerHeartbeat, ServerHello, SessionBrief
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec

from backend.service.models import Stage
from backend.service.periodic_jobs import Upkeep
from tests.backend.conftest import ADDRESS, SERVER, World, pair, report_of, start
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def stage(world: World, session_id: str) -> Stage:
    async with world.store.read() as unit:
        placement = await unit.directory.get(session_id)
    assert placement is not None
    return placement.stage


async def test_a_session_that_its_server_lost_is_called_off_and_the_room_told(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    world.game_servers.held.clear()
    await world.register(incarnation=2)
    assert await stage(world, session_id) is Stage.LOST
    for tab in (ada, bob):
        assert (await tab.hears("refusal")).refusal.reason == Reason.REASON_SERVER_UNAVAILABLE
    room = await world.rooms.current(ada.account_id)
    assert room is not None
    assert room.session_id == ""
    assert (await world.records.player_stats(ada.account_id)).matches == 0


async def test_a_late_result_of_a_lost_session_still_counts(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    request = report_of(session_id, world.game_servers.held.pop(session_id))
    await world.register(incarnation=2)
    assert await world.report(request) is False
    assert await stage(world, session_id) is Stage.OVER
    assert (await world.records.player_stats(ada.account_id)).wins == 1


async def test_a_session_that_the_hello_just_missed_is_not_lost(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    await world.register(held=[])
    assert await stage(world, session_id) is Stage.LIVE


async def test_a_server_that_does_not_answer_the_question_loses_nothing_yet(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    world.game_servers.answering = False
    await world.register(held=[])
    assert await stage(world, session_id) is Stage.LIVE


async def test_a_restarted_server_that_kept_the_session_holds_the_next_epoch(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    await world.register(incarnation=2, held=[session_id])
    assert (await world.directory.locate(session_id)).epoch == 2
    await world.register(incarnation=2, held=[session_id])
    assert (await world.directory.locate(session_id)).epoch == 2


async def test_a_server_silent_for_10_s_is_not_chosen_and_its_sessions_are_lost(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    world.clock.advance(10)
    await world.upkeep.round()
    assert await stage(world, session_id) is Stage.LIVE
    world.clock.advance(0.1)
    await world.upkeep.round()
    assert await stage(world, session_id) is Stage.LOST
    with pytest.raises(Refused, match="SERVER_UNAVAILABLE"):
        world.fleet.choose()
    room = await world.rooms.current(bob.account_id)
    assert room is not None
    assert room.session_id == ""


async def test_heartbeats_keep_the_lease(world: World) -> None:
    ada, bob, _ = await pair(world)
    here = await world.register(held=[])
    session_id = await start(ada, bob)
    for _ in range(5):
        world.clock.advance(9)
        world.fleet.heartbeat(here, ServerHeartbeat(sessions=1))
        await world.upkeep.round()
    assert await stage(world, session_id) is Stage.LIVE


async def test_a_session_believed_lost_is_back_when_its_server_comes_back_with_it(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    world.clock.advance(11)
    await world.upkeep.round()
    await world.register(held=[session_id])
    assert await stage(world, session_id) is Stage.LIVE


async def test_a_room_has_its_match_back_when_the_server_comes_back_with_it(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    spec = world.game_servers.held[session_id]
    world.clock.advance(11)
    await world.upkeep.round()
    await ada.sees(session_id="")
    await world.register(incarnation=2, held=[session_id])
    for tab in (ada, bob):
        await tab.sees(session_id=session_id)
        entry = (await tab.hears("started")).started.entry
        assert (entry.session_id, bool(entry.ticket)) == (session_id, True)
    assert (await world.directory.locate(session_id)).epoch == 2
    await world.report(report_of(session_id, spec))
    await bob.hears("finished")
    assert (await bob.sees(session_id="")).last.session_id == session_id


async def test_a_room_that_plays_again_by_now_is_left_alone_when_the_lost_match_is_back(world: World) -> None:
    ada, bob, _ = await pair(world)
    lost = await start(ada, bob)
    world.clock.advance(11)
    await world.upkeep.round()
    await ada.sees(session_id="")
    await world.register()
    another = await start(ada, bob)
    await world.register(held=[lost, another])
    assert await stage(world, lost) is Stage.LIVE
    room = await world.rooms.current(ada.account_id)
    assert room is not None
    assert room.session_id == another


async def test_after_a_restart_of_the_backend_servers_have_10_s_to_register(world: World) -> None:
    ada, bob, _ = await pair(world)
    session_id = await start(ada, bob)
    again = await world.restarted()
    again.clock.advance(9)
    await again.upkeep.round()
    assert await stage(again, session_id) is Stage.LIVE
    again.clock.advance(2)
    await again.upkeep.round()
    assert await stage(again, session_id) is Stage.LOST


async def test_a_start_cut_short_by_a_restart_is_finished_on_the_same_server_with_the_same_id(world: World) -> None:
    ada, bob, _ = await pair(world)

    async def dies(address: str, session_id: str, spec: object) -> None:
        raise RuntimeError("killed here")

    create, world.game_servers.create = world.game_servers.create, dies  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="killed here"):
        await ada.ask(start=lobby_pb2.Start())
    world.game_servers.create = create  # type: ignore[method-assign]
    room = await world.rooms.current(ada.account_id)
    assert room is not None
    assert await stage(world, room.session_id) is Stage.CREATING
    await world.register()
    assert list(world.game_servers.held) == [room.session_id]
    assert await stage(world, room.session_id) is Stage.LIVE
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
    world: World, hello: ServerHello, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        await world.fleet.hello(hello)
    assert caught.value.field == field


async def test_a_part_of_upkeep_that_fails_does_not_keep_the_others_from_running() -> None:
    done = []

    async def broken() -> None:
        raise RuntimeError("broken")

    async def works() -> None:
        done.append("works")

    await Upkeep(broken, works).round()
    assert done == ["works"]


async def test_a_session_that_an_operator_made_is_found_once_its_server_speaks_of_it(world: World) -> None:
    spec = SessionSpec(origin=Origin.ORIGIN_SERVICE, public=True)
    world.game_servers.held["o" * 22] = spec
    here = await world.register()
    beat = ServerHeartbeat(sessions=1, briefs=[SessionBrief(session_id="o" * 22, left=1)])
    new = world.fleet.heartbeat(here, beat)
    assert (new, world.fleet.heartbeat(here, beat)) == (["o" * 22], [])
    await world.rollcall.adopt(SERVER, ADDRESS, new)
    located = await world.directory.locate("o" * 22)
    assert (located.server, located.public, located.over) == (SERVER, True, False)
    assert [live.left_score for live in (await world.directory.list_live(0)).sessions] == [1]
    assert await world.report(report_of("o" * 22, spec_with_seats(spec))) is False
    assert (await world.directory.locate("o" * 22)).over


async def test_a_session_that_claims_to_be_the_backends_own_is_not_taken_from_a_server(world: World) -> None:
    world.game_servers.held["o" * 22] = SessionSpec(origin=Origin.ORIGIN_ROOM)
    await world.register(held=["o" * 22])
    with pytest.raises(Refused, match="SESSION_UNKNOWN"):
        await world.directory.locate("o" * 22)


def spec_with_seats(spec: SessionSpec) -> SessionSpec:
    spec.seats.extend([SeatSpec(seat=0, name="a"), SeatSpec(seat=1, name="b")])
    return spec


async def test_what_servers_say_of_their_sessions_is_bounded_by_their_capacity(world: World) -> None:
    here = await world.register(capacity=2)
    for number in range(10):
        world.fleet.heartbeat(here, ServerHeartbeat(briefs=[SessionBrief(session_id=f"s{number}")]))
    assert list(world.fleet.briefs()) == ["s6", "s7", "s8", "s9"]
