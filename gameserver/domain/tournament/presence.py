"""Presence of the entrants of a tournament: connections, and outages of ours that keep entrants away.

Not in the journal: a restart begins without connections, and gives everybody the time to come back.
"""

from gameserver.domain.tournament.spec import PAUSE
from gameserver.domain.tournament.state import TournamentState


class Presence:
    """Entrants with a connection, and those whom calls wait for beyond their deadline."""

    __slots__ = ("_connected", "_reachable", "_state", "_waits_until")

    def __init__(self, state: TournamentState) -> None:
        self._state = state
        self._connected: set[int] = set()
        self._waits_until: dict[int, int] = {}
        """Time until which calls wait for those whom an outage of ours keeps away, unix ms."""
        self._reachable = True

    @property
    def reachable(self) -> bool:
        """True while a program of ours can bring people here."""
        return self._reachable

    def connected(self, entrant: int) -> bool:
        """Report whether a connection of the entrant is here."""
        return entrant in self._connected

    def here(self, entrant: int) -> bool:
        """Report whether the entrant can play now; bots always can."""
        return entrant in self._connected or self._state.entrants[entrant].bot > 0

    def waits_until(self, entrant: int) -> int:
        """Return the time until which calls wait for an entrant whom an outage keeps away, unix ms; 0 for others."""
        return self._waits_until.get(entrant, 0)

    def restart(self, now_ms: int) -> None:
        """Give every entrant the time to come back: the process has been started again."""
        until = now_ms + self._state.timing.return_ms
        self._waits_until = dict.fromkeys(range(len(self._state.entrants)), until)

    def set_connected(self, entrant: int, connected: bool) -> None:
        """Take note that a connection of the entrant is here, or that the last one has gone by itself."""
        if connected:
            self._connected.add(entrant)
        else:
            self._connected.discard(entrant)
        self._waits_until.pop(entrant, None)

    def cut_off(self, entrant: int, now_ms: int) -> None:
        """Take note that an outage of ours has taken the entrant's connection."""
        self._connected.discard(entrant)
        self._waits_until[entrant] = self._until(now_ms)

    def set_reachable(self, reachable: bool, now_ms: int) -> None:
        """Take note that people can come again, or cannot: the time to come back begins with the former."""
        self._reachable = reachable
        until = self._until(now_ms)
        self._waits_until = {entrant: until for entrant, waits in self._waits_until.items() if waits > now_ms}

    def _until(self, now_ms: int) -> int:
        return now_ms + (self._state.timing.return_ms if self._reachable else PAUSE)
