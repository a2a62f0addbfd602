"""The drawing of Swiss rounds on the loop."""

from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw


async def draw_at_once(wanted: RoundToDraw) -> Pairs:
    """Draw the round on the loop: for small fields and simulations."""
    return draw(wanted.contenders, wanted.rounds_after)
