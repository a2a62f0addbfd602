"""A Swiss over its rounds: which of them are drawn, and its table."""

from functools import partial
from random import Random

import pytest

from gameserver.domain.tournament.formats.swiss import Swiss
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.pairings import Kind, Outcome, Stage
from gameserver.domain.tournament.settings import RoundBestOf, Settings
from tests.support.harnesses.swiss_contenders import drawn, people
from tests.support.harnesses.tournament_format import (
    CALLED_OFF,
    DRAWN,
    LEFT_WINS,
    NOBODY_CAME,
    RIGHT_WINS,
    Play,
    any_outcome,
    better_seed,
)

SWISS = Settings("swiss")


@pytest.mark.parametrize("entrants", range(3, 13))
def test_every_declared_round_can_be_drawn(entrants: int) -> None:
    """Without looking ahead, four rounds of six ended early in 8 of 60 tournaments."""
    for rounds in range(2, entrants + entrants % 2):
        for number in range(6):
            random = Random(number)
            play = Play(Settings("swiss", rounds=rounds), entrants)
            play.to_the_end(partial(any_outcome, random))
            assert len(play.drawn) == rounds, f"random.Random({number}), {rounds} rounds"


def test_a_round_that_would_leave_no_draw_gives_way_to_the_next_best() -> None:
    # Two rounds are played. If the third leaves two triangles of people who have not met, no fourth can be drawn.
    contenders = people("0 0 0 0 0 0", "1-4 2-5 3-6 1-5 2-6 3-4")
    assert drawn(contenders) == "1-6 2-4 3-5"
    ahead = draw(contenders, rounds_after=1)
    assert ahead
    assert sorted(sorted(pair) for pair in ahead) != [[1, 6], [2, 4], [3, 5]]
    for left, right in ahead:
        contenders[left - 1].was_drawn(right, 0)
        contenders[right - 1].was_drawn(left, 1)
    assert draw(contenders)


def test_a_small_swiss_worked_by_hand() -> None:
    play = Play(Settings("swiss", rounds=3), 5)

    def round_(pairs: str, *outcomes: Outcome) -> None:
        view = play.draw_if_due()
        here = [p for p in view.pairings if p.round == len(play.drawn)]
        found = [f"{min(p.left, p.right)}-{max(p.left, p.right)}" if p.right else f"{p.left}" for p in here]
        assert " ".join(found) == pairs
        for pairing, outcome in zip(here, outcomes, strict=False):
            # Outcomes are said for the better seed.
            swap = pairing.left > pairing.right
            play.outcomes[pairing.number] = (
                {LEFT_WINS: RIGHT_WINS, RIGHT_WINS: LEFT_WINS}.get(outcome, outcome) if swap else outcome
            )

    # Halves of five without the last one, who has the bye.
    round_("1-3 2-4 5", LEFT_WINS, DRAWN)
    # 1 and 5 have a point, 2 and 4 a half and have met, 3 none and the bye.
    # 1-5 would leave 2-4: so both groups float, the first to the first.
    round_("1-2 4-5 3", LEFT_WINS, LEFT_WINS)
    # 1 has two points, 4 one and a half, 3 and 5 one; 2 has a half and the bye.
    round_("1-4 3-5 2", RIGHT_WINS, DRAWN)
    view = play.view
    assert (view.done, view.champion) == (True, 4)
    # Points: 4 has 2.5, 1 has 2; 2, 3, 5 have 1.5. A bye counts as an opponent with as many as oneself.
    # 4: met 2, 5, 1 with 1.5 1.5 2: 5, cut 3.5; half of 1.5, and 1.5, and 2: 4.25.
    # 1: met 3, 2, 4 with 1.5 1.5 2.5: 5.5, cut 4; beat the first two: 3.
    # 2: met 4, 1 with 2.5 2, bye 1.5: 6, cut 4.5; half of 2.5, and 1.5: 2.75.
    # 5: bye 1.5, met 4, 3 with 2.5 1.5: 5.5, cut 4; 1.5, and half of 1.5: 2.25.
    # 3: met 1 with 2, bye 1.5, met 5 with 1.5: 5, cut 3.5; 1.5, and half of 1.5: 2.25.
    assert [(line.seed, line.place, line.points, [t / 4 for t in line.tiebreaks]) for line in view.standings] == [
        (4, 1, 5, [3.5, 5, 4.25, 0]),
        (1, 2, 4, [4, 5.5, 3, 0]),
        (2, 3, 3, [4.5, 6, 2.75, 0]),
        (5, 4, 3, [4, 5.5, 2.25, 0]),
        (3, 5, 3, [3.5, 5, 2.25, 0]),
    ]
    lines = {line.seed: line for line in view.standings}
    assert (lines[5].played, lines[5].won, lines[5].drawn, lines[5].lost) == (2, 0, 1, 1)


def test_the_direct_encounter_decides_last_and_only_if_all_have_met() -> None:
    # Two entrants who are equal in everything but their only match.
    play = Play(SWISS, 2)
    view = play.to_the_end(lambda _: RIGHT_WINS)
    assert view.champion == 2
    # Four, two rounds: 1 and 2 win both... and have never met: a shared place, and no champion.
    play = Play(Settings("swiss", rounds=1), 4)
    view = play.to_the_end(lambda pairing: LEFT_WINS)
    assert [line.place for line in view.standings] == [1, 1, 3, 3]
    assert view.champion is None


def test_rounds_are_declared_beforehand() -> None:
    assert [Swiss().rounds(SWISS, entrants) for entrants in (2, 3, 4, 5, 8, 9, 64, 256)] == [1, 2, 2, 3, 3, 4, 6, 8]
    assert Swiss().rounds(Settings("swiss", rounds=5), 8) == 5


def test_the_last_of_the_declared_rounds_can_be_longer() -> None:
    longer = (RoundBestOf(Stage.SWISS, 0, 5, 0), RoundBestOf(Stage.SWISS, 0, 3, 1))
    view = Play(Settings("swiss", rounds=3, best_of_rounds=longer), 8).to_the_end(better_seed)
    assert sorted({(pairing.round, pairing.best_of) for pairing in view.pairings}) == [(1, 1), (2, 3), (3, 5)]


def test_it_ends_early_when_no_legal_pairing_is_left() -> None:
    # Of four, two leave after the first round, and the others have met.
    play = Play(Settings("swiss", rounds=3), 4)
    play.draw_if_due()
    play.outcomes.update({1: LEFT_WINS, 2: LEFT_WINS})
    (one, other), _ = play.drawn[0]
    play.out = {seed: 1 for seed in (1, 2, 3, 4) if seed not in (one, other)}
    view = play.draw_if_due()
    assert (view.done, len(play.drawn)) == (True, 1)
    assert all(line.final for line in view.standings)


def test_who_is_out_is_not_drawn_and_keeps_their_points() -> None:
    play = Play(Settings("swiss", rounds=2), 4)
    play.draw_if_due()
    play.outcomes.update({1: LEFT_WINS, 2: LEFT_WINS})
    winner = play.drawn[0][0][0]
    play.out = {winner: 1}
    play.draw_if_due()
    assert winner not in {seed for pair in play.drawn[1] for seed in pair}
    line = next(line for line in play.view.standings if line.seed == winner)
    assert line.points == 2


def test_a_late_entrant_is_in_from_their_round_on_and_has_no_points_for_what_they_missed() -> None:
    play = Play(Settings("swiss", rounds=3), 4)
    play.draw_if_due()
    play.entrants, play.since = 5, {5: 2}
    assert 5 not in {seed for pair in play.drawn[0] for seed in pair}
    play.outcomes.update({1: LEFT_WINS, 2: LEFT_WINS})
    play.draw_if_due()
    assert 5 in {seed for pair in play.drawn[1] for seed in pair}
    view = play.to_the_end(lambda _: LEFT_WINS)
    assert len(play.drawn) == 3
    assert len(view.standings) == 5


def test_late_entrants_do_not_add_rounds() -> None:
    play = Play(SWISS, 4)
    play.draw_if_due()
    play.entrants, play.since = 6, {5: 2, 6: 2}
    play.to_the_end(lambda _: LEFT_WINS)
    assert len(play.drawn) == 2
    # After the draw of the seeds, and before that of the first round.
    play = Play(SWISS, 5, since={5: 1})
    play.to_the_end(lambda _: LEFT_WINS)
    assert len(play.drawn) == 2


def test_walkovers_double_forfeits_and_cancelled_pairings_in_the_table() -> None:
    play = Play(Settings("swiss", rounds=1), 6)
    play.draw_if_due()
    play.decide(p1=Outcome(Kind.WALKOVER, 0), p2=NOBODY_CAME, p3=CALLED_OFF)
    lines = {line.seed: line for line in play.view.standings}
    (winner, loser), (one, other), cancelled = play.drawn[0]
    assert (lines[winner].points, lines[winner].won) == (2, 1)
    assert (lines[loser].points, lines[loser].lost) == (0, 1)
    assert [(lines[seed].points, lines[seed].lost) for seed in (one, other)] == [(0, 1), (0, 1)]
    assert [lines[seed].played for seed in cancelled] == [0, 0]


def test_whose_pairing_was_called_off_has_not_stayed_away() -> None:
    play = Play(Settings("swiss", rounds=2), 4)
    play.draw_if_due()
    # 1 and 3 are called off, and 2 beats 4. Then 1 beats 2, and 3 beats 4.
    play.outcomes.update(
        {p.number: CALLED_OFF if 1 in (p.left, p.right) else better_seed(p) for p in play.view.pairings}
    )
    view = play.to_the_end(better_seed)
    assert [frozenset(pair) for pair in play.drawn[1]] == [frozenset((1, 2)), frozenset((3, 4))]
    lines = {line.seed: line for line in view.standings}
    # 2 met 4, who has none, and 1, who has 1.
    assert [t / 4 for t in lines[2].tiebreaks[:2]] == [1, 1]
    # 1 met nobody, as one with 1, and 2, who has 1.
    assert [t / 4 for t in lines[1].tiebreaks[:2]] == [1, 2]
    # 3 met nobody, as one with 1, and 4, who has none. Had 3 stayed away, the 1 would be cut.
    assert [t / 4 for t in lines[3].tiebreaks[:2]] == [1, 1]


def test_a_round_is_drawn_only_when_the_one_before_is_decided() -> None:
    play = Play(SWISS, 4)
    due = [play.view.to_draw is not None]
    play.draw_if_due()
    for number in (1, 2):
        play.outcomes[number] = LEFT_WINS
        due.append(play.view.to_draw is not None)
    assert due == [True, False, True]


def test_the_same_history_is_drawn_the_same() -> None:
    def rounds() -> tuple[tuple[tuple[int, int], ...], ...]:
        random = Random(5)
        play = Play(Settings("swiss", rounds=5), 40)
        play.to_the_end(lambda _: random.choice([LEFT_WINS, RIGHT_WINS, DRAWN]))
        return play.drawn

    assert rounds() == rounds()


def test_all_rounds_after_a_pairing_depend_on_it() -> None:
    play = Play(Settings("swiss", rounds=3), 4)
    play.to_the_end(lambda _: LEFT_WINS)
    assert Swiss().dependents(play.settings, play.history, 1) == {3, 4, 5, 6}
    assert Swiss().dependents(play.settings, play.history, 4) == {5, 6}
    assert Swiss().dependents(play.settings, play.history, 6) == set()
