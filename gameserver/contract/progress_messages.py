"""The progress of a match in a checkpoint, beside the state of the game: contract messages to values, and back."""

from matchpoint.v1 import journal_pb2 as journals

from gameserver.contract.match_messages import (
    attendance_of,
    clock_of,
    point_message,
    point_of,
    put_attendance,
    put_clock,
)
from gameserver.domain.match.records import Progress, SideProgress
from gameserver.domain.match.resume import Scored
from gameserver.domain.match.stats import Figures, SideFigures


def put_progress(message: journals.JournalProgress, progress: Progress) -> None:
    """Write the progress of a match into a message."""
    put_clock(message.clock, progress.clock)
    message.attendance.SetInParent()
    put_attendance(message.attendance, progress.attendance)
    message.decisions = progress.decisions
    message.written_t = progress.written_t
    figures = progress.figures
    message.points.extend(map(point_message, figures.points))
    message.goal_seqs.extend(progress.goal_seqs)
    message.longest_rally = figures.longest_rally
    message.top_speed = figures.top_speed
    _put_side(message.left, progress.left, figures.left)
    _put_side(message.right, progress.right, figures.right)


def _put_side(message: journals.JournalSideProgress, side: SideProgress, figures: SideFigures) -> None:
    message.last_seq = side.last_seq
    message.last_te = side.last_te
    message.floor = side.floor
    message.grace_us = side.grace
    message.absent = side.absent
    message.spent_us = side.spent
    message.contact_offsets.extend(figures.contact_offsets)
    message.reactions_us.extend(figures.reactions_us)
    message.rtts_us.extend(figures.rtts_us)
    message.misses = figures.misses
    message.top_speed = figures.top_speed
    message.distance = figures.distance
    message.inputs = figures.inputs
    message.clamps = figures.clamps
    message.saves = figures.saves
    message.late_count = figures.late_count
    message.late_sum_us = figures.late_sum_us
    message.late_max_us = figures.late_max_us
    message.early_right = figures.early_right
    message.early_wrong = figures.early_wrong


def scored_of(m: journals.JournalProgress) -> Scored:
    """Read the points and figures of a checkpoint. Raises ValueError when they contradict each other."""
    if len(m.points) != len(m.goal_seqs):
        raise ValueError(f"has {len(m.points)} points, and numbers for {len(m.goal_seqs)}")
    points = tuple(map(point_of, m.points))
    figures = Figures(points, m.longest_rally, m.top_speed, _figures_of(m.left), _figures_of(m.right))
    return figures, tuple(m.goal_seqs)


def progress_of(m: journals.JournalProgress) -> Progress:
    """Read the progress of a match. Raises ValueError for values that contradict each other."""
    figures, goal_seqs = scored_of(m)
    return Progress(
        clock_of(m.clock),
        attendance_of(m.attendance),
        m.decisions,
        m.written_t,
        figures,
        goal_seqs,
        _side_of(m.left),
        _side_of(m.right),
    )


def _side_of(m: journals.JournalSideProgress) -> SideProgress:
    return SideProgress(m.last_seq, m.last_te, m.floor, m.grace_us, m.absent, m.spent_us)


def _figures_of(m: journals.JournalSideProgress) -> SideFigures:
    return SideFigures(
        tuple(m.contact_offsets),
        tuple(m.reactions_us),
        tuple(m.rtts_us),
        m.misses,
        m.top_speed,
        m.distance,
        m.inputs,
        m.clamps,
        m.saves,
        m.late_count,
        m.late_sum_us,
        m.late_max_us,
        m.early_right,
        m.early_wrong,
    )
