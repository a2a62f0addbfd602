"""Accounts worth keeping, through the backend's own port: real hashes, real tokens, real streams."""

import asyncio
import time
from typing import Any

import grpc
import pytest
from matchpoint.internal.v1.entry_pb2 import GetTicketKeysRequest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.account_pb2 import (
    Account,
    AccountSettings,
    Audience,
    ChangePasswordRequest,
    DeleteAccountRequest,
    EndOtherSignInsRequest,
    EndSignInRequest,
    ExportMyDataRequest,
    GetMeRequest,
    ListSignInsRequest,
    RegisterAccountRequest,
    SignInRequest,
    SignOutRequest,
    UpdateSettingsRequest,
)
from matchpoint.v1.refusal_pb2 import Reason

from tests.support.harnesses.backend import SERVICE_TOKEN
from tests.support.harnesses.backend_port import SERVICE, Wire, person, refusal
from wire.channel import SET_DEVICE, SET_TOKEN, credentials
from wire.request_ids import REQUEST_ID

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"
GONE = (grpc.StatusCode.UNAUTHENTICATED, Reason.REASON_UNAUTHENTICATED)
WRONG = (grpc.StatusCode.UNAUTHENTICATED, Reason.REASON_CREDENTIALS_WRONG)


async def answered(call: Any) -> tuple[Account, str]:
    """The account that a call was answered with, and the token beside it."""
    metadata = dict(await call.initial_metadata())
    return (await call).account, str(metadata[SET_TOKEN])


async def registered(wire: Wire, name: str, token: str = "") -> tuple[Account, str]:
    request = RegisterAccountRequest(name=name, password=PASSWORD)
    return await answered(wire.accounts.RegisterAccount(request, metadata=person(token) if token else None))


async def me(wire: Wire, token: str) -> Account:
    return (await wire.accounts.GetMe(GetMeRequest(), metadata=person(token))).account


async def test_a_guest_becomes_an_account_and_stays_who_they_are(wire: Wire) -> None:
    guest_token = await wire.guest("Ada")
    before = await me(wire, guest_token)
    lobby = wire.connect(guest_token)
    await lobby.hears("welcome")
    await lobby.do(create_room=lobby_pb2.CreateRoom())
    account, token = await registered(wire, "", guest_token)
    assert account == Account(account_id=before.account_id, name="Ada", guest=False)
    assert await me(wire, token) == account
    assert await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(guest_token))) == GONE
    # The room and the connection stay as well.
    await lobby.do(set_ready=lobby_pb2.SetReady(ready=True))


async def test_whoever_is_not_signed_in_gets_a_new_account(wire: Wire) -> None:
    account, token = await registered(wire, "Ada")
    assert not account.guest
    assert await me(wire, token) == account


async def test_signing_in_finds_the_account_in_every_spelling_and_ends_the_token_so_far(wire: Wire) -> None:
    account, first = await registered(wire, "Ada")
    guest_token = await wire.guest("Bob")
    lobby = wire.connect(guest_token)
    await lobby.hears("welcome")
    call = wire.accounts.SignIn(SignInRequest(name=" ａｄａ ", password=PASSWORD), metadata=person(guest_token))
    again, second = await answered(call)
    assert again == account
    assert second not in (first, guest_token)
    assert await lobby.code() == grpc.StatusCode.UNAUTHENTICATED
    assert await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(guest_token))) == GONE
    assert await me(wire, first) == await me(wire, second) == account


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(wire: Wire) -> None:
    await registered(wire, "Ada")
    sentences = set()
    for name in ("Ada", "Nobody", "a\nb", ""):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await wire.accounts.SignIn(SignInRequest(name=name, password="wrong password"))
        # Each call has an id of its own, which tells nothing.
        trailing = tuple(item for item in caught.value.trailing_metadata() or () if item[0] != REQUEST_ID)
        sentences.add((caught.value.code(), caught.value.details(), trailing))
    assert len(sentences) == 1


async def test_many_wrong_passwords_have_to_wait(wire: Wire) -> None:
    await registered(wire, "Ada")
    tried = [
        await refusal(wire.accounts.SignIn(SignInRequest(name="Bob", password=f"password {n}"))) for n in range(12)
    ]
    assert tried[:10] == [WRONG] * 10
    assert tried[-1] == (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.REASON_TOO_MANY)
    # Nobody else is kept out by it.
    await answered(wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD)))


@pytest.mark.parametrize("password", ["", "7 chars", "x" * 201, "x" * 1_000_000])
async def test_a_password_that_is_too_short_or_too_long_is_refused(wire: Wire, password: str) -> None:
    invalid = (grpc.StatusCode.INVALID_ARGUMENT, Reason.REASON_PASSWORD_INVALID)
    assert (
        await refusal(wire.accounts.RegisterAccount(RegisterAccountRequest(name="Ada", password=password))) == invalid
    )
    assert await refusal(wire.accounts.SignIn(SignInRequest(name="Ada", password=password))) == invalid


async def test_a_password_of_10_mb_does_not_even_come_in(wire: Wire) -> None:
    for call in (
        wire.accounts.RegisterAccount(RegisterAccountRequest(name="Ada", password="x" * 10_000_000)),
        wire.accounts.SignIn(SignInRequest(name="Ada", password="x" * 10_000_000)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_another_password_ends_every_other_token(wire: Wire) -> None:
    _, here = await registered(wire, "Ada")
    _, there = await answered(wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD)))
    lobby = wire.connect(there)
    await lobby.hears("welcome")
    change = ChangePasswordRequest(old_password=PASSWORD, new_password="battery staple")
    wrong = ChangePasswordRequest(old_password="wrong password", new_password="battery staple")
    assert await refusal(wire.accounts.ChangePassword(wrong, metadata=person(here))) == WRONG
    await wire.accounts.ChangePassword(change, metadata=person(here))
    assert await lobby.code() == grpc.StatusCode.UNAUTHENTICATED
    assert await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(there))) == GONE
    assert (await me(wire, here)).name == "Ada"
    assert await refusal(wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD))) == WRONG
    await answered(wire.accounts.SignIn(SignInRequest(name="Ada", password="battery staple")))


async def test_an_account_outlives_signing_out(wire: Wire) -> None:
    account, token = await registered(wire, "Ada")
    await wire.accounts.SignOut(SignOutRequest(), metadata=person(token))
    again, _ = await answered(wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD)))
    assert again == account


async def test_gateways_learn_which_tickets_are_void(wire: Wire) -> None:
    account, token = await registered(wire, "Ada")
    before_ms = time.time_ns() // 1_000_000
    await wire.accounts.SignOut(SignOutRequest(), metadata=person(token))
    async with asyncio.timeout(30):
        # Backends look once a second for what others have voided.
        while True:
            keys = await wire.entry.GetTicketKeys(GetTicketKeysRequest(), metadata=SERVICE)
            if account.account_id in keys.voided_until_unix_ms:
                break
            await asyncio.sleep(0.05)
    assert before_ms <= keys.voided_until_unix_ms[account.account_id] <= time.time_ns() // 1_000_000


async def test_an_account_is_not_registered_twice_and_a_guest_has_no_password_to_change(wire: Wire) -> None:
    not_allowed = (grpc.StatusCode.PERMISSION_DENIED, Reason.REASON_NOT_ALLOWED)
    _, token = await registered(wire, "Ada")
    again = RegisterAccountRequest(name="Ida", password=PASSWORD)
    assert await refusal(wire.accounts.RegisterAccount(again, metadata=person(token))) == not_allowed
    guest = await wire.guest("Bob")
    change = ChangePasswordRequest(old_password=PASSWORD, new_password=PASSWORD)
    assert await refusal(wire.accounts.ChangePassword(change, metadata=person(guest))) == not_allowed


async def test_a_name_that_somebody_holds_cannot_be_registered(wire: Wire) -> None:
    await wire.guest("Ada")
    taken = (grpc.StatusCode.ALREADY_EXISTS, Reason.REASON_NAME_TAKEN)
    call = wire.accounts.RegisterAccount(RegisterAccountRequest(name="ADA", password=PASSWORD))
    assert await refusal(call) == taken
    bob = await wire.guest("Bob")
    call = wire.accounts.RegisterAccount(RegisterAccountRequest(name="ADA", password=PASSWORD), metadata=person(bob))
    assert await refusal(call) == taken


async def test_sign_ins_are_listed_and_ended_from_another_browser(wire: Wire) -> None:
    _, here = await registered(wire, "Ada")
    call = wire.accounts.SignIn(
        SignInRequest(name="Ada", password=PASSWORD),
        metadata=credentials(SERVICE_TOKEN, person_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/143.0"),
    )
    _, there = await answered(call)
    lobby = wire.connect(there)
    await lobby.hears("welcome")
    mine, other = (await wire.accounts.ListSignIns(ListSignInsRequest(), metadata=person(here))).sign_ins
    assert (mine.current, other.current) == (True, False)
    assert (mine.device, other.device) == ("", "Firefox on Windows")
    assert other.created_unix_ms <= other.used_unix_ms < other.expires_unix_ms
    await wire.accounts.EndSignIn(EndSignInRequest(sign_in_id=other.sign_in_id), metadata=person(here))
    assert await lobby.code() == grpc.StatusCode.UNAUTHENTICATED
    assert await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(there))) == GONE
    for _ in range(2):
        await answered(wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD)))
    ended = await wire.accounts.EndOtherSignIns(EndOtherSignInsRequest(), metadata=person(here))
    assert ended.ended == 2
    assert len((await wire.accounts.ListSignIns(ListSignInsRequest(), metadata=person(here))).sign_ins) == 1


async def test_signing_in_gives_the_browser_a_token_of_its_own_which_lets_nobody_in(wire: Wire) -> None:
    await registered(wire, "Ada")
    call = wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD))
    device = str(dict(await call.initial_metadata())[SET_DEVICE])
    again = wire.accounts.SignIn(
        SignInRequest(name="Ada", password=PASSWORD), metadata=credentials(SERVICE_TOKEN, person_device=device)
    )
    assert dict(await again.initial_metadata())[SET_DEVICE] == device
    assert await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(device))) == GONE


async def test_an_account_is_exported_and_deleted_and_its_browser_signed_out(wire: Wire) -> None:
    account, token = await registered(wire, "Ada")
    lobby = wire.connect(token)
    await lobby.hears("welcome")
    page = await wire.accounts.ExportMyData(ExportMyDataRequest(), metadata=person(token))
    assert page.data.account == account
    wrong = wire.accounts.DeleteAccount(
        DeleteAccountRequest(name="Ada", password="wrong password"), metadata=person(token)
    )
    assert await refusal(wrong) == WRONG
    call = wire.accounts.DeleteAccount(DeleteAccountRequest(name="Ada", password=PASSWORD), metadata=person(token))
    assert dict(await call.initial_metadata())[SET_TOKEN] == ""
    await call
    assert await lobby.code() == grpc.StatusCode.UNAUTHENTICATED
    assert await refusal(wire.accounts.GetMe(GetMeRequest(), metadata=person(token))) == GONE
    assert await refusal(wire.accounts.SignIn(SignInRequest(name="Ada", password=PASSWORD))) == WRONG


async def test_settings_are_kept_and_what_is_not_set_stays(wire: Wire) -> None:
    token = await wire.guest("Ada")
    wanted = UpdateSettingsRequest(settings=AccountSettings(history=Audience.AUDIENCE_FRIENDS))
    await wire.accounts.UpdateSettings(wanted, metadata=person(token))
    unset = await wire.accounts.UpdateSettings(UpdateSettingsRequest(), metadata=person(token))
    assert unset.settings.history == Audience.AUDIENCE_FRIENDS
    me = await wire.accounts.GetMe(GetMeRequest(), metadata=person(token))
    assert me.settings.history == Audience.AUDIENCE_FRIENDS
