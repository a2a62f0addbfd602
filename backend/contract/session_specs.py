"""Specs of sessions."""

from typing import Final

from matchpoint.v1 import session_pb2, tournament_pb2

from backend.contract.bots import PERSON, STRENGTHS
from backend.core.bots import BotStrength
from backend.core.serialized import Ruleset, TournamentSpec
from backend.service.session_specs import Origin, SeatSpec, SessionSpec, SessionTournament, TournamentTerms

ORIGINS: Final = {
    session_pb2.Origin.ORIGIN_ROOM: Origin.ROOM,
    session_pb2.Origin.ORIGIN_BOT: Origin.BOT,
    session_pb2.Origin.ORIGIN_LOCAL: Origin.LOCAL,
    session_pb2.Origin.ORIGIN_HOUSE: Origin.HOUSE,
    session_pb2.Origin.ORIGIN_SERVICE: Origin.SERVICE,
}
ORIGIN_MESSAGES: Final = {
    Origin.UNKNOWN: session_pb2.Origin.ORIGIN_UNSPECIFIED,
    **{origin: message for message, origin in ORIGINS.items()},
}
BOTS: Final = {STRENGTHS[strength]: strength for strength in BotStrength}


def session_spec(message: session_pb2.SessionSpec) -> SessionSpec:
    return SessionSpec(
        origin=ORIGINS.get(message.origin, Origin.UNKNOWN),
        ruleset=Ruleset(message.ruleset.SerializeToString(deterministic=True)),
        seats=tuple(_seat(seat) for seat in message.seats),
        seed=message.seed,
        join_within_s=message.join_within_s,
        public=message.public,
        rated=message.rated,
        tournament=_tournament(message.tournament) if message.HasField("tournament") else None,
    )


def session_spec_message(spec: SessionSpec) -> session_pb2.SessionSpec:
    message = session_pb2.SessionSpec(
        origin=ORIGIN_MESSAGES[spec.origin],
        seats=[_seat_message(seat) for seat in spec.seats],
        seed=spec.seed,
        join_within_s=spec.join_within_s,
        public=spec.public,
        rated=spec.rated,
        tournament=tournament_message(spec.tournament) if spec.tournament else None,
    )
    if spec.ruleset:
        message.ruleset.ParseFromString(spec.ruleset)
    return message


def tournament_message(tournament: SessionTournament) -> tournament_pb2.TournamentSpec:
    """The spec with the account of its organiser and the begin of its waiting list."""
    message = tournament_pb2.TournamentSpec.FromString(tournament.spec)
    message.organiser_account_id = tournament.organiser_account_id
    message.waiting_from = tournament.waiting_from
    return message


def tournament_terms(spec: TournamentSpec) -> TournamentTerms:
    """Terms of a serialized spec."""
    return _terms(tournament_pb2.TournamentSpec.FromString(spec))


def _terms(message: tournament_pb2.TournamentSpec) -> TournamentTerms:
    return TournamentTerms(message.format.WhichOneof("kind") or "", message.at_once)


def _tournament(message: tournament_pb2.TournamentSpec) -> SessionTournament:
    return SessionTournament(
        spec=TournamentSpec(message.SerializeToString(deterministic=True)),
        terms=_terms(message),
        organiser_account_id=message.organiser_account_id,
        waiting_from=message.waiting_from,
    )


def _seat(message: session_pb2.SeatSpec) -> SeatSpec:
    return SeatSpec(
        seat=message.seat,
        name=message.name,
        account_id=message.account_id,
        bot=BOTS.get(message.bot),
        bot_reaction_ms=message.bot_reaction_ms,
        rating=message.rating,
        network_key=message.line,
        rtt_most_us=message.rtt_most_us,
    )


def _seat_message(seat: SeatSpec) -> session_pb2.SeatSpec:
    return session_pb2.SeatSpec(
        seat=seat.seat,
        account_id=seat.account_id,
        name=seat.name,
        bot=STRENGTHS[seat.bot or PERSON],
        bot_reaction_ms=seat.bot_reaction_ms,
        rating=seat.rating,
        rtt_most_us=seat.rtt_most_us,
        line=seat.network_key,
    )
