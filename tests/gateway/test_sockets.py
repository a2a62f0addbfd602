"""The connection itself: what is relied on in uvicorn and the kernel, and readers that stall."""

import asyncio
import inspect
import socket as sockets
from typing import Any

import pytest
from matchpoint.v1.frames_pb2 import ClientMessage, Ping, SeatMessage
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Opcode

from gateway.http.server import SEND_BUFFER_BYTES, USER_TIMEOUT_MS, listen
from gateway.websocket import socket as ours
from tests.support.clients.stalled_clients import StalledClient, publish_until_stalled
from tests.support.fakes.gateway_peers import UpstreamBackend, UpstreamGameServer, goal
from tests.support.harnesses.gateway import GatewayHarness, Start, heard, heard_frame

pytestmark = pytest.mark.anyio

RELIED_ON = {
    "connection_made",
    "connection_lost",
    "run_asgi",
    "data_received",
    "send_keepalive_ping",
    "send_receive_event_to_app",
    "pause_writing",
    "resume_writing",
    "handle_close",
    "handle_parser_exception",
    "keepalive_timeout",
    "shutdown",
    "handle_text",
    "handle_bytes",
    "handle_cont",
    "receive",
    "send",
}


def test_uvicorn_still_has_every_method_that_is_overridden_and_calls_it() -> None:
    source = inspect.getsource(WebSocketsSansIOProtocol)
    for name in RELIED_ON:
        assert callable(getattr(WebSocketsSansIOProtocol, name))
    called = ("send_receive_event_to_app", "handle_close", "handle_parser_exception", "run_asgi")
    for name in (*called, "handle_text", "handle_bytes", "handle_cont", "handle_events"):
        assert f"self.{name}(" in source
    assert "self.keepalive_timeout" in source
    assert "self.send_keepalive_ping" in source
    overridden = {name for name in vars(ours.Socket) if name in vars(WebSocketsSansIOProtocol)} - {"__init__"}
    assert {name for name in overridden if not name.startswith("__")} == RELIED_ON


async def test_uvicorn_still_keeps_the_state_that_is_read(
    gateway: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[ours.Socket] = []
    original = ours.Socket.attach

    def attach(self: ours.Socket, receiver: Any) -> None:
        seen.append(self)
        original(self, receiver)

    monkeypatch.setattr(ours.Socket, "attach", attach)
    async with gateway.socket("/ws/watch"):
        (connection,) = seen
        assert connection.handshake_complete is True
        assert connection.close_sent is False
        assert connection.disconnected is False
        assert connection.conn.max_message_size == 4 * 1024
        assert connection.conn.extensions == []
        assert connection.conn.reader.buffer == b""
        assert connection.conn.current_size is None
        assert connection.conn.events == []
        assert connection.frames == []
        assert connection.read_paused is False
        assert connection.transport.get_write_buffer_limits() == (ours.WRITE_LOW, ours.WRITE_HIGH)
        raw = connection.transport.get_extra_info("socket")
        assert raw.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY)
        assert raw.getsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF) <= 2 * SEND_BUFFER_BYTES
        assert raw.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_USER_TIMEOUT) == USER_TIMEOUT_MS
    async with asyncio.timeout(5):
        await connection.ended.wait()
    assert connection.open is False
    assert connection.receiver is None


def test_a_port_in_use_is_an_error() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])


async def test_a_reader_that_stalls_and_wakes_is_given_the_present_not_the_past(
    start: Start, game_server: UpstreamGameServer
) -> None:
    async with start(stall_s=30.0) as gateway, gateway.watch() as other, StalledClient(gateway) as stalled:
        await heard_frame(other)
        assert (await stalled.frame()).frame.HasField("snapshot")
        await publish_until_stalled(game_server, other)
        game_server.match.publish(goal(1, 0))
        await publish_until_stalled(game_server, other, 8_000)
        received, goals, snapshots = 0, 0, 0
        async with asyncio.timeout(10):
            while True:
                frame = (await stalled.frame()).frame
                received += 1
                goals += sum(event.HasField("goal") for event in frame.events)
                snapshots += frame.HasField("snapshot")
                if frame.seq == game_server.match.seq:
                    break
        # 500 frames were published; what no buffer held was replaced by the goal and one snapshot.
        assert received < 400
        assert (goals, snapshots) == (1, 1)


async def test_a_reader_that_stays_stalled_is_closed_with_4008(
    start: Start, game_server: UpstreamGameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "CLOSE_WITHIN_S", 30.0)
    closed = asyncio.Event()
    original = ours.Socket.close

    def close(self: ours.Socket, code: int, reason: str = "") -> None:
        original(self, code, reason)
        closed.set()

    monkeypatch.setattr(ours.Socket, "close", close)
    async with start(stall_s=0.5) as gateway, StalledClient(gateway) as stalled:
        await stalled.frame()
        async with gateway.watch() as other:
            await heard_frame(other)
            await publish_until_stalled(game_server, other)
        async with asyncio.timeout(10):
            await closed.wait()
            # It wakes, and reads what is left.
            while (message := await stalled.message())[0] != Opcode.CLOSE:
                pass
        assert int.from_bytes(message[1][:2]) == 4008


async def test_a_reader_that_never_wakes_is_cut_and_its_stream_ends(
    start: Start, game_server: UpstreamGameServer
) -> None:
    async with start(stall_s=0.5) as gateway, StalledClient(gateway) as stalled:
        await stalled.frame()
        async with gateway.watch() as other:
            await heard_frame(other)
            await publish_until_stalled(game_server, other)
        async with asyncio.timeout(10):
            await game_server.match.watched_by(0)


async def test_a_spectator_is_pinged_and_a_player_that_speaks_is_not(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(ping_s=0.2) as gateway, gateway.watch() as spectator, gateway.play(backend.ticket()) as player:
        pinged: dict[str, int] = {"spectator": 0, "player": 0}
        for name, connection in (("spectator", spectator), ("player", player)):
            original = connection.protocol.recv_frame

            def recv_frame(frame: Any, name: str = name, original: Any = original) -> None:
                pinged[name] += frame.opcode is Opcode.PING
                original(frame)

            monkeypatch.setattr(connection.protocol, "recv_frame", recv_frame)
        await heard(player)
        async with asyncio.timeout(5):
            while pinged["spectator"] < 4:
                await player.send(ClientMessage(seat=SeatMessage(ping=Ping(t0=1.0))).SerializeToString())
                while (await heard(player)).WhichOneof("body") != "pong":
                    pass
                await asyncio.sleep(0.05)
        assert pinged["player"] <= 1
