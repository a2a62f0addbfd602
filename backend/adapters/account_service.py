"""AccountService over gRPC."""

import grpc
from matchpoint.v1 import account_pb2, account_pb2_grpc

from backend.service.accounts import Accounts
from backend.service.lobby import Lobby, message_of_account
from wire.access import caller
from wire.channel import SET_TOKEN


class AccountServicer(account_pb2_grpc.AccountServiceServicer):
    def __init__(self, accounts: Accounts, lobby: Lobby) -> None:
        self._accounts = accounts
        self._lobby = lobby

    async def CreateGuest(
        self,
        request: account_pb2.CreateGuestRequest,
        context: grpc.aio.ServicerContext[account_pb2.CreateGuestRequest, account_pb2.CreateGuestResponse],
    ) -> account_pb2.CreateGuestResponse:
        # The port changes with each connection; what is left is the address.
        peer = caller().peer.rpartition(":")[0]
        account, token = await self._accounts.create_guest(request.name, request.language, peer)
        await context.send_initial_metadata(((SET_TOKEN, token),))
        return account_pb2.CreateGuestResponse(account=message_of_account(account))

    async def GetMe(
        self,
        request: account_pb2.GetMeRequest,
        context: grpc.aio.ServicerContext[account_pb2.GetMeRequest, account_pb2.GetMeResponse],
    ) -> account_pb2.GetMeResponse:
        account = await self._accounts.get(caller().account_id)
        return account_pb2.GetMeResponse(account=message_of_account(account))

    async def Rename(
        self,
        request: account_pb2.RenameRequest,
        context: grpc.aio.ServicerContext[account_pb2.RenameRequest, account_pb2.RenameResponse],
    ) -> account_pb2.RenameResponse:
        account = await self._accounts.rename(caller().account_id, request.name)
        await self._lobby.rename(account)
        return account_pb2.RenameResponse(account=message_of_account(account))

    async def SignOut(
        self,
        request: account_pb2.SignOutRequest,
        context: grpc.aio.ServicerContext[account_pb2.SignOutRequest, account_pb2.SignOutResponse],
    ) -> account_pb2.SignOutResponse:
        who = caller()
        await self._accounts.sign_out(who.account_id, who.token)
        self._lobby.sign_out(who.account_id, who.token)
        await context.send_initial_metadata(((SET_TOKEN, ""),))
        return account_pb2.SignOutResponse()
