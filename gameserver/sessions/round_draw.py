"""Drawing of Swiss rounds: on the loop, or by whatever draws them, until it has succeeded."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.sessions.ports import RoundDrawer

log = structlog.get_logger("tournament")

RETRY_S: Final = 0.25
"""Seconds after which a round that could not be drawn is tried again."""


async def draw_at_once(wanted: RoundToDraw) -> Pairs:
    """Draw the round on the loop: for small fields and simulations."""
    return draw(wanted.contenders, wanted.rounds_after)


async def draw_while(
    wants: Callable[[], bool], drawer: RoundDrawer, wanted: RoundToDraw, session_id: str
) -> Pairs | None:
    """Have the round drawn; a failure is tried again while `wants` returns True, and then gives None."""
    while wants():
        try:
            return await drawer(wanted)
        except OSError:
            log.exception("a round cannot be drawn yet", session_id=session_id)
            await asyncio.sleep(RETRY_S)
    return None
