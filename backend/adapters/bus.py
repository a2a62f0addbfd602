"""The bus of one process."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from matchpoint.v1.lobby_pb2 import ConnectResponse

T = TypeVar("T")


class LocalBus:
    """Delivers at once, in the publisher's own turn. Queues and their limits are the receiver's."""

    def __init__(self) -> None:
        self._receivers: _Ears[ConnectResponse] = _Ears()
        self._followers: _Ears[str] = _Ears()

    def publish(self, account_ids: Iterable[str], message: ConnectResponse) -> None:
        for account_id in account_ids:
            self._receivers.say(account_id, message)

    def subscribe(self, account_id: str, deliver: Callable[[ConnectResponse], None]) -> Callable[[], None]:
        return self._receivers.add(account_id, deliver)

    def touch(self, account_ids: Iterable[str]) -> None:
        for account_id in account_ids:
            self._followers.say(account_id, account_id)

    def follow(self, account_id: str, touched: Callable[[str], None]) -> Callable[[], None]:
        return self._followers.add(account_id, touched)

    @property
    def quiet(self) -> bool:
        """Nobody listens."""
        return not self._receivers and not self._followers


class _Ears(Generic[T]):
    """Who listens for what."""

    def __init__(self) -> None:
        self._ears: dict[str, list[Callable[[T], None]]] = {}

    def __bool__(self) -> bool:
        return bool(self._ears)

    def say(self, key: str, what: T) -> None:
        for ear in tuple(self._ears.get(key, ())):
            ear(what)

    def add(self, key: str, ear: Callable[[T], None]) -> Callable[[], None]:
        self._ears.setdefault(key, []).append(ear)

        def end() -> None:
            ears = self._ears[key]
            ears.remove(ear)
            if not ears:
                del self._ears[key]

        return end
