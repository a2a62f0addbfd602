"""Tournaments through the backend's port: what people call, and what the game server is asked for."""

from typing import Any

import grpc
import pytest
from matchpoint.internal.v1.entry_pb2 import LocateSessionRequest
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.account_pb2 import GetMeRequest
from matchpoint.v1.directory_pb2 import (
    ActOnTournamentRequest,
    IssueTicketRequest,
    ListTournamentsRequest,
    ReadTournamentRequest,
)
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.tournament_pb2 import (
    CheckIn,
    Pause,
    TournamentAct,
    TournamentPhase,
    TournamentResult,
    TournamentSpec,
    TournamentState,
)

from tests.support.fakes.backend_peers import FakeGameServer
from tests.support.harnesses.backend_port import SERVICE, LobbyStream, Wire
from wire.channel import PERSON_TOKEN
from wire.refusal import Refused, from_rpc_error

pytestmark = pytest.mark.anyio

CUP = lobby_pb2.TournamentRoom(spec=TournamentSpec(title="Cup"), capacity=4)


def person(token: str) -> tuple[tuple[str, str], ...]:
    return ((PERSON_TOKEN, token),)


async def refusal(call: Any) -> tuple[grpc.StatusCode, "Reason.ValueType | None"]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    found = from_rpc_error(caught.value)
    return caught.value.code(), found.reason if found else None


async def started(wire: Wire) -> tuple[str, list[str], list[LobbyStream]]:
    """Ada's tournament, with Bob: its session, their tokens and their lobbies."""
    tokens = [await wire.guest("Ada"), await wire.guest("Bob")]
    lobbies = [wire.connect(token) for token in tokens]
    await lobbies[0].do(create_room=lobby_pb2.CreateRoom(tournament=CUP))
    await lobbies[1].hears("welcome")
    (brief,) = (await wire.directory.ListTournaments(ListTournamentsRequest())).tournaments
    assert (brief.spec.title, brief.entrants, brief.organiser) == ("Cup", 1, "Ada")
    await lobbies[1].do(join_room=lobby_pb2.JoinRoom(code=brief.room_code))
    await lobbies[0].do(start=lobby_pb2.Start())
    entry = (await lobbies[1].hears("started")).started.entry
    assert (list(entry.seats), bool(entry.ticket)) == ([1], True)
    return entry.session_id, tokens, lobbies


async def test_from_the_room_to_the_record(wire: Wire, game_server: FakeGameServer) -> None:
    registering = await wire.register(game_server)
    session_id, (ada, bob), lobbies = await started(wire)
    account_id = (await wire.accounts.GetMe(GetMeRequest(), metadata=person(ada))).account.account_id
    spec = game_server.sessions[session_id]
    assert [seat.name for seat in spec.seats] == ["Ada", "Bob"]
    assert spec.tournament == TournamentSpec(
        title="Cup",
        organiser_account_id=account_id,
        format={"single_elimination": {}},  # type: ignore[arg-type]
    )
    located = await wire.entry.LocateSession(LocateSessionRequest(session_id=session_id), metadata=SERVICE)
    assert (located.tournament, located.over) == (True, False)
    again = await wire.directory.IssueTicket(IssueTicketRequest(session_id=session_id), metadata=person(bob))
    assert list(again.entry.seats) == [1]

    state = TournamentState(session_id=session_id, spec=spec.tournament)
    game_server.tournaments[session_id] = state
    assert (await wire.directory.ReadTournament(ReadTournamentRequest(session_id=session_id))).state == state
    act = ActOnTournamentRequest(session_id=session_id, act=TournamentAct(pause=Pause()))
    await wire.directory.ActOnTournament(act, metadata=person(ada))
    assert (game_server.acts[0].by_account_id, game_server.acts[0].act) == ("", act.act)

    state.result.CopyFrom(TournamentResult(cancelled=True))
    report = ReportStatsRequest(
        session_id=session_id, attempt=1, digest=b"t" * 32, spec=spec, session_over=True, tournament=state
    )
    assert not (await wire.reports.ReportStats(report, metadata=registering.reporting)).already_known
    assert (await wire.reports.ReportStats(report, metadata=registering.reporting)).already_known
    await lobbies[1].hears("finished")
    game_server.tournaments.clear()
    assert (await wire.directory.ReadTournament(ReadTournamentRequest(session_id=session_id))).state == state
    (brief,) = (await wire.directory.ListTournaments(ListTournamentsRequest())).tournaments
    assert (brief.session_id, brief.phase) == (session_id, TournamentPhase.TOURNAMENT_PHASE_OVER)


async def test_what_is_refused_has_its_status_wherever_it_was_refused(wire: Wire, game_server: FakeGameServer) -> None:
    await wire.register(game_server)
    session_id, (ada, bob), _ = await started(wire)

    def act(token: str, what: TournamentAct, session: str = session_id) -> Any:
        request = ActOnTournamentRequest(session_id=session, act=what)
        return wire.directory.ActOnTournament(request, metadata=person(token))

    pause, check_in = TournamentAct(pause=Pause()), TournamentAct(check_in=CheckIn())
    code = grpc.StatusCode
    assert await refusal(act(bob, pause)) == (code.PERMISSION_DENIED, Reason.REASON_NOT_ORGANISER)
    assert await refusal(act(bob, pause, "nowhere")) == (code.NOT_FOUND, Reason.REASON_TOURNAMENT_UNKNOWN)
    assert await refusal(act(bob, TournamentAct())) == (code.INVALID_ARGUMENT, Reason.REASON_INVALID_FIELD)
    game_server.refuses = Refused(Reason.REASON_TOURNAMENT_STATE, "Not now.")
    assert await refusal(act(ada, pause)) == (code.FAILED_PRECONDITION, Reason.REASON_TOURNAMENT_STATE)
    read = wire.directory.ReadTournament(ReadTournamentRequest(session_id=session_id))
    assert await refusal(read) == (code.NOT_FOUND, Reason.REASON_TOURNAMENT_UNKNOWN)
    await game_server.stop()
    assert await refusal(act(bob, check_in)) == (code.UNAVAILABLE, Reason.REASON_SERVER_UNAVAILABLE)
    read = wire.directory.ReadTournament(ReadTournamentRequest(session_id=session_id))
    assert await refusal(read) == (code.UNAVAILABLE, Reason.REASON_SERVER_UNAVAILABLE)


async def test_settings_that_the_game_server_refuses_are_told_and_the_room_is_open_again(
    wire: Wire, game_server: FakeGameServer
) -> None:
    await wire.register(game_server)
    ada, bob = wire.connect(await wire.guest("Ada")), wire.connect(await wire.guest("Bob"))
    await bob.hears("welcome")
    (room,) = [m for m in await ada.do(create_room=lobby_pb2.CreateRoom(tournament=CUP)) if m.HasField("room")]
    await bob.do(join_room=lobby_pb2.JoinRoom(code=room.room.code))
    game_server.refuses = Refused(Reason.REASON_SETTINGS_CONTRADICT, "That cannot be.", field="spec.tournament")
    number = await ada.send(start=lobby_pb2.Start())
    while (answer := await ada.heard()).in_reply_to != number:
        pass
    assert (answer.refusal.reason, answer.refusal.sentence) == (Reason.REASON_SETTINGS_CONTRADICT, "That cannot be.")
    assert (await bob.hears("refusal")).refusal == answer.refusal
    assert game_server.sessions == {}
