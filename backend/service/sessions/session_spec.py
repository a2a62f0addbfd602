"""Making of session specs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.core.bots import BOT_NAMES, BotStrength
from backend.core.room import Room
from backend.core.serialized import Ruleset
from backend.service.accounts import tokens
from backend.service.session_specs import Origin, SeatSpec, SessionSpec, SessionTournament
from backend.service.sessions.latency_history import KnownLatency

JOIN_WITHIN_S: Final = 60


def bot_seat(seat: int, strength: BotStrength, reaction_ms: int = 0) -> SeatSpec:
    """Seat of a bot; `reaction_ms` is added to its mean reaction time."""
    return SeatSpec(seat, BOT_NAMES[strength], bot=strength, bot_reaction_ms=reaction_ms)


def session_spec(
    origin: Origin, ruleset: Ruleset, seats: Sequence[SeatSpec], tournament: SessionTournament | None = None
) -> SessionSpec:
    """A spec with a fresh seed."""
    return SessionSpec(
        origin, ruleset, tuple(seats), tokens.new_seed(), join_within_s=JOIN_WITHIN_S, tournament=tournament
    )


def duel_session(room: Room) -> SessionSpec:
    """The session of a room's match."""
    seats = [SeatSpec(one.seat or 0, one.name, one.account_id) for one in room.seated]
    return session_spec(Origin.ROOM, room.settings.ruleset, seats)


def showcase_session(left: BotStrength, right: BotStrength, ruleset: Ruleset) -> SessionSpec:
    """The session of a match of two bots."""
    return session_spec(Origin.HOUSE, ruleset, (bot_seat(0, left), bot_seat(1, right)))


def with_latencies(spec: SessionSpec, known: Mapping[str, KnownLatency]) -> SessionSpec:
    """The spec with the longest round trip believed in its seats; without an entry any is believed."""
    return replace(spec, seats=tuple(_with_latency(seat, known.get(seat.account_id)) for seat in spec.seats))


def _with_latency(seat: SeatSpec, found: KnownLatency | None) -> SeatSpec:
    return replace(seat, network_key=found.network_key, rtt_most_us=found.rtt_most_us) if found else seat
