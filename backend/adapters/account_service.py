"""AccountService over gRPC."""

import grpc
from matchpoint.v1 import account_pb2, account_pb2_grpc
from matchpoint.v1.refusal_pb2 import Reason

from backend.service.accounts import Accounts
from backend.service.credentials import Credentials
from backend.service.lobby import Lobby, message_of_account
from backend.service.uninterrupted import Uninterrupted
from wire.access import Caller, caller
from wire.channel import SET_TOKEN
from wire.refusal import Refused


class AccountServicer(account_pb2_grpc.AccountServiceServicer):
    def __init__(self, accounts: Accounts, credentials: Credentials, lobby: Lobby, to_the_end: Uninterrupted) -> None:
        self._accounts = accounts
        self._credentials = credentials
        self._lobby = lobby
        self._to_the_end = to_the_end

    async def CreateGuest(
        self,
        request: account_pb2.CreateGuestRequest,
        context: grpc.aio.ServicerContext[account_pb2.CreateGuestRequest, account_pb2.CreateGuestResponse],
    ) -> account_pb2.CreateGuestResponse:
        account, token = await self._accounts.create_guest(request.name, request.language, _address(caller()))
        await context.send_initial_metadata(((SET_TOKEN, token),))
        return account_pb2.CreateGuestResponse(account=message_of_account(account))

    async def RegisterAccount(
        self,
        request: account_pb2.RegisterAccountRequest,
        context: grpc.aio.ServicerContext[account_pb2.RegisterAccountRequest, account_pb2.RegisterAccountResponse],
    ) -> account_pb2.RegisterAccountResponse:
        who = caller()
        account, token = await self._credentials.register(
            who.account_id, who.token, request.name, request.password, _address(who)
        )
        if who.account_id:
            self._lobby.token_replaced(account, who.token, token)
            await self._to_the_end(self._lobby.rename(account))
        await context.send_initial_metadata(((SET_TOKEN, token),))
        return account_pb2.RegisterAccountResponse(account=message_of_account(account))

    async def SignIn(
        self,
        request: account_pb2.SignInRequest,
        context: grpc.aio.ServicerContext[account_pb2.SignInRequest, account_pb2.SignInResponse],
    ) -> account_pb2.SignInResponse:
        who = caller()
        account, token = await self._credentials.sign_in(request.name, request.password, _address(who))
        if who.account_id:
            await self._to_the_end(self._sign_out(who))
        await context.send_initial_metadata(((SET_TOKEN, token),))
        return account_pb2.SignInResponse(account=message_of_account(account))

    async def ChangePassword(
        self,
        request: account_pb2.ChangePasswordRequest,
        context: grpc.aio.ServicerContext[account_pb2.ChangePasswordRequest, account_pb2.ChangePasswordResponse],
    ) -> account_pb2.ChangePasswordResponse:
        who = caller()
        await self._credentials.change_password(
            who.account_id, who.token, request.old_password, request.new_password, _address(who)
        )
        self._lobby.sign_out_others(who.account_id, who.token)
        return account_pb2.ChangePasswordResponse()

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
        await self._to_the_end(self._sign_out(caller()))
        await context.send_initial_metadata(((SET_TOKEN, ""),))
        return account_pb2.SignOutResponse()

    async def ListSignIns(
        self,
        request: account_pb2.ListSignInsRequest,
        context: grpc.aio.ServicerContext[account_pb2.ListSignInsRequest, account_pb2.ListSignInsResponse],
    ) -> account_pb2.ListSignInsResponse:
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This is not offered yet.")

    async def EndSignIn(
        self,
        request: account_pb2.EndSignInRequest,
        context: grpc.aio.ServicerContext[account_pb2.EndSignInRequest, account_pb2.EndSignInResponse],
    ) -> account_pb2.EndSignInResponse:
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This is not offered yet.")

    async def EndOtherSignIns(
        self,
        request: account_pb2.EndOtherSignInsRequest,
        context: grpc.aio.ServicerContext[account_pb2.EndOtherSignInsRequest, account_pb2.EndOtherSignInsResponse],
    ) -> account_pb2.EndOtherSignInsResponse:
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This is not offered yet.")

    async def UpdateSettings(
        self,
        request: account_pb2.UpdateSettingsRequest,
        context: grpc.aio.ServicerContext[account_pb2.UpdateSettingsRequest, account_pb2.UpdateSettingsResponse],
    ) -> account_pb2.UpdateSettingsResponse:
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This is not offered yet.")

    async def ExportMyData(
        self,
        request: account_pb2.ExportMyDataRequest,
        context: grpc.aio.ServicerContext[account_pb2.ExportMyDataRequest, account_pb2.ExportMyDataResponse],
    ) -> account_pb2.ExportMyDataResponse:
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This is not offered yet.")

    async def DeleteAccount(
        self,
        request: account_pb2.DeleteAccountRequest,
        context: grpc.aio.ServicerContext[account_pb2.DeleteAccountRequest, account_pb2.DeleteAccountResponse],
    ) -> account_pb2.DeleteAccountResponse:
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "This is not offered yet.")

    async def _sign_out(self, who: Caller) -> None:
        await self._accounts.sign_out(who.account_id, who.token)
        self._lobby.sign_out(who.account_id, who.token)


def _address(who: Caller) -> str:
    """The port changes with each connection; what is left is the address."""
    return who.peer.rpartition(":")[0]
