"""Tournaments through restarts, outages of gateways, and matches that break."""

import asyncio
import time
from collections.abc import Callable

import pytest
from matchpoint.v1.frames_pb2 import Event, Frame, Position
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.tournament_pb2 import (
    PairingKind,
    PairingState,
)

from gameserver.domain.match.match import Match
from gameserver.domain.timing import Timing
from gameserver.sessions.runner import MatchRunner
from gameserver.sessions.tournament.session import TournamentSession
from tests.support.fakes.gameserver_peers import FleetBackend, PlayGateway
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, StartGameServer
from tests.support.harnesses.tournament_sessions import HURRIED, WITHIN_S, cup, frames_of, reports_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def timing() -> Timing:
    return HURRIED


def match_of(world: GameServerHarness, match: int) -> MatchRunner:
    """A match inside the server."""
    tournament = world.server.registry.sessions[SESSION]
    assert isinstance(tournament, TournamentSession)
    return tournament.pool.matches[match]


async def waited_for_s(world: GameServerHarness, is_so: Callable[[float], bool]) -> None:
    """Returns when those who are called are waited for as long, seconds."""
    tournament = world.server.registry.sessions[SESSION]
    assert isinstance(tournament, TournamentSession)
    async with asyncio.timeout(WITHIN_S):
        while not is_so(((tournament.engine.deadline or 0) / 1000) - time.time()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_when_the_last_gateway_fails_its_players_are_waited_for_until_there_is_one_again(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(cup(2, people=2))
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    await one.until("joined")
    await waited_for_s(world, lambda left: left < 60)
    await world.gateway.close()
    await waited_for_s(world, lambda left: 3_000 < left < 3_601)
    again = PlayGateway(world.port)
    try:
        await again.browser().join(backend.ticket(SESSION, 1))
        # Both have the rest of the call at least, and who was cut off has 20 s.
        await waited_for_s(world, lambda left: left < 60)
    finally:
        await again.close()


async def test_after_a_restart_people_are_waited_for_until_there_is_a_gateway(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    async with worlds() as world:
        await world.create(cup(2, people=2))
    async with worlds() as world:
        await waited_for_s(world, lambda left: 3_000 < left < 3_601)
        await anext(frames_of(world, 0))
        await waited_for_s(world, lambda left: left < 61)


async def test_a_tournament_goes_on_after_a_restart_with_the_same_numbers(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    seen: dict[int, Event] = {}
    place = Position()
    async with worlds() as world:
        await world.create(cup())
        async for frame in frames_of(world, 0):
            number(frame, seen)
            place = Position(epoch=frame.epoch, seq=frame.seq)
            if any(event.pairing.state == PairingState.PAIRING_STATE_DECIDED for event in frame.events):
                break
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        assert (await world.create(cup())).session.epoch == 2
        async for frame in frames_of(world, 0, place):
            assert frame.epoch == 2
            assert min(frame.seq - len(frame.events), place.seq) == place.seq
            number(frame, seen)
    assert sorted(seen) == list(range(min(seen), max(seen) + 1)), "numbered without a gap"
    assert seen[max(seen)].tournament_result.has_champion
    reports = await reports_of(backend, 4)
    assert sorted((report.match, report.attempt) for report in reports) == [(0, 1), (1, 1), (2, 1), (3, 1)]


async def test_who_comes_back_after_a_restart_to_a_match_that_was_over_is_told_what_is_durable(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        await world.create(cup())
        async for frame in frames_of(world, 0):
            over = [
                match.match for event in frame.events for match in event.pairing.matches if match.HasField("result")
            ]
            if over:
                break
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        frame = await anext(frames_of(world, over[0], Position(epoch=1, seq=1)))
    assert [event.WhichOneof("body") for event in frame.events] == ["goal", "result"]
    assert frame.snapshot.result == frame.events[-1].result


def number(frame: Frame, seen: dict[int, Event]) -> None:
    """Keep each event by its number; the same number is the same event for ever."""
    for seq, event in enumerate(frame.events, frame.seq - len(frame.events) + 1):
        assert seen.setdefault(seq, event) == event


async def test_a_clean_stop_tells_everybody_once_and_costs_no_player_a_pause(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    async with worlds() as world:
        await world.create(cup(3, people=3))
        browsers = [world.gateway.browser() for _ in range(3)]
        for seat, browser in enumerate(browsers):
            await browser.join(backend.ticket(SESSION, seat))
        # Three of them: the best seed has a bye, so one of them waits.
        playing = [browsers[1], browsers[2]]
        for browser in playing:
            await browser.until("seated")
            await browser.until_event("clock")
        await world.stop()
        for browser in browsers:
            await browser.until("notice")
            while not browser.got.empty():
                assert (await browser.next()).WhichOneof("body") != "notice"
    async with worlds() as world:
        match = match_of(world, 1)
        assert match.match.state.pauses == [2, 2]
        assert match.epoch == 2
        one = world.gateway.browser()
        await one.join(backend.ticket(SESSION, 1))
        assert (await one.until("seated")).seated.topic == 1


async def test_a_match_that_breaks_goes_on_from_its_journal(
    world: GameServerHarness, backend: FleetBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.create(cup(2))
    advance = Match.advance
    broken: list[Match] = []

    def break_the_first(match: Match, now: int) -> None:
        if not broken:
            broken.append(match)
        if match is broken[0]:
            raise RuntimeError("as the test wants it")
        advance(match, now)

    monkeypatch.setattr(Match, "advance", break_the_first)
    first, last = await reports_of(backend, 2)
    assert (first.match, first.attempt) == (1, 1)
    assert first.result.outcome == Outcome.OUTCOME_PLAYED
    assert last.tournament.result.has_champion
    assert not world.server.registry.dispatcher.running


async def test_a_match_that_breaks_again_and_again_is_given_up_and_holds_up_nobody(
    world: GameServerHarness, backend: FleetBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.create(cup(2))

    def break_all(match: Match, now: int) -> None:
        raise RuntimeError("as the test wants it")

    monkeypatch.setattr(Match, "advance", break_all)
    (report,) = await reports_of(backend, 1)
    assert report.match == 0
    assert not report.tournament.result.has_champion
    assert report.tournament.pairings[0].kind == PairingKind.PAIRING_KIND_DOUBLE_FORFEIT
    assert not world.server.registry.dispatcher.running


async def test_a_match_that_was_over_before_a_restart_still_shows_its_end(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        await world.create(cup())
        async for frame in frames_of(world, 0):
            if any(event.pairing.state == PairingState.PAIRING_STATE_DECIDED for event in frame.events):
                break
        over = (await reports_of(backend, 1))[0]
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        (frame,) = [frame async for frame in frames_of(world, over.match)]
        assert frame.snapshot.result == over.result
        assert frame.snapshot.card.match == over.match
