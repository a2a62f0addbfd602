"""Deadlines of a match: the time at which it has to be woken next, from its phase and its state."""

from typing import Final

from gameserver.domain.match.clocks import forfeit_at
from gameserver.domain.match.commit import DeferredCommit
from gameserver.domain.match.state import MatchState

HEARTBEAT: Final = 250_000
"""Time without another record after which a heartbeat is written, µs."""
SILENCE: Final = 1_000_000
"""Time without a message after which a player is absent, µs."""
WAKE_INTERVAL: Final = 1_000_000
"""Longest time until a match is woken, µs, so that it notices when it was not."""
OVERSLEPT: Final = 1_000_000
"""Delay of a wake-up beyond which the program stood still, µs. A shorter one is a late decision, maybe a lost ball."""


def while_running(state: MatchState, commit: DeferredCommit) -> int:
    """Return the server time of the next decision, heartbeat or silence, µs."""
    clock = state.clock
    due = clock.server_us - clock.match_t + min(commit.next_t(), state.written_t + HEARTBEAT)
    for admission in commit.admissions:
        if admission.heard + SILENCE < due and commit.waits_for(admission.side):
            due = admission.heard + SILENCE + 1
    return due


def while_frozen(state: MatchState, now: int) -> int | None:
    """Return the server time at which the first budget runs out, µs, if no wake-up is due before; None without one."""
    over = forfeit_at(state)
    return None if over is None else min(over, now + WAKE_INTERVAL)


def silent_sides(commit: DeferredCommit, now: int) -> list[int]:
    """List the sides that are waited for and were not heard for too long."""
    waits_for = commit.waits_for
    return [one.side for one in commit.admissions if now - one.heard > SILENCE and waits_for(one.side)]
