"""Friendships: the rules of `core.friends` applied in the store, and invitations to a room."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from backend.core import friends, names
from backend.core.friends import Bond, Counts, FriendRefused, RefusalCode, Standing
from backend.service.bus import Bus
from backend.service.limits import Allowance, Limits
from backend.service.models import Account, Bonds
from backend.service.ports import Clock, Store, Unit
from backend.service.revisions import Revisions
from backend.service.social.notifications import Friend, FriendList, RoomInvitation
from backend.service.social.presence import Presence
from backend.service.social.presence_status import PresenceStatus, presence_statuses
from wire.limits import Buckets
from wire.refusal import Reason, Refused

WISHES_AT_ONCE: Final = 30
WISHES_PER_S: Final = 0.5
ACCOUNTS: Final = 4_096
"""Changes that one account may make at once, and in the long run; how many accounts are remembered."""
INVITATIONS_AT_ONCE: Final = 5
INVITATIONS_PER_S: Final = 0.2
"""Invitations of one account to a room: a burst, and per second in the long run."""

REASONS: Final = {
    RefusalCode.UNKNOWN: Reason.REASON_ACCOUNT_UNKNOWN,
    RefusalCode.BLOCKED: Reason.REASON_NOT_ALLOWED,
    RefusalCode.NOT_ASKED: Reason.REASON_NOT_ASKED,
    RefusalCode.TOO_MANY: Reason.REASON_TOO_MANY,
}
ORDER: Final = (Standing.ASKS, Standing.FRIEND, Standing.ASKED, Standing.BLOCKED)
"""Order of a friend list."""

BondChange = Callable[[Bond, Counts, Counts], Bond]


class Friends:
    """Changes of friendships. Methods return the caller's list after the change, and raise Refused."""

    def __init__(self, store: Store, clock: Clock, bus: Bus, presence: Presence, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._presence = presence
        self._revisions = Revisions(clock)
        self._wishes = Buckets(WISHES_AT_ONCE, WISHES_PER_S, ACCOUNTS)
        many = "Many people were asked from your network just now; wait a minute and try again."
        self._asked = Allowance(limits.requests_per_address, clock, many)
        self._asked_of = Allowance(limits.requests_per_address_and_account, clock, many)
        self._invitations = Buckets(INVITATIONS_AT_ONCE, INVITATIONS_PER_S, ACCOUNTS)

    async def list_of(self, account_id: str) -> FriendList:
        """Reads everything between the account and others."""
        revision = self.next_revision()
        async with self._store.read() as unit:
            bonds = (await unit.friends.of((account_id,)))[account_id]
            statuses = await presence_statuses(unit, self._presence, friends_in(bonds))
        return FriendList(shown_friends(account_id, bonds, statuses), revision)

    def next_revision(self) -> int:
        """The number of a list that is about to be read."""
        return self._revisions.next()

    async def ask(self, account_id: str, name: str, address: str = "") -> FriendList:
        """Asks the holder of a name. An unknown name and a holder who has blocked the caller are refused alike."""
        key = names.lookup(name)
        if key is None:
            raise _account_not_found(name)
        self._count(account_id)
        self._asked.take(address)
        async with self._store.read() as unit:
            other = await unit.accounts.by_name(key)
            asking = await unit.accounts.get(account_id)
        if other is None:
            raise _account_not_found(name)
        if address:
            self._asked_of.take(f"{address} {other.account_id}")
        change = partial(friends.ask, guest=asking is None or asking.guest)
        try:
            return await self._apply_change(account_id, other.account_id, change, counted=True)
        except FriendRefused as refused:
            raise (_account_not_found(name) if refused.code is RefusalCode.UNKNOWN else _refused(refused)) from None

    async def answer(self, account_id: str, other_id: str, accept: bool) -> FriendList:
        return await self._change(
            account_id, other_id, lambda bond, mine, theirs: friends.answer(bond, accept, mine, theirs)
        )

    async def remove(self, account_id: str, other_id: str) -> FriendList:
        return await self._change(account_id, other_id, lambda bond, _mine, _theirs: friends.remove(bond))

    async def block(self, account_id: str, other_id: str) -> FriendList:
        async with self._store.read() as unit:
            if await unit.accounts.get(other_id) is None:
                raise Refused(Reason.REASON_ACCOUNT_UNKNOWN, "There is no such account.", field="account_id")
        return await self._change(account_id, other_id, lambda bond, mine, _theirs: friends.block(bond, mine))

    async def unblock(self, account_id: str, other_id: str) -> FriendList:
        return await self._change(account_id, other_id, lambda bond, _mine, _theirs: friends.unblock(bond))

    async def invite(self, account: Account, other_id: str) -> None:
        """Invites a friend to the caller's room; without a connection the friend never learns of it."""
        _require_other_account(account.account_id, other_id)
        async with self._store.read() as unit:
            bond = await unit.friends.between(account.account_id, other_id)
            room = await unit.rooms.current(account.account_id)
        if bond.standing is not Standing.FRIEND:
            raise Refused(
                Reason.REASON_NOT_FRIENDS, "Only friends can be invited; ask them first.", field="invite.account_id"
            )
        if room is None:
            raise Refused(Reason.REASON_NOT_IN_ROOM, "You are in no room; open or join one first.")
        if not self._invitations.take(account.account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "You have invited many people at once; wait a few seconds.")
        self._bus.publish((other_id,), RoomInvitation(account.account_id, account.name, room.code))

    async def _change(self, account_id: str, other_id: str, change: BondChange) -> FriendList:
        try:
            return await self._apply_change(account_id, other_id, change)
        except FriendRefused as refused:
            raise _refused(refused) from None

    async def _apply_change(
        self, account_id: str, other_id: str, change: BondChange, *, counted: bool = False
    ) -> FriendList:
        """Applies a change in one transaction and tells both sides. Raises FriendRefused, Refused."""
        _require_other_account(account_id, other_id)
        if not counted:
            self._count(account_id)
        async with self._store.write() as unit:
            changed = await _apply(unit, account_id, other_id, change)
        if changed:
            self._bus.notify_changed((account_id, other_id))
        return await self.list_of(account_id)

    def _count(self, account_id: str) -> None:
        if not self._wishes.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "That was a lot at once; wait a few seconds and try again.")


async def _apply(unit: Unit, account_id: str, other_id: str, change: BondChange) -> bool:
    found = await unit.friends.of((account_id, other_id))
    mine = [bond for _, bond in found[account_id].values()]
    theirs = [bond for _, bond in found[other_id].values()]
    guests_ask = await unit.friends.guests_asking(other_id)
    _, before = found[account_id].get(other_id, ("", Bond()))
    after = change(before, Counts.of(mine), Counts.of(theirs, guests_ask))
    if after != before:
        await unit.friends.save(account_id, other_id, after)
    return after != before


def friends_in(bonds: Bonds) -> list[str]:
    """Ids of the friends among the bonds: their presence is shown."""
    return [other_id for other_id, (_, bond) in bonds.items() if bond.standing is Standing.FRIEND]


def shown_friends(account_id: str, bonds: Bonds, statuses: Mapping[str, PresenceStatus]) -> tuple[Friend, ...]:
    """The friend list as the account sees it; statuses are needed of its friends only."""
    shown = []
    for other_id, (name, bond) in bonds.items():
        if bond.standing is Standing.FRIEND:
            status = statuses.get(other_id, PresenceStatus())
            room_code = "" if account_id in status.banned else status.room_code
            shown.append(
                Friend(other_id, status.name or name, bond.standing, status.activity, room_code, status.session_id)
            )
        elif bond.standing is not None:
            shown.append(Friend(other_id, name, bond.standing))
    return tuple(
        sorted(shown, key=lambda friend: (ORDER.index(friend.standing), friend.name.casefold(), friend.account_id))
    )


def _require_other_account(account_id: str, other_id: str) -> None:
    if account_id == other_id:
        raise Refused(Reason.REASON_SELF, "That is you; choose somebody else.", field="account_id")


def _account_not_found(name: str) -> Refused:
    return Refused(
        Reason.REASON_ACCOUNT_UNKNOWN, f"There is nobody called {name[:40]}; check the spelling.", field="name"
    )


def _refused(refused: FriendRefused) -> Refused:
    return Refused(REASONS[refused.code], refused.sentence)
