"""Clock of a match, and the budgets of the sides it waits for: functions of its state."""

from collections.abc import Sequence

from gameserver.domain.match.records import Cause, Clock
from gameserver.domain.match.state import MatchState
from gameserver.domain.values import NOBODY, SIDES


def next_clock(
    state: MatchState, server_us: int, match_t: int, rate: int, cause: Cause, excused: Sequence[int] = ()
) -> Clock:
    """Return the next clock. A frozen one says who is missing and for how long; each of `excused` uses up a pause.

    Raises AssertionError for a pause that a side does not have.
    """
    if any(state.pauses[side] < 1 for side in excused):
        raise AssertionError("a side takes a pause that it does not have")
    frozen = cause in (Cause.PAUSE, Cause.RESTORE)
    away = [side for side in SIDES if not state.present(side)] if frozen else []
    left = [state.timing.budget_us - _spent(state, side, server_us, cause) + _free(state, cause) for side in away]
    return Clock(
        state.clock.epoch + 1,
        match_t,
        server_us,
        rate,
        cause,
        away[0] if len(away) == 1 else NOBODY,
        max(0, min(left)) // 1000 if left else 0,
        *(state.pauses[side] - (side in excused) for side in SIDES),
    )


def forfeit_at(state: MatchState) -> int | None:
    """Server time at which the first budget runs out; None while nobody is waited for."""
    begun = state.clock.server_us + _free(state, state.clock.cause)
    return min((begun + state.timing.budget_us - state.spent[side] for side in state.absentees), default=None)


def exhausted(state: MatchState) -> list[int]:
    """The sides whose budget runs out then."""
    most = max((state.spent[side] for side in state.absentees), default=0)
    return [side for side in state.absentees if state.spent[side] == most]


def _free(state: MatchState, cause: Cause) -> int:
    return state.timing.restore_free_us if cause == Cause.RESTORE else 0


def _spent(state: MatchState, side: int, now: int, cause: Cause) -> int:
    """Server time that the side's absences have cost until `now`: the present one too, if no outage follows it."""
    if side not in state.absentees or cause == Cause.RESTORE:
        return state.spent[side]
    return state.spent[side] + max(0, now - state.clock.server_us - _free(state, state.clock.cause))
