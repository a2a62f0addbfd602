"""A tournament's state and events as contract messages: one function a kind.

Kinds, stages, phases and states have the same numbers in the core and in the contract. Sides do not: the core counts
from 0 and has -1 for nobody, the contract counts from 1 and has 0.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import fields
from hashlib import sha256
from typing import Any, Final, Generic, TypeVar

from matchpoint.v1 import pong_pb2 as pong
from matchpoint.v1 import result_pb2 as results
from matchpoint.v1 import tournament_pb2 as messages

from gameserver.contract.specs import spec_message
from gameserver.domain.tournament import records as core
from gameserver.domain.tournament.pairings import EMPTY, GroupPlace, Source
from gameserver.sessions.ports import TournamentView
from gameserver.sessions.values import Board, LiveScore

T = TypeVar("T")

ENTRANT_FIGURES: Final = tuple(field.name for field in fields(core.EntrantStats))
"""Figures have the same names in the core and in the contract."""
EVENT_FIGURES: Final = tuple(field.name for field in fields(core.EventStats))


def figures(source: object, names: Sequence[str]) -> dict[str, Any]:
    """Those figures, by their names."""
    return {name: getattr(source, name) for name in names}


def put_status(message: messages.TournamentStatus, status: core.Status) -> None:
    """Writes how a tournament stands into a message."""
    message.phase = messages.TournamentPhase.ValueType(status.phase)
    message.paused = status.paused
    message.deadline_unix_ms = status.deadline
    message.rounds_drawn = status.rounds_drawn
    message.rounds = status.rounds


def put_entrant(message: messages.Entrant, line: core.EntrantLine) -> None:
    """Writes an entrant into a message."""
    message.entrant = line.entrant
    message.account_id = line.who.account_id
    message.name = line.who.name
    message.bot = line.who.bot > 0
    message.seed = line.seed
    message.state = messages.EntrantState.ValueType(line.state)


def put_draw(message: messages.Draw, seeds: core.Seeds) -> None:
    """Writes the seeds into a message."""
    message.entrants.extend(seeds.entrants)


def put_pairing(message: messages.Pairing, line: core.PairingLine) -> None:
    """Writes a pairing into a message."""
    p = line.pairing
    message.pairing = p.number
    message.stage = messages.Stage.ValueType(p.stage)
    message.round = p.round
    message.index = p.index
    message.group = p.group
    message.best_of = p.best_of
    message.to_end = p.to_end
    _put_side(message.left, line.left, p.left, p.left_from or p.left_place, line.left_won)
    _put_side(message.right, line.right, p.right, p.right_from or p.right_place, line.right_won)
    message.state = messages.PairingState.ValueType(line.state)
    if line.outcome:
        message.kind = messages.PairingKind.ValueType(line.outcome.kind)
        message.winner = pong.Side.ValueType(line.outcome.winner + 1)
    for game in line.games:
        match = message.matches.add(match=game.match, attempt=game.attempt)
        if game.result:
            _put_result(match.result, game)
    message.starts_unix_ms = line.starts_at
    message.deadline_unix_ms = line.deadline


def _put_side(
    message: messages.PairingSide, entrant: int | None, seed: int, source: Source | GroupPlace | None, won: int
) -> None:
    message.SetInParent()
    message.won = won
    if entrant is not None:
        message.entrant = entrant
    elif seed == EMPTY:
        message.nobody.SetInParent()
    elif isinstance(source, GroupPlace):
        message.place_of.group, message.place_of.place = source.group, source.place
    elif source and source.winner:
        message.winner_of = source.pairing
    elif source:
        message.loser_of = source.pairing


def _put_result(message: results.Result, game: core.PlayedMatch) -> None:
    assert game.result
    message.outcome = results.Outcome.ValueType(game.result.outcome)
    message.winner = pong.Side.ValueType(game.result.winner + 1)
    message.left = game.result.left
    message.right = game.result.right
    message.duration_us = game.result.duration_us


def put_standings(message: messages.Standings, lines: Sequence[core.StandingLine]) -> None:
    """Writes a table into a message."""
    message.SetInParent()
    if lines:
        message.tiebreak_rules = messages.TiebreakRules.ValueType(lines[0].rules)
    for line in lines:
        s = line.standing
        message.lines.add(
            entrant=line.entrant,
            place=s.place,
            group=s.group,
            played=s.played,
            won=s.won,
            drawn=s.drawn,
            lost=s.lost,
            half_points=s.points,
            scored=s.scored,
            conceded=s.conceded,
            tiebreaks=[
                messages.Tiebreak(name=name, quarters=quarters)
                for name, quarters in zip(line.tiebreaks, s.tiebreaks, strict=False)
            ],
            final=s.final,
        )


def put_tournament_result(message: messages.TournamentResult, result: core.TournamentResult) -> None:
    """Writes how a tournament ended into a message."""
    message.has_champion = result.champion is not None
    message.champion = result.champion or 0
    message.cancelled = result.cancelled
    put_standings(message.standings, result.standings)
    for one in result.entrants:
        message.entrants.add(**figures(one, ENTRANT_FIGURES))
    message.event.CopyFrom(messages.EventStats(**figures(result.event, EVENT_FIGURES)))


def put_tournament(message: messages.TournamentState, snapshot: TournamentView) -> None:
    """Writes all of a tournament into a message."""
    state = snapshot.state
    message.session_id = state.opened.session_id
    message.spec.CopyFrom(spec_message(snapshot.spec).tournament)
    message.status.SetInParent()
    put_status(message.status, state.status)
    for entrant in state.entrants:
        put_entrant(message.entrants.add(), entrant)
    # A large one has 2,500 pairings: each is serialized when it changes, and here only copied.
    message.MergeFromString(b"".join(map(PAIRINGS.of, state.pairings)))
    message.standings.SetInParent()
    message.standings.MergeFromString(STANDINGS.of(state.table))
    if state.result:
        put_tournament_result(message.result, state.result)
    if snapshot.scoreboard is not None:
        message.scoreboard.CopyFrom(board_message(snapshot.scoreboard))


def tournament_message(view: TournamentView) -> messages.TournamentState:
    """Make the message of all of a tournament."""
    message = messages.TournamentState()
    put_tournament(message, view)
    return message


def tournament_digest(message: messages.TournamentState) -> bytes:
    """SHA-256 of a tournament's message, serialized deterministically."""
    return sha256(message.SerializeToString(deterministic=True)).digest()


def board_message(board: Board) -> messages.Scoreboard:
    """Make the message of a scoreboard."""
    scores = (
        messages.LiveScore(
            match=score.match, pairing=score.pairing, left=score.left, right=score.right, viewers=score.viewers
        )
        for score in board.scores
    )
    return messages.Scoreboard(scores=scores, featured=board.featured, viewers=board.viewers)


def board_of(message: messages.Scoreboard) -> Board:
    """Read a scoreboard."""
    scores = (LiveScore(score.match, score.pairing, score.left, score.right, score.viewers) for score in message.scores)
    return Board(tuple(scores), message.featured, message.viewers)


class Serialized(Generic[T]):
    """The serialized form of immutable values, made once for each.

    Values are known by their identity, and are kept, so that another does not get the same. When there are too many all
    are forgotten.
    """

    def __init__(self, serialize: Callable[[T], bytes], most: int) -> None:
        self._serialize = serialize
        self._most = most
        self._known: dict[int, tuple[T, bytes]] = {}

    def of(self, value: T) -> bytes:
        """Its bytes."""
        known = self._known.get(id(value))
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[id(value)] = value, self._serialize(value)
        return known[1]


def _pairing_field(line: core.PairingLine) -> bytes:
    """A pairing as a field of a TournamentState."""
    state = messages.TournamentState()
    put_pairing(state.pairings.add(), line)
    return state.SerializeToString()


def _standings(lines: Sequence[core.StandingLine]) -> bytes:
    message = messages.Standings()
    put_standings(message, lines)
    return message.SerializeToString()


PAIRINGS: Final = Serialized(_pairing_field, 50_000)
"""Pairings of 20 of the largest tournaments, each with its delayed twin: about 10 MB."""
STANDINGS: Final = Serialized[Sequence[core.StandingLine]](_standings, 200)

STEP: Final = 200
"""Pairings that are serialized at once: some 3 ms."""


def warmed(pairings: Sequence[core.PairingLine]) -> Generator[None, None, None]:
    """Serializes pairings in small steps, so that all of them together can be put into a message at once."""
    for number, line in enumerate(pairings, 1):
        PAIRINGS.of(line)
        if number % STEP == 0:
            yield


PUT_EVENT: Final[dict[type[Any], tuple[str, Callable[[Any, Any], None]]]] = {
    core.Status: ("status", put_status),
    core.EntrantLine: ("entrant", put_entrant),
    core.Seeds: ("draw", put_draw),
    core.PairingLine: ("pairing", put_pairing),
    core.StandingsTable: ("standings", lambda message, table: put_standings(message, table.lines)),
    core.TournamentResult: ("tournament_result", put_tournament_result),
}
"""The kinds of topic 0's events, and their encoders."""
