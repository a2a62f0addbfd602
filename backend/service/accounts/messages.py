"""Mapping of accounts, their settings and their sign-ins to contract messages."""

from typing import Final

from matchpoint.v1 import account_pb2
from matchpoint.v1.account_pb2 import Audience as AudienceMessage

from backend.core.privacy import Audience
from backend.service.models import Account, SignIn

AUDIENCES: Final = {
    AudienceMessage.AUDIENCE_EVERYBODY: Audience.EVERYBODY,
    AudienceMessage.AUDIENCE_FRIENDS: Audience.FRIENDS,
    AudienceMessage.AUDIENCE_NOBODY: Audience.NOBODY,
}


def message_of_account(account: Account) -> account_pb2.Account:
    return account_pb2.Account(account_id=account.account_id, name=account.name, guest=account.guest)


def settings_of(account: Account) -> account_pb2.AccountSettings:
    history = next(message for message, audience in AUDIENCES.items() if audience is account.history)
    return account_pb2.AccountSettings(history=history)


def message_of_sign_in(one: SignIn, expires_ms: int, current: bool) -> account_pb2.SignIn:
    return account_pb2.SignIn(
        sign_in_id=one.sign_in_id,
        device=one.device,
        created_unix_ms=one.created_ms,
        used_unix_ms=one.used_ms,
        expires_unix_ms=expires_ms,
        current=current,
    )
