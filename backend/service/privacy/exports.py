"""Everything that is kept about an account, for its owner, page by page."""

from typing import Final

from matchpoint.v1.account_pb2 import AccountData, ExportMyDataResponse

from backend.service.accounts.accounts import Accounts
from backend.service.accounts.messages import message_of_account, message_of_sign_in, settings_of
from backend.service.accounts.sign_ins import SignIns
from backend.service.ports import Clock, Store
from backend.service.reports.records import Records
from backend.service.social.friends import Friends
from wire.limits import Buckets
from wire.refusal import Reason, Refused

PAGE: Final = 50
SESSIONS: Final = 1_000
PAGES_AT_ONCE: Final = 40
PAGES_PER_S: Final = 2.0
ACCOUNTS: Final = 4_096
"""Pages of one account, at once and in the long run; how many accounts are remembered."""


class Exports:
    def __init__(
        self, store: Store, clock: Clock, accounts: Accounts, sign_ins: SignIns, friends: Friends, records: Records
    ) -> None:
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._sign_ins = sign_ins
        self._friends = friends
        self._records = records
        self._pages = Buckets(PAGES_AT_ONCE, PAGES_PER_S, ACCOUNTS)

    async def page(self, account_id: str, token: str, page_token: str) -> ExportMyDataResponse:
        """A page; the first has everything but the matches too. Raises Refused: a bad page token, too many."""
        if not self._pages.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "That was a lot at once; wait a few seconds and try again.")
        matches = await self._records.list_matches(account_id, PAGE, page_token, account_id)
        answer = ExportMyDataResponse(matches=matches.matches, next_page_token=matches.next_page_token)
        if not page_token:
            answer.data.CopyFrom(await self._data(account_id, token))
        return answer

    async def _data(self, account_id: str, token: str) -> AccountData:
        account = await self._accounts.get(account_id)
        sign_ins = await self._sign_ins.list_of(account_id, token, guest=account.guest)
        friends = await self._friends.list_of(account_id)
        stats = await self._records.player_stats(account_id, account_id)
        async with self._store.read() as unit:
            return AccountData(
                read_unix_ms=self._clock.unix_ms(),
                account=message_of_account(account),
                created_unix_ms=await unit.accounts.created_ms(account_id),
                password_changed_unix_ms=await unit.accounts.password_changed_ms(account_id),
                settings=settings_of(account),
                sign_ins=[message_of_sign_in(*one) for one in sign_ins],
                devices_seen_unix_ms=await unit.accounts.devices_seen_ms(account_id),
                friends=friends.friends,
                room_codes=[place.room.code for place in await unit.rooms.places((account_id,))],
                session_ids=await unit.directory.sessions_of(account_id, SESSIONS),
                stats=stats,
                invitation_session_ids=await unit.invitations.sessions_of(account_id),
            )
