"""Tournaments on a real game server: from CreateSession to the podium, through a restart, and what is refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from matchpoint.v1.frames_pb2 import BotStrength, Frame, Position
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec, SessionState, StreamGameStateRequest
from matchpoint.v1.stats_pb2 import ReportStatsRequest
from matchpoint.v1.tournament_pb2 import (
    TournamentFormat,
    TournamentSpec,
)

from tests.gameserver.adapters.conftest import SESSION, World
from tests.gameserver.standins import Backend

pytestmark = pytest.mark.anyio

WITHIN_S = 60.0


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a tournament makes for people's sake are short here."""
    monkeypatch.setattr("gameserver.core.tournament.engine.COUNTDOWN", 100)
    monkeypatch.setattr("gameserver.service.bracket.DRAW_S", 0)
    monkeypatch.setattr("gameserver.service.bracket.BETWEEN_S", 0)
    monkeypatch.setattr("gameserver.core.course.COUNTDOWN", 100_000)


def cup(
    entrants: int = 4, *, people: int = 0, form: TournamentFormat | None = None, delay_s: int = 0, check_in_s: int = 0
) -> SessionSpec:
    """So many people, then bots, over one short point."""
    seats = [
        SeatSpec(seat=n, name=f"Player {n}", account_id=f"account-{n}")
        if n < people
        else SeatSpec(seat=n, name=f"Bot {n}", bot=BotStrength.BOT_STRENGTH_EASY)
        for n in range(entrants)
    ]
    return SessionSpec(
        origin=Origin.ORIGIN_ROOM,
        ruleset=Ruleset(points_to_win=1, start_speed=200_000, paddle_half_height=4_000),
        seats=seats,
        seed=11,
        public=True,
        tournament=TournamentSpec(
            title="Cup",
            organiser_account_id="organiser",
            format=form,
            rest_s=1,
            delay_s=delay_s,
            check_in_s=check_in_s,
        ),
    )


async def frames_of(
    world: World, topic: int, after: Position | None = None, *, live: bool = False
) -> AsyncIterator[Frame]:
    """The frames of a topic until it is over."""
    request = StreamGameStateRequest(session_id=SESSION, topic=topic, viewers=1, live=live)
    if after:
        request.after.CopyFrom(after)
    call = world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata)
    async for message in call:
        if message.HasField("frame"):
            yield message.frame


async def reports_of(backend: Backend, count: int) -> list[ReportStatsRequest]:
    async with asyncio.timeout(WITHIN_S):
        return [await backend.reports.get() for _ in range(count)]


async def test_bots_play_a_single_elimination_to_its_podium(world: World, backend: Backend) -> None:
    session = (await world.create(cup())).session
    assert session.state == SessionState.SESSION_STATE_PLAYING
    seq, matches = 0, set()
    async with asyncio.timeout(WITHIN_S):
        async for frame in frames_of(world, 0):
            assert frame.topic == 0
            if frame.HasField("snapshot"):
                seq = frame.seq
                assert len(frame.snapshot.tournament.entrants) == 4
                continue
            assert frame.seq == seq + len(frame.events), "numbered without a gap"
            seq = frame.seq
            for event in frame.events:
                matches |= {match.match for match in event.pairing.matches}
            last = frame.events[-1]
    assert matches == {1, 2, 3}
    assert last.WhichOneof("body") == "tournament_result"
    result = last.tournament_result
    assert result.has_champion, result
    assert [line.place for line in result.standings.lines] == [1, 2, 3, 3]
    assert result.event.matches == 3
    reports = await reports_of(backend, 4)
    assert sorted(report.match for report in reports[:3]) == [1, 2, 3]
    assert not any(report.session_over for report in reports[:3])
    assert all(len(report.spec.seats) == 2 for report in reports[:3])
    assert (reports[3].match, reports[3].session_over) == (0, True)
    assert reports[3].tournament.result == result
    await world.server.reporter.settled()
    assert backend.reports.empty()
    assert sorted(path.name for path in world.journals.rglob("*.journal")) == [
        f"{SESSION}.{n}.journal" for n in range(4)
    ]
    assert not list(world.journals.glob("*.journal"))
