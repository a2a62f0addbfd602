"""What the session runtime knows about a game, and nothing else.

A game is a pure function of (ruleset, seed, inputs): integers only, no clock, no I/O. It says when its next event
falls due and whose inputs that event depends on; the runtime decides when those inputs are complete.
"""

from collections.abc import Sequence
from typing import Protocol

from gameserver.core.values import Intent, value


@value
class Due:
    """The next event: at match time `t` (µs), depending on the inputs of `side` up to and including `t`.

    `side` is NOBODY when it depends on no input (a goal, a time limit).
    """

    t: int
    side: int


class Track(Protocol):
    """The course of one side through its inputs. A copy of it answers "what if"."""

    def admit(self, intent: Intent, te: int) -> None:
        """Apply an intent at match time `te`, not before the last one."""
        ...


class Event(Protocol):
    """A numbered fact. Each game has its own kinds; see `games/pong.py`."""


class Game(Protocol):
    """A game behind the runtime."""

    #: The next event, or None when the game is over.
    due: Due | None
    #: The side that won, NOBODY for a draw. Meaningful once `due` is None.
    winner: int
    #: Points of each side.
    score: list[int]

    def check(self, intent: Intent) -> None:
        """Raise RuleError when the ruleset does not allow the intent."""

    def admit(self, side: int, intent: Intent, te: int, seq: int) -> Event | None:
        """Apply an input of `side` at match time `te` (µs), not before that side's last one.

        None means that nothing changed: the intent is held already, so that the input is a mark only.
        """

    def decide(self) -> Sequence[Event]:
        """Let the due event happen. Raises ValueError when the game is over."""
        ...

    def track(self, side: int) -> Track:
        """A copy of a side's course, to try other inputs on."""
        ...

    def survives(self, side: int, track: Track) -> bool:
        """Whether the due event would go well for `side` on that course."""
        ...

    def flies_to(self, t: int) -> int:
        """The side that what is in the air at match time `t` flies to; NOBODY when nothing is."""
        ...

    def still(self, side: int) -> bool:
        """Whether `side` holds no movement."""
        ...

    def state_hash(self) -> int:
        """32 bits over the full state."""
        ...
