"""Invitations to a tournament that is on: an organiser enters nobody who has not said yes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from backend.core.friends import Stance
from backend.service.bus import Bus
from backend.service.models import Invitation, OpenInvitation, SessionRecord
from backend.service.notifications import Notification
from backend.service.ports import Clock, Store
from backend.service.revisions import Revisions
from wire.limits import Buckets
from wire.refusal import Reason, Refused

AT_ONCE: Final = 10
PER_S: Final = 0.2
ACCOUNTS: Final = 4_096
"""Invitations of one organiser, at once and in the long run; how many organisers are remembered."""
OPEN: Final = 20
"""Invitations that wait for one account's answer."""
OF_A_TOURNAMENT: Final = 256
"""Invitations to one tournament, those that were declined included."""


@dataclass(frozen=True, eq=False)
class InvitationList(Notification):
    """Unanswered invitations of an account, the newest first. Of two lists that with the larger `revision` is newer."""

    invitations: Sequence[OpenInvitation]
    revision: int


class Invitations:
    def __init__(self, store: Store, clock: Clock, bus: Bus, open_most: int = OPEN) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self.open_most = open_most
        self._revisions = Revisions(clock)
        self._by_organiser = Buckets(AT_ONCE, PER_S, ACCOUNTS)

    async def invite(self, session: SessionRecord, by: str, account_id: str) -> None:
        """Invites an account, for the organiser. Raises Refused: unknown, blocked, declined, too many.

        To an organiser who is blocked it looks as if there were no such account.
        """
        if not self._by_organiser.take(by, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "You have invited many people at once; wait a few seconds.")
        async with self._store.write() as unit:
            account = await unit.accounts.get(account_id)
            bond = await unit.friends.between(by, account_id)
            if account is None or bond.theirs is Stance.BLOCKS:
                raise Refused(
                    Reason.REASON_ACCOUNT_UNKNOWN, "There is no such account.", field="act.add_entrant.account_id"
                )
            if bond.mine is Stance.BLOCKS:
                raise Refused(Reason.REASON_NOT_ALLOWED, "You have blocked them; end the block first.")
            known = await unit.invitations.get(session.session_id, account_id)
            if known is not None:
                if known.declined:
                    raise Refused(Reason.REASON_INVITATION_DECLINED, "They have declined; invite somebody else.")
                return
            if await unit.invitations.count_to(session.session_id) >= OF_A_TOURNAMENT:
                raise Refused(Reason.REASON_TOO_MANY, f"{OF_A_TOURNAMENT} people have been invited; that is the most.")
            if await unit.invitations.count_open(account_id) >= self.open_most:
                raise Refused(Reason.REASON_TOO_MANY, "They have too many open invitations; try again later.")
            await unit.invitations.add(Invitation(session.session_id, account_id, by, self._clock.unix_ms()))
        await self.tell((account_id,))

    async def decline(self, account_id: str, session_id: str) -> None:
        """Declines an invitation. Raises Refused when there is none that is open."""
        async with self._store.write() as unit:
            known = await unit.invitations.get(session_id, account_id)
            if known is None or known.declined:
                raise not_invited()
            await unit.invitations.decline(session_id, account_id)
        await self.tell((account_id,))

    async def is_open(self, account_id: str, session_id: str) -> bool:
        """True if the account is invited and has not answered."""
        async with self._store.read() as unit:
            known = await unit.invitations.get(session_id, account_id)
        return known is not None and not known.declined

    async def accepted(self, account_id: str, session_id: str) -> None:
        """Drops the invitation of an account that has come in."""
        async with self._store.write() as unit:
            await unit.invitations.drop(session_id, account_id)
        await self.tell((account_id,))

    async def list_of(self, account_id: str) -> InvitationList:
        """Unanswered invitations of the account to live tournaments, the newest first."""
        revision = self._revisions.next()
        async with self._store.read() as unit:
            return InvitationList(await unit.invitations.open_of(account_id), revision)

    async def tell(self, account_ids: Collection[str]) -> None:
        """Sends each the list as it is now."""
        for account_id in account_ids:
            self._bus.publish((account_id,), await self.list_of(account_id))


def not_invited() -> Refused:
    return Refused(
        Reason.REASON_NOT_INVITED, "There is no such invitation any more; ask the organiser.", field="session_id"
    )
