"""A match taken up at its last checkpoint, without folding what came before it."""

from collections.abc import Sequence

from gameserver.core.games.pong import Goal, Pong
from gameserver.core.journal import Checkpoint, Facts, JournalError, Opened, Record, Reported
from gameserver.core.stats import StatsFold
from gameserver.core.values import SIDES


def can_begin_at(opened: Opened, checkpoint: Checkpoint) -> bool:
    """Whether a rebuild can begin at it: not if it is of an older version, or the point was the last."""
    state = checkpoint.state
    won = max(state.left, state.right) >= opened.ruleset.points_to_win
    return checkpoint.progress is not None and not won and not (state.sudden_death and state.left != state.right)


def resume(opened: Opened, checkpoints: Sequence[Checkpoint], records: Sequence[Record]) -> Facts:
    """What `fold` makes of a whole journal, from all its checkpoints and the records after the last of them.

    Each of the checkpoints has its progress, and none is left out: each holds what is new since the one before.
    Raises JournalError at the first record that does not fit; it counts from the last checkpoint.
    """
    facts = Facts(opened)
    try:
        for checkpoint in checkpoints:
            _take_up(facts, checkpoint)
        _begin(facts, checkpoints)
    except Exception as error:
        raise JournalError(0, f"Checkpoint {error}") from error
    for position, record in enumerate(records, 1):
        try:
            if facts.result and not isinstance(record, Reported):
                raise ValueError("comes after the end")
            facts.apply(record)
        except Exception as error:
            raise JournalError(position, f"{type(record).__name__} {error}") from error
    return facts


def _take_up(facts: Facts, checkpoint: Checkpoint) -> None:
    assert checkpoint.progress is not None
    figures, seqs = checkpoint.progress.figures, checkpoint.progress.goal_seqs
    for seq, point in zip(seqs, figures.points, strict=True):
        facts.durable.append((seq, Goal(point.t, point.left, point.right, point.scorer, point.rally_hits)))


def _begin(facts: Facts, checkpoints: Sequence[Checkpoint]) -> None:
    last = checkpoints[-1]
    progress, opened = last.progress, facts.opened
    assert progress is not None
    facts.game = Pong.restore(opened.ruleset, last.state, opened.seed)
    facts.stats = StatsFold.resume(facts.game, [c.progress.figures for c in checkpoints if c.progress])
    facts.clock, facts.attendance = progress.clock, progress.attendance
    facts.pauses = [progress.clock.pauses_left, progress.clock.pauses_right]
    facts.decisions, facts.decided_t, facts.written_t = progress.decisions, last.t, progress.written_t
    facts.seq, facts.checkpointed = last.topic_seq, len(facts.durable)
    sides = (progress.left, progress.right)
    facts.absentees = tuple(side for side in SIDES if sides[side].absent)
    for side, at in enumerate(sides):
        facts.last_seq[side], facts.last_te[side] = at.last_seq, at.last_te
        facts.floor[side], facts.grace[side], facts.spent[side] = at.floor, at.grace, at.spent
