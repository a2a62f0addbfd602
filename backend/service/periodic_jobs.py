"""What nobody asks for and has to be done all the same, round after round."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from wire.refusal import Refused

log = structlog.get_logger("upkeep")

ROUND_S = 1.0


class Upkeep:
    """Carries out its parts one after the other. A part that fails does not keep the others from running."""

    def __init__(self, *parts: Callable[[], Awaitable[None]]) -> None:
        self._parts = parts

    async def run(self) -> None:
        """A round every ROUND_S seconds, until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(ROUND_S)

    async def round(self) -> None:
        for part in self._parts:
            try:
                await part()
            except Refused as refused:
                log.warning("upkeep has to wait", sentence=refused.sentence)
            except Exception:
                log.exception("upkeep failed", part=getattr(part, "__qualname__", repr(part)))
