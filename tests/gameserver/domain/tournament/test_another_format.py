"""A format is one file: here is one, and nothing else knows of it."""

import pytest

from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.formats.checks import check_best_of, check_entrants, check_own
from gameserver.domain.tournament.formats.interface import Format, History, View
from gameserver.domain.tournament.formats.tree import BYES, ranking, winner
from gameserver.domain.tournament.pairings import EMPTY, NO_SIDE, TO_BE_DECIDED, Pairing, Source, Stage
from gameserver.domain.tournament.records import RoundDrawn
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import Spec
from tests.support.harnesses.tournament import HOST, Hall, S, bots, people


class Gauntlet:
    """The last two meet, and the winner meets the next better one, up to the best."""

    name: str = "gauntlet"
    tiebreaks: tuple[str, ...] = ()
    takes_late: bool = False

    def rounds(self, settings: Settings, entrants: int) -> int:
        return 0

    def check(self, settings: Settings, entrants: int) -> None:
        check_entrants(entrants, 2, 16)
        check_own(settings)
        check_best_of(settings, {Stage.KNOCKOUT: entrants - 1})

    def view(self, settings: Settings, history: History) -> View:
        last = history.entrants
        challenger, pairings = last, list[Pairing]()
        places = dict.fromkeys(range(1, last + 1), (1, False))
        for number in range(1, last):
            left, source = last - number, Source(number - 1) if number > 1 else None
            outcome = BYES[0] if challenger == EMPTY else history.outcomes.get(number)
            pairing = Pairing(
                number,
                Stage.KNOCKOUT,
                number,
                1,
                left,
                challenger,
                None,
                source,
                to_end=last - 1 - number,
                outcome=outcome,
            )
            pairings.append(pairing)
            if outcome is None:
                challenger = TO_BE_DECIDED
                continue
            for side, seed in enumerate((left, challenger)):
                if seed and outcome.winner != side:
                    places[seed] = (left + 1, True)
            challenger = EMPTY if outcome.winner == NO_SIDE else (left, challenger)[outcome.winner]
        done = challenger != TO_BE_DECIDED
        if done and challenger:
            places[challenger] = (1, True)
        standings = ranking(places, pairings)
        return View(tuple(pairings), standings, done, winner(standings) if done else None)

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        return frozenset(range(pairing + 1, history.entrants))


@pytest.fixture(autouse=True)
def gauntlet(monkeypatch: pytest.MonkeyPatch) -> None:
    format_: Format = Gauntlet()
    monkeypatch.setitem(FORMATS, format_.name, format_)


def test_the_engine_plays_a_format_that_it_has_never_heard_of() -> None:
    hall = Hall(Spec(Settings("gauntlet"), bots(4), HOST)).go(10 * S)
    for match, side in ((1, 1), (2, 0), (3, 1)):
        assert hall.on == [match]
        hall.restart().go(5 * S).end(match, side).go(30 * S)
    assert [(line.entrant, line.standing.place) for line in hall.result.standings] == [(1, 1), (0, 2), (3, 3), (2, 4)]
    assert hall.result.champion == 1
    assert not hall.all(RoundDrawn)


def test_walkovers_and_double_forfeits_go_through_it_too() -> None:
    hall = Hall(Spec(Settings("gauntlet"), people(3), HOST)).come(0).go(600 * S)
    assert hall.result.champion == 0
    assert [line.standing.place for line in hall.result.standings] == [1, 3, 3]
