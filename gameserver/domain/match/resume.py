"""Rebuilding of a match from its last checkpoint, without the records before it."""

from collections.abc import Sequence

from gameserver.domain.match.records import Checkpoint, JournalError, Opened, Record, Reported, Result
from gameserver.domain.match.state import MatchState
from gameserver.domain.match.stats import Figures
from gameserver.domain.pong.events import Goal
from gameserver.domain.timing import STANDARD, Timing

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
    try:
        if not isinstance(last, Checkpoint) or last.progress is None:
            raise ValueError("is no checkpoint to begin at")
        durable: list[tuple[int, Goal | Result]] = []
        for figures, seqs in scored:
            for seq, point in zip(seqs, figures.points, strict=True):
                durable.append((seq, Goal(point.t, point.left, point.right, point.scorer, point.rally_hits)))
        figures_so_far = [figures for figures, _ in scored]
        state = MatchState.at_checkpoint(opened, last, last.progress, durable, figures_so_far, timing)
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
