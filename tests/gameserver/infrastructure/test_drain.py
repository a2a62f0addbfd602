"""A game server that is told to end: what players and spectators get, and what the next process finds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from matchpoint.internal.v1.play_pb2 import Inbound, Leave, PlayRequest, PlayResponse
from matchpoint.v1.frames_pb2 import ClockCause, NoticeKind
from matchpoint.v1.refusal_pb2 import Reason

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import filled
from gameserver.domain.match.records import Cause
from gameserver.domain.match.state import replay
from tests.support.fakes.gameserver_peers import PlayConnection, PlayGateway
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, StartGameServer, duel
from tests.support.harnesses.playing import LEFT, RIGHT, seated, watch
from wire.constants import GATEWAY_CONNECTION
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def playing(world: GameServerHarness) -> PlayConnection:
    """Ann and Ben are there and the clock runs: Ann's browser."""
    await world.create(duel())
    left = await seated(world, LEFT)
    await seated(world, RIGHT)
    assert (await left.until_event("clock")).events[-1].clock.rate == 1
    return left


@asynccontextmanager
async def speaking(*browsers: PlayConnection) -> AsyncIterator[None]:
    """Let browsers say something ten times a second, as pages do: after a second of silence a player is absent."""

    async def speak() -> None:
        while True:
            for browser in browsers:
                await browser.ping(0)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(speak())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def read_to_the_end(call: "grpc.aio.StreamStreamCall[PlayRequest, PlayResponse]") -> None:
    while isinstance(await call.read(), PlayResponse):
        pass


async def healthy(port: int) -> bool:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=HealthCheckRequest.SerializeToString,
            response_deserializer=HealthCheckResponse.FromString,
        )
        try:
            answer = await check(HealthCheckRequest(), timeout=5)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            return False  # it has ended in the meantime: nobody is sent there either
        return bool(answer.status == HealthCheckResponse.SERVING)


async def test_players_are_told_and_the_match_stands_still_until_the_stream_ends_as_unavailable(
    worlds: StartGameServer,
) -> None:
    async with worlds() as world:
        await world.create(duel())
        call = world.gateway.play_stub.Play(metadata=world.gateway.metadata)
        left = await seated(world, LEFT)
        await seated(world, RIGHT)
        await left.until_event("clock")
        stopping = asyncio.create_task(world.stop())
        assert (await left.until("notice")).notice.kind == NoticeKind.NOTICE_KIND_DRAINING
        clock = (await left.until_event("clock")).events[-1].clock
        assert (clock.rate, clock.cause) == (0, ClockCause.CLOCK_CAUSE_RESTORE)
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await read_to_the_end(call)
        assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
        async with asyncio.timeout(2):
            await stopping


async def test_spectators_have_everything_before_they_are_sent_to_the_next_process(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await playing(world)
        async with aclosing(watch(world)) as frames:
            await anext(frames)
            stopping = asyncio.create_task(world.stop())
            causes: list[int] = []

            async def to_the_end() -> None:
                async for frame in frames:
                    causes.extend(event.clock.cause for event in frame.events if event.HasField("clock"))

            with pytest.raises(grpc.aio.AioRpcError) as ended:
                await to_the_end()
            assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
            assert causes[-1] == ClockCause.CLOCK_CAUSE_RESTORE
            await stopping


async def test_the_next_process_finds_the_match_exactly_where_it_stood(worlds: StartGameServer) -> None:
    async with worlds() as world:
        left = await playing(world)
        await world.stop()
        stood = (await left.until_event("clock")).events[-1].clock
    (journal,) = world.journals.glob(f"{SESSION}*")
    past = ProtobufCodec().read(journal.read_bytes())
    facts = replay(past.records)
    assert (facts.written_t, facts.clock.match_t, facts.pauses) == (stood.match_t, stood.match_t, [2, 2])
    assert facts.clock.cause == Cause.RESTORE
    async with worlds() as after:
        left = after.gateway.browser()
        await left.join(after.backend.ticket(SESSION, LEFT))
        frame = (await left.until("frame")).frame
        assert frame.epoch == 2
        assert frame.snapshot.clock.match_t == stood.match_t


async def test_a_server_that_drains_takes_no_session_and_says_so_to_everybody(worlds: StartGameServer) -> None:
    async with worlds() as world:
        stopping = asyncio.create_task(world.stop())
        while not (await world.backend.heartbeats.get()).draining:
            pass
        assert not await healthy(world.port)
        # Over the wire a channel would try again until the next process answers.
        with pytest.raises(Refused) as refusal:
            await world.server.registry.create(SESSION, filled(duel()))
        assert refusal.value.reason == Reason.REASON_SERVER_UNAVAILABLE
        assert refusal.value.status == grpc.StatusCode.UNAVAILABLE
        await stopping


async def test_it_is_healthy_once_it_is_registered(worlds: StartGameServer) -> None:
    async with worlds(registered=False) as world:
        await world.backend.hellos.get()
        async with asyncio.timeout(5):
            while not await healthy(world.port):
                await world.backend.heartbeats.get()
        assert world.server.gate.known.is_set()


async def test_a_gateway_that_is_about_to_end_stops_its_matches_at_no_cost_of_its_players(
    world: GameServerHarness,
) -> None:
    await world.create(duel())
    right = await seated(world, RIGHT)
    gateway = PlayGateway(world.port)
    left = gateway.browser()
    await left.join(world.backend.ticket(SESSION, LEFT))
    async with speaking(left, right):
        assert (await right.until_event("clock")).events[-1].clock.rate == 1
        await gateway.send(Inbound(connection=GATEWAY_CONNECTION, leave=Leave()))
        clock = (await right.until_event("clock")).events[-1].clock
    assert (clock.rate, clock.cause) == (0, ClockCause.CLOCK_CAUSE_RESTORE)
    await left.leave()
    await gateway.close()
    await right.until_event("attendance")
    assert (await seated(world, LEFT)).close_code == 0
    while (clock := (await right.until_event("clock")).events[-1].clock).rate == 0:
        pass
    assert (clock.cause, clock.pauses_left, clock.pauses_right) == (ClockCause.CLOCK_CAUSE_RESUME, 2, 2)


async def test_a_gateway_that_just_ends_costs_its_players_no_pause(world: GameServerHarness) -> None:
    await world.create(duel())
    right = await seated(world, RIGHT)
    async with speaking(right):
        for _ in range(4):
            gateway = PlayGateway(world.port)
            left = gateway.browser()
            await left.join(world.backend.ticket(SESSION, LEFT))
            async with speaking(left):
                while (await right.until_event("clock")).events[-1].clock.rate == 0:
                    pass
            await gateway.close()
            clock = (await right.until_event("clock")).events[-1].clock
            assert (clock.cause, clock.absent) == (ClockCause.CLOCK_CAUSE_RESTORE, 1)
    assert world.live().match.state.pauses == [2, 2]
