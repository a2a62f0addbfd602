"""Rebuilding of a match from its last checkpoint, without the records before it."""

from collections.abc import Sequence

from gameserver.domain.match.records import Checkpoint, JournalError, Opened, Progress, Record, Reported
from gameserver.domain.match.state import MatchState
from gameserver.domain.match.stats import Figures, StatsAccumulator
from gameserver.domain.pong.events import Goal
from gameserver.domain.pong.rules import Pong
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.values import SIDES

Scored = tuple[Figures, tuple[int, ...]]
"""Content of a checkpoint that is new since the one before: its figures, and the numbers of its points' events."""


def can_begin_at(opened: Opened, left: int, right: int, sudden_death: bool) -> bool:
    """Report whether a rebuild can begin at a checkpoint with that score: not if its point was the last one."""
    return max(left, right) < opened.ruleset.points_to_win and not (sudden_death and left != right)


def resume(
    opened: Opened,
    scored: Sequence[Scored],
    last: Record,
    records: Sequence[Record],
    timing: Timing = STANDARD,
) -> MatchState:
    """Build the state that `replay` makes of a whole journal, from its checkpoints and the records after the last one.

    `scored` has what is new in each checkpoint, from the first to `last`; none is left out.
    Raises JournalError at the first record that does not fit; it counts from the last checkpoint.
    """
    state = MatchState(opened, timing)
    try:
        if not isinstance(last, Checkpoint) or last.progress is None:
            raise ValueError("is no checkpoint to begin at")
        for figures, seqs in scored:
            for seq, point in zip(seqs, figures.points, strict=True):
                state.durable.append((seq, Goal(point.t, point.left, point.right, point.scorer, point.rally_hits)))
        state.game = Pong.restore(opened.ruleset, last.state, opened.seed)
        state.stats = StatsAccumulator.resume(state.game, [figures for figures, _ in scored])
        _begin(state, last, last.progress)
    except Exception as error:
        raise JournalError(0, f"{type(last).__name__} {error}") from error
    for position, record in enumerate(records, 1):
        try:
            if state.result and not isinstance(record, Reported):
                raise ValueError("comes after the end")
            state.apply(record)
        except Exception as error:
            raise JournalError(position, f"{type(record).__name__} {error}") from error
    return state


def _begin(state: MatchState, last: Checkpoint, progress: Progress) -> None:
    state.clock, state.attendance = progress.clock, progress.attendance
    state.pauses = [progress.clock.pauses_left, progress.clock.pauses_right]
    state.decisions, state.decided_t, state.written_t = progress.decisions, last.t, progress.written_t
    state.seq, state.checkpointed = last.topic_seq, len(state.durable)
    sides = (progress.left, progress.right)
    state.absentees = tuple(side for side in SIDES if sides[side].absent)
    for side, at in enumerate(sides):
        state.last_seq[side], state.last_te[side] = at.last_seq, at.last_te
        state.floor[side], state.grace[side], state.spent[side] = at.floor, at.grace, at.spent
