"""The lobby connection."""

import asyncio
import json

import pytest
from matchpoint.v1.lobby_pb2 import Beat, ConnectRequest, ConnectResponse, JoinRoom, LeaveRoom
from matchpoint.v1.refusal_pb2 import Reason
from websockets.asyncio.client import ClientConnection

from gateway.lobby import endpoint as lobby
from tests.support.fakes.gateway_peers import UpstreamBackend
from tests.support.harnesses.gateway import GatewayHarness, close_code

pytestmark = pytest.mark.anyio


async def answer(socket: ClientConnection) -> ConnectResponse:
    message = await socket.recv()
    assert isinstance(message, bytes)
    return ConnectResponse.FromString(message)


async def test_commands_go_up_and_answers_come_down(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    async with gateway.lobby() as socket:
        assert (await answer(socket)).welcome.account.account_id == "account-1"
        command = ConnectRequest(request_id=1, join_room=JoinRoom(code="ABC234"))
        await socket.send(command.SerializeToString())
        assert (await answer(socket)).in_reply_to == 1
        assert await backend.commands.get() == command


async def test_the_same_in_json(gateway: GatewayHarness) -> None:
    async with gateway.lobby(subprotocol="matchpoint.v1.json") as socket:
        assert json.loads(await socket.recv())["welcome"]["account"]["accountId"] == "account-1"
        await socket.send('{"requestId": 4, "beat": {}}')
        assert json.loads(await socket.recv()) == {"inReplyTo": 4, "done": {}}


async def test_when_the_socket_closes_the_stream_ends(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    for _ in range(3):
        async with gateway.lobby() as socket:
            await answer(socket)
    assert backend.lobby_calls == 3


@pytest.mark.parametrize("token", ["", "unknown", "with space", "x" * 300])
async def test_without_a_good_cookie_the_connection_is_refused(gateway: GatewayHarness, token: str) -> None:
    async with gateway.socket("/ws/lobby", token=token) as socket:
        assert (await answer(socket)).refusal.reason == Reason.REASON_UNAUTHENTICATED
        assert await close_code(socket) == 4500


@pytest.mark.parametrize("message", [b"\xff\xff", "text"])
async def test_a_malformed_command_closes_with_4501(gateway: GatewayHarness, message: bytes | str) -> None:
    async with gateway.lobby() as socket:
        await answer(socket)
        await socket.send(message)
        assert (await answer(socket)).refusal.reason == Reason.REASON_MALFORMED
        assert await close_code(socket) == 4501


@pytest.mark.parametrize("message", ["{not json", '{"nothing": 1}', "[" * 5_000, b"\x08\x01"])
async def test_json_that_is_not_a_command_closes_with_4501(gateway: GatewayHarness, message: bytes | str) -> None:
    async with gateway.lobby(subprotocol="matchpoint.v1.json") as socket:
        await socket.recv()
        await socket.send(message)
        assert json.loads(await socket.recv())["refusal"]["reason"] == "REASON_MALFORMED"
        assert await close_code(socket) == 4501


async def test_a_command_of_more_than_16_kib_closes_with_1009(gateway: GatewayHarness) -> None:
    async with gateway.lobby() as socket:
        await answer(socket)
        await socket.send(bytes(20_000))
        assert await close_code(socket) == 1009


async def test_a_flood_of_commands_closes_with_4503(gateway: GatewayHarness) -> None:
    async with gateway.lobby() as socket:
        await answer(socket)
        for number in range(1, 100):
            await socket.send(ConnectRequest(request_id=number, beat=Beat()).SerializeToString())
        assert await close_code(socket) == 4503


async def test_when_the_backend_ends_the_stream_the_page_is_told_to_come_back(gateway: GatewayHarness) -> None:
    async with gateway.lobby() as socket:
        await answer(socket)
        await socket.send(ConnectRequest(request_id=1, leave_room=LeaveRoom()).SerializeToString())
        assert (await answer(socket)).refusal.reason == Reason.REASON_SERVER_UNAVAILABLE
        assert await close_code(socket) == 1014


async def test_when_the_backend_goes_the_page_is_told_to_come_back(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    async with gateway.lobby() as socket:
        await answer(socket)
        await backend.server.stop(0)
        assert await close_code(socket) == 1014


async def test_a_connection_that_says_nothing_is_said_to_be_there(
    gateway: GatewayHarness, backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobby, "HEARTBEAT_S", 0.01)
    async with gateway.lobby() as socket:
        await answer(socket)
        for _ in range(3):
            async with asyncio.timeout(5):
                assert await backend.commands.get() == ConnectRequest(beat=Beat())
