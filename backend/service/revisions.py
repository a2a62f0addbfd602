"""Revisions of lists that are sent whole."""

from backend.service.ports import Clock


class Revisions:
    """Numbers that grow with each one taken, also over a restart: of two lists the one with the larger is newer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """The next number. To be taken before the list is read, so that what changes meanwhile is not missed."""
        self._last = max(self._last + 1, self._clock.unix_ms())
        return self._last
