"""Swiss: a number of rounds against somebody with as many points, and never against the same one twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from gameserver.core.tournament.formats.checks import best_of, check_best_of, check_entrants, check_own
from gameserver.core.tournament.formats.swiss_draw import Contender, draw
from gameserver.core.tournament.formats.table import DRAW, NOTHING, WIN, Tally, among_tied, decided, placed, tally
from gameserver.core.tournament.formats.tree import BYES, depth, winner
from gameserver.core.tournament.values import (
    EMPTY,
    NO_SIDE,
    History,
    Kind,
    Pairing,
    Settings,
    Stage,
    Standing,
    TournamentRefused,
    View,
)

MOST_ROUNDS: Final = 20


@lru_cache(maxsize=64)
def laid_out(
    settings: Settings, drawn: tuple[tuple[tuple[int, int], ...], ...], rounds: int
) -> tuple[tuple[Pairing, ...], ...]:
    """The pairings of each round that was drawn."""
    number = 0
    laid: list[tuple[Pairing, ...]] = []
    for round_, pairs in enumerate(drawn, 1):
        of = best_of(settings, Stage.SWISS, round_, rounds)
        laid.append(
            tuple(
                Pairing(
                    number + index,
                    Stage.SWISS,
                    round_,
                    index,
                    left,
                    right,
                    best_of=of,
                    to_end=max(0, rounds - round_),
                    outcome=BYES[0] if right == EMPTY else None,
                    may_draw=True,
                )
                for index, (left, right) in enumerate(pairs, 1)
            )
        )
        number += len(pairs)
    return tuple(laid)


@dataclass(slots=True)
class Score:
    """What somebody has got so far."""

    #: Half points, byes among them.
    points: int = 0
    #: Each opponent played, and the half points got against them.
    met: list[tuple[int, int]] = field(default_factory=list)
    #: Of each round without a game: the half points got, and whether they stayed away.
    unmet: list[tuple[int, bool]] = field(default_factory=list)
    rounds: int = 0
    #: Rounds that they have stayed away from since they were last there.
    away: int = 0

    def add(self, got: int, opponent: int | None = None, *, absent: bool = False) -> None:
        """A round is over for them."""
        self.points += got
        self.rounds += 1
        self.away = self.away + 1 if absent else 0
        if opponent is None:
            self.unmet.append((got, absent))
        else:
            self.met.append((opponent, got))


def scores(entrants: int, rounds: Sequence[Sequence[Pairing]]) -> dict[int, Score]:
    """By seed: what everybody got in the rounds drawn so far. Who waits for a result is not yet over with it."""
    by_seed = {seed: Score() for seed in range(1, entrants + 1)}
    for pairings in rounds:
        missing = set(by_seed)
        for pairing in pairings:
            sides = (pairing.left, pairing.right)
            missing.difference_update(sides)
            outcome = pairing.outcome
            if outcome is None:
                continue
            for side, seed in enumerate(sides):
                if seed == EMPTY:
                    continue
                won = outcome.winner == side
                if outcome.kind in (Kind.PLAYED, Kind.FORFEIT):
                    drawn = outcome.kind is Kind.PLAYED and outcome.winner == NO_SIDE
                    by_seed[seed].add(WIN if won else DRAW if drawn else 0, sides[1 - side])
                else:
                    by_seed[seed].add(WIN if won else 0, absent=not won and outcome.kind is not Kind.CANCELLED)
        for seed in missing:
            by_seed[seed].add(0, absent=True)
    return by_seed


def buchholz(score: Score, by_seed: Mapping[int, Score]) -> tuple[int, int, int]:
    """Buchholz Cut-1, Buchholz and Sonneborn-Berger, each four times its value: FIDE Handbook C.07 of 2023.

    The points of all opponents without the lowest, of all of them, and those of each times what was got against them.
    A round without a game counts as one against somebody with as many points as oneself, and is the first to be cut if
    one stayed away (16.4, 16.5). An opponent who stays away to the end counts as if they had drawn those rounds (16.3).
    """
    played = [(by_seed[opponent].points + DRAW * by_seed[opponent].away, got) for opponent, got in score.met]
    against = played + [(score.points, got) for got, _ in score.unmet]
    total = sum(points for points, _ in against)
    if any(absent for _, absent in score.unmet):
        cut = score.points
    else:
        cut = min((points for points, _ in against), default=0)
    # Half points times 2, and half points times half points, are quarters.
    return 2 * (total - cut), 2 * total, sum(points * got for points, got in against)


def standings(entrants: int, rounds: Sequence[Sequence[Pairing]], final: bool) -> tuple[Standing, ...]:
    """The table: points, the three above, then direct encounter, then a shared place."""
    by_seed = scores(entrants, rounds)
    keys = {seed: (score.points, *buchholz(score, by_seed)) for seed, score in by_seed.items()}

    def encounters(tied: Sequence[int]) -> dict[int, int]:
        """What the tied got against each other; nothing, unless every two of them have met."""
        among = {seed: [got for opponent, got in by_seed[seed].met if opponent in tied] for seed in tied}
        complete = all(len(met) == len(tied) - 1 for met in among.values())
        return {seed: sum(met) if complete else 0 for seed, met in among.items()}

    direct = among_tied(keys, encounters)
    counts = tally(pairing for pairings in rounds for pairing in pairings)
    lines: list[Standing] = []
    for place, seed in placed(keys, {seed: (*keys[seed], direct[seed]) for seed in keys}):
        count: Tally = counts.get(seed, NOTHING)
        lines.append(
            Standing(
                seed,
                place,
                0,
                count.played,
                count.won,
                count.drawn,
                count.lost,
                keys[seed][0],
                count.scored,
                count.conceded,
                (*keys[seed][1:], 2 * direct[seed]),
                final,
            )
        )
    return tuple(lines)


class Swiss:
    """A number of rounds, each against somebody with as many points."""

    name: str = "swiss"
    tiebreaks: tuple[str, ...] = ("buchholz_cut_1", "buchholz", "sonneborn_berger", "direct_encounter")
    takes_late: bool = True

    def rounds(self, settings: Settings, entrants: int) -> int:
        return settings.rounds or depth(entrants)

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 256)
        check_own(settings, "rounds")
        if not 0 <= settings.rounds <= MOST_ROUNDS:
            raise TournamentRefused("settings", f"A Swiss has 1 to {MOST_ROUNDS} rounds.", "rounds")
        most = entrants - 1 + entrants % 2
        if settings.rounds > most:
            raise TournamentRefused(
                "settings",
                f"{entrants} entrants can play {most} rounds without meeting anybody twice, and not {settings.rounds}.",
                "rounds",
            )
        check_best_of(settings, {Stage.SWISS: self.rounds(settings, entrants)})

    def view(self, settings: Settings, history: History) -> View:
        declared = self.rounds(settings, history.entrants - len(history.since))
        rounds = [decided(pairings, history.outcomes) for pairings in laid_out(settings, history.drawn, declared)]
        pairings = tuple(pairing for drawn in rounds for pairing in drawn)
        following = None
        complete = all(pairing.decided for pairing in pairings)
        if complete and len(rounds) < declared:
            following = draw(self._contenders(history, rounds))
        done = complete and following is None
        lines = standings(history.entrants, rounds, done)
        return View(pairings, lines, done, winner(lines), following)

    @staticmethod
    def _contenders(history: History, rounds: Sequence[Sequence[Pairing]]) -> list[Contender]:
        """Who is in the next round."""
        by_seed = scores(history.entrants, rounds)
        contenders = {
            seed: Contender(seed, score.points)
            for seed, score in by_seed.items()
            if seed not in history.out and history.since.get(seed, 1) <= len(rounds) + 1
        }
        for left, right in (pair for pairs in history.drawn for pair in pairs):
            if left in contenders:
                contenders[left].was_drawn(right, 0)
            if right in contenders:
                contenders[right].was_drawn(left, 1)
        return list(contenders.values())

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        """All of the rounds that were drawn after it: points decide who meets whom."""
        number = 0
        after: set[int] = set()
        for pairs in history.drawn:
            now = range(number + 1, number + len(pairs) + 1)
            if now.start > pairing:
                after.update(now)
            number += len(pairs)
        return frozenset(after)
