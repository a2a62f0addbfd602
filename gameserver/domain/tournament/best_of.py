"""Decision of a pairing by its matches. It is won at N // 2 + 1 of the best of N; what is left then is not played."""

from collections.abc import Iterable, Sequence

from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Outcome, Pairing
from gameserver.domain.tournament.records import PlayedMatch


def counts(game: PlayedMatch, pairing: Pairing) -> bool:
    """Report whether a finished match is one of the best of N; a level one may have to be played again."""
    return game.winner != NO_SIDE or pairing.may_draw


def points(games: Iterable[PlayedMatch]) -> tuple[tuple[int, int], ...]:
    """The score of each match that is over."""
    return tuple((game.result.left, game.result.right) for game in games if game.result)


def decided(pairing: Pairing, games: Sequence[PlayedMatch]) -> Outcome | None:
    """Return the outcome of a pairing, once its matches decide it."""
    last = games[-1]
    if last.result is None:
        return None
    if last.result.outcome == MatchOutcome.VOID:
        return Outcome(Kind.DOUBLE_FORFEIT, NO_SIDE, points(games))
    if last.result.outcome == MatchOutcome.FORFEIT:
        kind = Kind.FORFEIT if last.winner != NO_SIDE else Kind.DOUBLE_FORFEIT
        return Outcome(kind, last.winner, points(games))
    won = [sum(1 for game in games if game.winner == side) for side in (0, 1)]
    left = pairing.best_of - sum(1 for game in games if counts(game, pairing))
    for side in (0, 1):
        if won[side] > won[1 - side] + left:
            return Outcome(Kind.PLAYED, side, points(games))
    return Outcome(Kind.PLAYED, NO_SIDE, points(games)) if left <= 0 else None
