"""How the rounds of a Swiss are drawn: a port, and the way for whom nobody waits."""

from typing import Protocol

from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw


class Drawing(Protocol):
    """Draws rounds. The same contenders give the same round, whoever draws it."""

    async def __call__(self, wanted: RoundToDraw) -> Pairs:
        """The round; empty where there is no legal one. Raises OSError when it cannot be drawn now."""
        ...


async def draw_at_once(wanted: RoundToDraw) -> Pairs:
    """The round, drawn on the loop: for small fields and simulations."""
    return draw(wanted.contenders, wanted.rounds_after)
