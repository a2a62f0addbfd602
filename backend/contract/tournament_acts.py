"""Acts on tournaments, and their states."""

from matchpoint.v1 import tournament_pb2

from backend.contract.bots import PERSON
from backend.core.bots import BotStrength
from backend.core.serialized import TournamentState
from backend.service.models import TournamentEntrant, TournamentSnapshot
from backend.service.tournament_acts import AddEntrant, CheckIn, OrganiserAct, TournamentAct, Withdraw
from wire.ranges import check
from wire.refusal import Reason, Refused


def tournament_act(message: tournament_pb2.TournamentAct) -> TournamentAct:
    """The act that an account asks for. Raises Refused: none, or another entrant's withdrawal."""
    match message.WhichOneof("act"):
        case None:
            raise Refused(Reason.REASON_INVALID_FIELD, "Say what is to be done.", field="act")
        case "check_in":
            return CheckIn()
        case "withdraw":
            if message.withdraw.HasField("entrant"):
                raise Refused(
                    Reason.REASON_INVALID_FIELD,
                    "You can withdraw only yourself; an organiser disqualifies others.",
                    field="act.withdraw.entrant",
                )
            return Withdraw()
        case "add_entrant":
            return _add_entrant(message.add_entrant)
        case _:
            return OrganiserAct(message.SerializeToString(), _refusal(message))


def tournament_act_message(act: TournamentAct) -> tournament_pb2.TournamentAct:
    match act:
        case CheckIn():
            return tournament_pb2.TournamentAct(check_in=tournament_pb2.CheckIn())
        case Withdraw():
            return tournament_pb2.TournamentAct(withdraw=tournament_pb2.Withdraw(entrant=act.entrant))
        case AddEntrant():
            added = tournament_pb2.AddEntrant(
                account_id=act.account_id, name=act.name, bot_strength=act.bot or PERSON, rating=act.rating
            )
            return tournament_pb2.TournamentAct(add_entrant=added)
        case OrganiserAct():
            return tournament_pb2.TournamentAct.FromString(act.document)


def tournament_snapshot(message: tournament_pb2.TournamentState) -> TournamentSnapshot:
    return TournamentSnapshot(
        state=TournamentState(message.SerializeToString()),
        entrants=tuple(TournamentEntrant(one.entrant, one.account_id, one.name) for one in message.entrants),
    )


def tournament_state_message(state: TournamentState) -> tournament_pb2.TournamentState:
    return tournament_pb2.TournamentState.FromString(state)


def _add_entrant(message: tournament_pb2.AddEntrant) -> AddEntrant:
    strength = message.bot_strength
    # Account and name are looked up and cleaned first: of the ranges only that of the strength is left.
    probe = tournament_pb2.AddEntrant(name="x", bot_strength=strength)
    return AddEntrant(
        account_id=message.account_id,
        name=message.name,
        bot=BotStrength(strength) if strength in list(BotStrength) else None,
        rating=message.rating,
        refused=_refusal(tournament_pb2.TournamentAct(add_entrant=probe)),
    )


def _refusal(act: tournament_pb2.TournamentAct) -> Refused | None:
    """The refusal of a value out of its range."""
    try:
        check(act, "act.")
    except Refused as refused:
        return refused
    return None
