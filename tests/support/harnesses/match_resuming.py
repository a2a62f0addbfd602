"""A match taken up at its last checkpoint, and all that two objects have in common or not."""

from dataclasses import is_dataclass
from typing import Any

from gameserver.domain.match.records import Checkpoint, Opened, Record
from gameserver.domain.match.resume import can_begin_at, resume
from gameserver.domain.match.state import MatchState
from gameserver.domain.match.stats import StatsAccumulator
from gameserver.domain.pong.rules import Pong


def taken_up(records: list[Record]) -> MatchState | None:
    """The facts from the last checkpoint on; None without one."""
    opened = records[0]
    assert isinstance(opened, Opened)
    places = [i for i, r in enumerate(records) if isinstance(r, Checkpoint) and _can_begin_at(opened, r)]
    if not places:
        return None
    progresses = [r.progress for r in records[: places[-1] + 1] if isinstance(r, Checkpoint) and r.progress]
    scored = [(progress.figures, progress.goal_seqs) for progress in progresses]
    return resume(opened, scored, records[places[-1]], records[places[-1] + 1 :])


def _can_begin_at(opened: Opened, checkpoint: Checkpoint) -> bool:
    state = checkpoint.state
    return can_begin_at(opened, state.left, state.right, state.sudden_death)


def everything(thing: Any) -> Any:
    """All that an object holds, deep down."""
    if isinstance(thing, MatchState | Pong | StatsAccumulator) or (
        hasattr(thing, "__slots__") and not is_dataclass(thing)
    ):
        slots = (slot for cls in type(thing).__mro__ for slot in getattr(cls, "__slots__", ()))
        # `contact` is of the last hit, and read at once.
        return {slot: everything(getattr(thing, slot)) for slot in slots if slot != "contact"}
    if isinstance(thing, list | tuple):
        return [everything(each) for each in thing]
    return thing
