"""Latency that is believed of players, from earlier matches over the same network."""

import pytest
from matchpoint.v1 import lobby_pb2

from backend.contract.session_specs import session_spec_message
from backend.core.latency import LATELY_MS, RISE_US
from backend.service.session_specs import SessionSpec
from backend.service.sessions.latency_history import known_latencies
from tests.support.harnesses.backend import CREATE, READY, BackendHarness, Tab, join, report_of
from tests.support.harnesses.backend_tournaments import CUP

pytestmark = pytest.mark.anyio


async def played(harness: BackendHarness, ada: Tab, bob: Tab, rtt_us: int) -> SessionSpec:
    """A match from a room, in which the host's line was so long. Returns what its server was asked for."""
    await ada.do(create_room=CREATE)
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    code = room.code
    await bob.do(join_room=join(code))
    for tab in (ada, bob):
        await tab.do(set_ready=READY)
    await ada.do(start=lobby_pb2.Start())
    session_id = harness.game_servers.asked[-1][1]
    async with harness.store.read() as unit:
        session = await unit.directory.get(session_id)
    assert session is not None
    spec = session.spec
    report = report_of(session_id, session_spec_message(spec))
    report.result.stats.pong.left.latency.rtt_us = rtt_us
    report.session_over = True
    await harness.report(report)
    for tab in (ada, bob):
        await tab.do(leave_room=lobby_pb2.LeaveRoom())
    return spec


async def test_a_line_that_was_40_ms_is_believed_50_from_the_same_network_and_anything_from_another(
    harness: BackendHarness,
) -> None:
    ada, bob = await harness.guest("Ada", "203.0.113.7"), await harness.guest("Bob", "198.51.100.1")
    first = await played(harness, ada, bob, 40_000)
    assert (first.seats[0].rtt_most_us, bool(first.seats[0].network_key)) == (0, True)
    assert "203" not in str(first)
    second = await played(harness, ada, bob, 50_000)
    assert second.seats[0].rtt_most_us == 40_000 + RISE_US
    assert second.seats[1].rtt_most_us == 0
    elsewhere = await Tab.open(harness, ada.account_id, ada.token, "192.0.2.1")
    assert (await played(harness, elsewhere, bob, 90_000)).seats[0].rtt_most_us == 0
    again = await played(harness, ada, bob, 50_000)
    assert again.seats[0].rtt_most_us == 40_000 + RISE_US
    later_ms = harness.clock.unix_ms() + LATELY_MS + 1
    for now_ms, believed in ((harness.clock.unix_ms(), 40_000 + RISE_US), (later_ms, 0)):
        async with harness.store.read() as unit:
            known = await known_latencies(unit, {ada.account_id: "203.0.113.200"}, harness.fleet.network_key, now_ms)
        assert known[ada.account_id].rtt_most_us == believed


async def test_in_a_tournament_a_line_is_believed_what_it_was_in_duels(harness: BackendHarness) -> None:
    ada, bob = await harness.guest("Ada", "203.0.113.7"), await harness.guest("Bob", "198.51.100.1")
    await played(harness, ada, bob, 40_000)
    await ada.do(create_room=lobby_pb2.CreateRoom(tournament=CUP))
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    await bob.do(join_room=join(room.code))
    await ada.do(start=lobby_pb2.Start())
    spec = harness.game_servers.held[harness.game_servers.asked[-1][1]]
    seats = {seat.name: seat for seat in spec.seats}
    assert (seats["Ada"].rtt_most_us, seats["Bob"].rtt_most_us) == (40_000 + RISE_US, 0)
    assert seats["Ada"].line
    assert seats["Ada"].line != seats["Bob"].line
