"""Play over the wire: joining, inputs, takeovers, and the end."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import pairwise

import grpc
import pytest
from matchpoint.internal.v1.fleet_pb2 import VoidedTickets
from matchpoint.v1.frames_pb2 import Frame, Position, SeatMessage
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.session_pb2 import (
    EndSessionRequest,
    SessionState,
    StreamGameStateRequest,
)

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.match_messages import result_message
from gameserver.domain.match.verify import verify
from tests.support.fakes.gameserver_peers import FleetBackend, PlayConnection, PlayGateway
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, duel
from tests.support.harnesses.playing import LEFT, RIGHT, seated, watch
from wire.refusal import from_rpc_error

pytestmark = pytest.mark.anyio


async def end(world: GameServerHarness) -> None:
    await world.gateway.stub.EndSession(EndSessionRequest(session_id=SESSION), metadata=world.gateway.metadata)


async def stand_still(browser: PlayConnection, seat: int) -> None:
    """Say that nothing was done, every 250 ms, as a page does that nobody touches."""
    while True:
        await browser.mark(0, seat)
        await asyncio.sleep(0.25)


async def test_two_players_play_a_match_and_everybody_tells_the_same_result(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    frames = [frame async for frame in _played(world, left, right)]

    result = frames[-1].events[-1].result
    assert result.outcome == Outcome.OUTCOME_PLAYED
    assert (result.left, result.right) in ((1, 0), (0, 1))
    # Nothing was missed: each frame begins where the one before it ended.
    assert frames[0].HasField("snapshot")
    for before, frame in pairwise(frames):
        assert frame.seq - len(frame.events) == before.seq

    report = await backend.reports.get()
    assert report.result == result
    assert result_message(verify(ProtobufCodec().read(report.journal).records)) == result
    session = (await world.create(duel())).session
    assert (session.state, session.result) == (SessionState.SESSION_STATE_OVER, result)
    for browser in (left, right):
        assert (await browser.until_event("result")).events[-1].result == result
        assert browser.close_code == 1000


async def _played(world: GameServerHarness, left: PlayConnection, right: PlayConnection) -> AsyncGenerator[Frame, None]:
    players = [asyncio.create_task(stand_still(left, LEFT)), asyncio.create_task(stand_still(right, RIGHT))]
    try:
        async for frame in watch(world):
            yield frame
    finally:
        for player in players:
            player.cancel()
        await asyncio.gather(*players, return_exceptions=True)


async def test_a_spectator_who_comes_late_gets_a_snapshot_and_then_everything(world: GameServerHarness) -> None:
    await world.create(duel(bots=2))
    seen: list[Frame] = []
    async with aclosing(watch(world)) as early:
        async for frame in early:
            seen.append(frame)
            if len(seen) == 3:
                break
        async with aclosing(watch(world)) as late:
            first = await anext(late)
            assert first.HasField("snapshot")
            # It was taken for the early one: what has come since then follows it.
            seen = [frame for frame in seen if frame.seq > first.seq]
            while len(seen) < 6:
                seen.append(await anext(early))
            assert [await anext(late) for _ in seen] == seen
    await end(world)


async def test_a_viewer_goes_on_from_its_place_without_a_snapshot(world: GameServerHarness) -> None:
    await world.create(duel(bots=2))
    async with aclosing(watch(world)) as stream:
        snapshot, missed = await anext(stream), await anext(stream)
    async with aclosing(watch(world, Position(epoch=snapshot.epoch, seq=snapshot.seq))) as stream:
        frame = await anext(stream)
    assert not frame.HasField("snapshot")
    assert frame == missed
    await end(world)


async def test_a_place_of_another_epoch_is_answered_with_a_snapshot(world: GameServerHarness) -> None:
    await world.create(duel(bots=2))
    async with aclosing(watch(world, Position(epoch=9, seq=1))) as stream:
        assert (await anext(stream)).HasField("snapshot")
    await end(world)


async def test_the_stream_of_a_topic_ends_with_its_result(world: GameServerHarness) -> None:
    await world.create(duel())
    stream = watch(world)
    await anext(stream)
    await end(world)
    rest = [frame async for frame in stream]
    assert rest[-1].events[-1].result.outcome == Outcome.OUTCOME_VOID
    again = [frame async for frame in watch(world)]
    assert [frame.snapshot.result.outcome for frame in again] == [Outcome.OUTCOME_VOID]


@pytest.mark.parametrize(
    ("session_id", "topic", "reason"),
    [("unknown-0123456789", 1, Reason.REASON_SESSION_UNKNOWN), (SESSION, 2, Reason.REASON_TOPIC_UNKNOWN)],
)
async def test_a_topic_that_is_not_there_is_refused(
    world: GameServerHarness, session_id: str, topic: int, reason: Reason.ValueType
) -> None:
    await world.create(duel())
    request = StreamGameStateRequest(session_id=session_id, topic=topic)
    call = world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    found = from_rpc_error(caught.value)
    assert found
    assert found.reason == reason


async def test_a_ping_is_answered_with_four_stamps_worth(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    before = time.monotonic() * 1_000
    await left.ping(123.456)
    pong = (await left.until("pong")).pong
    assert pong.t0 == 123.456
    assert before - 1 <= pong.t1 <= pong.t2 <= time.monotonic() * 1_000


async def test_a_second_connection_takes_the_seat_over_and_the_first_is_told(world: GameServerHarness) -> None:
    await world.create(duel())
    first = await seated(world, LEFT)
    await seated(world, LEFT)
    refusal = (await first.until("refusal")).refusal
    assert refusal.reason == Reason.REASON_SEAT_REPLACED
    assert first.close_code == 4502
    session = (await world.create(duel())).session
    assert session.state == SessionState.SESSION_STATE_WAITING


async def test_one_keyboard_has_both_seats(world: GameServerHarness) -> None:
    await world.create(duel())
    both = await seated(world, LEFT, RIGHT)
    frame = await both.until_event("clock")
    assert frame.events[-1].clock.rate == 1


async def test_leaving_empties_the_seat_and_freezes_the_match(world: GameServerHarness) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    await left.leave()
    while True:
        frame = await right.until_event("clock")
        if frame.events[-1].clock.rate == 0:
            break
    assert frame.events[-1].clock.absent == Side.SIDE_LEFT


async def test_the_end_of_a_gateways_stream_empties_its_seats(world: GameServerHarness) -> None:
    await world.create(duel())
    right = await seated(world, RIGHT)
    gateway = PlayGateway(world.port)
    left = gateway.browser()
    await left.join(world.backend.ticket(SESSION, LEFT))
    await right.until_event("clock")
    await gateway.close()
    assert (await right.until_event("clock")).events[-1].clock.rate == 0


async def test_who_gives_up_loses(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    await left.say(SeatMessage(resign=True))
    result = (await right.until_event("result")).events[-1].result
    assert (result.outcome, result.winner) == (Outcome.OUTCOME_FORFEIT, Side.SIDE_RIGHT)
    assert (await backend.reports.get()).result == result


async def test_at_one_keyboard_who_gives_up_loses_and_who_names_nobody_ends_it_without_a_winner(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    for number, (message, outcome, winner) in enumerate(
        [
            (SeatMessage(resign=True, resign_seat=RIGHT), Outcome.OUTCOME_FORFEIT, Side.SIDE_LEFT),
            (SeatMessage(resign=True), Outcome.OUTCOME_VOID, Side.SIDE_UNSPECIFIED),
        ]
    ):
        session_id = f"at-one-keyboard-{number}"
        await world.create(duel(), session_id)
        both = world.gateway.browser()
        await both.join(backend.ticket(session_id, LEFT, RIGHT))
        await both.until("frame")
        await both.say(message)
        result = (await both.until_event("result")).events[-1].result
        assert (result.outcome, result.winner) == (outcome, winner)


async def test_giving_up_for_somebody_else_closes_the_connection_and_ends_no_match(world: GameServerHarness) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    await left.say(SeatMessage(resign=True, resign_seat=RIGHT))
    assert (await left.until("refusal")).refusal.reason == Reason.REASON_NO_SEAT
    await right.ping(1)
    await right.until("pong")
    assert not world.live().over


async def test_a_page_that_is_loaded_again_learns_the_number_of_its_last_input(world: GameServerHarness) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    await left.until_event("clock")
    for direction in (1, 1, 1):
        await left.press(0, direction)  # all but the first say nothing new, and no paddle moves by them
    await left.ping(1)
    await left.until("pong")
    again = world.gateway.browser()
    await again.join(world.backend.ticket(SESSION, LEFT))
    assert (await again.until("frame")).frame.snapshot.last_inputs == [3, 0]
    await right.ping(1)
    await right.until("pong")


async def test_who_joins_when_it_is_over_gets_the_result_and_is_let_go(world: GameServerHarness) -> None:
    await world.create(duel())
    await end(world)
    browser = world.gateway.browser()
    await browser.join(world.backend.ticket(SESSION, LEFT))
    await browser.until("joined")
    assert (await browser.until("frame")).frame.snapshot.result.outcome == Outcome.OUTCOME_VOID
    assert browser.close_code == 1000


async def test_players_see_each_others_latency(world: GameServerHarness) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    await left.link(48_000)
    latency = (await right.until("latency")).latency
    assert (latency.left_ms, latency.right_ms) == (48, 20)


async def test_signing_out_closes_what_a_ticket_has_opened_and_lets_nobody_in_with_it_again(
    world: GameServerHarness,
) -> None:
    await world.create(duel())
    stolen = world.backend.ticket(SESSION, LEFT, account_id="ann")
    ann, ben = world.gateway.browser(), world.gateway.browser()
    await ann.join(stolen)
    await ben.join(world.backend.ticket(SESSION, RIGHT, account_id="ben"))
    await ann.until("frame")
    await ben.until("frame")
    world.backend.voided = [VoidedTickets(account_id="ann", until_unix_ms=time.time_ns() // 1_000_000)]
    assert (await ann.until("refusal")).refusal.reason == Reason.REASON_TICKET_EXPIRED
    assert ann.close_code == 4010
    thief = world.gateway.browser()
    await thief.join(stolen)
    assert (await thief.next()).refusal.reason == Reason.REASON_TICKET_EXPIRED
    # Those who are still signed in get a new ticket, and the others never noticed.
    await asyncio.sleep(0.002)
    again = world.gateway.browser()
    await again.join(world.backend.ticket(SESSION, LEFT, account_id="ann"))
    assert list((await again.next()).joined.seats) == [LEFT]
    await ben.ping(1.0)
    await ben.until("pong")
