"""Mapping of requests for sessions without a room."""

from matchpoint.v1.directory_pb2 import StartSessionRequest

from backend.contract.bots import bot_strength
from backend.contract.rulesets import filled_ruleset
from backend.contract.session_specs import tournament_terms
from backend.contract.tournament_specs import local_tournament_spec
from backend.service.sessions.requests import BotDuel, LocalDuel, LocalTournament, SessionRequest
from wire.refusal import Reason, Refused


def session_request(message: StartSessionRequest) -> SessionRequest | Refused:
    """The request, or the refusal of one that cannot be carried out: it counts for the limits like any other."""
    try:
        return _request(message)
    except Refused as refused:
        return refused


def _request(message: StartSessionRequest) -> SessionRequest:
    ruleset = filled_ruleset(message.ruleset, "")
    match message.WhichOneof("kind"):
        case "bot":
            strength = bot_strength(message.bot.strength, "bot.strength")
            return BotDuel(ruleset, strength, message.bot.reaction_ms)
        case "local":
            return LocalDuel(ruleset, message.local.left_name, message.local.right_name)
        case "local_tournament":
            wanted = message.local_tournament
            spec = local_tournament_spec(wanted.tournament, "local_tournament.tournament")
            return LocalTournament(ruleset, spec, tournament_terms(spec), tuple(wanted.names))
        case _:
            raise Refused(
                Reason.REASON_INVALID_FIELD, "Say what kind of session: bot, local or local tournament.", field="kind"
            )
