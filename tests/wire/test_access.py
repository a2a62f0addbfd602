"""Access to methods, on a real server."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from matchpoint.internal.v1 import entry_pb2, entry_pb2_grpc
from matchpoint.v1 import account_pb2, account_pb2_grpc, lobby_pb2, lobby_pb2_grpc
from matchpoint.v1.refusal_pb2 import Reason

from tests.support.event_loops import ON_ASYNCIO, AnyioBackend
from wire.access import caller
from wire.channel import PERSON_ADDRESS, PERSON_TOKEN, connect, credentials
from wire.refusal import Refused, from_rpc_error
from wire.server import Server

pytestmark = pytest.mark.anyio

SERVICE_TOKEN = "s" * 43


@pytest.fixture
def anyio_backend() -> AnyioBackend:
    return ON_ASYNCIO


class AccountServicer(account_pb2_grpc.AccountServiceServicer):
    async def CreateGuest(
        self, request: account_pb2.CreateGuestRequest, context: Any
    ) -> account_pb2.CreateGuestResponse:
        if request.name == "taken":
            raise Refused(Reason.REASON_NAME_TAKEN, "Somebody has this name; take another.", field="name")
        if request.name == "bug":
            raise ZeroDivisionError("token=do-not-show")
        return account_pb2.CreateGuestResponse(account=account_pb2.Account(name=caller().peer))

    async def GetMe(self, request: account_pb2.GetMeRequest, context: Any) -> account_pb2.GetMeResponse:
        return account_pb2.GetMeResponse(account=account_pb2.Account(account_id=caller().account_id))


class Entries(entry_pb2_grpc.EntryServiceServicer):
    async def LocateSession(
        self, request: entry_pb2.LocateSessionRequest, context: Any
    ) -> entry_pb2.LocateSessionResponse:
        return entry_pb2.LocateSessionResponse(server="here")


class Tokens:
    async def account_of(self, token: str) -> str | None:
        return {"good": "account-1"}.get(token)


@pytest.fixture
async def channel() -> AsyncIterator[grpc.aio.Channel]:
    server = Server(SERVICE_TOKEN, Tokens())
    account_pb2_grpc.add_AccountServiceServicer_to_server(
        AccountServicer(),  # type: ignore[abstract]
        server.grpc,
    )
    entry_pb2_grpc.add_EntryServiceServicer_to_server(
        Entries(),  # type: ignore[abstract]
        server.grpc,
    )
    port = await server.start("127.0.0.1:0", ["matchpoint.v1.AccountService", "matchpoint.internal.v1.EntryService"])
    async with connect(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(0)


async def refusal(call: Any) -> Refused:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    found = from_rpc_error(caught.value)
    assert found is not None
    assert caught.value.code() == found.status
    return found


async def test_a_public_method_needs_nothing(channel: grpc.aio.Channel) -> None:
    await account_pb2_grpc.AccountServiceStub(channel).CreateGuest(account_pb2.CreateGuestRequest())


async def test_a_players_method_needs_a_token_that_is_known_and_knows_whose_it_is(channel: grpc.aio.Channel) -> None:
    accounts: Any = account_pb2_grpc.AccountServiceStub(channel)
    for metadata in ((), ((PERSON_TOKEN, "bad"),), credentials(SERVICE_TOKEN)):
        found = await refusal(accounts.GetMe(account_pb2.GetMeRequest(), metadata=metadata))
        assert found.reason == Reason.REASON_UNAUTHENTICATED
    answer = await accounts.GetMe(account_pb2.GetMeRequest(), metadata=((PERSON_TOKEN, "good"),))
    assert answer.account.account_id == "account-1"


async def test_only_our_own_programs_are_believed_when_they_say_where_a_person_is(channel: grpc.aio.Channel) -> None:
    accounts: Any = account_pb2_grpc.AccountServiceStub(channel)
    claimed = credentials(SERVICE_TOKEN, person_address="192.0.2.7")
    answer = await accounts.CreateGuest(account_pb2.CreateGuestRequest(), metadata=claimed)
    assert answer.account.name == "192.0.2.7"
    stranger = ((PERSON_ADDRESS, "192.0.2.7"),)
    answer = await accounts.CreateGuest(account_pb2.CreateGuestRequest(), metadata=stranger)
    assert answer.account.name.startswith("ipv4:127.0.0.1:")


async def test_a_services_method_needs_the_service_credential(channel: grpc.aio.Channel) -> None:
    entries: Any = entry_pb2_grpc.EntryServiceStub(channel)
    for metadata in ((), ((PERSON_TOKEN, "good"),), credentials("x" * 43)):
        found = await refusal(entries.LocateSession(entry_pb2.LocateSessionRequest(), metadata=metadata))
        assert found.reason == Reason.REASON_UNAUTHENTICATED
    await entries.LocateSession(entry_pb2.LocateSessionRequest(), metadata=credentials(SERVICE_TOKEN))


async def test_a_refusal_arrives_with_reason_field_and_sentence(channel: grpc.aio.Channel) -> None:
    accounts: Any = account_pb2_grpc.AccountServiceStub(channel)
    found = await refusal(accounts.CreateGuest(account_pb2.CreateGuestRequest(name="taken")))
    assert (found.reason, found.field) == (Reason.REASON_NAME_TAKEN, "name")
    assert found.sentence == "Somebody has this name; take another."


async def test_a_bug_is_an_internal_error_that_tells_the_caller_nothing_of_it(
    channel: grpc.aio.Channel, caplog: pytest.LogCaptureFixture
) -> None:
    accounts: Any = account_pb2_grpc.AccountServiceStub(channel)
    found = await refusal(accounts.CreateGuest(account_pb2.CreateGuestRequest(name="bug")))
    assert (found.reason, found.status) == (Reason.REASON_INTERNAL, grpc.StatusCode.INTERNAL)
    assert "do-not-show" not in found.sentence


@pytest.mark.parametrize(
    "method",
    [
        "matchpoint.v1.AccountService/CreateGuest",
        "grpc.health.v1.Health/Watch",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ],
)
async def test_bytes_that_are_no_message_are_refused_as_malformed_and_leave_no_traceback(
    method: str, channel: grpc.aio.Channel, caplog: pytest.LogCaptureFixture
) -> None:
    call: Any = channel.stream_stream(f"/{method}")()
    await call.write(b"\xff\xff\xff\xff")
    assert (await refusal(call.read())).reason == Reason.REASON_MALFORMED
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


class LobbyServicer(lobby_pb2_grpc.LobbyServiceServicer):
    """Refuses while its first message is on the way."""

    async def Connect(self, request_iterator: Any, context: Any) -> None:  # type: ignore[override]
        writing = asyncio.create_task(context.write(lobby_pb2.ConnectResponse()))
        await asyncio.sleep(0)
        try:
            raise Refused(Reason.REASON_NOT_ALLOWED, "Not today; come again tomorrow.")
        finally:
            writing.cancel()


async def test_a_stream_that_is_refused_while_its_first_message_is_written_ends_with_the_refusal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # gRPC cannot send headers twice: the first message and the status both had them, and the call never ended.
    server = Server(SERVICE_TOKEN, Tokens())
    lobby_pb2_grpc.add_LobbyServiceServicer_to_server(LobbyServicer(), server.grpc)
    port = await server.start("127.0.0.1:0", ["matchpoint.v1.LobbyService"])
    async with connect(f"127.0.0.1:{port}") as channel, asyncio.timeout(10):
        call: Any = channel.stream_stream("/matchpoint.v1.LobbyService/Connect")(metadata=((PERSON_TOKEN, "good"),))

        async def to_the_end() -> None:
            while await call.read() is not grpc.aio.EOF:
                pass

        assert (await refusal(to_the_end())).reason == Reason.REASON_NOT_ALLOWED
    await server.stop(0)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_health_is_there_for_each_service_and_for_watching(channel: grpc.aio.Channel) -> None:
    health: Any = health_pb2_grpc.HealthStub(channel)
    for service in ("", "matchpoint.v1.AccountService"):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=service))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    watch = health.Watch(health_pb2.HealthCheckRequest(service="matchpoint.v1.AccountService"))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()


async def test_reflection_lists_every_service(channel: grpc.aio.Channel) -> None:
    reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type]
    call = reflection.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    answer = await call.read()
    call.cancel()
    names = {service.name for service in answer.list_services_response.service}
    assert {"matchpoint.v1.AccountService", "grpc.health.v1.Health", "grpc.channelz.v1.Channelz"} <= names


async def test_two_servers_do_not_share_a_port(channel: grpc.aio.Channel) -> None:
    first = Server(SERVICE_TOKEN, None)
    port = await first.start("127.0.0.1:0", [])
    second = Server(SERVICE_TOKEN, None)
    with pytest.raises(OSError, match="in use"):
        await second.start(f"127.0.0.1:{port}", [])
    await first.stop(0)
    await second.stop(0)
