"""Bytes at any rate on one socket: they are counted before they are parsed, and nobody else waits for them."""

import asyncio
import gc
import logging
import weakref
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from matchpoint.v1.frames_pb2 import ClientMessage, Ping, SeatMessage
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from gateway.websocket import socket as sockets
from tests.support.clients.flooders import flooder, frame
from tests.support.fakes.gateway_peers import UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import GatewayHarness, Start, heard

pytestmark = pytest.mark.anyio

MANY = 50_000
"""Frames of a flood: far more than any buffer on the way holds."""
PARSED_AT_MOST = 1_000
"""Frames of it that may be parsed before the connection is closed: the burst, what is earned until then, a slice."""
TOO_MANY, MALFORMED, PROTOCOL_ERROR, TOO_LARGE = 4503, 4501, 1002, 1009


@dataclass(frozen=True)
class Flood:
    """Bytes to send, and the close codes that are allowed."""

    data: bytes
    codes: tuple[int | None, ...]


FLOODS = {
    "empty fragments": Flood(frame(Opcode.BINARY, fin=False) + frame(Opcode.CONT, fin=False) * MANY, (MALFORMED,)),
    "fragments of one byte": Flood(
        frame(Opcode.BINARY, b"x", fin=False) + frame(Opcode.CONT, b"x", fin=False) * MANY, (TOO_MANY,)
    ),
    "full-size fragments": Flood(frame(Opcode.BINARY, bytes(4_000), fin=False) * 500, (TOO_LARGE, PROTOCOL_ERROR)),
    "pings": Flood(frame(Opcode.PING) * MANY, (TOO_MANY,)),
    "large pings": Flood(frame(Opcode.PING, bytes(125)) * MANY, (TOO_MANY,)),
    "pongs": Flood(frame(Opcode.PONG) * MANY, (TOO_MANY,)),
    "closes": Flood(frame(Opcode.CLOSE) * MANY, (1005,)),
    "frames of no kind": Flood(frame(3) * MANY, (PROTOCOL_ERROR,)),
}
PATHS = ("/ws/play", "/ws/watch", "/ws/lobby")


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Opcode]:
    """The frames that the gateway has parsed."""
    seen: list[Opcode] = []
    original = ServerProtocol.recv_frame

    def recv_frame(self: Any, frame: Frame) -> None:
        seen.append(frame.opcode)
        original(self, frame)

    monkeypatch.setattr(ServerProtocol, "recv_frame", recv_frame)
    return seen


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_of_frames_is_stopped_and_closed_with_a_code_that_says_why(
    start: Start,
    game_server: UpstreamGameServer,
    parsed: list[Opcode],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    path: str,
) -> None:
    monkeypatch.setattr(sockets, "OVERDRAWN_MAX_S", 0.3)
    monkeypatch.setattr(sockets, "CLOSE_WITHIN_S", 0.1)
    flood = FLOODS[name]
    async with start(hello_within_s=30.0) as gateway, flooder(gateway, path) as attacker:
        pouring = asyncio.create_task(attacker.pour(flood.data))
        try:
            assert await attacker.close_code() in flood.codes
        finally:
            pouring.cancel()
            await asyncio.gather(pouring, return_exceptions=True)
    assert len(parsed) < PARSED_AT_MOST


async def test_a_message_in_a_few_pieces_is_a_message(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        message = ClientMessage(seat=SeatMessage(ping=Ping(t0=7.0))).SerializeToString()
        await socket.send([message[:3], message[3:5], message[5:]])
        assert (await heard(socket)).pong.t0 == 7.0


async def test_more_at_once_than_one_turn_takes_is_all_read_in_order(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with start() as gateway, gateway.play(backend.ticket()) as socket:
        await heard(socket), await heard(socket)
        numbers = range(200)
        data = b"".join(
            frame(Opcode.BINARY, ClientMessage(seat=SeatMessage(ping=Ping(t0=number))).SerializeToString())
            for number in numbers
        )
        socket.transport.write(data)
        assert [(await heard(socket)).pong.t0 for _ in numbers] == list(numbers)


async def test_a_flood_from_one_connection_leaves_another_of_the_same_address_its_messages(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.play(backend.ticket()) as player, flooder(gateway, "/ws/watch") as attacker:
        await heard(player), await heard(player)
        pouring = asyncio.create_task(attacker.pour(frame(Opcode.PONG) * MANY))
        for number in range(20):
            await player.send(ClientMessage(seat=SeatMessage(ping=Ping(t0=number))).SerializeToString())
            assert (await heard(player)).pong.t0 == number
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)


async def test_an_address_that_has_used_its_share_is_read_slowly_and_nobody_of_it_is_closed(
    start: Start, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with start(cost_per_address=1_000) as gateway, AsyncExitStack() as stack:
        players = [await stack.enter_async_context(gateway.play(backend.ticket())) for _ in range(9)]
        for player in players:
            await heard(player), await heard(player)
        # 2,070 messages: 1,000 at once, however long it took to come in, and the rest at 1,000 a second.
        began, each = asyncio.get_running_loop().time(), 230
        for player in players:
            data = b"".join(
                frame(Opcode.BINARY, ClientMessage(seat=SeatMessage(ping=Ping(t0=n))).SerializeToString())
                for n in range(each)
            )
            player.transport.write(data)
        for player in players:
            assert [(await heard(player)).pong.t0 for _ in range(each)] == list(range(each))
        assert asyncio.get_running_loop().time() - began > 0.7


async def test_text_that_is_not_utf_8_closes_a_lobby_socket_and_is_no_fault_in_the_log(
    gateway: GatewayHarness, caplog: pytest.LogCaptureFixture
) -> None:
    async with flooder(gateway, "/ws/lobby") as socket:
        await socket.pour(frame(Opcode.TEXT, b"\xff"))
        assert await socket.close_code() == 4501
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_message_that_is_refused_with_a_close_behind_it_is_no_fault_in_the_log(
    gateway: GatewayHarness, caplog: pytest.LogCaptureFixture
) -> None:
    async with flooder(gateway, "/ws/watch") as socket:
        await socket.pour(frame(Opcode.BINARY, b"\xff\xff") + frame(Opcode.CLOSE, (1000).to_bytes(2)))
        assert await socket.close_code() is not None
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("path", PATHS)
async def test_a_connection_that_has_ended_waits_for_no_garbage_collector(
    gateway: GatewayHarness, game_server: UpstreamGameServer, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    made: list[weakref.ref[sockets.Socket]] = []
    original = sockets.Socket.connection_made

    def connection_made(self: sockets.Socket, transport: Any) -> None:
        made.append(weakref.ref(self))
        original(self, transport)

    monkeypatch.setattr(sockets.Socket, "connection_made", connection_made)
    gc.disable()
    try:
        for last in (frame(Opcode.CLOSE), frame(3), b""):
            async with flooder(gateway, path) as one:
                await one.pour(last)
                if last:
                    await one.close_code()
        async with asyncio.timeout(5):
            while any(ref() is not None for ref in made):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        gc.enable()
    assert len(made) == 3
