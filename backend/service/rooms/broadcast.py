"""Broadcast of room changes: the first at once, those that follow combined.

A room is sent whole, so the bytes for n changes by n people grow with the third power of n. People need the latest
version only: at most five times a second, and less often in larger rooms (once a second at 288 people). The author of a
change sees it at once, so that nobody waits for their own click.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from backend.core.room import Room
from backend.service.rooms.notifications import RoomState

INTERVAL_MIN_S: Final = 0.2
PEOPLE_PER_S: Final = 288
"""Beyond a fifth of these, a room is sent less often than every EVERY_S."""

Publish = Callable[[Iterable[str], RoomState], None]


@dataclass(slots=True, eq=False)
class Window:
    """Time after a room was sent, during which changes are combined."""

    timer: asyncio.TimerHandle
    room: Room | None = None
    """Newest version that was not sent to everybody."""
    waiting: set[str] | None = None
    """Accounts that have not been sent it."""


class RoomBroadcast:
    """Broadcast of all rooms of this backend, on one event loop."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._windows: dict[str, Window] = {}

    def announce(self, room: Room, present: Iterable[str], *, by: str = "", at_once: bool = False) -> None:
        """Sends a changed room to `present`, or combines it with later changes; `by` sees it at once."""
        present = set(present)
        if present <= {by}:
            self._publish(present, RoomState(room))
            return
        window = self._windows.get(room.code)
        if window is None or at_once:
            self._send(room, present)
            return
        if window.room is None or window.room.revision < room.revision:
            window.room, window.waiting = room, present - {by}
        if by in present:
            self._publish((by,), RoomState(room))

    def forget(self, code: str) -> None:
        """Drops the room, which is closed."""
        if (window := self._windows.pop(code, None)) is not None:
            window.timer.cancel()

    def moved(self, account_id: str, code: str) -> None:
        """Notes that the account is in that room now: pending changes of other rooms are not sent to it."""
        for other, window in self._windows.items():
            if other != code and window.waiting is not None:
                window.waiting.discard(account_id)

    def _send(self, room: Room, present: Iterable[str]) -> None:
        self.forget(room.code)
        self._publish(present, RoomState(room))
        every_s = max(INTERVAL_MIN_S, len(room.people) / PEOPLE_PER_S)
        timer = asyncio.get_running_loop().call_later(every_s, self._ended, room.code)
        self._windows[room.code] = Window(timer)

    def _ended(self, code: str) -> None:
        window = self._windows.pop(code)
        if window.room is not None and window.waiting is not None:
            self._send(window.room, window.waiting)
