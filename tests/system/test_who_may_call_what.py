"""Every method of the contract, called in every role, against the running programs: none is open that should not be.

The table below is written by hand, so that a method whose option is wrong is noticed here, and one that is added
without a line too.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from matchpoint.v1 import account_pb2, account_pb2_grpc, directory_pb2, directory_pb2_grpc, friend_pb2, friend_pb2_grpc
from matchpoint.v1.refusal_pb2 import Reason

from tests.support.processes.installation import Installation
from wire.channel import PERSON_TOKEN, SET_TOKEN, Metadata, connect, credentials
from wire.refusal import from_rpc_error

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

ANYBODY: Final = {
    "AccountService": {"CreateGuest", "RegisterAccount", "SignIn"},
    "DirectoryService": {"ListSessions", "ListTournaments", "ReadTournament"},
    "StatsService": {"GetPlayerStats", "ListMatches", "GetMatch", "GetReplay"},
}
PEOPLE: Final = {
    "AccountService": {
        "ChangePassword",
        "GetMe",
        "Rename",
        "SignOut",
        "ListSignIns",
        "EndSignIn",
        "EndOtherSignIns",
        "UpdateSettings",
        "ExportMyData",
        "DeleteAccount",
    },
    "DirectoryService": {"StartSession", "IssueTicket", "ActOnTournament", "AnswerInvitation"},
    "FriendService": {"ListFriends", "AskFriend", "AnswerFriend", "RemoveFriend", "BlockAccount", "UnblockAccount"},
    "LobbyService": {"Connect"},
}
PROGRAMS: Final = {
    "EntryService": {"LocateSession", "GetTicketKeys"},
    "FleetService": {"Register"},
    "PlayService": {"Play"},
    # With the service token alone it is refused a second time: only a registered game server reports.
    "ReportService": {"ReportStats"},
    "SessionService": {"CreateSession", "GetSession", "EndSession", "GetReplay", "StreamGameState"},
    "TournamentService": {"GetTournament", "Act"},
}
ON_THE_GAME_SERVER: Final = {"PlayService", "SessionService", "TournamentService"}
#: Answered when nothing was wrong, or when only the empty request was.
LET_IN: Final = "let in"
#: An operation that stays silent for this long has been let in: a refusal comes at once.
SILENCE_S: Final = 2.0


def methods() -> Iterator[MethodDescriptor]:
    """Every method of the contract."""
    proto = Path(__file__).parents[2] / "proto"
    for path in sorted(proto.rglob("*.proto")):
        name = ".".join(path.relative_to(proto).with_suffix("").parts)
        module = importlib.import_module(f"{name}_pb2")
        for service in module.DESCRIPTOR.services_by_name.values():
            yield from service.methods


def allowed(method: MethodDescriptor) -> str:
    """Callers that the tables above allow."""
    found = [
        name
        for name, table in (("anybody", ANYBODY), ("people", PEOPLE), ("programs", PROGRAMS))
        if method.name in table.get(method.containing_service.name, ())
    ]
    assert len(found) == 1, f"{method.full_name} has to stand in exactly one table of this test"
    return found[0]


@dataclass(frozen=True)
class GrpcPorts:
    """Both gRPC ports, as anybody on this machine reaches them."""

    backend: grpc.aio.Channel
    gameserver: grpc.aio.Channel
    service_token: str

    async def outcome(self, method: MethodDescriptor, metadata: Metadata) -> str:
        """LET_IN, or the reason of the refusal at the door. The request is empty."""
        channel = self.gameserver if method.containing_service.name in ON_THE_GAME_SERVER else self.backend
        return await outcome(channel, f"/{method.containing_service.full_name}/{method.name}", metadata)

    async def guest(self) -> tuple[str, str]:
        """Account id and token of somebody new."""
        call = account_pb2_grpc.AccountServiceStub(self.backend).CreateGuest(account_pb2.CreateGuestRequest())
        token = dict(await call.initial_metadata())[SET_TOKEN]
        return (await call).account.account_id, str(token)


async def outcome(channel: grpc.aio.Channel, path: str, metadata: Metadata) -> str:
    call: grpc.aio.StreamStreamCall[bytes, bytes] = channel.stream_stream(path)(metadata=metadata)
    try:
        async with asyncio.timeout(SILENCE_S):
            with suppress(asyncio.InvalidStateError):  # Refused before it was written to.
                await call.write(b"")
                await call.done_writing()
            await call.read()
    except TimeoutError:
        return LET_IN
    except grpc.aio.AioRpcError as error:
        return door(error)
    finally:
        call.cancel()
    return LET_IN


def door(error: grpc.aio.AioRpcError) -> str:
    """Reads from an error whether the caller was let in; faults of the request are found only after that."""
    refused = from_rpc_error(error)
    if refused is None:
        return error.code().name
    at_the_door = (Reason.REASON_UNAUTHENTICATED, Reason.REASON_NOT_ALLOWED)
    return Reason.Name(refused.reason) if refused.reason in at_the_door else LET_IN


@pytest.fixture
async def ports(matchpoint: Installation) -> AsyncIterator[GrpcPorts]:
    async with connect(matchpoint.backend) as backend, connect(matchpoint.gameserver) as gameserver:
        yield GrpcPorts(backend, gameserver, matchpoint.service_token)


async def test_every_method_is_open_to_those_it_is_for_and_to_nobody_else(ports: GrpcPorts) -> None:
    _, token = await ports.guest()
    roles: dict[str, Metadata] = {
        "nobody": (),
        "a stranger with a made-up token": ((PERSON_TOKEN, "x" * 43),),
        "a stranger with a made-up service token": credentials("x" * 43),
        "a person": ((PERSON_TOKEN, token),),
        "a program": credentials(ports.service_token),
    }
    open_to = {
        "anybody": set(roles) - {"a stranger with a made-up service token"},
        "people": {"a person"},
        "programs": {"a program"},
    }
    found = {}
    wanted = {}
    for method in methods():
        name = f"{method.containing_service.name}/{method.name}"
        for role, metadata in roles.items():
            if (name, role) in ENDS_THE_TOKEN:
                continue
            wanted[name, role] = role in open_to[allowed(method)] and (name, role) not in REFUSED_BEHIND_THE_DOOR
            found[name, role] = await ports.outcome(method, metadata) == LET_IN
    assert {key: let_in for key, let_in in found.items() if let_in != wanted[key]} == {}
    assert len(found) > 100


ENDS_THE_TOKEN: Final = {("AccountService/SignOut", "a person")}
REFUSED_BEHIND_THE_DOOR: Final = {
    # A service credential is not yet a game server's own.
    ("ReportService/ReportStats", "a program"),
}


async def test_bytes_that_are_no_message_are_refused_as_malformed_by_every_method_on_every_port(
    ports: GrpcPorts, matchpoint: Installation
) -> None:
    _, token = await ports.guest()
    credential = {"people": ((PERSON_TOKEN, token),), "programs": credentials(ports.service_token)}
    wrong = {}
    for method in methods():
        name = f"{method.containing_service.name}/{method.name}"
        channel = ports.gameserver if method.containing_service.name in ON_THE_GAME_SERVER else ports.backend
        call: grpc.aio.StreamStreamCall[bytes, bytes] = channel.stream_stream(
            f"/{method.containing_service.full_name}/{method.name}"
        )(metadata=credential.get(allowed(method), ()))
        await call.write(b"\xff\xff\xff\xff")
        with suppress(grpc.aio.AioRpcError):
            while await call.read() is not grpc.aio.EOF:
                pass  # what the lobby says first
        if await call.code() is not grpc.StatusCode.INVALID_ARGUMENT or "bytes" not in await call.details():
            wrong[name] = f"{await call.code()}: {await call.details()}"
    assert wrong == {}
    for log in (matchpoint.data / "logs").glob("*.log"):
        assert "Wire format" not in log.read_text(), log.name


async def test_what_is_not_in_the_contract_is_not_there(ports: GrpcPorts) -> None:
    service = credentials(ports.service_token)

    async def code(channel: grpc.aio.Channel, path: str) -> str:
        # All in one: a message that is sent after the server has ended the call may make another error of it.
        call: Any = channel.unary_unary(path)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"", metadata=service)
        return caught.value.code().name

    for channel in (ports.backend, ports.gameserver):
        for path in ("/matchpoint.v1.AccountService/Nothing", "/matchpoint.v1.Nothing/Nothing"):
            assert await code(channel, path) == "UNIMPLEMENTED"
    # Each port has its own program's methods only.
    assert await code(ports.backend, "/matchpoint.v1.SessionService/GetSession") == "UNIMPLEMENTED"
    assert await code(ports.gameserver, "/matchpoint.internal.v1.EntryService/GetTicketKeys") == "UNIMPLEMENTED"


async def test_the_inside_of_the_programs_is_for_programs(ports: GrpcPorts) -> None:
    for channel in (ports.backend, ports.gameserver):
        for method in ("GetTopChannels", "GetServers", "GetServerSockets", "GetSocket"):
            path = f"/grpc.channelz.v1.Channelz/{method}"
            assert await outcome(channel, path, ()) == "REASON_UNAUTHENTICATED"
        assert await outcome(channel, "/grpc.health.v1.Health/Check", ()) == LET_IN


async def test_another_player_gets_no_way_into_a_seat_and_answers_for_nobody(ports: GrpcPorts) -> None:
    directory = directory_pb2_grpc.DirectoryServiceStub(ports.backend)
    friends = friend_pb2_grpc.FriendServiceStub(ports.backend)
    ada_id, ada = await ports.guest()
    bob_id, bob = await ports.guest()
    _, eve = await ports.guest()
    start = directory_pb2.StartSessionRequest(bot=directory_pb2.BotSession())
    entry = (await directory.StartSession(start, metadata=((PERSON_TOKEN, ada),))).entry
    ask = directory_pb2.IssueTicketRequest(session_id=entry.session_id)
    assert (await directory.IssueTicket(ask, metadata=((PERSON_TOKEN, ada),))).entry.ticket
    accounts = account_pb2_grpc.AccountServiceStub(ports.backend)
    his_name = (await accounts.GetMe(account_pb2.GetMeRequest(), metadata=((PERSON_TOKEN, bob),))).account.name
    await friends.AskFriend(friend_pb2.AskFriendRequest(name=his_name), metadata=((PERSON_TOKEN, ada),))
    for call, reason in (
        (directory.IssueTicket(ask, metadata=((PERSON_TOKEN, eve),)), Reason.REASON_NOT_ALLOWED),
        (
            friends.AnswerFriend(
                friend_pb2.AnswerFriendRequest(account_id=ada_id, accept=True), metadata=((PERSON_TOKEN, eve),)
            ),
            Reason.REASON_NOT_ASKED,
        ),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        refused = from_rpc_error(caught.value)
        assert refused is not None
        assert refused.reason == reason
    # What others have between them, she does not see; and taking back for them does nothing.
    await friends.RemoveFriend(friend_pb2.RemoveFriendRequest(account_id=bob_id), metadata=((PERSON_TOKEN, eve),))
    hers = await friends.ListFriends(friend_pb2.ListFriendsRequest(), metadata=((PERSON_TOKEN, eve),))
    assert list(hers.list.friends) == []
    his = await friends.ListFriends(friend_pb2.ListFriendsRequest(), metadata=((PERSON_TOKEN, bob),))
    assert [friend.account_id for friend in his.list.friends] == [ada_id]
