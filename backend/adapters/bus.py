"""The bus of one process."""

from collections.abc import Callable, Iterable

from matchpoint.v1.lobby_pb2 import ConnectResponse

Deliver = Callable[[ConnectResponse], None]


class LocalBus:
    """Delivers at once, in the publisher's own turn. Queues and their limits are the receiver's."""

    def __init__(self) -> None:
        self._receivers: dict[str, list[Deliver]] = {}

    def publish(self, account_ids: Iterable[str], message: ConnectResponse) -> None:
        for account_id in account_ids:
            for deliver in tuple(self._receivers.get(account_id, ())):
                deliver(message)

    def subscribe(self, account_id: str, deliver: Deliver) -> Callable[[], None]:
        self._receivers.setdefault(account_id, []).append(deliver)

        def end() -> None:
            receivers = self._receivers[account_id]
            receivers.remove(deliver)
            if not receivers:
                del self._receivers[account_id]

        return end
