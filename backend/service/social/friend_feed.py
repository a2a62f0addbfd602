"""Friend lists of those who are here, sent again when something in them has changed.

All changes of a moment go together: they are read at once, and each list is sent at most once in COALESCE_S. What
somebody is doing is read once for all their friends.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import structlog
from matchpoint.v1.friend_pb2 import FriendList
from matchpoint.v1.lobby_pb2 import ConnectResponse

from backend.service.models import Bonds
from backend.service.ports import Bus, Presence, Store
from backend.service.social.friends import Friends, friends_in, list_message
from backend.service.social.presence_status import Sight, in_parts, sights_of
from wire.refusal import Refused

log = structlog.get_logger("friends")

COALESCE_S = 0.2
RETRY_S = 1.0

Send = Callable[[ConnectResponse], None]


@dataclass(slots=True)
class Roll:
    """The list of one account that has connections here."""

    unfollow: Callable[[], None]
    sends: dict[Send, None] = field(default_factory=dict)
    new: set[Send] = field(default_factory=set)
    """Those that have had no list yet."""
    bonds: Bonds = field(default_factory=dict)
    last: FriendList | None = None


@dataclass(slots=True)
class Seen:
    """A friend of somebody who is here."""

    unfollow: Callable[[], None]
    by: set[str]
    sight: Sight | None = None


class Rolls:
    def __init__(self, store: Store, bus: Bus, presence: Presence, friends: Friends) -> None:
        self._store = store
        self._bus = bus
        self._presence = presence
        self._friends = friends
        self._rolls: dict[str, Roll] = {}
        self._seen: dict[str, Seen] = {}
        self._touched: set[str] = set()
        self._round: asyncio.Task[None] | None = None
        self._stopped = False

    def enter(self, account_id: str, send: Send) -> Callable[[], None]:
        """A connection is here: it gets the list soon, and again with each change. Returns what ends that."""
        roll = self._rolls.get(account_id)
        if roll is None:
            roll = self._rolls[account_id] = Roll(self._bus.follow(account_id, self._touch))
        roll.sends[send] = None
        roll.new.add(send)
        self._touch(account_id)

        def leave() -> None:
            roll.sends.pop(send, None)
            roll.new.discard(send)
            if not roll.sends and self._rolls.get(account_id) is roll:
                del self._rolls[account_id]
                roll.unfollow()
                self._see(account_id, roll, {})

        return leave

    async def stop(self) -> None:
        """Nothing is sent any more."""
        self._stopped = True
        if self._round is not None:
            self._round.cancel()
            await asyncio.wait((self._round,))

    def _touch(self, account_id: str) -> None:
        self._touched.add(account_id)
        if self._round is None and not self._stopped:
            self._round = asyncio.get_running_loop().create_task(self._send_rounds())

    async def _send_rounds(self) -> None:
        """A round every COALESCE_S while there is something to send."""
        while self._touched:
            touched, self._touched = self._touched, set()
            try:
                await self._send(touched)
            except Refused as refused:
                log.warning("friend lists have to wait", sentence=refused.sentence)
                self._touched |= touched
                await asyncio.sleep(RETRY_S)
            except Exception:
                # Whatever it was, the next change has to be sent all the same.
                log.exception("friend lists were not sent")
            await asyncio.sleep(COALESCE_S)
        self._round = None

    async def _send(self, touched: Collection[str]) -> None:
        # Taken before anything is read: of two lists the one that was read later has the larger one.
        revision = self._friends.next_revision()
        mine = [account_id for account_id in touched if account_id in self._rolls]
        async with self._store.read() as unit:
            bonds: dict[str, Bonds] = {}
            for some in in_parts(mine):
                bonds.update(await unit.friends.of(some))
            wanted = {other_id for each in bonds.values() for other_id in friends_in(each)}
            stale = {account_id for account_id in touched if account_id in self._seen}
            stale |= {other_id for other_id in wanted if other_id not in self._seen}
            sights = await sights_of(unit, self._presence, stale)
        for account_id, fresh in bonds.items():
            if roll := self._rolls.get(account_id):
                self._see(account_id, roll, fresh)
        affected = set(bonds)
        for other_id, sight in sights.items():
            seen = self._seen.get(other_id)
            if seen is not None and seen.sight != sight:
                seen.sight = sight
                affected |= seen.by
        for account_id in affected:
            if roll := self._rolls.get(account_id):
                self._send_roll(account_id, roll, revision)

    def _send_roll(self, account_id: str, roll: Roll, revision: int) -> None:
        sights = {
            other_id: seen.sight
            for other_id in friends_in(roll.bonds)
            if (seen := self._seen.get(other_id)) is not None and seen.sight is not None
        }
        unnumbered = list_message(account_id, roll.bonds, sights, 0)
        receivers = list(roll.new) if unnumbered == roll.last else list(roll.sends)
        roll.last = unnumbered
        roll.new.clear()
        if receivers:
            friends = FriendList(friends=unnumbered.friends, revision=revision)
            message = ConnectResponse(friends=friends)
            for send in receivers:
                send(message)

    def _see(self, account_id: str, roll: Roll, bonds: Bonds) -> None:
        """The account's bonds are these now; its friends are followed, and nobody else for its sake."""
        before, after = set(friends_in(roll.bonds)), set(friends_in(bonds))
        roll.bonds = bonds
        for other_id in after - before:
            seen = self._seen.get(other_id)
            if seen is None:
                seen = self._seen[other_id] = Seen(self._bus.follow(other_id, self._touch), set())
                # What happened since it was read was not heard yet.
                self._touched.add(other_id)
            seen.by.add(account_id)
        for other_id in before - after:
            seen = self._seen[other_id]
            seen.by.discard(account_id)
            if not seen.by:
                seen.unfollow()
                del self._seen[other_id]
