"""Sessions that no player has joined yet: they hold no place of the server's, and are ended soon.

A caller that asks for a session has shown nothing before a player comes. So such sessions have a small number of places
of their own, and never keep out people who play. Sessions that need no player (between bots, or an operator's) and
tournaments, which have entrants, hold their places from the start.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from gameserver.sessions.context import GatewayPresence
from gameserver.sessions.values import Origin, SessionSpec
from gameserver.streaming.ports import Clock
from gameserver.streaming.scheduler import Scheduler

JOIN_WITHIN_US: Final = 20_000_000
"""A session is ended when no player has joined it for this long, µs: a page needs about a second."""
GIVE_WAY_AFTER_US: Final = 3_000_000
"""Age at which sessions that nobody has joined give way when the places run out, µs."""
ASKED_BY_PEOPLE: Final = (Origin.ROOM, Origin.BOT, Origin.LOCAL)


def waits_for_people(spec: SessionSpec) -> bool:
    """Report whether the session counts only once a player has joined it."""
    asked = spec.origin in ASKED_BY_PEOPLE and not spec.is_tournament
    return asked and any(not seat.bot for seat in spec.seats)


class UnjoinedSessions:
    """The sessions of one server that no player has joined yet, the oldest first."""

    def __init__(
        self,
        most: int,
        clock: Clock,
        scheduler: Scheduler,
        gateways: GatewayPresence,
        end: Callable[[str], None],
    ) -> None:
        """`most` sessions at once. `end` ends a session by its id."""
        self.most = most
        self._clock = clock
        self._scheduler = scheduler
        self._gateways = gateways
        self._end = end
        self._waiting: dict[str, _Waiting] = {}

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._waiting

    def make_room(self, opening: int) -> bool:
        """Report whether there is room for one more, beside those that are being opened.

        If there is none, the account that has most of them gives one up for it, or else the oldest that has had its
        time is ended.
        """
        if len(self._waiting) + opening < self.most:
            return True
        victim = self._victim()
        if not victim:
            return False
        self.remove(victim)
        self._end(victim)
        return True

    def _victim(self) -> str:
        """The session that gives way, or none ("")."""
        of_accounts = Counter(waiting.account_id for waiting in self._waiting.values() if waiting.account_id)
        account_id, most = max(of_accounts.items(), key=lambda item: item[1], default=("", 0))
        for session_id, waiting in self._waiting.items():
            if waiting.account_id == account_id if most > 1 else self._clock() - waiting.since >= GIVE_WAY_AFTER_US:
                return session_id
        return ""

    def add(self, session_id: str, account_id: str) -> None:
        """Add a session that was opened for an account."""
        now = self._clock()
        waiting = self._waiting[session_id] = _Waiting(now, account_id, lambda: self._on_due(session_id))
        self._scheduler.at(waiting, now + JOIN_WITHIN_US)

    def remove(self, session_id: str) -> None:
        """Remove a session that was joined, or is over. It need not be here."""
        if waiting := self._waiting.pop(session_id, None):
            self._scheduler.at(waiting, None)

    def _on_due(self, session_id: str) -> None:
        waiting = self._waiting[session_id]
        late = self._clock() - waiting.since > JOIN_WITHIN_US + GIVE_WAY_AFTER_US
        if late or self._gateways.cut_off:
            # No player could come: this program stood still, or no gateway is here.
            self.remove(session_id)
            self.add(session_id, waiting.account_id)
            return
        self.remove(session_id)
        self._end(session_id)


class _Waiting:
    """One of them, for the scheduler."""

    def __init__(self, since: int, account_id: str, due: Callable[[], None]) -> None:
        self.since = since
        self.account_id = account_id
        self.scheduled: int | None = None
        self._due = due

    def on_due(self, now: int) -> None:
        self._due()
