"""Friend lists of the connected accounts, sent again when something in them has changed.

All changes of a moment go together: they are read at once, and each list is sent at most once in `interval_s`. What
somebody is doing is read once for all their friends.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

import structlog

from backend.service.bus import Bus
from backend.service.models import Bonds
from backend.service.ports import Store
from backend.service.social.friends import Friends, friends_in, shown_friends
from backend.service.social.notifications import Friend, FriendList
from backend.service.social.presence import Presence
from backend.service.social.presence_status import PresenceStatus, batches, presence_statuses
from wire.refusal import Refused
from wire.request_ids import shared_context

log = structlog.get_logger("friends")

INTERVAL_S: Final = 0.2
RETRY_S: Final = 1.0

Send = Callable[[FriendList], None]


@dataclass(slots=True)
class AccountFeed:
    """Friend list of one account with connections to this backend."""

    unfollow: Callable[[], None]
    sends: dict[Send, None] = field(default_factory=dict)
    new: set[Send] = field(default_factory=set)
    """Connections that have not had a list yet."""
    bonds: Bonds = field(default_factory=dict)
    last: tuple[Friend, ...] | None = None
    """Friends of the list that was sent last."""


@dataclass(slots=True)
class FollowedFriend:
    """A friend of a connected account."""

    unfollow: Callable[[], None]
    by: set[str]
    status: PresenceStatus | None = None


class FriendFeed:
    def __init__(
        self,
        store: Store,
        bus: Bus,
        presence: Presence,
        friends: Friends,
        interval_s: float = INTERVAL_S,
        retry_s: float = RETRY_S,
    ) -> None:
        """`interval_s`: time in which changes are combined; `retry_s`: wait after the store has refused."""
        self._store = store
        self._bus = bus
        self._presence = presence
        self._friends = friends
        self._interval_s = interval_s
        self._retry_s = retry_s
        self._feeds: dict[str, AccountFeed] = {}
        self._followed: dict[str, FollowedFriend] = {}
        self._changed: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def enter(self, account_id: str, send: Send) -> Callable[[], None]:
        """Subscribes a connection to the list, as it is and after each change. Returns the unsubscribe function."""
        feed = self._feeds.get(account_id)
        if feed is None:
            feed = self._feeds[account_id] = AccountFeed(self._bus.follow(account_id, self._mark_changed))
        feed.sends[send] = None
        feed.new.add(send)
        self._mark_changed(account_id)

        def leave() -> None:
            feed.sends.pop(send, None)
            feed.new.discard(send)
            if not feed.sends and self._feeds.get(account_id) is feed:
                del self._feeds[account_id]
                feed.unfollow()
                self._follow_friends(account_id, feed, {})

        return leave

    async def stop(self) -> None:
        """Stops sending."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def _mark_changed(self, account_id: str) -> None:
        self._changed.add(account_id)
        if self._task is None and not self._stopped:
            self._task = asyncio.get_running_loop().create_task(self._run(), context=shared_context())

    async def _run(self) -> None:
        """A round every `interval_s` while there is something to send."""
        while self._changed:
            changed, self._changed = self._changed, set()
            try:
                await self._send(changed)
            except Refused as refused:
                log.warning("friend lists have to wait", sentence=refused.sentence)
                self._changed |= changed
                await asyncio.sleep(self._retry_s)
            except Exception:
                # Later changes have to be sent all the same.
                log.exception("friend lists were not sent")
            await asyncio.sleep(self._interval_s)
        self._task = None

    async def _send(self, changed: Collection[str]) -> None:
        # Taken before anything is read: of two lists the one that was read later has the larger one.
        revision = self._friends.next_revision()
        mine = [account_id for account_id in changed if account_id in self._feeds]
        async with self._store.read() as unit:
            bonds: dict[str, Bonds] = {}
            for some in batches(mine):
                bonds.update(await unit.friends.of(some))
            wanted = {other_id for each in bonds.values() for other_id in friends_in(each)}
            stale = {account_id for account_id in changed if account_id in self._followed}
            stale |= {other_id for other_id in wanted if other_id not in self._followed}
            statuses = await presence_statuses(unit, self._presence, stale)
        for account_id, fresh in bonds.items():
            if feed := self._feeds.get(account_id):
                self._follow_friends(account_id, feed, fresh)
        affected = set(bonds)
        for other_id, status in statuses.items():
            friend = self._followed.get(other_id)
            if friend is not None and friend.status != status:
                friend.status = status
                affected |= friend.by
        for account_id in affected:
            if feed := self._feeds.get(account_id):
                self._send_list(account_id, feed, revision)

    def _send_list(self, account_id: str, feed: AccountFeed, revision: int) -> None:
        statuses = {
            other_id: friend.status
            for other_id in friends_in(feed.bonds)
            if (friend := self._followed.get(other_id)) is not None and friend.status is not None
        }
        friends = shown_friends(account_id, feed.bonds, statuses)
        receivers = list(feed.new) if friends == feed.last else list(feed.sends)
        feed.last = friends
        feed.new.clear()
        message = FriendList(friends, revision)
        for send in receivers:
            send(message)

    def _follow_friends(self, account_id: str, feed: AccountFeed, bonds: Bonds) -> None:
        """Stores the account's bonds and follows exactly its friends on the bus."""
        before, after = set(friends_in(feed.bonds)), set(friends_in(bonds))
        feed.bonds = bonds
        for other_id in after - before:
            friend = self._followed.get(other_id)
            if friend is None:
                friend = self._followed[other_id] = FollowedFriend(
                    self._bus.follow(other_id, self._mark_changed), set()
                )
                # Changes between the read and this subscription were missed.
                self._changed.add(other_id)
            friend.by.add(account_id)
        for other_id in before - after:
            friend = self._followed[other_id]
            friend.by.discard(account_id)
            if not friend.by:
                friend.unfollow()
                del self._followed[other_id]
