"""The house match: two bots, so that there is always something to watch."""

import secrets
from typing import Final

from backend.core.bots import BotStrength
from backend.core.serialized import Ruleset
from backend.service.ports import Store
from backend.service.session_specs import Origin
from backend.service.sessions.directory import Directory
from backend.service.sessions.session_spec import showcase_session
from wire.refusal import Refused

PAIRS: Final = (
    (BotStrength.HARD, BotStrength.HARD),
    (BotStrength.HARD, BotStrength.MEDIUM),
    (BotStrength.MEDIUM, BotStrength.HARD),
    (BotStrength.MEDIUM, BotStrength.MEDIUM),
)


class ShowcaseMatch:
    def __init__(self, store: Store, directory: Directory, ruleset: Ruleset) -> None:
        self._store = store
        self._directory = directory
        self._ruleset = ruleset

    async def ensure(self) -> None:
        """Starts a house match when none is on and a game server takes it."""
        async with self._store.read() as unit:
            if await unit.directory.live_of_origin(Origin.HOUSE):
                return
        left, right = secrets.choice(PAIRS)
        spec = showcase_session(left, right, self._ruleset)
        try:
            await self._directory.start(self._directory.new_session(spec, listed=True))
        except Refused:
            return  # The next round tries again.
