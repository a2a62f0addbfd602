"""Viewers of a tournament on a real game server: topics, the scoreboard, and the delay of spectators."""

import asyncio
import time

import pytest
from matchpoint.v1.frames_pb2 import Frame
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import (
    GetReplayRequest,
    StreamGameStateRequest,
)
from matchpoint.v1.tournament_pb2 import (
    PairingState,
    TournamentAct,
    Withdraw,
)

from gameserver.domain.timing import Timing
from tests.support.fakes.gameserver_peers import FleetBackend
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, refused
from tests.support.harnesses.tournament_sessions import HURRIED, WITHIN_S, act, cup, frames_of, reports_of, state_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def timing() -> Timing:
    return HURRIED


async def test_a_match_can_be_watched_while_it_is_on_and_shows_its_end_afterwards(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(cup(2))
    async with asyncio.timeout(WITHIN_S):
        async for frame in frames_of(world, 0):
            if any(event.pairing.state == PairingState.PAIRING_STATE_PLAYING for event in frame.events):
                break
        frames = [frame async for frame in frames_of(world, 1)]
        assert frames[-1].events[-1].HasField("result")
        (frame,) = [frame async for frame in frames_of(world, 1)]
        assert frame.snapshot.HasField("result")
        found = await refused(anext(frames_of(world, 2)))
        assert found.reason == Reason.REASON_TOPIC_UNKNOWN
    await reports_of(backend, 2)
    metadata = world.gateway.metadata
    replay = await world.gateway.stub.GetReplay(GetReplayRequest(session_id=SESSION, match=1), metadata=metadata)
    assert replay.records[0].opened.match == 1


async def test_a_scoreboard_tells_what_is_on_to_those_who_watch_the_bracket(world: GameServerHarness) -> None:
    await world.create(cup())
    request = StreamGameStateRequest(session_id=SESSION, topic=0, viewers=3)
    async with asyncio.timeout(WITHIN_S):
        async for message in world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata):
            if len(message.scoreboard.scores) == 2:
                break
    assert [score.match for score in message.scoreboard.scores] == [1, 2]
    assert message.scoreboard.viewers == 3
    assert message.scoreboard.featured in (1, 2)


async def test_whoever_asks_for_it_sees_the_featured_match_beside_the_bracket(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(cup())
    request = StreamGameStateRequest(session_id=SESSION, topic=0, viewers=1, featured=True)
    topics: list[int] = []
    async with asyncio.timeout(WITHIN_S):
        async for message in world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata):
            if message.HasField("frame"):
                topics.append(message.frame.topic)
                last = message.frame
    assert {0, 1} <= set(topics)
    assert last.topic == 0
    assert last.events[-1].HasField("tournament_result")


async def until_playing(world: GameServerHarness, *, live: bool) -> None:
    """Returns when the bracket shows that a match is on, to those who watch it like that."""
    async for frame in frames_of(world, 0, live=live):
        if any(event.pairing.state == PairingState.PAIRING_STATE_PLAYING for event in frame.events):
            break


async def test_a_match_that_spectators_have_not_heard_of_is_unknown_to_them(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    # Before, follow{n} was refused only until match n began: so anybody heard of each call at once.
    await world.create(cup(2, delay_s=3))
    async with asyncio.timeout(WITHIN_S):
        await until_playing(world, live=True)
        metadata = world.gateway.metadata
        for match in (1, 2):
            found = await refused(anext(frames_of(world, match)))
            assert found.reason == Reason.REASON_TOPIC_UNKNOWN
            replay = GetReplayRequest(session_id=SESSION, match=match)
            found = await refused(world.gateway.stub.GetReplay(replay, metadata=metadata))
            assert found.reason == Reason.REASON_RECORD_UNKNOWN
        assert (await anext(frames_of(world, 1, live=True))).HasField("snapshot")
    await reports_of(backend, 2)


async def test_who_has_withdrawn_watches_as_spectators_do(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(cup(4, people=2, delay_s=3))
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    assert not (await one.until("view")).view.delayed
    await act(world, "account-0", TournamentAct(withdraw=Withdraw()))
    assert (await one.until("view")).view.delayed
    # Coming back with the same ticket gives nothing more.
    again = world.gateway.browser()
    await again.join(backend.ticket(SESSION, 0))
    assert (await again.until("view")).view.delayed
    assert (await again.until("joined")).joined.topic == 0


async def test_spectators_see_everything_later_and_players_at_once(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    delay_s = 3
    await world.create(cup(2, delay_s=delay_s))
    at: dict[tuple[bool, int, int], Frame] = {}

    async def watch(topic: int, live: bool) -> None:
        async for frame in frames_of(world, topic, live=live):
            if frame.events:
                at[live, topic, frame.seq] = frame
            if not live and (frame.events or topic):
                # The server's clock is ours. Only what was told at the opening has no delay.
                assert time.monotonic() * 1_000 - frame.server_ms >= delay_s * 1_000 - 1

    async with asyncio.timeout(WITHIN_S):
        brackets = asyncio.gather(watch(0, True), watch(0, False))
        async for frame in frames_of(world, 0, live=True):
            if any(event.pairing.state == PairingState.PAIRING_STATE_PLAYING for event in frame.events):
                break
        early = await state_of(world, live=False)
        assert all(pairing.state != PairingState.PAIRING_STATE_PLAYING for pairing in early.pairings)
        metadata = world.gateway.metadata
        replay = GetReplayRequest(session_id=SESSION, match=1)
        found = await refused(world.gateway.stub.GetReplay(replay, metadata=metadata))
        assert found.reason == Reason.REASON_RECORD_UNKNOWN
        live = asyncio.create_task(watch(1, True))
        await until_playing(world, live=False)
        await asyncio.gather(brackets, live, watch(1, False))
        await world.gateway.stub.GetReplay(replay, metadata=metadata)
    # What was announced before the first of them began to watch, only the later one was told.
    later = [
        (frame, at[True, topic, seq])
        for (live, topic, seq), frame in at.items()
        if not live and (True, topic, seq) in at
    ]
    assert {frame.topic for frame, _ in later} == {0, 1}
    for frame, twin in later:
        assert frame == twin, "the same, server_ms included"
    await reports_of(backend, 2)
