"""People who gather for a tournament, and what its game server reports."""

import pytest
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import (
    TournamentAct,
    TournamentSpec,
    TournamentState,
)

from tests.support.harnesses.backend import BackendHarness, Tab, report_of
from wire.refusal import Refused

CUP = TournamentRoom(spec=TournamentSpec(title="  Friday   Cup "), capacity=4)
DAY_S = 24 * 3_600


async def people(harness: BackendHarness, *names: str) -> list[Tab]:
    return [await harness.guest(name) for name in names]


async def gathered(
    harness: BackendHarness, *names: str, room: TournamentRoom = CUP, unlisted: bool = False
) -> list[Tab]:
    """They are in a room for a tournament; the first is the host."""
    tabs = await people(harness, *names)
    await tabs[0].do(create_room=lobby_pb2.CreateRoom(tournament=room, unlisted=unlisted))
    code = (await tabs[0].hears("room")).room.code
    for tab in tabs[1:]:
        await tab.do(join_room=lobby_pb2.JoinRoom(code=code))
    return tabs


async def begin(*tabs: Tab) -> str:
    """The first one starts it. Everybody has heard it; returns the session."""
    await tabs[0].do(start=lobby_pb2.Start())
    entries = [(await tab.hears("started")).started.entry for tab in tabs]
    assert len({entry.session_id for entry in entries}) == 1
    return entries[0].session_id


async def room_of(tab: Tab) -> lobby_pb2.Room:
    """Room that a new connection is shown."""
    other = await tab.another()
    room = (await other.hears("room")).room
    await other.close()
    return room


def state_of(harness: BackendHarness, session_id: str, champion: int | None = None) -> TournamentState:
    """As the game server would have it at the end."""
    spec = harness.game_servers.held[session_id]
    state = TournamentState(session_id=session_id, spec=spec.tournament)
    for seat in spec.seats:
        state.entrants.add(entrant=seat.seat, account_id=seat.account_id, name=seat.name)
    state.result.cancelled = champion is None
    if champion is not None:
        state.result.has_champion, state.result.champion = True, champion
    return state


def end_of(
    harness: BackendHarness, session_id: str, champion: int | None = 0, digest: bytes = b"t" * 32
) -> ReportStatsRequest:
    """The report of the tournament as a whole."""
    return ReportStatsRequest(
        session_id=session_id,
        match=0,
        attempt=1,
        digest=digest,
        spec=harness.game_servers.held[session_id],
        session_over=True,
        tournament=state_of(harness, session_id, champion),
    )


def match_of(
    harness: BackendHarness, session_id: str, match: int, left: int, right: int, attempt: int = 1
) -> ReportStatsRequest:
    """The report of one of its matches, which the left one wins."""
    held = harness.game_servers.held[session_id]
    seats = [
        SeatSpec(seat=side, account_id=held.seats[n].account_id, name=held.seats[n].name)
        for side, n in enumerate((left, right))
    ]
    report = report_of(session_id, SessionSpec(origin=held.origin, ruleset=held.ruleset, seats=seats))
    report.match, report.attempt, report.session_over = match, attempt, False
    report.digest = bytes([match, attempt]) * 16
    return report


async def refusal(harness: BackendHarness, account_id: str, session_id: str, **act: object) -> str:
    with pytest.raises(Refused) as caught:
        await harness.act(account_id, session_id, TournamentAct(**act))  # type: ignore[arg-type]
    return Reason.Name(caught.value.reason)
