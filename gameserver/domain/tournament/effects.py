"""Effects of a tournament's engine: values that its caller carries out, in the order that they have here."""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.tournament.formats.interface import RoundToDraw
from gameserver.domain.tournament.records import TournamentEvent, TournamentRecord
from gameserver.domain.values import value


@value
class StartMatch:
    """Start of a match whose sides are both here. `left` and `right` are entrants."""

    match: int
    attempt: int
    pairing: int
    left: int
    right: int


@value
class StopMatch:
    """Stop of a match: as a forfeit of `side`, or (NOBODY) void, because it was called off."""

    match: int
    attempt: int
    side: int


@value
class TournamentEffects:
    """Effects to carry out: append `records`, fsync if `durable`, announce `events`, then start, stop and draw."""

    records: Sequence[TournamentRecord]
    events: Sequence[TournamentEvent]
    starts: Sequence[StartMatch]
    stops: Sequence[StopMatch]
    durable: bool
    draw: RoundToDraw | None = None
    """A round of a Swiss, of which `Tournament.round_drawn` is told in the end."""


NO_EFFECTS: Final = TournamentEffects((), (), (), (), False)
