"""Single elimination: an entrant is out after one loss. Where nobody wins, an empty slot goes on."""

from functools import lru_cache

from gameserver.domain.tournament.formats.checks import check_best_of, check_entrants, check_own
from gameserver.domain.tournament.formats.tree import Bracket, Builder, Tree, depth, seed_order
from gameserver.domain.tournament.pairings import Source, Stage
from gameserver.domain.tournament.settings import Settings


@lru_cache(maxsize=256)
def knockout(settings: Settings, entries: int, first: int = 1) -> Tree:
    """Build the bracket for that number of entries: its pairings are numbered from `first`."""
    rounds = depth(entries)
    order = seed_order(2**rounds)
    third = third_place(settings, entries)
    builder = Builder(settings, first)
    before: list[int] = []
    for round_ in range(1, rounds + 1):
        matches = 2 ** (rounds - round_)
        if third and matches == 1:
            semis = (Source(before[0], winner=False), Source(before[1], winner=False))
            builder.add(Stage.THIRD_PLACE, 1, 1, semis, winner_place=3, loser_place=4)
        # An entrant who ends in a semi-final, but not in the match for the third place, is behind those who play that.
        loser_place = 4 if third and matches == 2 else matches + 1
        winner_place = 1 if matches == 1 else 0
        now: list[int] = []
        for index in range(matches):
            pair = slice(2 * index, 2 * index + 2)
            left, right = order[pair] if round_ == 1 else (0, 0)
            sources = [Source(number) for number in before[pair]]
            now.append(
                builder.add(
                    Stage.KNOCKOUT,
                    round_,
                    index + 1,
                    sources,
                    left_entry=left,
                    right_entry=right,
                    winner_place=winner_place,
                    loser_place=loser_place,
                )
            )
        before = now
    return builder.tree()


def third_place(settings: Settings, entries: int) -> bool:
    """Report whether there is a match for the third place: of two entrants nobody is third."""
    return settings.third_place and entries > 2


class SingleElimination(Bracket):
    """Knockout in which an entrant is out after one loss."""

    name: str = "single_elimination"

    def tree(self, settings: Settings, entrants: int) -> Tree:
        return knockout(settings, entrants)

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 64)
        check_own(settings, "third_place")
        check_best_of(
            settings, {Stage.KNOCKOUT: depth(entrants), Stage.THIRD_PLACE: int(third_place(settings, entrants))}
        )
