"""Export of everything that is kept about an account, for its owner, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.service.accounts.accounts import Accounts
from backend.service.accounts.sign_ins import ListedSignIn, SignIns
from backend.service.models import Account, MatchRow, PlayerTotals
from backend.service.ports import Clock, Store
from backend.service.reports.records import Records
from backend.service.social.friends import Friends
from backend.service.social.notifications import Friend
from wire.limits import Buckets
from wire.refusal import Reason, Refused

PAGE_SIZE: Final = 50
SESSIONS: Final = 1_000
PAGES_AT_ONCE: Final = 40
PAGES_PER_S: Final = 2.0
ACCOUNTS: Final = 4_096
"""Pages of one account, at once and in the long run; how many accounts are remembered."""


@dataclass(frozen=True, slots=True)
class AccountData:
    """Everything about an account but its matches. Times are unix milliseconds."""

    read_ms: int
    account: Account
    created_ms: int
    password_changed_ms: int
    """0 without a password."""
    sign_ins: Sequence[ListedSignIn]
    devices_seen_ms: Sequence[int]
    friends: Sequence[Friend]
    room_codes: Sequence[str]
    session_ids: Sequence[str]
    totals: PlayerTotals
    invitation_session_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Page of an export. `data` is on the first page; the token is empty on the last."""

    data: AccountData | None
    matches: Sequence[MatchRow]
    next_page_token: str


class Exports:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        accounts: Accounts,
        sign_ins: SignIns,
        friends: Friends,
        records: Records,
        page_size: int = PAGE_SIZE,
    ) -> None:
        """`page_size`: matches of one page."""
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._sign_ins = sign_ins
        self._friends = friends
        self._records = records
        self._page_size = page_size
        self._pages = Buckets(PAGES_AT_ONCE, PAGES_PER_S, ACCOUNTS)

    async def page(self, account_id: str, token: str, page_token: str) -> ExportPage:
        """A page; the first has everything but the matches too. Raises Refused: a bad page token, too many."""
        if not self._pages.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "That was a lot at once; wait a few seconds and try again.")
        matches = await self._records.list_matches(account_id, self._page_size, page_token, account_id)
        data = None if page_token else await self._data(account_id, token)
        return ExportPage(data, matches.matches, matches.next_page_token)

    async def _data(self, account_id: str, token: str) -> AccountData:
        account = await self._accounts.get(account_id)
        sign_ins = await self._sign_ins.list_of(account_id, token, guest=account.guest)
        friends = await self._friends.list_of(account_id)
        totals = await self._records.player_stats(account_id, account_id)
        async with self._store.read() as unit:
            return AccountData(
                read_ms=self._clock.unix_ms(),
                account=account,
                created_ms=await unit.accounts.created_ms(account_id),
                password_changed_ms=await unit.accounts.password_changed_ms(account_id),
                sign_ins=sign_ins,
                devices_seen_ms=await unit.accounts.devices_seen_ms(account_id),
                friends=friends.friends,
                room_codes=[place.room.code for place in await unit.rooms.places((account_id,))],
                session_ids=await unit.directory.sessions_of(account_id, SESSIONS),
                totals=totals,
                invitation_session_ids=await unit.invitations.sessions_of(account_id),
            )
