"""The clock of a match and the budgets of those it waits for: functions of what the journal says."""

from collections.abc import Sequence

from gameserver.core.journal import BUDGET, RESTORE_FREE, Cause, Clock, Facts
from gameserver.core.values import NOBODY, SIDES


def changed(facts: Facts, server_us: int, match_t: int, rate: int, cause: Cause, excused: Sequence[int] = ()) -> Clock:
    """The next clock. A frozen one says who is missing and for how long; each of `excused` has used up a pause."""
    frozen = cause in (Cause.PAUSE, Cause.RESTORE)
    away = [side for side in SIDES if not facts.present(side)] if frozen else []
    left = [BUDGET - _spent(facts, side, server_us, cause) + _free(cause) for side in away]
    return Clock(
        facts.clock.epoch + 1,
        match_t,
        server_us,
        rate,
        cause,
        away[0] if len(away) == 1 else NOBODY,
        max(0, min(left)) // 1000 if left else 0,
        *(facts.pauses[side] - (side in excused) for side in SIDES),
    )


def forfeit_at(facts: Facts) -> int | None:
    """Server time at which the first budget runs out; None while nobody is waited for."""
    begun = facts.clock.server_us + _free(facts.clock.cause)
    return min((begun + BUDGET - facts.spent[side] for side in facts.absentees), default=None)


def exhausted(facts: Facts) -> list[int]:
    """The sides whose budget runs out then."""
    most = max((facts.spent[side] for side in facts.absentees), default=0)
    return [side for side in facts.absentees if facts.spent[side] == most]


def _free(cause: Cause) -> int:
    return RESTORE_FREE if cause == Cause.RESTORE else 0


def _spent(facts: Facts, side: int, now: int, cause: Cause) -> int:
    """Server time that the side's absences have cost until `now`: the present one too, if no outage follows it."""
    if side not in facts.absentees or cause == Cause.RESTORE:
        return facts.spent[side]
    return facts.spent[side] + max(0, now - facts.clock.server_us - _free(facts.clock.cause))
