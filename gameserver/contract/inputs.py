"""Inputs of players: messages of the contract as values of the domain."""

from collections.abc import Collection, Sequence

from matchpoint.v1.frames_pb2 import Input, Mark, SeatMessage
from matchpoint.v1.pong_pb2 import PongInput

from gameserver.domain.pong.intents import Intent, Target, direction
from gameserver.domain.values import RuleError
from wire.refusal import Reason, Refused


def inputs_by_side(
    inputs: Collection[Input], marks: Collection[Mark], sides: Sequence[int]
) -> list[tuple[int, list[tuple[int, int, Intent]], int]]:
    """Sort inputs: (side, inputs, last mark or -1) for each side of the connection, also for sides without an input,
    since any message breaks the silence of all.

    Raises Refused (NO_SEAT) and RuleError, before anything is applied.
    """
    found: list[tuple[int, list[tuple[int, int, Intent]], int]] = []
    left = len(inputs) + len(marks)
    for side in sides:
        intents: list[tuple[int, int, Intent]] = []
        mark_t = -1
        for item in inputs:
            if item.seat == side:
                intents.append((item.seq, item.t, intent_of(item.pong)))
                left -= 1
        for mark in marks:
            if mark.seat == side:
                mark_t = max(mark_t, mark.t)
                left -= 1
        found.append((side, intents, mark_t))
    if left:
        raise Refused(Reason.REASON_NO_SEAT, "You sent an input for a seat that is not yours; play your own.")
    return found


def intent_of(payload: PongInput) -> Intent:
    """Read what a player wants. Raises RuleError for an intent that the rules do not know."""
    kind = payload.WhichOneof("intent")
    if kind == "dir":
        return direction(payload.dir)
    if kind == "target":
        return Target(payload.target)
    raise RuleError("pong", "has to say a direction or a target")


def resigned_sides(message: SeatMessage, sides: Sequence[int]) -> Sequence[int]:
    """Read the sides that give up: the one that is named, else all of them. Raises Refused (NO_SEAT)."""
    if not message.HasField("resign_seat"):
        return sides
    if message.resign_seat not in sides:
        raise Refused(Reason.REASON_NO_SEAT, "You gave up for a seat that is not yours; give up for your own.")
    return (message.resign_seat,)
