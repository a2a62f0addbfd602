"""Spectators."""

import asyncio
import json
import time
from unittest.mock import Mock

import grpc
import pytest
from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import ClientMessage, Follow, Input, Ping, SeatMessage, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import StreamGameStateResponse
from websockets.asyncio.client import ClientConnection

from gateway.watch import feed as feeds
from tests.support.fakes.gateway_peers import (
    OVER,
    PRIVATE,
    SESSION,
    UpstreamBackend,
    UpstreamGameServer,
    goal,
    position,
    volley,
)
from tests.support.harnesses.gateway import GatewayHarness, Start, close_code, heard, heard_frame, hello_message

pytestmark = pytest.mark.anyio


async def test_a_spectator_hears_joined_then_a_snapshot_then_every_frame(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    game_server.match.events = [volley(1), volley(2)]
    async with gateway.watch() as socket:
        joined = await heard(socket)
        assert (joined.joined.session_id, list(joined.joined.seats), joined.joined.topic) == (SESSION, [], 1)
        snapshot = (await heard(socket)).frame
        assert (snapshot.seq, snapshot.HasField("snapshot")) == (2, True)
        game_server.match.publish(volley(3))
        game_server.match.publish(volley(4), goal(1, 0))
        assert (await heard_frame(socket)).frame.seq == 3
        assert [event.WhichOneof("body") for event in (await heard_frame(socket)).frame.events] == ["volley", "goal"]


async def test_frames_reach_the_browser_as_the_bytes_that_the_game_server_made(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as socket:
        await heard(socket), await heard(socket)
        game_server.match.publish(volley(1))
        while not ServerMessage.FromString(payload := await socket.recv()).HasField("frame"):  # type: ignore[arg-type]
            continue
        assert payload == game_server.match.tail(0)
        assert ServerMessage.FromString(payload).frame == StreamGameStateResponse.FromString(payload).frame


async def test_spectators_of_a_topic_share_one_stream(gateway: GatewayHarness, game_server: UpstreamGameServer) -> None:
    async with gateway.watch() as one:
        await heard_frame(one)
        async with gateway.watch() as two, gateway.watch() as three:
            await heard_frame(two), await heard_frame(three)
            game_server.match.publish(volley(1))
            frames = [(await heard_frame(socket)).frame for socket in (one, two, three)]
            assert frames[0] == frames[1] == frames[2]
            assert len(game_server.streams) == 1


async def test_a_late_joiner_starts_at_once_without_a_gap(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as early:
        await heard_frame(early)
        for number in range(1, 11):
            game_server.match.publish(volley(number))
        while (await heard_frame(early)).frame.seq != 10:
            pass
        async with gateway.watch() as late:
            first = (await heard_frame(late)).frame
            assert first.HasField("snapshot")
            seqs = [(await heard_frame(late)).frame.seq for _ in range(10 - first.seq)]
            assert seqs == list(range(first.seq + 1, 11))
        assert len(game_server.streams) == 1


async def test_a_joiner_long_after_the_snapshot_gets_a_new_one(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as early:
        await heard_frame(early)
        for number in range(1, 201):
            game_server.match.publish(volley(number))
        while (await heard_frame(early)).frame.seq != 200:
            pass
        async with gateway.watch() as late:
            first = (await heard_frame(late)).frame
            assert (first.seq, first.HasField("snapshot")) == (200, True)
            game_server.match.publish(volley(201))
            assert (await heard_frame(late)).frame.seq == (await heard_frame(early)).frame.seq == 201
        await game_server.match.watched_by(1)


async def test_a_spectator_that_comes_back_gets_only_what_it_missed(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as other:
        await heard_frame(other)
        for number in range(1, 6):
            game_server.match.publish(volley(number))
        while (await heard_frame(other)).frame.seq != 5:
            pass
        async with gateway.watch(after=position(3)) as back:
            frames = [(await heard_frame(back)).frame for _ in range(2)]
            assert [frame.seq for frame in frames] == [4, 5]
            assert not any(frame.HasField("snapshot") for frame in frames)


async def goals_until(socket: ClientConnection, seq: int) -> list[int]:
    """The left side's scores that are told one by one until then."""
    goals: list[int] = []
    while True:
        frame = (await heard_frame(socket)).frame
        goals += [event.goal.left for event in frame.events if event.HasField("goal")]
        if frame.seq >= seq:
            return goals


async def test_whoever_comes_back_to_a_restarted_gateway_is_told_what_happened_since(
    start: Start, game_server: UpstreamGameServer
) -> None:
    match = game_server.match
    async with start() as gateway, gateway.watch() as socket:
        await heard_frame(socket)
    match.publish(volley(1))
    match.publish(goal(1, 0))
    match.publish(volley(3))
    async with start() as gateway, gateway.watch(after=position(0)) as one, gateway.watch(after=position(2)) as two:
        assert await goals_until(one, 3) == [1]
        assert await goals_until(two, 3) == []
        match.publish(goal(2, 0))
        assert await goals_until(one, 4) == await goals_until(two, 4) == [2]


async def test_goals_that_are_no_longer_kept_as_frames_are_told_beside_a_snapshot(
    start: Start, game_server: UpstreamGameServer
) -> None:
    match = game_server.match
    for event in (goal(1, 0), volley(2), goal(2, 0), volley(4), volley(5)):
        match.publish(event)
    del match.frames[:4]
    async with (
        start() as gateway,
        gateway.watch(after=position(1)) as slow,
        gateway.watch(after=position(4)) as quick,
    ):
        frame = (await heard_frame(slow)).frame
        assert frame.HasField("snapshot")
        assert [event.goal.left for event in frame.events] == [2]
        frame = (await heard_frame(quick)).frame
        assert (frame.seq, frame.HasField("snapshot")) == (5, False)


@pytest.mark.parametrize("after", [position(99), position(1, epoch=7)])
async def test_a_position_that_is_not_known_is_answered_with_a_snapshot(
    gateway: GatewayHarness, game_server: UpstreamGameServer, after: object
) -> None:
    async with gateway.watch(after=after) as socket:  # type: ignore[arg-type]
        assert (await heard_frame(socket)).frame.HasField("snapshot")


async def test_after_the_result_the_connection_is_closed_as_finished(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        game_server.match.finish()
        assert (await heard_frame(socket)).frame.events[-1].result.left == 11
        assert await close_code(socket) == 1000


async def test_when_the_last_spectator_has_gone_the_stream_is_closed_after_a_while(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        await game_server.match.watched_by(1)
    async with asyncio.timeout(3):
        await game_server.match.watched_by(0)


async def test_a_lost_stream_is_taken_up_where_it_was(gateway: GatewayHarness, game_server: UpstreamGameServer) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        game_server.match.publish(volley(1))
        assert (await heard_frame(socket)).frame.seq == 1
        game_server.match.send(grpc.StatusCode.UNAVAILABLE)
        await game_server.match.watched_by(0)
        game_server.match.publish(volley(2))
        assert (await heard_frame(socket)).frame.seq == 2
        assert game_server.streams[-1].after == position(1)


async def test_a_game_server_that_stays_away_ends_in_1014(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        await game_server.server.stop(0)
        while (message := await heard(socket)).WhichOneof("body") != "refusal":
            pass
        assert message.refusal.reason == Reason.REASON_SERVER_UNAVAILABLE
        assert await close_code(socket) == 1014


async def test_a_stream_that_cannot_be_understood_closes_its_spectators_with_1011(
    gateway: GatewayHarness, game_server: UpstreamGameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        monkeypatch.setattr("gateway.watch.topic.FanoutTopic.publish", Mock(side_effect=DecodeError))
        game_server.match.publish(volley(1))
        while (message := await heard(socket)).WhichOneof("body") != "refusal":
            pass
        assert message.refusal.reason == Reason.REASON_INTERNAL
        assert await close_code(socket) == 1011


async def test_spectators_are_told_how_many_they_are(gateway: GatewayHarness, game_server: UpstreamGameServer) -> None:
    async with gateway.watch() as one, gateway.watch() as two:
        for socket in (one, two):
            while (message := await heard(socket)).WhichOneof("body") != "viewers":
                pass
            assert (message.viewers.topic, message.viewers.count) == (1, 2)


async def test_the_game_server_learns_how_many_are_watching(
    gateway: GatewayHarness, game_server: UpstreamGameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "REOPEN_INTERVAL_MIN_S", 0.2)
    async with gateway.watch() as one, gateway.watch() as two, gateway.watch():
        await heard_frame(one)
        game_server.match.publish(volley(1))
        async with asyncio.timeout(5):
            while game_server.streams[-1].viewers != 3:
                assert (await heard(two)).WhichOneof("body") in ("joined", "frame", "viewers")
        game_server.match.publish(volley(2))
        assert (await heard_frame(one)).frame.seq == 1
        assert (await heard_frame(one)).frame.seq == 2


async def test_json_spectators_get_the_same_frames_as_text(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.socket("/ws/watch", subprotocol="matchpoint.v1.json") as socket:
        await socket.send(json.dumps({"hello": {"protocol": 1, "sessionId": SESSION}}))
        assert json.loads(await socket.recv()) == {"joined": {"sessionId": SESSION, "topic": 1}}
        assert "snapshot" in json.loads(await socket.recv())["frame"]
        game_server.match.publish(goal(1, 0))
        assert json.loads(await socket.recv())["frame"]["events"][0]["goal"] == {"t": 1_000_000, "left": 1}


async def test_a_private_session_can_be_watched_with_a_ticket_only(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch(session_id=PRIVATE) as socket:
        assert (await heard(socket)).refusal.reason == Reason.REASON_UNAUTHENTICATED
        assert await close_code(socket) == 4500
    async with gateway.watch(session_id="", ticket=backend.ticket(PRIVATE, role="spectator")) as socket:
        assert (await heard(socket)).joined.session_id == PRIVATE


FOLLOW_AGAIN = ClientMessage(follow=Follow(topic=1)).SerializeToString()
SEAT = ClientMessage(seat=SeatMessage(inputs=[Input(seat=0, seq=1, t=5)])).SerializeToString()


@pytest.mark.parametrize(
    ("first", "reason", "code"),
    [
        (hello_message(session_id="nothing-like-this-here"), Reason.REASON_SESSION_UNKNOWN, 4504),
        (hello_message(session_id=""), Reason.REASON_SESSION_UNKNOWN, 4504),
        (hello_message(session_id=OVER), Reason.REASON_SESSION_OVER, 4504),
        (hello_message(session_id=SESSION, protocol=0), Reason.REASON_VERSION_TOO_OLD, 4506),
        (hello_message(session_id=SESSION, protocol=2), Reason.REASON_VERSION_TOO_OLD, 4506),
        (hello_message(session_id=SESSION, follow=[{"topic": 9}]), Reason.REASON_TOPIC_UNKNOWN, 4504),
        (
            hello_message(session_id=SESSION, follow=[{"topic": topic} for topic in range(1, 20)]),
            Reason.REASON_TOO_MANY,
            4503,
        ),
        (hello_message(ticket="not-a-ticket"), Reason.REASON_TICKET_INVALID, 4500),
        (b"\xff\xff\xff", Reason.REASON_MALFORMED, 4501),
        (b"", Reason.REASON_MALFORMED, 4501),
        (SEAT, Reason.REASON_MALFORMED, 4501),
        ("text", Reason.REASON_MALFORMED, 4501),
    ],
)
async def test_a_first_message_that_is_wrong_is_refused_with_its_reason(
    gateway: GatewayHarness, game_server: UpstreamGameServer, first: bytes | str, reason: int, code: int
) -> None:
    async with gateway.socket("/ws/watch") as socket:
        await socket.send(first)
        while (message := await heard(socket)).WhichOneof("body") != "refusal":
            pass
        assert message.refusal.reason == reason
        assert message.refusal.sentence
        assert await close_code(socket) == code


async def test_a_spectator_that_sends_input_is_closed_with_4505(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        await socket.send(SEAT)
        assert await close_code(socket) == 4505
    assert game_server.inbound.empty()


async def test_a_spectators_ping_is_answered_by_the_gateway(
    gateway: GatewayHarness, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        ping = ClientMessage(seat=SeatMessage(ping=Ping(t0=4.5)))
        await socket.send(ping.SerializeToString())
        while not (message := await heard(socket)).HasField("pong"):
            pass
        assert message.pong.t0 == 4.5
        assert 0 < message.pong.t1 <= message.pong.t2 <= time.monotonic() * 1_000
        ping.seat.resign = True
        await socket.send(ping.SerializeToString())
        assert await close_code(socket) == 4505
    assert game_server.inbound.empty()


@pytest.mark.parametrize("where", ["directory", "game server"])
async def test_a_session_that_was_made_a_moment_ago_is_waited_for(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer, where: str
) -> None:
    unknown = {"directory": backend.unknown, "game server": game_server.unknown}[where]
    unknown.add(SESSION)
    async with gateway.watch() as socket:
        asyncio.get_running_loop().call_later(0.2, unknown.discard, SESSION)
        assert (await heard(socket)).HasField("joined")
        await heard_frame(socket)


async def test_json_that_is_not_json_is_refused(gateway: GatewayHarness) -> None:
    async with gateway.socket("/ws/watch", subprotocol="matchpoint.v1.json") as socket:
        await socket.send("{not json")
        assert json.loads(await socket.recv())["refusal"]["reason"] == "REASON_MALFORMED"
        assert await close_code(socket) == 4501


async def test_a_message_that_is_too_large_closes_with_1009(gateway: GatewayHarness) -> None:
    async with gateway.socket("/ws/watch") as socket:
        await socket.send(b"\x0a" + bytes(5_000))
        assert await close_code(socket) == 1009


async def test_without_a_hello_in_time_the_connection_is_closed(start: Start) -> None:
    async with start(hello_within_s=0.2) as gateway, gateway.socket("/ws/watch") as socket:
        assert (await heard(socket)).refusal.reason == Reason.REASON_MALFORMED
        assert await close_code(socket) == 4501


async def test_a_hundred_joiners_ask_the_directory_once(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async def join() -> None:
        async with gateway.watch() as socket:
            await heard_frame(socket)

    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(join())
    assert backend.located <= 2
    assert len(game_server.streams) == 1


async def test_too_many_messages_close_with_4503(gateway: GatewayHarness, game_server: UpstreamGameServer) -> None:
    async with gateway.watch() as socket:
        await heard_frame(socket)
        for _ in range(40):
            await socket.send(FOLLOW_AGAIN)
        assert await close_code(socket) == 4503
