"""Specs and commands of tournaments: contract messages to values of the domain, and refusals to contract reasons."""

from collections.abc import Mapping
from typing import Final

from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import DropInOrder as DropInOrderMessage
from matchpoint.v1.tournament_pb2 import GrandFinal as GrandFinalMessage
from matchpoint.v1.tournament_pb2 import RoundBestOf as RoundBestOfMessage
from matchpoint.v1.tournament_pb2 import Seeding as SeedingMessage
from matchpoint.v1.tournament_pb2 import TiebreakRules as TiebreakRulesMessage
from matchpoint.v1.tournament_pb2 import TournamentAct, TournamentFormat, TournamentSpec

from gameserver.domain.pong.bots import Strength
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament import commands
from gameserver.domain.tournament.pairings import Kind, Stage
from gameserver.domain.tournament.records import TournamentOpened
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import DropInOrder, GrandFinal, RoundBestOf, Settings, TiebreakRules
from gameserver.domain.tournament.spec import Entrant, Seeding, Spec
from gameserver.domain.tournament.state import TournamentState
from wire import ranges
from wire.refusal import Refused

REASONS: Final[Mapping[str, "Reason.ValueType"]] = {
    "settings": Reason.REASON_SETTINGS_CONTRADICT,
    "entrants": Reason.REASON_ENTRANTS_COUNT,
    "duplicate": Reason.REASON_ENTRANT_DUPLICATE,
    "tournament_over": Reason.REASON_TOURNAMENT_OVER,
    "not_organiser": Reason.REASON_NOT_ORGANISER,
    "not_entrant": Reason.REASON_ENTRANT_UNKNOWN,
    "entrant_unknown": Reason.REASON_ENTRANT_UNKNOWN,
    "entrant_out": Reason.REASON_ENTRANT_OUT,
    "pairing_unknown": Reason.REASON_PAIRING_UNKNOWN,
    "pairing_state": Reason.REASON_PAIRING_STATE,
    "pairing_locked": Reason.REASON_PAIRING_LOCKED,
    "already_paused": Reason.REASON_TOURNAMENT_STATE,
    "not_paused": Reason.REASON_TOURNAMENT_STATE,
    "too_late": Reason.REASON_TOURNAMENT_STATE,
}
"""The reason of each refusal of the domain, by its code."""


def refusal(error: TournamentRefused, path: str = "") -> Refused:
    """A tournament's no, as the contract says it. `path` goes before the field."""
    return Refused(REASONS[error.code], error.sentence, field=path + error.field if error.field else "")


def fill(spec: SessionSpec, timing: Timing = STANDARD) -> None:
    """Fill the defaults of a tournament in, its seats in order. Raises Refused for one that cannot be."""
    tournament = spec.tournament
    if not tournament.format.WhichOneof("kind"):
        tournament.format.single_elimination.SetInParent()
    if tournament.format.HasField("double_elimination"):
        double = tournament.format.double_elimination
        double.grand_final = double.grand_final or GrandFinalMessage.GRAND_FINAL_DOUBLE
        if double.grand_final not in GrandFinalMessage.values():
            field = "spec.tournament.format.double_elimination.grand_final"
            raise Refused(Reason.REASON_INVALID_FIELD, "There is no such grand final.", field=field)
        double.drop_in_order = double.drop_in_order or DropInOrderMessage.DROP_IN_ORDER_LATE_REMATCH
        if double.drop_in_order not in DropInOrderMessage.values():
            field = "spec.tournament.format.double_elimination.drop_in_order"
            raise Refused(Reason.REASON_INVALID_FIELD, "There is no such order of drop-ins.", field=field)
    if tournament.format.HasField("swiss"):
        swiss = tournament.format.swiss
        swiss.tiebreak_rules = swiss.tiebreak_rules or TiebreakRulesMessage.TIEBREAK_RULES_FIDE_2026
        if swiss.tiebreak_rules not in TiebreakRulesMessage.values():
            field = "spec.tournament.format.swiss.tiebreak_rules"
            raise Refused(Reason.REASON_INVALID_FIELD, "There is no such edition of the rules.", field=field)
    tournament.seeding = tournament.seeding or SeedingMessage.SEEDING_GIVEN
    tournament.best_of = tournament.best_of or 1
    tournament.call_s = tournament.call_s or timing.call_s
    tournament.rest_s = tournament.rest_s or timing.rest_s
    if spec.origin == Origin.ORIGIN_LOCAL:
        tournament.at_once = 1
    if [seat.seat for seat in spec.seats] != list(range(len(spec.seats))):
        raise Refused(
            Reason.REASON_INVALID_FIELD,
            "The entrants of a tournament have the seats 0, 1, 2 and so on, each once.",
            field="spec.seats",
        )
    if tournament.seeding not in SeedingMessage.values():
        field = "spec.tournament.seeding"
        raise Refused(Reason.REASON_INVALID_FIELD, "There is no such way to seed.", field=field)
    check(spec, timing)


def check(spec: SessionSpec, timing: Timing = STANDARD) -> None:
    """Raise Refused for a tournament that cannot be: SETTINGS_CONTRADICT, ENTRANTS_COUNT, ENTRANT_DUPLICATE."""
    try:
        TournamentState(TournamentOpened(tournament_of(spec, timing), 0))
    except TournamentRefused as error:
        raise refusal(error, "spec.tournament.") from error


def tournament_of(spec: SessionSpec, timing: Timing = STANDARD) -> Spec:
    """The core's tournament of a session whose defaults are filled in."""
    t = spec.tournament
    return Spec(
        settings=_settings(t),
        entrants=tuple(map(_entrant, spec.seats)),
        organiser=t.organiser_account_id,
        seeding=Seeding(t.seeding),
        seed=spec.seed,
        waiting_from=t.waiting_from,
        check_in_s=t.check_in_s,
        call_s=t.call_s,
        rest_s=t.rest_s,
        between_s=timing.between_s,
        draw_s=timing.draw_s,
        at_once=t.at_once,
        review_s=t.review_s,
    )


def _entrant(seat: SeatSpec) -> Entrant:
    return Entrant(
        seat.name, seat.account_id, Strength(seat.bot), seat.bot_reaction_ms, seat.rating, seat.rtt_most_us, seat.line
    )


def _settings(t: TournamentSpec) -> Settings:
    f: TournamentFormat = t.format
    kind = f.WhichOneof("kind")
    assert kind is not None
    return Settings(
        format=kind,
        third_place=f.single_elimination.third_place or f.groups.third_place,
        grand_final=GrandFinal(f.double_elimination.grand_final - 1)
        if kind == "double_elimination"
        else GrandFinal.DOUBLE,
        drop_in_order=DropInOrder.LATE_REMATCH
        if f.double_elimination.drop_in_order == DropInOrderMessage.DROP_IN_ORDER_LATE_REMATCH
        else DropInOrder.BRACKETS_MANAGER,
        rounds=f.swiss.rounds,
        tiebreak_rules=TiebreakRules(f.swiss.tiebreak_rules),
        groups=f.groups.groups,
        advance=f.groups.advance,
        best_of=t.best_of,
        best_of_rounds=tuple(map(_round_best_of, t.best_of_rounds)),
    )


def _round_best_of(line: RoundBestOfMessage) -> RoundBestOf:
    before_last = line.before_last if line.HasField("before_last") else None
    return RoundBestOf(_stage(line.stage), line.round, line.best_of, before_last)


def _stage(number: int) -> Stage:
    try:
        return Stage(number)
    except ValueError as error:
        field = "spec.tournament.best_of_rounds"
        raise Refused(Reason.REASON_INVALID_FIELD, "There is no such part of the bracket.", field=field) from error


def act_of(message: TournamentAct) -> commands.Command:
    """Read a command to a tournament. Raises Refused (INVALID_FIELD)."""
    ranges.check(message, "act.")
    kind = message.WhichOneof("act")
    match kind:
        case "check_in":
            return commands.CheckIn()
        case "withdraw":
            return commands.Withdraw(message.withdraw.entrant if message.withdraw.HasField("entrant") else None)
        case "disqualify":
            return commands.Disqualify(message.disqualify.entrant)
        case "pause":
            return commands.Pause()
        case "resume":
            return commands.Resume()
        case "extend_deadline":
            return commands.ExtendDeadline(message.extend_deadline.pairing, message.extend_deadline.seconds)
        case "correct_result":
            return _correction(message)
        case "reopen":
            return commands.Reopen(message.reopen.pairing)
        case "add_entrant":
            add = message.add_entrant
            return commands.AddEntrant(Entrant(add.name, add.account_id, Strength(add.bot_strength), 0, add.rating))
        case "call_off":
            return commands.CallOff()
        case "confirm":
            return commands.Confirm()
    raise Refused(Reason.REASON_INVALID_FIELD, "Say what is to be done.", field="act")


def _correction(message: TournamentAct) -> commands.CorrectResult:
    correct = message.correct_result
    try:
        kind = Kind(correct.kind)
    except ValueError as error:
        sentence = "Say how it was decided: played, forfeit, walkover, double forfeit or cancelled."
        raise Refused(Reason.REASON_INVALID_FIELD, sentence, field="act.correct_result.kind") from error
    if correct.winner not in (0, 1, 2):
        sentence = "The winner is the left side, the right side, or nobody."
        raise Refused(Reason.REASON_INVALID_FIELD, sentence, field="act.correct_result.winner")
    return commands.CorrectResult(correct.pairing, kind, correct.winner - 1)


def match_spec(spec: SessionSpec, left: Entrant, right: Entrant) -> SessionSpec:
    """Make the spec of one match of a tournament: a duel of two of its entrants."""
    match = SessionSpec(origin=spec.origin, ruleset=spec.ruleset, join_within_s=spec.join_within_s, public=spec.public)
    match.rated = spec.rated
    for number, entrant in enumerate((left, right)):
        match.seats.add(
            seat=number,
            account_id=entrant.account_id,
            name=entrant.name,
            bot=BotStrength.ValueType(entrant.bot),
            bot_reaction_ms=entrant.bot_reaction_ms,
            rating=entrant.rating,
            rtt_most_us=entrant.rtt_most_us,
            line=entrant.line,
        )
    return match
