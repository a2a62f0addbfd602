"""Request ids: from program to program, into the log, and back to the caller."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from matchpoint.v1 import account_pb2, account_pb2_grpc
from matchpoint.v1.refusal_pb2 import Reason

from tests.support.event_loops import ON_ASYNCIO, AnyioBackend
from wire.channel import connect, credentials, with_request_id
from wire.refusal import Refused
from wire.request_ids import REQUEST_ID, bind_request_id, current_request_id, new_request_id, shared_context
from wire.server import Server

pytestmark = pytest.mark.anyio

SERVICE_TOKEN = "s" * 43
CREATE_GUEST = "/matchpoint.v1.AccountService/CreateGuest"


@pytest.fixture
def anyio_backend() -> AnyioBackend:
    return ON_ASYNCIO


class Accounts(account_pb2_grpc.AccountServiceServicer):
    """Answers with the request id that the call runs under."""

    async def CreateGuest(
        self, request: account_pb2.CreateGuestRequest, context: Any
    ) -> account_pb2.CreateGuestResponse:
        if request.name == "taken":
            raise Refused(Reason.REASON_NAME_TAKEN, "Somebody has this name; take another.")
        if request.name == "bug":
            raise ZeroDivisionError
        name = await asyncio.create_task(in_a_task())
        return account_pb2.CreateGuestResponse(account=account_pb2.Account(name=name))


async def in_a_task() -> str:
    return current_request_id()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server(SERVICE_TOKEN, None)
    account_pb2_grpc.add_AccountServiceServicer_to_server(
        Accounts(),  # type: ignore[abstract]
        server.grpc,
    )
    yield server
    await server.stop(0)


@pytest.fixture
async def accounts(server: Server) -> AsyncIterator[Any]:
    port = await server.start("127.0.0.1:0", ["matchpoint.v1.AccountService"])
    async with connect(f"127.0.0.1:{port}") as channel:
        yield account_pb2_grpc.AccountServiceStub(channel)


async def called(accounts: Any, metadata: Any, name: str = "") -> tuple[str, str]:
    """The id under which the call ran ("" when it failed), and the one that came back."""
    call = accounts.CreateGuest(account_pb2.CreateGuestRequest(name=name), metadata=metadata)
    try:
        ran_under = (await call).account.name
    except grpc.aio.AioRpcError:
        ran_under = ""
    trailing = dict(await call.trailing_metadata())
    return ran_under, trailing[REQUEST_ID]


async def test_the_id_of_a_program_of_ours_is_taken_over_and_comes_back(accounts: Any) -> None:
    given = new_request_id()
    metadata = ((REQUEST_ID, given), *credentials(SERVICE_TOKEN))
    assert await called(accounts, metadata) == (given, given)
    # A person quotes it when something goes wrong.
    for name in ("taken", "bug"):
        assert await called(accounts, metadata, name) == ("", given)


@pytest.mark.parametrize("given", ["", "short", "F" * 16, "a" * 17, "x" * 2_000])
async def test_an_id_that_none_of_us_has_made_is_replaced(accounts: Any, given: str) -> None:
    ran_under, came_back = await called(accounts, ((REQUEST_ID, given), *credentials(SERVICE_TOKEN)))
    assert ran_under == came_back != given
    assert len(came_back) == 16


async def test_an_id_of_a_stranger_is_replaced(accounts: Any) -> None:
    given = new_request_id()
    ran_under, came_back = await called(accounts, ((REQUEST_ID, given),))
    assert ran_under == came_back != given


async def test_calls_that_follow_from_a_request_carry_its_id() -> None:
    cached = credentials(SERVICE_TOKEN)
    assert with_request_id(cached) == cached
    bind_request_id(given := new_request_id())
    assert (REQUEST_ID, given) in credentials(SERVICE_TOKEN)
    assert with_request_id(cached) == (*cached, (REQUEST_ID, given))


async def test_shared_work_has_an_id_of_its_own() -> None:
    bind_request_id(given := new_request_id())
    first = await asyncio.create_task(in_a_task(), context=shared_context())
    second = await asyncio.create_task(in_a_task(), context=shared_context())
    assert len({given, first, second}) == 3
    assert await asyncio.create_task(in_a_task()) == given


async def test_calls_are_counted_by_method_and_status(server: Server, accounts: Any) -> None:
    for name in ("", "", "taken", "bug"):
        await called(accounts, (), name)
    counted = {labels: sum(counts) for labels, counts, _ in server.calls.series()}
    assert counted == {
        (CREATE_GUEST, "OK"): 2,
        (CREATE_GUEST, "ALREADY_EXISTS"): 1,
        (CREATE_GUEST, "INTERNAL"): 1,
    }
