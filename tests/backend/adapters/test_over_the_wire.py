"""The backend through its own port: credentials, statuses, streams."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from matchpoint.internal.v1.entry_pb2 import GetTicketKeysRequest, LocateSessionRequest
from matchpoint.internal.v1.fleet_pb2 import RegisterRequest, ServerHeartbeat, SessionBrief
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.account_pb2 import CreateGuestRequest, GetMeRequest, RenameRequest, SignOutRequest
from matchpoint.v1.directory_pb2 import BotSession, IssueTicketRequest, ListSessionsRequest, StartSessionRequest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.stats_pb2 import (
    GetMatchRequest,
    GetPlayerStatsRequest,
    ListMatchesRequest,
    StatsServiceGetReplayRequest,
)

from backend.compose import Backend, Tuning
from backend.service.rooms.lobby import OUTGOING
from backend.service.rooms.notifications import ChatLine
from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.harnesses.backend import report_of
from tests.support.harnesses.backend_port import SERVICE, Wire, config, person, refusal, serving
from wire.channel import SET_TOKEN
from wire.journal_file import HEADER

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())


async def test_a_guests_token_comes_in_the_metadata_and_nowhere_in_the_message(wire: Wire) -> None:
    call = wire.accounts.CreateGuest(CreateGuestRequest(name="Ada"))
    token = dict(await call.initial_metadata())[SET_TOKEN]
    answer = await call
    assert answer.account.name == "Ada"
    assert str(token).encode() not in answer.SerializeToString()
    me = await wire.accounts.GetMe(GetMeRequest(), metadata=person(str(token)))
    assert me.account == answer.account


async def test_signing_out_voids_the_token_and_ends_the_lobby(wire: Wire) -> None:
    token = await wire.guest()
    lobby = wire.connect(token)
    await lobby.hears("welcome")
    call = wire.accounts.SignOut(SignOutRequest(), metadata=person(token))
    assert dict(await call.initial_metadata())[SET_TOKEN] == ""
    await call
    assert await lobby.code() == grpc.StatusCode.UNAUTHENTICATED
    code, reason = await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(token)))
    assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED, Reason.REASON_UNAUTHENTICATED)


async def test_bad_and_taken_names_have_their_statuses(wire: Wire) -> None:
    token = await wire.guest("Ada")
    await wire.guest("Bob")
    taken = wire.accounts.Rename(RenameRequest(name="bob"), metadata=person(token))
    assert await refusal(taken) == (grpc.StatusCode.ALREADY_EXISTS, Reason.REASON_NAME_TAKEN)
    for name in ("", "x" * 21, "a\x00b"):
        bad = wire.accounts.Rename(RenameRequest(name=name), metadata=person(token))
        assert await refusal(bad) == (grpc.StatusCode.INVALID_ARGUMENT, Reason.REASON_NAME_INVALID)


async def test_methods_of_the_programs_are_closed_to_people(wire: Wire) -> None:
    token = await wire.guest()
    for call in (
        wire.entry.LocateSession(LocateSessionRequest(session_id="x"), metadata=person(token)),
        wire.entry.GetTicketKeys(GetTicketKeysRequest()),
        wire.reports.ReportStats(report_of("x" * 22, spec_of()), metadata=person(token)),
    ):
        assert await refusal(call) == (grpc.StatusCode.UNAUTHENTICATED, Reason.REASON_UNAUTHENTICATED)


def spec_of() -> SessionSpec:
    return SessionSpec(origin=Origin.ORIGIN_BOT, seats=[SeatSpec(seat=0, name="a"), SeatSpec(seat=1, name="b")])


async def test_a_duel_from_room_to_record(wire: Wire, game_server: FakeGameServer) -> None:
    registering = await wire.register(game_server)
    tokens = [await wire.guest("Ada"), await wire.guest("Bob")]
    ada, bob = (wire.connect(token) for token in tokens)
    her_id = (await ada.hears("welcome")).welcome.account.account_id
    heard = await ada.do(create_room=lobby_pb2.CreateRoom())
    (code,) = (message.room.code for message in heard if message.HasField("room"))
    await bob.hears("welcome")
    await bob.do(join_room=lobby_pb2.JoinRoom(code=code))
    for lobby in (ada, bob):
        await lobby.do(set_ready=lobby_pb2.SetReady(ready=True))
    await ada.send(start=lobby_pb2.Start())
    entries = [(await lobby.hears("started")).started.entry for lobby in (ada, bob)]
    session_id = entries[0].session_id
    assert [list(entry.seats) for entry in entries] == [[0], [1]]
    located = await wire.entry.LocateSession(LocateSessionRequest(session_id=session_id), metadata=SERVICE)
    assert (located.address, located.over) == (game_server.address, False)

    brief = SessionBrief(session_id=session_id, left=2, right=1, viewers=3)
    await registering.beat(ServerHeartbeat(sessions=1, briefs=[brief]))
    (live,) = (await wire.directory.ListSessions(ListSessionsRequest())).sessions
    assert (live.left.name, live.left_score, live.viewers) == ("Ada", 2, 3)

    renewed = await wire.directory.IssueTicket(IssueTicketRequest(session_id=session_id), metadata=person(tokens[1]))
    assert list(renewed.entry.seats) == [1]

    report = report_of(session_id, game_server.sessions[session_id])
    report.journal = HEADER
    first = await wire.reports.ReportStats(report, metadata=registering.reporting)
    again = await wire.reports.ReportStats(report, metadata=registering.reporting)
    assert (first.already_known, again.already_known) == (False, True)
    for lobby in (ada, bob):
        assert (await lobby.hears("finished")).finished.session_id == session_id
        assert (await lobby.hears("room")).room.last.result.left == 11
    stats = await wire.stats.GetPlayerStats(GetPlayerStatsRequest(account_id=her_id))
    assert (stats.stats.matches, stats.stats.wins) == (1, 1)
    (record,) = (await wire.stats.ListMatches(ListMatchesRequest(account_id=her_id))).matches
    assert record == (await wire.stats.GetMatch(GetMatchRequest(session_id=session_id))).match
    assert not (await wire.stats.GetReplay(StatsServiceGetReplayRequest(session_id=session_id))).records
    assert not (await wire.directory.ListSessions(ListSessionsRequest())).sessions

    report.digest = b"f" * 32
    forged = wire.reports.ReportStats(report, metadata=registering.reporting)
    assert await refusal(forged) == (grpc.StatusCode.ALREADY_EXISTS, Reason.REASON_RESULT_DIFFERS)


async def test_a_report_needs_the_servers_own_credential(wire: Wire, game_server: FakeGameServer) -> None:
    await wire.register(game_server)
    other = await wire.register(game_server, "gameserver-2")
    token = await wire.guest()
    entry = (await wire.directory.StartSession(BOT, metadata=person(token))).entry
    report = report_of(entry.session_id, game_server.sessions[entry.session_id])
    without = wire.reports.ReportStats(report, metadata=SERVICE)
    assert await refusal(without) == (grpc.StatusCode.UNAUTHENTICATED, Reason.REASON_UNAUTHENTICATED)
    # Both servers are equally free, so the first by name holds it.
    foreign = wire.reports.ReportStats(report, metadata=other.reporting)
    assert await refusal(foreign) == (grpc.StatusCode.PERMISSION_DENIED, Reason.REASON_NOT_HOLDER)


async def test_a_full_game_server_reads_as_resource_exhausted(wire: Wire, game_server: FakeGameServer) -> None:
    await wire.register(game_server)
    game_server.full = True
    call = wire.directory.StartSession(BOT, metadata=person(await wire.guest()))
    assert await refusal(call) == (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.REASON_SERVER_FULL)


@pytest.fixture
async def impatient(tmp_path: Path, migrated: bytes) -> AsyncIterator[Wire]:
    """A backend that waits for a game server only for a moment."""
    async with serving(tmp_path, migrated, Tuning(game_server_wait_s=0.1)) as wire:
        yield wire


async def test_no_game_server_reads_as_unavailable(impatient: Wire) -> None:
    call = impatient.directory.StartSession(BOT, metadata=person(await impatient.guest()))
    assert await refusal(call) == (grpc.StatusCode.UNAVAILABLE, Reason.REASON_SERVER_UNAVAILABLE)


async def test_a_game_server_that_is_gone_is_not_chosen(impatient: Wire, game_server: FakeGameServer) -> None:
    registering = await impatient.register(game_server)
    registering.cancel()
    token = await impatient.guest()
    async with asyncio.timeout(30):
        while True:
            code, _ = await refusal(impatient.directory.StartSession(BOT, metadata=person(token)))
            if code == grpc.StatusCode.UNAVAILABLE and not game_server.requests:
                break


@pytest.mark.slow
async def test_when_the_answer_is_lost_the_same_request_goes_to_the_same_server(
    wire: Wire, game_server: FakeGameServer
) -> None:
    await wire.register(game_server)
    game_server.answers_lost = 1
    entry = (await wire.directory.StartSession(BOT, metadata=person(await wire.guest()))).entry
    assert (game_server.requests, list(game_server.sessions)) == (2, [entry.session_id])


async def test_a_register_stream_begins_with_hello(wire: Wire) -> None:
    call = wire.fleet.Register(metadata=SERVICE)
    await call.write(RegisterRequest(heartbeat=ServerHeartbeat()))
    assert await call.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_the_lobby_needs_a_person(wire: Wire) -> None:
    assert await wire.connect("nobody").code() == grpc.StatusCode.UNAUTHENTICATED


async def test_a_lobby_stream_that_is_cut_leaves_the_place_kept(wire: Wire) -> None:
    ada, bob = wire.connect(await wire.guest("Ada")), wire.connect(await wire.guest("Bob"))
    await bob.hears("welcome")
    (room,) = [m for m in await ada.do(create_room=lobby_pb2.CreateRoom()) if m.HasField("room")]
    await bob.do(join_room=lobby_pb2.JoinRoom(code=room.room.code))
    bob.cancel()
    while (await ada.hears("room")).room.members[-1].connected:
        pass


async def test_stopping_ends_open_streams_at_once(tmp_path: Path, migrated: bytes, game_server: FakeGameServer) -> None:
    async with serving(tmp_path, migrated) as wire:
        registering = await wire.register(game_server)
        lobby = wire.connect(await wire.guest())
        await lobby.hears("welcome")
        began = asyncio.get_running_loop().time()
        await wire.backend.stop()
        assert asyncio.get_running_loop().time() - began < 1.4
        assert await lobby.code() == grpc.StatusCode.UNAVAILABLE
        assert await registering.code() != grpc.StatusCode.INTERNAL


async def test_a_second_backend_on_the_port_is_told_so(tmp_path: Path, wire: Wire) -> None:
    port = int(wire.address.rpartition(":")[2])
    second = Backend(config(tmp_path / "second", port=port))
    with pytest.raises(OSError, match="in use"):
        await second.start()
    await second.stop()


async def test_the_house_match_begins_when_a_game_server_registers(
    tmp_path: Path, migrated: bytes, game_server: FakeGameServer
) -> None:
    async with serving(tmp_path, migrated, house_match=True) as wire:
        await wire.register(game_server)
        async with asyncio.timeout(30):
            while not (listed := (await wire.directory.ListSessions(ListSessionsRequest())).sessions):
                pass
    assert [live.origin for live in listed] == [Origin.ORIGIN_HOUSE]


async def test_a_lobby_connection_that_is_not_read_is_ended_without_holding_anybody_up(wire: Wire) -> None:
    ada, bob = wire.connect(await wire.guest("Ada")), wire.connect(await wire.guest("Bob"))
    await bob.hears("welcome")
    (room,) = [m for m in await ada.do(create_room=lobby_pb2.CreateRoom()) if m.HasField("room")]
    await bob.do(join_room=lobby_pb2.JoinRoom(code=room.room.code))
    members = [member.account_id for member in (await ada.hears("room")).room.members]
    much = ChatLine("somebody", "Somebody", "x" * 500_000, 1, "ABC234")
    # Bob reads nothing from here on: the first of these are stuck on their way to him, the rest waits.
    for _ in range(OUTGOING - 4):
        wire.backend.services.bus.publish([members[1]], much)
    await ada.do(beat=lobby_pb2.Beat())
    for _ in range(OUTGOING):
        wire.backend.services.bus.publish([members[1]], much)
    while (await ada.hears("room")).room.members[1].connected:
        pass
    assert await bob.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
