"""Tournaments on a real game server, for tests: specs, frames, reports and acts."""

import asyncio
from collections.abc import AsyncIterator

from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1.frames_pb2 import BotStrength, Frame, Position
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import (
    Origin,
    SeatSpec,
    SessionSpec,
    StreamGameStateRequest,
)
from matchpoint.v1.tournament_pb2 import (
    ActRequest,
    ActResponse,
    GetTournamentRequest,
    TournamentAct,
    TournamentFormat,
    TournamentSpec,
    TournamentState,
)
from matchpoint.v1.tournament_pb2_grpc import TournamentServiceStub

from gameserver.domain.timing import Timing
from tests.support.fakes.gameserver_peers import FleetBackend
from tests.support.harnesses.gameserver import SESSION, GameServerHarness

WITHIN_S = 60.0


HURRIED = Timing(call_countdown_ms=100, draw_s=0, between_s=0, rest_s=0, countdown_us=100_000)
"""Short waits, where a tournament makes some for people's sake."""


def cup(
    entrants: int = 4, *, people: int = 0, form: TournamentFormat | None = None, delay_s: int = 0, check_in_s: int = 0
) -> SessionSpec:
    """A tournament of `people` people and then bots, over one short point."""
    seats = [
        SeatSpec(seat=n, name=f"Player {n}", account_id=f"account-{n}")
        if n < people
        else SeatSpec(seat=n, name=f"Bot {n}", bot=BotStrength.BOT_STRENGTH_EASY)
        for n in range(entrants)
    ]
    return SessionSpec(
        origin=Origin.ORIGIN_ROOM,
        ruleset=Ruleset(points_to_win=1, start_speed=200_000, paddle_half_height=3_000),
        seats=seats,
        seed=11,
        public=True,
        tournament=TournamentSpec(
            title="Cup",
            organiser_account_id="organiser",
            format=form,
            delay_s=delay_s,
            check_in_s=check_in_s,
        ),
    )


async def frames_of(
    world: GameServerHarness, topic: int, after: Position | None = None, *, live: bool = False
) -> AsyncIterator[Frame]:
    """The frames of a topic until it is over."""
    request = StreamGameStateRequest(session_id=SESSION, topic=topic, viewers=1, live=live)
    if after:
        request.after.CopyFrom(after)
    call = world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata)
    async for message in call:
        if message.HasField("frame"):
            yield message.frame


async def reports_of(backend: FleetBackend, count: int) -> list[ReportStatsRequest]:
    async with asyncio.timeout(WITHIN_S):
        return [await backend.reports.get() for _ in range(count)]


async def act(world: GameServerHarness, by: str, message: TournamentAct) -> ActResponse:
    stub = TournamentServiceStub(world.gateway.channel)
    request = ActRequest(session_id=SESSION, by_account_id=by, act=message)
    response: ActResponse = await stub.Act(request, metadata=world.gateway.metadata)
    return response


async def state_of(world: GameServerHarness, *, live: bool = True) -> TournamentState:
    stub = TournamentServiceStub(world.gateway.channel)
    request = GetTournamentRequest(session_id=SESSION, live=live)
    return (await stub.GetTournament(request, metadata=world.gateway.metadata)).state
