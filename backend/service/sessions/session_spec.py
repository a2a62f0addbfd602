"""Session specs."""

from collections.abc import Mapping, Sequence
from typing import Final

from matchpoint.v1 import frames_pb2
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec

from backend.core.bots import BOT_NAMES, BotStrength
from backend.core.room import Room
from backend.core.serialized import Ruleset
from backend.service.accounts import tokens
from backend.service.sessions.latency_history import KnownLatency

JOIN_WITHIN_S: Final = 60
HOUSE: Final = Origin.ORIGIN_HOUSE
"""Origin of the showcase match."""
STRENGTHS: Final = (
    frames_pb2.BotStrength.BOT_STRENGTH_UNSPECIFIED,
    frames_pb2.BotStrength.BOT_STRENGTH_EASY,
    frames_pb2.BotStrength.BOT_STRENGTH_MEDIUM,
    frames_pb2.BotStrength.BOT_STRENGTH_HARD,
)
"""Strengths by the number that a room stores; 0 is a person."""


def bot_seat(seat: int, strength: BotStrength, reaction_ms: int = 0) -> SeatSpec:
    """Seat of a bot; `reaction_ms` is added to its mean reaction time."""
    return SeatSpec(seat=seat, name=BOT_NAMES[strength], bot=STRENGTHS[strength], bot_reaction_ms=reaction_ms)


def session_spec(origin: "Origin.ValueType", ruleset: Ruleset, seats: Sequence[SeatSpec]) -> SessionSpec:
    """A spec with a fresh seed."""
    spec = SessionSpec(origin=origin, seats=seats, seed=tokens.new_seed(), join_within_s=JOIN_WITHIN_S)
    spec.ruleset.ParseFromString(ruleset)
    return spec


def duel_session(room: Room) -> SessionSpec:
    """The session of a room's match."""
    seats = [SeatSpec(seat=one.seat or 0, account_id=one.account_id, name=one.name) for one in room.seated]
    return session_spec(Origin.ORIGIN_ROOM, room.settings.ruleset, seats)


def showcase_session(left: BotStrength, right: BotStrength, ruleset: Ruleset) -> SessionSpec:
    """The session of a match of two bots."""
    return session_spec(HOUSE, ruleset, (bot_seat(0, left), bot_seat(1, right)))


def set_latencies(spec: SessionSpec, known: Mapping[str, KnownLatency]) -> None:
    """Writes the longest round trip believed into the seats of `spec`; without an entry any is believed."""
    for seat in spec.seats:
        if found := known.get(seat.account_id):
            seat.line, seat.rtt_most_us = found.network_key, found.rtt_most_us
