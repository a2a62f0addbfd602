"""Changes of rooms, told to those who are there: the first at once, those that follow together.

A room is sent whole, so what n people are sent of n changes grows with the third power of n. What matters to a person
is how the room is now: at most five times a second, and less often the more people there are (once a second at 288).
Whoever has changed something sees it at once, so that nobody waits for their own click.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matchpoint.v1.lobby_pb2 import ConnectResponse

from backend.core.room import Room
from backend.service.rooms.messages import message_of

EVERY_S = 0.2
PEOPLE_PER_S = 288
"""Beyond a fifth of these, a room is sent less often than every EVERY_S."""

Publish = Callable[[Iterable[str], ConnectResponse], None]


@dataclass(slots=True, eq=False)
class Round:
    """The time after a room was sent, in which changes are gathered."""

    timer: asyncio.TimerHandle
    room: Room | None = None
    """The newest that not everybody has been sent."""
    waiting: set[str] | None = None
    """Who has not."""


class RoomRounds:
    """To be used from one event loop."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._rounds: dict[str, Round] = {}

    def tell(self, room: Room, here: Iterable[str], *, by: str = "", at_once: bool = False) -> None:
        """The room has changed, by somebody or by itself; `here` are to see it."""
        here = set(here)
        if here <= {by}:
            self._publish(here, ConnectResponse(room=message_of(room)))
            return
        now = self._rounds.get(room.code)
        if now is None or at_once:
            self._send(room, here)
            return
        if now.room is None or now.room.revision < room.revision:
            now.room, now.waiting = room, here - {by}
        if by in here:
            self._publish((by,), ConnectResponse(room=message_of(room)))

    def forget(self, code: str) -> None:
        """There is no such room any more."""
        if (round_ := self._rounds.pop(code, None)) is not None:
            round_.timer.cancel()

    def went(self, account_id: str, code: str) -> None:
        """Somebody is in that room now, and is not to see what is still to be told of others."""
        for other, round_ in self._rounds.items():
            if other != code and round_.waiting is not None:
                round_.waiting.discard(account_id)

    def _send(self, room: Room, here: Iterable[str]) -> None:
        self.forget(room.code)
        self._publish(here, ConnectResponse(room=message_of(room)))
        every_s = max(EVERY_S, len(room.people) / PEOPLE_PER_S)
        timer = asyncio.get_running_loop().call_later(every_s, self._ended, room.code)
        self._rounds[room.code] = Round(timer)

    def _ended(self, code: str) -> None:
        round_ = self._rounds.pop(code)
        if round_.room is not None and round_.waiting is not None:
            self._send(round_.room, round_.waiting)
