"""Session specs of the contract: their defaults, and the opening record of a match."""

from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import SeatSpec
from matchpoint.v1.session_pb2 import SessionSpec as SessionSpecMessage

from gameserver.contract import tournament_specs
from gameserver.domain.match.records import Occupant, Opened
from gameserver.domain.pong.bots import STEP_MS, Strength
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.values import RuleError
from gameserver.sessions.ports import Key
from gameserver.sessions.values import Origin, Seat, SessionSpec
from wire import ranges
from wire.capacity import matches_at_once
from wire.refusal import Refused

JOIN_WITHIN_S = 60


def filled(spec: SessionSpecMessage, timing: Timing = STANDARD) -> SessionSpec:
    """Fill in every default and order the seats, so that equal specs compare equal.

    Raises Refused (INVALID_FIELD and those of tournaments) with the field's path.
    """
    ranges.check(spec, "spec.")
    whole = SessionSpecMessage()
    whole.CopyFrom(spec)
    whole.ruleset.CopyFrom(ranges.fill_defaults(spec.ruleset, "spec.ruleset."))
    whole.seed = spec.seed or 1
    whole.join_within_s = spec.join_within_s or JOIN_WITHIN_S
    seats = sorted(spec.seats, key=lambda seat: seat.seat)
    for index, seat in enumerate(seats):
        _check_bot(seat, f"spec.seats[{index}]")
    del whole.seats[:]
    whole.seats.extend(seats)
    if spec.HasField("tournament"):
        tournament_specs.fill(whole, timing)
    elif [seat.seat for seat in seats] != [0, 1]:
        raise Refused(Reason.REASON_INVALID_FIELD, "A duel has seat 0 and seat 1, each once.", field="spec.seats")
    return spec_of(whole)


def spec_of(message: SessionSpecMessage) -> SessionSpec:
    """Read a spec whose defaults are filled in, also one from a journal that makes no sense."""
    return SessionSpec(
        message,
        Origin(message.origin),
        message.public,
        message.HasField("tournament"),
        message.tournament.delay_s,
        message.join_within_s * 1_000_000,
        matches_at_once(message),
        tuple(Seat(seat.account_id, seat.bot != 0) for seat in message.seats),
    )


def spec_message(spec: SessionSpec) -> SessionSpecMessage:
    """Return the message of a spec."""
    assert isinstance(spec.message, SessionSpecMessage)
    return spec.message


def _check_bot(seat: SeatSpec, path: str) -> None:
    if seat.bot not in BotStrength.values():
        raise Refused(Reason.REASON_INVALID_FIELD, "There is no such bot.", field=f"{path}.bot")
    if seat.bot_reaction_ms % STEP_MS or (seat.bot_reaction_ms and not seat.bot):
        raise Refused(
            Reason.REASON_INVALID_FIELD,
            f"Only a bot's reaction can be changed, in steps of {STEP_MS} ms.",
            field=f"{path}.bot_reaction_ms",
        )
    if seat.bot and seat.account_id:
        raise Refused(Reason.REASON_INVALID_FIELD, "A bot has no account.", field=f"{path}.account_id")


def match_opening(key: Key, spec: SessionSpec, secret: bytes) -> Opened:
    """Make the match's first record from a filled spec; all chance of its play follows from `secret`.

    Raises Refused (INVALID_FIELD).
    """
    message = spec_message(spec)
    r = message.ruleset
    try:
        ruleset = Ruleset(
            r.id,
            r.version,
            r.points_to_win,
            r.start_speed,
            r.paddle_half_height,
            r.time_limit_s,
            r.sudden_death_s,
            r.directions_only,
        )
    except RuleError as error:
        raise Refused(Reason.REASON_INVALID_FIELD, str(error.sentence), field=f"spec.ruleset.{error.field}") from error
    left, right = (
        Occupant(seat.name, seat.account_id, Strength(seat.bot), seat.bot_reaction_ms, seat.rtt_most_us)
        for seat in message.seats
    )
    return Opened(ruleset, ruleset.hash(), secret, left, right, key.session_id, key.match, message.rated)
