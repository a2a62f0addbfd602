"""Calls over gRPC, as a program's, that cannot be."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.internal.v1.report_pb2_grpc import ReportServiceStub
from matchpoint.v1.frames_pb2 import BotStrength, ClientMessage, Hello, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    EndSessionRequest,
    GetSessionRequest,
    Origin,
    SeatSpec,
    Session,
    SessionSpec,
    SessionState,
)
from matchpoint.v1.session_pb2_grpc import SessionServiceStub

from tests.support.clients.site import Site
from tests.support.processes.installation import Installation
from wire.channel import Metadata, connect, credentials
from wire.refusal import Refused, from_rpc_error

if TYPE_CHECKING:
    from matchpoint.internal.v1.report_pb2_grpc import ReportServiceAsyncStub
    from matchpoint.v1.session_pb2_grpc import SessionServiceAsyncStub


pytestmark = [pytest.mark.slow, pytest.mark.storage, pytest.mark.anyio]


@dataclass
class ProgramPorts:
    """The ports that programs and operators use."""

    sessions: "SessionServiceAsyncStub"
    reports: "ReportServiceAsyncStub"
    metadata: Metadata

    async def create(self, session_id: str, spec: SessionSpec) -> Session:
        request = CreateSessionRequest(session_id=session_id, spec=spec)
        return (await self.sessions.CreateSession(request, metadata=self.metadata)).session

    async def get(self, session_id: str) -> Session:
        request = GetSessionRequest(session_id=session_id)
        return (await self.sessions.GetSession(request, metadata=self.metadata)).session

    async def end(self, session_id: str) -> Session:
        request = EndSessionRequest(session_id=session_id)
        return (await self.sessions.EndSession(request, metadata=self.metadata)).session


@pytest.fixture
async def programs(matchpoint: Installation, site: Site) -> AsyncIterator[ProgramPorts]:
    backend, game_server = connect(matchpoint.backend), connect(matchpoint.gameserver)
    metadata = credentials(matchpoint.service_token)
    yield ProgramPorts(SessionServiceStub(game_server), ReportServiceStub(backend), metadata)
    await backend.close()
    await game_server.close()


def duel(**ruleset: int) -> SessionSpec:
    """Two people that an operator invites."""
    seats = [SeatSpec(seat=0, account_id="a", name="Ann"), SeatSpec(seat=1, account_id="b", name="Ben")]
    return SessionSpec(origin=Origin.ORIGIN_SERVICE, ruleset=Ruleset(**ruleset), seats=seats, seed=7)  # type: ignore[arg-type]


async def refused(call: Awaitable[object]) -> Refused:
    """Refusal of a call; its status is the one that goes with the reason."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    found = from_rpc_error(caught.value)
    assert found is not None, caught.value
    assert found.status == caught.value.code()
    assert found.sentence == caught.value.details()
    return found


async def test_a_session_is_created_once_and_stays_what_it_was(programs: ProgramPorts) -> None:
    session_id = "bad-calls-session-1"
    first = await programs.create(session_id, duel(points_to_win=3))
    spelled_out = duel(points_to_win=3, paddle_half_height=7_500, version=1)
    assert await programs.create(session_id, spelled_out) == first, "the same contents, with a default written down"
    swapped = duel(points_to_win=3)
    swapped.seats[0].name, swapped.seats[1].name = "Ben", "Ann"
    others = [duel(points_to_win=4), swapped, duel(points_to_win=3, directions_only=True)]
    outcomes = await asyncio.gather(*(refused(programs.create(session_id, other)) for other in others))
    assert [outcome.reason for outcome in outcomes] == [Reason.REASON_SESSION_EXISTS] * 3
    assert await programs.get(session_id) == first
    ended = await programs.end(session_id)
    assert (ended.state, ended.result.outcome) == (SessionState.SESSION_STATE_OVER, Outcome.OUTCOME_VOID)
    assert await programs.end(session_id) == ended
    assert await programs.create(session_id, duel(points_to_win=3)) == ended, "it is not played again"
    assert (await refused(programs.create(session_id, others[0]))).reason == Reason.REASON_SESSION_EXISTS


async def test_of_many_first_calls_at_once_all_get_the_one_session_or_the_refusal(programs: ProgramPorts) -> None:
    session_id = "bad-calls-session-2"
    specs = [duel(points_to_win=1 + number % 2) for number in range(10)]
    outcomes = await asyncio.gather(*(programs.create(session_id, spec) for spec in specs), return_exceptions=True)
    kept = await programs.get(session_id)
    for spec, outcome in zip(specs, outcomes, strict=True):
        if spec.ruleset.points_to_win == kept.spec.ruleset.points_to_win:
            assert outcome == kept
        else:
            assert isinstance(outcome, grpc.aio.AioRpcError)
            assert outcome.code() is grpc.StatusCode.ALREADY_EXISTS
    await programs.end(session_id)


def changed(**fields: Any) -> SessionSpec:
    spec = duel()
    spec.MergeFrom(SessionSpec(**fields))
    return spec


@pytest.mark.parametrize(
    ("session_id", "spec", "field"),
    [
        ("short", duel(), "session_id"),
        ("x" * 65, duel(), "session_id"),
        ("../../../etc/passwd", duel(), "session_id"),
        ("a session with blanks", duel(), "session_id"),
        ("bad-calls-session-3", duel(points_to_win=22), "spec.ruleset.points_to_win"),
        ("bad-calls-session-3", duel(start_speed=2**32 - 1), "spec.ruleset.start_speed"),
        ("bad-calls-session-3", changed(seats=[SeatSpec(seat=1, name="Cy")]), "spec.seats"),
        ("bad-calls-session-3", changed(join_within_s=601), "spec.join_within_s"),
        ("bad-calls-session-3", SessionSpec(origin=Origin.ORIGIN_SERVICE), "spec.seats"),
        (
            "bad-calls-session-3",
            SessionSpec(origin=Origin.ORIGIN_SERVICE, seats=[SeatSpec(seat=0, name="A"), SeatSpec(seat=0, name="B")]),
            "spec.seats",
        ),
        (
            "bad-calls-session-3",
            SessionSpec(
                origin=Origin.ORIGIN_SERVICE,
                seats=[
                    SeatSpec(seat=0, name="A", bot=BotStrength.BOT_STRENGTH_EASY, bot_reaction_ms=121),
                    SeatSpec(seat=1, name="B"),
                ],
            ),
            "spec.seats[0].bot_reaction_ms",
        ),
    ],
)
async def test_a_session_that_cannot_be_is_refused_by_its_field_and_not_made(
    session_id: str, spec: SessionSpec, field: str, programs: ProgramPorts
) -> None:
    refusal = await refused(programs.create(session_id, spec))
    assert (refusal.reason, refusal.field) == (Reason.REASON_INVALID_FIELD, field)
    assert (await refused(programs.get(session_id))).reason == Reason.REASON_SESSION_UNKNOWN


async def test_nothing_is_done_for_who_brings_no_service_token(programs: ProgramPorts) -> None:
    for metadata in ((), (("authorization", "Bearer guessed"),), (("authorization", ""),)):
        request = CreateSessionRequest(session_id="bad-calls-session-4", spec=duel())
        call = programs.sessions.CreateSession(request, metadata=metadata)
        assert (await refused(call)).reason == Reason.REASON_UNAUTHENTICATED
    assert (await refused(programs.get("bad-calls-session-4"))).reason == Reason.REASON_SESSION_UNKNOWN


async def test_a_session_that_was_just_made_on_the_game_server_can_be_watched_at_once(
    programs: ProgramPorts, site: Site
) -> None:
    for number in range(3):
        session_id = f"just-made-session-{number}"
        spec = duel()
        spec.public = True
        await programs.create(session_id, spec)
        async with site.socket("/ws/watch", origin=None) as socket:
            await socket.send(ClientMessage(hello=Hello(session_id=session_id, protocol=1)).SerializeToString())
            first = await socket.recv()
            assert isinstance(first, bytes)
            assert ServerMessage.FromString(first).WhichOneof("body") == "joined"


async def test_a_result_is_believed_only_from_the_server_that_held_the_match(
    programs: ProgramPorts, site: Site
) -> None:
    guest = await site.guest()
    session_id, _ = await guest.start(bot={})
    report = ReportStatsRequest(session_id=session_id, match=1, attempt=1, digest=b"x" * 32)
    for credential in ("", "gameserver-1.guessed"):
        metadata = (*programs.metadata, ("matchpoint-server", credential))
        reason = (await refused(programs.reports.ReportStats(report, metadata=metadata))).reason
        assert reason in (Reason.REASON_UNAUTHENTICATED, Reason.REASON_NOT_HOLDER)
    answer = await site.post("StatsService/GetMatch", {"sessionId": session_id})
    assert answer.refused == "REASON_RECORD_UNKNOWN"
