"""Swiss: a number of rounds against somebody with as many points, and never against the same one twice."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

from gameserver.domain.tournament.formats.checks import best_of, check_best_of, check_entrants, check_own
from gameserver.domain.tournament.formats.interface import Contender, History, RoundToDraw, View
from gameserver.domain.tournament.formats.swiss_score import Score, buchholz, score_of
from gameserver.domain.tournament.formats.table import EMPTY_TALLY, WIN, Sheet, Tally, among_tied, placed
from gameserver.domain.tournament.formats.tree import BYES, depth, winner
from gameserver.domain.tournament.pairings import EMPTY, Pairing, Stage, Standing
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings, TiebreakRules

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


class Board:
    """All rounds that are drawn, with everybody's points and tiebreaks.

    After a result only the entrants whom it concerns are computed again.
    """

    def __init__(self, entrants: int, laid: Sequence[Sequence[Pairing]], rules: TiebreakRules) -> None:
        self.laid = laid
        self.rules = rules
        self.entrants = entrants
        self.sheet = Sheet([pairing for pairings in laid for pairing in pairings])
        self._places: dict[int, list[int | None]] = {seed: [] for seed in range(1, entrants + 1)}
        """Of each seed: where its pairing of each round is in the sheet."""
        for pairings in laid:
            for places in self._places.values():
                places.append(None)
            for pairing in pairings:
                for seed in (pairing.left, pairing.right):
                    if seed != EMPTY:
                        self._places[seed][-1] = pairing.number - 1
        self.scores: dict[int, Score] = {}
        self._keys: dict[int, tuple[int, ...]] = {}
        self._score(self._places)

    @classmethod
    def of(cls, laid: Sequence[Sequence[Pairing]], history: History, rules: TiebreakRules) -> "Board":
        """These rounds after what has happened."""
        board = history.memo.get("board")
        if not isinstance(board, cls) or board.laid is not laid or board.entrants != history.entrants:
            board = history.memo["board"] = cls(history.entrants, laid, rules)
        new = board.sheet.look(history.outcomes)
        board._score({seed for pairing in new for seed in (pairing.left, pairing.right)} - {EMPTY})
        return board

    @property
    def complete(self) -> bool:
        """True when no result is missing."""
        return not any(self.sheet.open.values())

    def _score(self, seeds: Collection[int]) -> None:
        """Mark seeds that have something new, and those who met them, before and now."""
        concerned = set(seeds)
        for seed in seeds:
            for score in (self.scores.get(seed), self._score_after(seed, len(self.laid))):
                if score is not None:
                    concerned.update(score.opponents())
                    self.scores[seed] = score
        for seed in concerned:
            self._keys[seed] = (self.scores[seed].points, *buchholz(self.scores[seed], self.scores, self.rules))

    def _score_after(self, seed: int, rounds: int) -> Score:
        pairings = self.sheet.pairings
        return score_of(seed, [None if at is None else pairings[at] for at in self._places[seed][:rounds]])

    def floats(self) -> dict[int, int]:
        """Floats of the last round, by seed: 1 met somebody with fewer points, or had a bye; -1 somebody with more."""
        if not self.laid:
            return {}
        before = {seed: self._score_after(seed, len(self.laid) - 1).points for seed in self._places}
        floats: dict[int, int] = {}
        for pairing in self.laid[-1]:
            gap = before[pairing.left] - before[pairing.right] if pairing.right != EMPTY else 1
            floats[pairing.left], floats[pairing.right] = (gap > 0) - (gap < 0), (gap < 0) - (gap > 0)
        return floats

    def standings(self, final: bool) -> tuple[Standing, ...]:
        """The table: points, Buchholz Cut-1, Buchholz, Sonneborn-Berger, then direct encounter, then a shared place."""
        direct = among_tied(self._keys, self._encounters)
        keys = {seed: (*key, direct[seed]) for seed, key in self._keys.items()}
        lines: list[Standing] = []
        for place, seed in placed(keys, keys):
            count: Tally = self.sheet.counts.get(seed, EMPTY_TALLY)
            points, *tiebreaks, encounter = keys[seed]
            lines.append(
                Standing(
                    seed,
                    place,
                    0,
                    count.played,
                    count.won,
                    count.drawn,
                    count.lost,
                    points,
                    count.scored,
                    count.conceded,
                    (*tiebreaks, 2 * encounter),
                    final,
                )
            )
        return tuple(lines)

    def _encounters(self, tied: Sequence[int]) -> dict[int, int]:
        """Half points of the tied against each other; 0 unless every two of them have met."""
        them = set(tied)
        among = {seed: [got for opponent, got in self.scores[seed].met if opponent in them] for seed in tied}
        complete = all(len(met) == len(tied) - 1 for met in among.values())
        return {seed: sum(met) if complete else 0 for seed, met in among.items()}


class Swiss:
    """A number of rounds, each against somebody with as many points."""

    name: str = "swiss"
    tiebreaks: tuple[str, ...] = ("buchholz_cut_1", "buchholz", "sonneborn_berger", "direct_encounter")
    takes_late: bool = True

    def rounds(self, settings: Settings, entrants: int) -> int:
        return settings.rounds or depth(entrants)

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 256)
        check_own(settings, "rounds", "tiebreak_rules")
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
        board = Board.of(laid_out(settings, history.drawn, declared), history, settings.tiebreak_rules)
        to_draw = None
        if board.complete and len(board.laid) < declared and not history.exhausted:
            to_draw = RoundToDraw(self._contenders(history, board), rounds_after=declared - len(board.laid) - 1)
        done = board.complete and to_draw is None
        lines = board.standings(done)
        return View(tuple(board.sheet.pairings), lines, done, winner(lines), to_draw)

    @staticmethod
    def _contenders(history: History, board: Board) -> tuple[Contender, ...]:
        """Entrants of the next round."""
        contenders = {
            seed: Contender(seed, score.points, was_spared=any(round_.got == WIN for round_ in score.unplayed))
            for seed, score in board.scores.items()
            if seed not in history.out and history.since.get(seed, 1) <= len(history.drawn) + 1
        }
        for left, right in (pair for pairs in history.drawn for pair in pairs):
            if left in contenders:
                contenders[left].was_drawn(right, 0)
            if right in contenders:
                contenders[right].was_drawn(left, 1)
        for seed, floated in board.floats().items():
            if seed in contenders:
                contenders[seed].floated = floated
        return tuple(contenders.values())

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
