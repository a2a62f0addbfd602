"""What the engine of a tournament wants done: values, which the shell carries out in the order that they have here."""

from collections.abc import Sequence
from typing import Final

from gameserver.core.tournament.journal import Event, Record
from gameserver.core.tournament.values import RoundToDraw
from gameserver.core.values import value


@value
class StartMatch:
    """Both are here: their match begins. `left` and `right` are entrants."""

    match: int
    attempt: int
    pairing: int
    left: int
    right: int


@value
class StopMatch:
    """A match has to end: as a forfeit of `side`, or (NOBODY) void, because it was called off."""

    match: int
    attempt: int
    side: int


@value
class Effects:
    """What the shell has to do: append `records`, fsync if `durable`, announce `events`, then start, stop and draw."""

    records: Sequence[Record]
    events: Sequence[Event]
    starts: Sequence[StartMatch]
    stops: Sequence[StopMatch]
    durable: bool
    #: A round of a Swiss, of which `Tournament.round_drawn` is told in the end.
    draw: RoundToDraw | None = None


NOTHING: Final = Effects((), (), (), (), False)
