"""Accounts, their settings, their sign-ins, and the export of everything that is kept about one."""

from typing import Final

from matchpoint.v1 import account_pb2
from matchpoint.v1.account_pb2 import Audience as AudienceMessage

from backend.contract.friends import friend_message
from backend.contract.records import match_record_message, player_stats_message
from backend.core.privacy import Audience
from backend.service.accounts.sign_ins import ListedSignIn
from backend.service.models import Account
from backend.service.privacy.exports import AccountData, ExportPage
from wire.refusal import Reason, Refused

AUDIENCES: Final = {
    AudienceMessage.AUDIENCE_EVERYBODY: Audience.EVERYBODY,
    AudienceMessage.AUDIENCE_FRIENDS: Audience.FRIENDS,
    AudienceMessage.AUDIENCE_NOBODY: Audience.NOBODY,
}
AUDIENCE_MESSAGES: Final = {audience: message for message, audience in AUDIENCES.items()}


def account_message(account: Account) -> account_pb2.Account:
    return account_pb2.Account(account_id=account.account_id, name=account.name, guest=account.guest)


def settings_message(account: Account) -> account_pb2.AccountSettings:
    return account_pb2.AccountSettings(history=AUDIENCE_MESSAGES[account.history])


def history_of(settings: account_pb2.AccountSettings) -> Audience | None:
    """Audience that is asked for; None when it is to stay. Raises Refused (INVALID_FIELD)."""
    if not settings.history:
        return None
    if settings.history not in AUDIENCES:
        raise Refused(
            Reason.REASON_INVALID_FIELD, "Show it to everybody, to friends or to nobody.", field="settings.history"
        )
    return AUDIENCES[settings.history]


def sign_in_message(listed: ListedSignIn) -> account_pb2.SignIn:
    sign_in = listed.sign_in
    return account_pb2.SignIn(
        sign_in_id=sign_in.sign_in_id,
        device=sign_in.device,
        created_unix_ms=sign_in.created_ms,
        used_unix_ms=sign_in.used_ms,
        expires_unix_ms=listed.expires_ms,
        current=listed.current,
    )


def export_message(page: ExportPage) -> account_pb2.ExportMyDataResponse:
    return account_pb2.ExportMyDataResponse(
        data=None if page.data is None else _account_data_message(page.data),
        matches=[match_record_message(row) for row in page.matches],
        next_page_token=page.next_page_token,
    )


def _account_data_message(data: AccountData) -> account_pb2.AccountData:
    return account_pb2.AccountData(
        read_unix_ms=data.read_ms,
        account=account_message(data.account),
        created_unix_ms=data.created_ms,
        password_changed_unix_ms=data.password_changed_ms,
        settings=settings_message(data.account),
        sign_ins=[sign_in_message(listed) for listed in data.sign_ins],
        devices_seen_unix_ms=data.devices_seen_ms,
        friends=[friend_message(friend) for friend in data.friends],
        room_codes=data.room_codes,
        session_ids=data.session_ids,
        stats=player_stats_message(data.totals),
        invitation_session_ids=data.invitation_session_ids,
    )
