"""Bus for changes, to the connections of an account."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from backend.service.notifications import Notification

T = TypeVar("T")


class Bus:
    """Delivers at once, in the publisher's own turn and order. Queues and their limits are the receiver's.

    There is no second backend on a database to deliver to. A receiver that must not miss anything subscribes before it
    reads the store; a room's revision says which of two is newer.
    """

    def __init__(self) -> None:
        self._receivers: _Subscribers[Notification] = _Subscribers()
        self._followers: _Subscribers[str] = _Subscribers()

    def publish(self, account_ids: Iterable[str], message: Notification) -> None:
        for account_id in account_ids:
            self._receivers.notify(account_id, message)

    def subscribe(self, account_id: str, deliver: Callable[[Notification], None]) -> Callable[[], None]:
        """Returns what ends the subscription. `deliver` must not block or raise."""
        return self._receivers.add(account_id, deliver)

    def notify_changed(self, account_ids: Iterable[str]) -> None:
        """Announces a change of these accounts that their friends see: name, bonds, presence."""
        for account_id in account_ids:
            self._followers.notify(account_id, account_id)

    def follow(self, account_id: str, changed: Callable[[str], None]) -> Callable[[], None]:
        """Returns what ends it. `changed` gets the account id; it must not block or raise."""
        return self._followers.add(account_id, changed)

    @property
    def quiet(self) -> bool:
        """True if there is no subscriber."""
        return not self._receivers and not self._followers


class _Subscribers(Generic[T]):
    """Callbacks by key."""

    def __init__(self) -> None:
        self._callbacks: dict[str, list[Callable[[T], None]]] = {}

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def notify(self, key: str, value: T) -> None:
        for callback in tuple(self._callbacks.get(key, ())):
            callback(value)

    def add(self, key: str, callback: Callable[[T], None]) -> Callable[[], None]:
        self._callbacks.setdefault(key, []).append(callback)

        def end() -> None:
            callbacks = self._callbacks[key]
            callbacks.remove(callback)
            if not callbacks:
                del self._callbacks[key]

        return end
