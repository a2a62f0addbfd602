"""Round robin: the Berger tables, the table, who came too seldom."""

import pytest

from gameserver.domain.tournament.formats.interface import View
from gameserver.domain.tournament.formats.round_robin import berger
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Outcome, Stage
from gameserver.domain.tournament.settings import RoundBestOf, Settings
from tests.support.harnesses.tournament_format import CALLED_OFF, DRAWN, LEFT_WINS, NOBODY_CAME, Play, better_seed

ROUND_ROBIN = Settings("round_robin")

# FIDE Handbook C.05, annex 1: Berger tables, white first.
BERGER = {
    4: "1-4 2-3 | 4-3 1-2 | 2-4 3-1",
    6: "1-6 2-5 3-4 | 6-4 5-3 1-2 | 2-6 3-1 4-5 | 6-5 1-4 2-3 | 3-6 4-2 5-1",
    8: "1-8 2-7 3-6 4-5 | 8-5 6-4 7-3 1-2 | 2-8 3-1 4-7 5-6 | 8-6 7-5 1-4 2-3 | 3-8 4-2 5-1 6-7 | "
    "8-7 1-6 2-5 3-4 | 4-8 5-3 6-2 7-1",
    10: "1-10 2-9 3-8 4-7 5-6 | 10-6 7-5 8-4 9-3 1-2 | 2-10 3-1 4-9 5-8 6-7 | 10-7 8-6 9-5 1-4 2-3 | "
    "3-10 4-2 5-1 6-9 7-8 | 10-8 9-7 1-6 2-5 3-4 | 4-10 5-3 6-2 7-1 8-9 | 10-9 1-8 2-7 3-6 4-5 | "
    "5-10 6-4 7-3 8-2 9-1",
}


@pytest.mark.parametrize("entrants", BERGER)
def test_rounds_are_those_of_the_berger_tables(entrants: int) -> None:
    rounds = [[tuple(map(int, pair.split("-"))) for pair in text.split()] for text in BERGER[entrants].split("|")]
    assert berger(entrants) == rounds
    # With one less, the one who would meet the last one rests.
    assert berger(entrants - 1) == [[pair for pair in pairs if entrants not in pair] for pairs in rounds]


def test_the_last_round_can_be_longer() -> None:
    view = Play(Settings("round_robin", best_of_rounds=(RoundBestOf(Stage.GROUP, 0, 3, 0),)), 5).view
    assert sorted({(p.round, p.best_of) for p in view.pairings}) == [(1, 1), (2, 1), (3, 1), (4, 1), (5, 3)]


@pytest.mark.parametrize("entrants", range(2, 65))
def test_everybody_meets_everybody_once_and_nobody_twice_in_a_round(entrants: int) -> None:
    rounds = berger(entrants)
    assert len(rounds) == entrants - 1 + entrants % 2
    pairs = [frozenset(pair) for pairs in rounds for pair in pairs]
    assert len(set(pairs)) == len(pairs) == entrants * (entrants - 1) // 2
    assert all(len({seed for pair in pairs for seed in pair}) == 2 * len(pairs) for pairs in rounds)
    lefts = [sum(pair[0] == seed for pairs in rounds for pair in pairs) for seed in range(1, entrants + 1)]
    assert max(lefts) - min(lefts) <= 1


def played(entrants: int, table: str, points: dict[str, tuple[int, int]] | None = None) -> Play:
    """`table` is "1-2" for a win of 1 over 2, "1=2" for a draw, "1+2" for a walkover, "1x2" when nobody came.

    `points` are of the match, 1's first.
    """
    play = Play(ROUND_ROBIN, entrants)
    numbers = {frozenset((p.left, p.right)): p for p in play.view.pairings}
    for word in table.split():
        sign = next(sign for sign in "-=+x" if sign in word)
        one, other = map(int, word.split(sign))
        pairing = numbers[frozenset((one, other))]
        side = 0 if pairing.left == one else 1
        score = (points or {}).get(word, (11, 7))
        play.outcomes[pairing.number] = {
            "-": Outcome(Kind.PLAYED, side, (score if side == 0 else score[::-1],)),
            "=": Outcome(Kind.PLAYED, NO_SIDE, ((9, 9),)),
            "+": Outcome(Kind.WALKOVER, side),
            "x": NOBODY_CAME,
        }[sign]
    return play


def places(view: View) -> dict[int, int]:
    return {line.seed: line.place for line in view.standings}


def test_the_head_to_head_of_the_fide_exercises() -> None:
    # IA Mario Held, "Exercises in Tie-Breaking" (FIDE, C.07 of 2023), exercise 26: six players, who is where by points
    # and direct encounter. 1, 2 and 3 have 3.5 points; 1 beat both others, and 2 and 3 drew. 4, 5 and 6 have 1.5: 6 has
    # a forfeit win over 5 and a draw with 4, and 5 beat 4.
    play = played(6, "1=5 1-2 1-3 4-1 1-6 2-6 2-5 2=3 2-4 3-4 3-6 3-5 5-4 4=6 6+5")
    view = play.view
    assert [line.points for line in sorted(view.standings, key=lambda line: line.seed)] == [7, 7, 7, 3, 3, 3]
    head_to_head = {line.seed: line.tiebreaks[0] / 4 for line in view.standings}
    assert head_to_head == {1: 2, 2: 0.5, 3: 0.5, 4: 0.5, 5: 1, 6: 1.5}
    assert places(view) == {1: 1, 2: 2, 3: 2, 4: 6, 5: 5, 6: 4}


def test_after_points_and_head_to_head_come_score_difference_and_score_for() -> None:
    # 1 beats 2, 2 beats 3, 3 beats 1: a circle. 4 loses to all.
    table = "1-2 2-3 3-1 1-4 2-4 3-4"
    view = played(4, table, {"1-4": (11, 0), "2-4": (11, 5), "3-4": (11, 6)}).view
    assert places(view) == {1: 1, 2: 2, 3: 3, 4: 4}
    assert [line.tiebreaks for line in view.standings[:2]] == [(4, 4 * 11, 4 * 29), (4, 4 * 6, 4 * 29)]
    # The same difference; 2 has scored more.
    view = played(4, table, {"1-4": (11, 5), "2-4": (15, 9), "3-4": (11, 6)}).view
    assert places(view) == {2: 1, 1: 2, 3: 3, 4: 4}


def test_who_is_equal_in_everything_shares_the_place_and_nobody_is_champion() -> None:
    view = played(4, "1-2 2-3 3-1 1-4 2-4 3-4").view
    assert places(view) == {1: 1, 2: 1, 3: 1, 4: 4}
    assert (view.done, view.champion) == (True, None)
    assert Play(ROUND_ROBIN, 5).to_the_end(better_seed).champion == 1


def test_never_by_win_ratio_but_by_points() -> None:
    # 1 has won one of one, 2 two of three.
    view = played(4, "1-2 2-3 2-4").view
    assert [line.seed for line in view.standings[:2]] == [2, 1]


def test_who_came_to_less_than_half_counts_for_nobody() -> None:
    # 5 beat 1 and stayed away from the other three.
    view = played(5, "5-1 2+5 3+5 4+5 1-2 1-3 1-4 2-3 2-4 3-4").view
    lines = {line.seed: line for line in view.standings}
    assert (lines[5].place, lines[5].points, lines[5].played) == (5, 0, 0)
    assert (lines[1].played, lines[1].lost, view.champion) == (3, 0, 1)
    assert lines[2].points == 4


def test_who_came_to_half_has_forfeited_the_rest() -> None:
    # 5 beat 1 and 2 and stayed away from the other two.
    view = played(5, "5-1 5-2 3+5 4+5 1-2 1-3 1-4 2-3 2-4 3-4").view
    lines = {line.seed: line for line in view.standings}
    assert (lines[5].points, lines[5].played) == (4, 4)
    assert (lines[1].lost, lines[3].won) == (1, 2)


def test_what_is_left_of_somebody_who_is_out_counts_as_missed_before_it_is_decided() -> None:
    play = played(5, "5-1")
    play.out = {5: 1}
    lines = {line.seed: line for line in play.view.standings}
    assert lines[5].played == lines[1].played == 0


def test_of_those_left_alone_the_only_one_who_came_is_champion() -> None:
    view = played(3, "1+2 1+3 2x3").view
    assert (view.done, view.champion) == (True, 1)
    view = played(3, "1x2 1x3 2x3").view
    assert (view.done, view.champion) == (True, None)


def test_cancelled_pairings_count_for_nobody() -> None:
    play = Play(ROUND_ROBIN, 3, {1: CALLED_OFF, 2: DRAWN, 3: LEFT_WINS})
    lines = play.view.standings
    assert sum(line.played for line in lines) == 4
    assert sum(line.points for line in lines) == 4


def test_all_can_be_played_from_the_start_and_none_depends_on_another() -> None:
    play = Play(ROUND_ROBIN, 6)
    view = play.view
    assert all(p.playable and p.may_draw and p.stage is Stage.GROUP and p.group == 0 for p in view.pairings)
    assert [p.to_end for p in view.pairings if p.index == 1] == [4, 3, 2, 1, 0]
    assert play.format.dependents(ROUND_ROBIN, play.history, 1) == frozenset()
    assert play.format.rounds(ROUND_ROBIN, 6) == 5
