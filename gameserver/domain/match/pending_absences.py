"""Pending absences in a match: until when it runs on without a side that has left.

An absence never helps: it must not buy time to think about a ball. So when a side leaves while a ball flies toward it
(or while the direction of a ball that has reached the other side is not decided yet) play goes on, the paddle as it was
steered last, until that is decided; only then does the match freeze. A ball that flies away, a serve that was not
launched and a countdown freeze at once. A player who is back before then has had no pause.
"""

from collections.abc import Iterable
from typing import Final

from gameserver.domain.pong.rules import Pong


class PendingAbsences:
    """Sides that have left a match which still runs, and those that are about to be lost."""

    __slots__ = ("_undecided", "departed", "leaving")

    def __init__(self) -> None:
        self.leaving: Final[set[int]] = set()
        """Sides about to be lost in an outage: the clock does not start until they have come again."""
        self.departed: Final[set[int]] = set()
        """Sides that have left while the match still runs."""
        self._undecided: Final[set[int]] = set()
        """Departed sides about which a ball in the air is yet to decide."""

    def add(self, sides: Iterable[int]) -> None:
        """Take note of sides that have left."""
        self.departed.update(sides)
        self._undecided.update(sides)

    def end(self, side: int) -> bool:
        """Take note of a side that has come. Returns whether it was about to be lost."""
        was_leaving = side in self.leaving
        self.leaving.discard(side)
        self.departed.discard(side)
        self._undecided.discard(side)
        return was_leaving

    def await_ball(self, game: Pong, t: int) -> bool:
        """Return whether a ball in the air at match time `t` is yet to be decided for a side that has left.

        A side for which it was decided once is not waited for again.
        """
        decided = [side for side in self._undecided if not _may_reach(game, side, t)]
        self._undecided.difference_update(decided)
        return bool(self._undecided)

    def clear(self) -> None:
        """Forget those that have left: the match freezes."""
        self.departed.clear()
        self._undecided.clear()


def _may_reach(game: Pong, side: int, t: int) -> bool:
    """Report whether a ball in the air at `t` flies toward `side`, or may: its last crossing is not decided yet."""
    return game.due is not None and (game.due.t <= t or game.flies_to(t) == side)
