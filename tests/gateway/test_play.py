"""Players."""

import asyncio
import time
from itertools import pairwise
from unittest.mock import Mock

import grpc
import pytest
from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import (
    ClientMessage,
    Follow,
    Input,
    Mark,
    Ping,
    SeatMessage,
    ServerMessage,
)
from matchpoint.v1.pong_pb2 import PongInput
from matchpoint.v1.refusal_pb2 import Reason, Refusal
from websockets.frames import Frame as SocketFrame
from websockets.frames import Opcode

from gateway.play.stream import batches
from tests.support.fakes.gateway_peers import OVER, SESSION, UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import GatewayHarness, Start, close_code, heard, hello_message
from wire.tickets import TicketSigner, new_private_key

pytestmark = pytest.mark.anyio


def seat_message(**fields: object) -> bytes:
    return ClientMessage(seat=SeatMessage(**fields)).SerializeToString()  # type: ignore[arg-type]


INPUT = seat_message(inputs=[Input(seat=0, seq=1, t=1_000, pong=PongInput(dir=-1))], marks=[Mark(seat=0, t=1_000)])


async def test_a_player_hears_joined_and_a_snapshot_from_the_game_server(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    ticket = backend.ticket()
    async with gateway.play(ticket) as socket:
        assert (await heard(socket)).joined.session_id == SESSION
        assert (await heard(socket)).frame.HasField("snapshot")
        assert (await game_server.next_inbound("join")).join.ticket == ticket


async def test_what_a_player_does_reaches_the_game_server_as_it_was_sent(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket)
        await socket.send(INPUT)
        seat = (await game_server.next_inbound("seat")).seat
        assert ClientMessage(seat=seat).SerializeToString() == INPUT
        await socket.send(seat_message(ping=Ping(t0=12.5)))
        while (message := await heard(socket)).WhichOneof("body") != "pong":
            pass
        assert message.pong.t0 == 12.5


async def test_a_long_seat_message_arrives_whole(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    many = seat_message(inputs=[Input(seat=0, seq=number, t=number) for number in range(1, 200)])
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket)
        await socket.send(many)
        assert len((await game_server.next_inbound("seat")).seat.inputs) == 199


async def test_messages_in_pieces_together_or_fragmented_all_arrive_in_order(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket)
        frames = [SocketFrame(Opcode.BINARY, seat_message(clock_epoch=n)).serialize(mask=True) for n in range(1, 7)]
        whole = seat_message(clock_epoch=7)
        frames.append(SocketFrame(Opcode.BINARY, whole[:2], fin=False).serialize(mask=True))
        frames.append(SocketFrame(Opcode.CONT, whole[2:]).serialize(mask=True))
        frames.append(SocketFrame(Opcode.BINARY, seat_message(clock_epoch=8)).serialize(mask=True))
        data = b"".join(frames)
        cuts = [0, len(frames[0]), len(frames[0]) + 3, len(data) - len(frames[-1]) - 4, len(data) - len(frames[-1])]
        for begin, end in pairwise([*cuts, len(data)]):
            socket.transport.write(data[begin:end])
            await asyncio.sleep(0.02)
        assert [(await game_server.next_inbound("seat")).seat.clock_epoch for _ in range(8)] == list(range(1, 9))


async def test_players_of_one_game_server_share_one_stream_and_hear_only_what_is_theirs(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as left, gateway.play(backend.ticket(seats=(1,))) as right:
        for socket in (left, right):
            await heard(socket), await heard(socket)
        await right.send(seat_message(ping=Ping(t0=7.0)))
        await left.send(seat_message(ping=Ping(t0=5.0)))
        assert (await heard(left)).pong.t0 == 5.0
        assert (await heard(right)).pong.t0 == 7.0
        assert game_server.play_streams == 1


async def test_a_player_that_goes_leaves_its_seats(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket)
        joined = await game_server.next_inbound("join")
    async with asyncio.timeout(3):
        assert (await game_server.next_inbound("leave")).connection == joined.connection


async def test_the_round_trip_time_of_the_kernel_is_passed_on(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket)
        # On loopback, measured before the first message: it comes with the join.
        assert 0 < (await game_server.next_inbound("join")).join.rtt_us < 100_000


async def test_a_refusal_of_the_game_server_is_delivered_before_its_close_code(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        connection = (await game_server.next_inbound("join")).connection
        refusal = Refusal(reason=Reason.REASON_SEAT_REPLACED, sentence="Another tab has the seat.")
        game_server.deliver(connection, ServerMessage(refusal=refusal), close_code=4502)
        assert (await heard(socket)).refusal == refusal
        assert await close_code(socket) == 4502


async def test_when_the_stream_is_lost_every_player_joins_again_and_stays_connected(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as left, gateway.play(backend.ticket(seats=(1,))) as right:
        for socket in (left, right):
            await heard(socket), await heard(socket)
        first = [await game_server.next_inbound("join") for _ in range(2)]
        game_server.deliveries.put_nowait(grpc.StatusCode.UNAVAILABLE)
        again = [await game_server.next_inbound("join") for _ in range(2)]
        assert [join.connection for join in first] == [join.connection for join in again]
        for socket in (left, right):
            assert (await heard(socket)).HasField("joined")
            assert (await heard(socket)).frame.HasField("snapshot")
        assert game_server.play_streams == 2


async def test_a_session_that_has_moved_is_played_on_where_it_is_now(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    elsewhere = UpstreamGameServer()  # type: ignore[abstract]
    await elsewhere.start()
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        backend.game_server_address = elsewhere.address
        await game_server.server.stop(0)
        assert (await heard(socket)).HasField("joined")
        await elsewhere.next_inbound("join")
        await socket.send(INPUT)
        assert (await elsewhere.next_inbound("seat")).seat.inputs[0].seq == 1
    await elsewhere.next_inbound("leave")
    await elsewhere.server.stop(0)


async def test_a_game_server_that_stays_away_ends_in_1014(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        await game_server.server.stop(0)
        assert (await heard(socket)).refusal.reason == Reason.REASON_SERVER_UNAVAILABLE
        assert await close_code(socket) == 1014


async def test_a_stream_that_cannot_be_understood_closes_its_players_with_1011_and_the_next_begins_anew(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        with monkeypatch.context() as patched:
            patched.setattr("gateway.play.stream.RawPlayResponse.FromString", Mock(side_effect=DecodeError))
            game_server.deliver(1, ServerMessage())
            assert (await heard(socket)).refusal.reason == Reason.REASON_INTERNAL
            assert await close_code(socket) == 1011
    async with gateway.play(backend.ticket()) as socket:
        assert (await heard(socket)).HasField("joined")


async def test_what_comes_before_the_answer_to_the_hello_is_not_lost(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await socket.send(seat_message(ping=Ping(t0=1.0)))
        assert (await game_server.next_inbound("seat")).seat.ping.t0 == 1.0


async def test_a_spectator_that_sends_input_is_refused_and_its_input_goes_nowhere(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket(role="spectator")) as socket:
        await heard(socket), await heard(socket)
        await socket.send(INPUT)
        assert (await heard(socket)).refusal.reason == Reason.REASON_NOT_ALLOWED
        assert await close_code(socket) == 4505
        assert (await game_server.next_inbound("leave")).connection
    assert game_server.inbound.empty()


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        ("none", Reason.REASON_TICKET_INVALID, 4500),
        ("nonsense", Reason.REASON_TICKET_INVALID, 4500),
        ("huge", Reason.REASON_TICKET_INVALID, 4500),
        ("tampered", Reason.REASON_TICKET_INVALID, 4500),
        ("unknown key", Reason.REASON_TICKET_INVALID, 4500),
        ("forged with a known key id", Reason.REASON_TICKET_INVALID, 4500),
        ("expired", Reason.REASON_TICKET_EXPIRED, 4010),
        ("another session", Reason.REASON_TICKET_FOREIGN, 4500),
        ("vanished session", Reason.REASON_SESSION_UNKNOWN, 4504),
        ("session that is over", Reason.REASON_SESSION_OVER, 4504),
    ],
)
async def test_a_ticket_that_does_not_hold_is_refused_before_the_game_server_hears_of_it(
    gateway: GatewayHarness,
    backend: UpstreamBackend,
    game_server: UpstreamGameServer,
    kind: str,
    reason: int,
    code: int,
) -> None:
    good = backend.ticket()
    ticket = {
        "none": "",
        "nonsense": "Zm9v.YmFy.YmF6",
        "huge": "a" * 3_000,
        "tampered": f"{good[: good.index('.') + 10]}{'B' if good[good.index('.') + 10] != 'B' else 'C'}"
        f"{good[good.index('.') + 11 :]}",
        "unknown key": backend.ticket(signer=TicketSigner("key-9", new_private_key())),
        "forged with a known key id": backend.ticket(signer=TicketSigner("key-1", new_private_key())),
        "expired": backend.ticket(expires_in_s=-1),
        "another session": good,
        "vanished session": backend.ticket("vanished-0123456789ab"),
        "session that is over": backend.ticket(OVER),
    }[kind]
    session = "another-0123456789abcd" if kind == "another session" else ""
    async with gateway.socket("/ws/play") as socket:
        await socket.send(hello_message(ticket=ticket, session_id=session))
        refusal = (await heard(socket)).refusal
        assert refusal.reason == reason
        assert ticket not in refusal.sentence or not ticket
        assert await close_code(socket) == code
    assert game_server.play_streams == 0


async def test_unknown_keys_do_not_make_the_gateway_ask_for_keys_again_and_again(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    stranger = TicketSigner("key-9", new_private_key())
    for _ in range(5):
        async with gateway.play(backend.ticket(signer=stranger)) as socket:
            assert (await heard(socket)).refusal.reason == Reason.REASON_TICKET_INVALID
    # At the start and once in a while.
    assert backend.keys_asked < 5


@pytest.mark.parametrize(
    ("message", "reason", "code"),
    [
        (b"\x12\xff", Reason.REASON_MALFORMED, 4501),
        (b"\x12\x05\x01", Reason.REASON_MALFORMED, 4501),
        (b"junk", Reason.REASON_MALFORMED, 4501),
        (b"", Reason.REASON_MALFORMED, 4501),
        (hello_message(), Reason.REASON_MALFORMED, 4501),
        ("text", Reason.REASON_MALFORMED, 4501),
        (ClientMessage(follow=Follow(topic=2)).SerializeToString(), Reason.REASON_TOPIC_UNKNOWN, 4504),
    ],
)
async def test_a_message_that_is_not_a_seat_message_closes_only_its_own_connection(
    gateway: GatewayHarness,
    backend: UpstreamBackend,
    game_server: UpstreamGameServer,
    message: bytes | str,
    reason: int,
    code: int,
) -> None:
    async with gateway.play(backend.ticket(seats=(1,))) as other, gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket), await heard(other), await heard(other)
        await socket.send(message)
        assert (await heard(socket)).refusal.reason == reason
        assert await close_code(socket) == code
        await other.send(seat_message(ping=Ping(t0=3.0)))
        assert (await heard(other)).pong.t0 == 3.0
        assert game_server.play_streams == 1


async def test_a_message_of_more_than_4_kib_closes_with_1009(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket)
        await socket.send(b"\x12" + bytes(5_000))
        assert await close_code(socket) == 1009


async def test_a_flood_of_messages_closes_with_4503(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with start(messages_per_second=20) as gateway, gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        for _ in range(100):
            await socket.send(INPUT)
        assert await close_code(socket) == 4503


async def test_a_hello_that_is_late_or_from_an_old_page_is_refused(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with start(hello_within_s=0.2) as gateway:
        async with gateway.socket("/ws/play") as socket:
            began = time.monotonic()
            assert (await heard(socket)).refusal.reason == Reason.REASON_MALFORMED
            assert time.monotonic() - began >= 0.15
            assert await close_code(socket) == 4501
        async with gateway.socket("/ws/play") as socket:
            await socket.send(hello_message(ticket=backend.ticket(), protocol=0))
            assert await close_code(socket) == 4506


async def test_when_the_gateway_stops_its_connections_are_told_to_come_back(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with start() as gateway:
        socket = await gateway.socket("/ws/play")
        await socket.send(hello_message(ticket=backend.ticket()))
        await heard(socket), await heard(socket)
        began = time.monotonic()
    assert time.monotonic() - began < 3.0
    assert await close_code(socket) == 1012


async def test_a_gateway_that_stops_does_not_wait_for_those_who_wait_for_the_backend_to_be_let_in(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, caplog: pytest.LogCaptureFixture
) -> None:
    backend.answers.clear()
    async with start() as gateway:
        sockets = [await gateway.socket(path) for path in ("/ws/play", "/ws/watch")]
        await sockets[0].send(hello_message(ticket=backend.ticket()))
        await sockets[1].send(hello_message(session_id=SESSION))
        # What is said to each is answered: both have been heard by then.
        for socket in sockets:
            await (await socket.ping())
    assert [await close_code(socket) for socket in sockets] == [1012] * 2
    assert "Exception in ASGI application" not in caplog.text


def test_a_batch_is_never_larger_than_its_limit_and_keeps_the_order() -> None:
    messages = [bytes([number]) * 7 for number in range(50)]
    made = list(batches(messages, 20))
    assert b"".join(made) == b"".join(messages)
    assert all(len(batch) <= 20 for batch in made)
    assert list(batches([], 20)) == []
