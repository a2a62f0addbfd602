"""Deleting one's own account."""

from backend.core import names
from backend.core.room import Member
from backend.service.accounts.accounts import Accounts
from backend.service.accounts.credentials import Credentials
from backend.service.bus import Bus
from backend.service.models import Account, SessionRecord
from backend.service.ports import Clock, Store, Unit
from backend.service.rooms.lobby import Lobby
from backend.service.rooms.rooms import Rooms
from backend.service.sessions.tournaments import Tournaments
from wire.refusal import Reason, Refused


class Deletion:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        bus: Bus,
        accounts: Accounts,
        credentials: Credentials,
        rooms: Rooms,
        tournaments: Tournaments,
        lobby: Lobby,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._accounts = accounts
        self._credentials = credentials
        self._rooms = rooms
        self._tournaments = tournaments
        self._lobby = lobby

    async def delete(self, account_id: str, name: str, password: str, address: str) -> None:
        """Deletes the account for good. Its name is taken out of records step by step (`erasing`).

        Raises Refused: another name typed, the password is wrong, too many tries, in a duel that is on.
        """
        account = await self._accounts.get(account_id)
        if names.lookup(name) != names.key(account.name):
            raise Refused(
                Reason.REASON_INVALID_FIELD, "Type the name of your account, so that it is sure.", field="name"
            )
        if not account.guest:
            await self._credentials.check(account_id, password, address)
        async with self._store.read() as unit:
            tournaments = await _tournaments_played(unit, account_id)
        for code in await self._rooms.room_codes_of(account_id):
            await self._rooms.leave(account_id, code)
        for session in tournaments:
            # A late entrant has no place in its room.
            await self._tournaments.withdraw(session.session_id, Member(account_id, account.name))
        others = await self._drop(account)
        self._lobby.account_deleted(account_id)
        self._bus.notify_changed(others)

    async def _drop(self, account: Account) -> list[str]:
        """Deletes the rows. Returns the accounts that had a bond with it."""
        account_id = account.account_id
        async with self._store.write() as unit:
            # A match may have begun meanwhile.
            await _tournaments_played(unit, account_id)
            others = list((await unit.friends.of((account_id,)))[account_id])
            await self._accounts.void_tickets(unit, account_id)
            await unit.accounts.delete(account_id)
            await unit.erasures.add(account_id, self._clock.unix_ms())
        return others


async def _tournaments_played(unit: Unit, account_id: str) -> list[SessionRecord]:
    """The tournaments that are on in which the account has a seat. Raises Refused when it plays a duel."""
    on = [session_id for _, session_id, _ in await unit.directory.played_by((account_id,))]
    sessions = await unit.directory.several(on)
    for session in sessions:
        if not session.tournament:
            raise Refused(
                Reason.REASON_ROOM_STARTED,
                "You are in a match; finish it first.",
                session_id=session.session_id,
            )
    return list(sessions)
