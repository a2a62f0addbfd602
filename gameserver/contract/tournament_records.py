"""Records of a tournament's journal as contract messages, and back. See `gameserver.domain.tournament.records`."""

from collections.abc import Callable
from typing import Any, Final

from matchpoint.v1 import journal_pb2 as journals
from matchpoint.v1 import pong_pb2 as pong
from matchpoint.v1 import tournament_pb2 as messages
from matchpoint.v1.session_pb2 import SessionSpec

from gameserver.contract.match_messages import result_message, result_of
from gameserver.contract.tournament_messages import (
    ENTRANT_FIGURES,
    EVENT_FIGURES,
    figures,
    put_tournament_result,
)
from gameserver.contract.tournament_specs import act_of, tournament_of
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament import commands
from gameserver.domain.tournament import records as core
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Standing
from gameserver.domain.tournament.settings import TiebreakRules
from wire.refusal import Refused

Message = journals.JournalRecord

# Out.


def opened_message(opened: core.TournamentOpened, spec: SessionSpec) -> Message:
    """The first record: it keeps the whole spec."""
    return Message(
        tournament=journals.JournalTournament(
            session_id=opened.session_id, spec=spec.SerializeToString(deterministic=True), unix_ms=opened.at
        )
    )


def act_message(act: commands.Command) -> messages.TournamentAct:
    """An act as it was asked for."""
    message = messages.TournamentAct()
    match act:
        case commands.CheckIn():
            message.check_in.SetInParent()
        case commands.Withdraw():
            message.withdraw.SetInParent()
            if act.entrant is not None:
                message.withdraw.entrant = act.entrant
        case commands.Disqualify():
            message.disqualify.SetInParent()
            message.disqualify.entrant = act.entrant
        case commands.Pause():
            message.pause.SetInParent()
        case commands.Resume():
            message.resume.SetInParent()
        case commands.ExtendDeadline():
            message.extend_deadline.SetInParent()
            message.extend_deadline.pairing = act.pairing
            message.extend_deadline.seconds = act.seconds
        case commands.CorrectResult():
            message.correct_result.pairing = act.pairing
            message.correct_result.kind = messages.PairingKind.ValueType(act.kind)
            message.correct_result.winner = pong.Side.ValueType(act.winner + 1)
        case commands.Reopen():
            message.reopen.pairing = act.pairing
        case commands.AddEntrant():
            who = act.entrant
            message.add_entrant.account_id = who.account_id
            message.add_entrant.name = who.name
            message.add_entrant.bot_strength = who.bot
            message.add_entrant.rating = who.rating
        case commands.CallOff():
            message.call_off.SetInParent()
        case commands.Confirm():
            message.confirm.SetInParent()
    return message


def _put_acted(message: Message, record: core.CommandAccepted) -> None:
    message.acted.by_account_id = record.by
    message.acted.act.CopyFrom(act_message(record.act))
    message.acted.unix_ms = record.at


def _put_checked_in(message: Message, record: core.CheckedIn) -> None:
    message.checked_in.unix_ms = record.at


def _put_drawn(message: Message, record: core.Drawn) -> None:
    message.drawn.entrants.extend(record.entrants)
    message.drawn.unix_ms = record.at


def _put_round(message: Message, record: core.RoundDrawn) -> None:
    message.drawn.round.extend(seed for pair in record.pairs for seed in pair)
    message.drawn.unix_ms = record.at


def _put_called(message: Message, record: core.Called) -> None:
    body = message.called
    body.pairing = record.pairing
    body.match = record.match
    body.attempt = record.attempt
    body.starts_unix_ms = record.starts_at
    body.deadline_unix_ms = record.deadline
    body.unix_ms = record.at


def _put_begun(message: Message, record: core.Begun) -> None:
    message.begun.match = record.match
    message.begun.attempt = record.attempt
    message.begun.unix_ms = record.at


def _put_match_over(message: Message, record: core.MatchEnded) -> None:
    message.match_over.match = record.match
    message.match_over.attempt = record.attempt
    message.match_over.result.CopyFrom(result_message(record.result))
    message.match_over.unix_ms = record.at


def _put_walkover(message: Message, record: core.WalkedOver) -> None:
    message.walkover.pairing = record.pairing
    message.walkover.kind = messages.PairingKind.ValueType(record.kind)
    message.walkover.winner = pong.Side.ValueType(record.winner + 1)
    message.walkover.unix_ms = record.at


def _put_restored(message: Message, record: core.Restored) -> None:
    message.restored.unix_ms = record.at


def _put_played(message: Message, record: core.Played) -> None:
    message.played.unix_ms = record.at


def _put_ended(message: Message, record: core.TournamentEnded) -> None:
    put_tournament_result(message.tournament_over.result, record.result)
    message.tournament_over.unix_ms = record.at


def _put_reported(message: Message, record: core.TournamentReported) -> None:
    message.reported.unix_ms = record.at


PUT_RECORD: Final[dict[type[Any], Callable[[Message, Any], None]]] = {
    core.CommandAccepted: _put_acted,
    core.CheckedIn: _put_checked_in,
    core.Drawn: _put_drawn,
    core.RoundDrawn: _put_round,
    core.Called: _put_called,
    core.Begun: _put_begun,
    core.MatchEnded: _put_match_over,
    core.WalkedOver: _put_walkover,
    core.Restored: _put_restored,
    core.Played: _put_played,
    core.TournamentEnded: _put_ended,
    core.TournamentReported: _put_reported,
}

# In.


def read_record(message: Message, timing: Timing = STANDARD) -> core.TournamentRecord:
    """Read a record of a journal that was written with that timing. Raises ValueError for one of another kind."""
    kind = message.WhichOneof("body")
    if kind == "tournament":
        m = message.tournament
        spec = tournament_of(SessionSpec.FromString(m.spec), timing)
        return core.TournamentOpened(spec, m.unix_ms, m.session_id)
    if kind not in _READ_RECORD:
        raise ValueError("is of a kind that is not known in a tournament")
    return _READ_RECORD[kind](message)


def _read_acted(message: Message) -> core.TournamentRecord:
    m = message.acted
    try:
        return core.CommandAccepted(m.by_account_id, act_of(m.act), m.unix_ms)
    except Refused as error:
        raise ValueError(f"is an act that cannot be: {error.sentence}") from error


def _read_checked_in(message: Message) -> core.TournamentRecord:
    return core.CheckedIn(message.checked_in.unix_ms)


def _read_drawn(message: Message) -> core.TournamentRecord:
    m = message.drawn
    if m.entrants:
        return core.Drawn(tuple(m.entrants), m.unix_ms)
    return core.RoundDrawn(tuple(zip(m.round[::2], m.round[1::2], strict=True)), m.unix_ms)


def _read_called(message: Message) -> core.TournamentRecord:
    m = message.called
    return core.Called(m.pairing, m.match, m.attempt, m.unix_ms, m.starts_unix_ms, m.deadline_unix_ms)


def _read_begun(message: Message) -> core.TournamentRecord:
    m = message.begun
    return core.Begun(m.match, m.attempt, m.unix_ms)


def _read_match_over(message: Message) -> core.TournamentRecord:
    m = message.match_over
    return core.MatchEnded(m.match, m.attempt, result_of(m.result), m.unix_ms)


def _read_walkover(message: Message) -> core.TournamentRecord:
    m = message.walkover
    return core.WalkedOver(m.pairing, Kind(m.kind), m.winner - 1 if m.winner else NO_SIDE, m.unix_ms)


def _read_restored(message: Message) -> core.TournamentRecord:
    return core.Restored(message.restored.unix_ms)


def _read_played(message: Message) -> core.TournamentRecord:
    return core.Played(message.played.unix_ms)


def _read_reported(message: Message) -> core.TournamentRecord:
    return core.TournamentReported(message.reported.unix_ms)


def _read_ended(message: Message) -> core.TournamentRecord:
    m = message.tournament_over
    return core.TournamentEnded(_result_of(m.result), m.unix_ms)


def _result_of(m: messages.TournamentResult) -> core.TournamentResult:
    return core.TournamentResult(
        champion=m.champion if m.has_champion else None,
        cancelled=m.cancelled,
        standings=tuple(_line_of(line, TiebreakRules(m.standings.tiebreak_rules)) for line in m.standings.lines),
        entrants=tuple(core.EntrantStats(**figures(stats, ENTRANT_FIGURES)) for stats in m.entrants),
        event=core.EventStats(**figures(m.event, EVENT_FIGURES)),
    )


def _line_of(m: messages.Standing, rules: TiebreakRules) -> core.StandingLine:
    standing = Standing(
        seed=0,
        place=m.place,
        group=m.group,
        played=m.played,
        won=m.won,
        drawn=m.drawn,
        lost=m.lost,
        points=m.half_points,
        scored=m.scored,
        conceded=m.conceded,
        tiebreaks=tuple(tiebreak.quarters for tiebreak in m.tiebreaks),
        final=m.final,
    )
    return core.StandingLine(m.entrant, standing, tuple(tiebreak.name for tiebreak in m.tiebreaks), rules)


_READ_RECORD: Final[dict[str, Callable[[Message], core.TournamentRecord]]] = {
    "acted": _read_acted,
    "checked_in": _read_checked_in,
    "drawn": _read_drawn,
    "called": _read_called,
    "begun": _read_begun,
    "match_over": _read_match_over,
    "walkover": _read_walkover,
    "restored": _read_restored,
    "played": _read_played,
    "reported": _read_reported,
    "tournament_over": _read_ended,
}
