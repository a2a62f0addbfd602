"""Result and statistics of a tournament, computed from its state: a restart loses none of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gameserver.domain.match.records import Outcome, Result
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Pairing, Standing
from gameserver.domain.tournament.records import EntrantState, EntrantStats, EventStats, StandingLine, TournamentResult
from gameserver.domain.tournament.state import TournamentState
from gameserver.domain.values import LEFT, SIDES

_COUNT: Final = (Outcome.PLAYED, Outcome.DRAW, Outcome.FORFEIT)
"""A void match, like one that was never begun, does not count."""


def result_of(state: TournamentState, now_ms: int) -> TournamentResult:
    """The result of a tournament that ends now."""
    if state.seeds:
        champion = state.seeds[state.view.champion - 1] if state.view.champion and not state.called_off else None
        table = state.table
    else:
        # Nobody was drawn: at most one has come.
        came = [number for number, entrant_state in enumerate(state.states) if entrant_state == EntrantState.IN]
        champion = came[0] if len(came) == 1 and not state.called_off else None
        table = () if champion is None else (StandingLine(champion, Standing(1, 1, final=True)),)
    took_ms = now_ms - state.drawn_at if state.drawn_at else 0
    matches = _played(state)
    theirs: dict[int, list[tuple[_Played, int]]] = {entrant: [] for entrant in sorted(state.seeds)}
    for match in matches:
        for side in SIDES:
            theirs[match.sides[side]].append((match, side))
    entrants = tuple(_of_entrant(entrant, played) for entrant, played in theirs.items())
    return TournamentResult(champion, state.called_off, table, entrants, _of_event(state, matches, took_ms))


@dataclass(frozen=True, slots=True)
class _Played:
    """A match that counts."""

    number: int
    sides: tuple[int, int]
    winner: int
    result: Result


def _played(state: TournamentState) -> list[_Played]:
    return [
        _Played(game.match, state.sides(state.pairings[number]), game.winner, game.result)
        for number in sorted(state.games)
        for game in state.games[number]
        if game.result and game.result.outcome in _COUNT
    ]


def _most(matches: Iterable[_Played], measure: Callable[[_Played], int]) -> tuple[int, int]:
    """Number of the match with the most of something, the first among equals, and how much; 0 and 0 of none."""
    most = max(matches, key=measure, default=None)
    return (most.number, measure(most)) if most else (0, 0)


def _of_event(state: TournamentState, matches: Sequence[_Played], took_ms: int) -> EventStats:
    rally_match, rally = _most(matches, lambda m: m.result.stats.longest_rally)
    fastest_match, fastest = _most(matches, lambda m: m.result.stats.top_speed)
    played_out = [m for m in matches if m.result.outcome != Outcome.FORFEIT]
    closest = min(
        played_out,
        key=lambda m: (abs(m.result.left - m.result.right), -m.result.left - m.result.right),
        default=None,
    )
    return EventStats(
        matches=len(matches),
        points=sum(m.result.left + m.result.right for m in matches),
        hits=sum(m.result.stats.hits for m in matches),
        play_us=sum(m.result.duration_us for m in matches),
        took_ms=took_ms,
        longest_rally_match=rally_match if rally else 0,
        longest_rally=rally,
        top_speed_match=fastest_match,
        top_speed=fastest,
        closest_match=closest.number if closest else 0,
        longest_match=_most(matches, lambda m: m.result.duration_us)[0],
        upsets=sum(1 for pairing in state.view.pairings if _upset(pairing)),
    )


def _upset(pairing: Pairing) -> bool:
    outcome = pairing.outcome
    if outcome is None or outcome.kind != Kind.PLAYED or outcome.winner == NO_SIDE:
        return False
    return (pairing.left > pairing.right) == (outcome.winner == LEFT)


def _of_entrant(entrant: int, matches: Sequence[tuple[_Played, int]]) -> EntrantStats:
    """Compute the statistics of an entrant. `matches` are theirs, with their side in each."""
    points = [((m.result.left, m.result.right), side) for m, side in matches]
    measured = [(m.result.stats.left, m.result.stats.right)[side] for m, side in matches]
    return EntrantStats(
        entrant,
        matches=len(matches),
        wins=sum(1 for m, side in matches if m.winner == side),
        points_for=sum(score[side] for score, side in points),
        points_against=sum(score[1 - side] for score, side in points),
        hits=sum(s.hits for s in measured),
        longest_rally=max((m.result.stats.longest_rally for m, _ in matches), default=0),
        top_speed=max((s.top_speed for s in measured), default=0),
        play_us=sum(m.result.duration_us for m, _ in matches),
    )
