"""A game server whose waits for people's sake are short, so that a tournament of 16 takes a minute and not a quarter
of an hour. Nothing else is different. See `tests.faults.crashing`: MATCHPOINT_HURRIED=1.
"""

import importlib
from typing import Final

MS, US = 1_000, 1_000_000
WAITS: Final = {
    # From a call to its match; how far away every deadline is after a restart; how long the draw is shown.
    "gameserver.domain.tournament.engine.COUNTDOWN": 1 * MS,
    "gameserver.domain.tournament.replay.COUNTDOWN": 1 * MS,
    "gameserver.domain.tournament.engine.RETURN": 12 * MS,
    "gameserver.domain.tournament.replay.RETURN": 12 * MS,
    "gameserver.contract.tournament_specs.DRAW_S": 1,
    # Before the first serve of a match, and when it goes on after a pause.
    "gameserver.domain.match.state.COUNTDOWN": 1 * US,
    "gameserver.domain.match.lifecycle.COUNTDOWN": 1 * US,
    # For how long a side may be away from a match, and what a restart forgives beside that.
    "gameserver.domain.match.clocks.BUDGET": 6 * US,
    "gameserver.domain.match.state.RESTORE_FREE": 8 * US,
    "gameserver.domain.match.clocks.RESTORE_FREE": 8 * US,
}
"""Each wait that is shortened, and what it is then."""


def hurry() -> None:
    """Shortens them in this process. Raises AttributeError for one that there is not."""
    # All of them first: what one takes from another it takes when it is imported.
    modules = {path: importlib.import_module(path.rpartition(".")[0]) for path in WAITS}
    for path, wait in WAITS.items():
        name = path.rpartition(".")[2]
        assert getattr(modules[path], name) > wait, f"{path} is shorter by itself"
        setattr(modules[path], name, wait)
