"""Sessions that nobody has joined yet: they hold no place of the server's, and are let go soon.

Whoever asks for a session has shown nothing before somebody comes to play it. So such sessions have a small number of
places of their own, and never keep anybody out who plays. Sessions that need nobody (between bots, or made by an
operator) and tournaments, which have entrants, hold their places from the start.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from matchpoint.v1.session_pb2 import Origin, SessionSpec

from gameserver.sessions.ports import Clock
from gameserver.streaming.scheduler import Due

#: A session is let go when nobody has joined it for so long, µs: a page needs about a second.
JOIN_WITHIN: Final = 20_000_000
#: When the places run out, those that were not joined for so long give way, µs.
GIVE_WAY_AFTER: Final = 3_000_000
ASKED_BY_PEOPLE: Final = (Origin.ORIGIN_ROOM, Origin.ORIGIN_BOT, Origin.ORIGIN_LOCAL)


def waits_for_people(spec: SessionSpec) -> bool:
    """Whether the session counts only once somebody has joined it."""
    asked = spec.origin in ASKED_BY_PEOPLE and not spec.HasField("tournament")
    return asked and any(not seat.bot for seat in spec.seats)


class Unjoined:
    """The sessions of one server that nobody has joined yet, the oldest first."""

    def __init__(
        self,
        most: int,
        clock: Clock,
        wake_at: Callable[[Due, int | None], None],
        reachable: Callable[[], bool],
        let_go: Callable[[str], None],
    ) -> None:
        """`most` sessions at once. `reachable` says whether a gateway is here; `let_go` ends a session by its id."""
        self.most = most
        #: Being opened.
        self.promised = 0
        self._clock = clock
        self._wake_at = wake_at
        self._reachable = reachable
        self._let_go = let_go
        self._waiting: dict[str, _Waiting] = {}

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._waiting

    def make_room(self) -> bool:
        """Whether there is room for one more.

        If there is none, whoever has most of them gives one up for it, or else the oldest that has had its time goes.
        """
        if len(self._waiting) + self.promised < self.most:
            return True
        victim = self._victim()
        if not victim:
            return False
        self.remove(victim)
        self._let_go(victim)
        return True

    def _victim(self) -> str:
        """The session that gives way, or none ("")."""
        of_accounts = Counter(waiting.account_id for waiting in self._waiting.values() if waiting.account_id)
        account_id, most = max(of_accounts.items(), key=lambda item: item[1], default=("", 0))
        for session_id, waiting in self._waiting.items():
            if waiting.account_id == account_id if most > 1 else self._clock() - waiting.since >= GIVE_WAY_AFTER:
                return session_id
        return ""

    def add(self, session_id: str, account_id: str) -> None:
        """A session was opened for an account, and nobody is there yet."""
        now = self._clock()
        waiting = self._waiting[session_id] = _Waiting(now, account_id, lambda: self._is_due(session_id))
        self._wake_at(waiting, now + JOIN_WITHIN)

    def remove(self, session_id: str) -> None:
        """Somebody has joined it, or it is over. It need not be here."""
        if waiting := self._waiting.pop(session_id, None):
            self._wake_at(waiting, None)

    def _is_due(self, session_id: str) -> None:
        waiting = self._waiting[session_id]
        late = self._clock() - waiting.since > JOIN_WITHIN + GIVE_WAY_AFTER
        if late or not self._reachable():
            # Nobody could come: this program stood still, or no gateway is here.
            self.remove(session_id)
            self.add(session_id, waiting.account_id)
            return
        self.remove(session_id)
        self._let_go(session_id)


class _Waiting:
    """One of them, for the scheduler."""

    def __init__(self, since: int, account_id: str, due: Callable[[], None]) -> None:
        self.since = since
        self.account_id = account_id
        self.scheduled: int | None = None
        self._due = due

    def on_due(self, now: int) -> None:
        self._due()
