"""AccountService over gRPC."""

from typing import Final

import grpc
from matchpoint.v1 import account_pb2, account_pb2_grpc

from backend.contract.accounts import account_message, export_message, history_of, settings_message, sign_in_message
from backend.core.sign_ins import device_label
from backend.service.accounts.accounts import Accounts
from backend.service.accounts.credentials import Credentials
from backend.service.accounts.devices import Devices
from backend.service.accounts.sign_ins import SignIns
from backend.service.completion import CompletionRunner
from backend.service.privacy.deletion import Deletion
from backend.service.privacy.exports import Exports
from backend.service.rooms.lobby import Lobby
from wire.access import Caller, caller
from wire.channel import SET_DEVICE, SET_TOKEN
from wire.ranges import check

ENDED: Final = "This sign-in was ended from another browser; sign in again."


class AccountServicer(account_pb2_grpc.AccountServiceServicer):
    def __init__(
        self,
        accounts: Accounts,
        credentials: Credentials,
        sign_ins: SignIns,
        devices: Devices,
        deletion: Deletion,
        exports: Exports,
        lobby: Lobby,
        run_to_completion: CompletionRunner,
    ) -> None:
        self._accounts = accounts
        self._credentials = credentials
        self._sign_ins = sign_ins
        self._devices = devices
        self._deletion = deletion
        self._exports = exports
        self._lobby = lobby
        self._run_to_completion = run_to_completion

    async def CreateGuest(
        self,
        request: account_pb2.CreateGuestRequest,
        context: grpc.aio.ServicerContext[account_pb2.CreateGuestRequest, account_pb2.CreateGuestResponse],
    ) -> account_pb2.CreateGuestResponse:
        who = caller()
        if who.account_id:
            # A browser that has forgotten who sits there still has the cookie: it would be overwritten for good.
            account = await self._accounts.get(who.account_id)
            return account_pb2.CreateGuestResponse(account=account_message(account))
        account, token = await self._accounts.create_guest(
            request.name, request.language, _address(who), device_label(who.agent)
        )
        await context.send_initial_metadata(((SET_TOKEN, token),))
        return account_pb2.CreateGuestResponse(account=account_message(account))

    async def RegisterAccount(
        self,
        request: account_pb2.RegisterAccountRequest,
        context: grpc.aio.ServicerContext[account_pb2.RegisterAccountRequest, account_pb2.RegisterAccountResponse],
    ) -> account_pb2.RegisterAccountResponse:
        who = caller()
        account, token = await self._credentials.register(
            who.account_id, who.token, request.name, request.password, _address(who), device_label(who.agent)
        )
        if who.account_id:
            self._lobby.token_replaced(account, who.token, token)
            await self._run_to_completion(self._lobby.rename(account))
        device = await self._devices.remember(who.device, account.account_id)
        await context.send_initial_metadata(((SET_TOKEN, token), (SET_DEVICE, device)))
        return account_pb2.RegisterAccountResponse(account=account_message(account))

    async def SignIn(
        self,
        request: account_pb2.SignInRequest,
        context: grpc.aio.ServicerContext[account_pb2.SignInRequest, account_pb2.SignInResponse],
    ) -> account_pb2.SignInResponse:
        who = caller()
        account, token = await self._credentials.sign_in(
            request.name, request.password, _address(who), who.device, device_label(who.agent)
        )
        if who.account_id:
            await self._run_to_completion(self._sign_out(who))
        device = await self._devices.remember(who.device, account.account_id)
        await context.send_initial_metadata(((SET_TOKEN, token), (SET_DEVICE, device)))
        return account_pb2.SignInResponse(account=account_message(account))

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
        if who.device:
            # The others are forgotten with the password; this one has just shown that it knows it.
            await self._devices.remember(who.device, who.account_id)
        return account_pb2.ChangePasswordResponse()

    async def GetMe(
        self,
        request: account_pb2.GetMeRequest,
        context: grpc.aio.ServicerContext[account_pb2.GetMeRequest, account_pb2.GetMeResponse],
    ) -> account_pb2.GetMeResponse:
        account = await self._accounts.get(caller().account_id)
        return account_pb2.GetMeResponse(account=account_message(account), settings=settings_message(account))

    async def Rename(
        self,
        request: account_pb2.RenameRequest,
        context: grpc.aio.ServicerContext[account_pb2.RenameRequest, account_pb2.RenameResponse],
    ) -> account_pb2.RenameResponse:
        account = await self._accounts.rename(caller().account_id, request.name)
        await self._lobby.rename(account)
        return account_pb2.RenameResponse(account=account_message(account))

    async def SignOut(
        self,
        request: account_pb2.SignOutRequest,
        context: grpc.aio.ServicerContext[account_pb2.SignOutRequest, account_pb2.SignOutResponse],
    ) -> account_pb2.SignOutResponse:
        await self._run_to_completion(self._sign_out(caller()))
        await context.send_initial_metadata(((SET_TOKEN, ""),))
        return account_pb2.SignOutResponse()

    async def ListSignIns(
        self,
        request: account_pb2.ListSignInsRequest,
        context: grpc.aio.ServicerContext[account_pb2.ListSignInsRequest, account_pb2.ListSignInsResponse],
    ) -> account_pb2.ListSignInsResponse:
        who = caller()
        account = await self._accounts.get(who.account_id)
        found = await self._sign_ins.list_of(who.account_id, who.token, guest=account.guest)
        return account_pb2.ListSignInsResponse(sign_ins=[sign_in_message(one) for one in found])

    async def EndSignIn(
        self,
        request: account_pb2.EndSignInRequest,
        context: grpc.aio.ServicerContext[account_pb2.EndSignInRequest, account_pb2.EndSignInResponse],
    ) -> account_pb2.EndSignInResponse:
        check(request)
        await self._run_to_completion(self._end_sign_in(caller().account_id, request.sign_in_id))
        return account_pb2.EndSignInResponse()

    async def EndOtherSignIns(
        self,
        request: account_pb2.EndOtherSignInsRequest,
        context: grpc.aio.ServicerContext[account_pb2.EndOtherSignInsRequest, account_pb2.EndOtherSignInsResponse],
    ) -> account_pb2.EndOtherSignInsResponse:
        who = caller()
        ended = await self._run_to_completion(self._end_other_sign_ins(who.account_id, who.token))
        return account_pb2.EndOtherSignInsResponse(ended=ended)

    async def UpdateSettings(
        self,
        request: account_pb2.UpdateSettingsRequest,
        context: grpc.aio.ServicerContext[account_pb2.UpdateSettingsRequest, account_pb2.UpdateSettingsResponse],
    ) -> account_pb2.UpdateSettingsResponse:
        history, account_id = history_of(request.settings), caller().account_id
        if history is not None:
            account = await self._accounts.set_history(account_id, history)
        else:
            account = await self._accounts.get(account_id)
        return account_pb2.UpdateSettingsResponse(settings=settings_message(account))

    async def ExportMyData(
        self,
        request: account_pb2.ExportMyDataRequest,
        context: grpc.aio.ServicerContext[account_pb2.ExportMyDataRequest, account_pb2.ExportMyDataResponse],
    ) -> account_pb2.ExportMyDataResponse:
        check(request)
        who = caller()
        return export_message(await self._exports.page(who.account_id, who.token, request.page_token))

    async def DeleteAccount(
        self,
        request: account_pb2.DeleteAccountRequest,
        context: grpc.aio.ServicerContext[account_pb2.DeleteAccountRequest, account_pb2.DeleteAccountResponse],
    ) -> account_pb2.DeleteAccountResponse:
        check(request)
        who = caller()
        await self._run_to_completion(
            self._deletion.delete(who.account_id, request.name, request.password, _address(who))
        )
        await context.send_initial_metadata(((SET_TOKEN, ""),))
        return account_pb2.DeleteAccountResponse()

    async def _sign_out(self, who: Caller) -> None:
        await self._accounts.sign_out(who.account_id, who.token)
        self._lobby.sign_out(who.account_id, who.token)

    async def _end_sign_in(self, account_id: str, sign_in_id: str) -> None:
        gone = await self._accounts.end_sign_in(account_id, sign_in_id)
        self._lobby.sign_in_ended(account_id, gone, ENDED)

    async def _end_other_sign_ins(self, account_id: str, token: str) -> int:
        gone = await self._accounts.end_other_sign_ins(account_id, token)
        self._lobby.sign_in_ended(account_id, gone, ENDED)
        return len(gone)


def _address(who: Caller) -> str:
    return who.address
