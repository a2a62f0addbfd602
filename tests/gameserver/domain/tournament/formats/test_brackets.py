"""Single and double elimination: seeds, byes, drop-ins, empty slots, places."""

import pytest

from gameserver.domain.tournament.formats.double import drop_in
from gameserver.domain.tournament.formats.interface import View
from gameserver.domain.tournament.formats.tree import seed_order
from gameserver.domain.tournament.pairings import EMPTY, NO_SIDE, TO_BE_DECIDED, Kind, Outcome, Pairing, Source, Stage
from gameserver.domain.tournament.settings import DropInOrder, GrandFinal, RoundBestOf, Settings
from tests.support.harnesses.tournament_format import CALLED_OFF, LEFT_WINS, NOBODY_CAME, RIGHT_WINS, Play, better_seed

SINGLE = Settings("single_elimination")
THIRD = Settings("single_elimination", third_place=True)
DOUBLE = Settings("double_elimination")

# The usual seed order, as in every published bracket (ATP, NCAA; brackets-manager.js calls it inner_outer).
SEED_ORDERS = {
    2: "1 2",
    4: "1 4 2 3",
    8: "1 8 4 5 2 7 3 6",
    16: "1 16 8 9 4 13 5 12 2 15 7 10 3 14 6 11",
    32: "1 32 16 17 8 25 9 24 4 29 13 20 5 28 12 21 2 31 15 18 7 26 10 23 3 30 14 19 6 27 11 22",
    # By hand from the line above: seed s becomes s and 65 - s.
    64: "1 64 32 33 16 49 17 48 8 57 25 40 9 56 24 41 4 61 29 36 13 52 20 45 5 60 28 37 12 53 21 44 "
    "2 63 31 34 15 50 18 47 7 58 26 39 10 55 23 42 3 62 30 35 14 51 19 46 6 59 27 38 11 54 22 43",
}

# brackets-manager.js, `defaultMinorOrdering`, of which the source is "Superior double elimination losers bracket
# seeding" (tl.net, 2011): by size, the order of the losers of each winners round from the second one on. The final of
# the winners bracket is a single pairing.
DROP_INS = {
    8: ["2 1", "1"],
    16: ["2 1 4 3", "2 1", "1"],
    32: ["8 7 6 5 4 3 2 1", "3 4 1 2", "1 2", "1"],
    64: ["16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1", "5 6 7 8 1 2 3 4", "4 3 2 1", "1 2", "1"],
}


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def sides(view: View, stage: Stage, round_: int) -> list[tuple[int, int]]:
    return [(p.left, p.right) for p in view.pairings if p.stage is stage and p.round == round_]


def places(view: View) -> dict[int, int]:
    return {line.seed: line.place for line in view.standings}


@pytest.mark.parametrize("size", SEED_ORDERS)
def test_seeds_stand_in_the_usual_order(size: int) -> None:
    assert list(seed_order(size)) == numbers(SEED_ORDERS[size])
    first = sides(Play(SINGLE, size).view, Stage.KNOCKOUT, 1)
    assert [seed for pair in first for seed in pair] == numbers(SEED_ORDERS[size])


@pytest.mark.parametrize("size", DROP_INS)
def test_losers_dropped_in_in_the_published_order_before_there_was_a_choice(size: int) -> None:
    view = Play(DOUBLE, size).view
    by_number = {pairing.number: pairing for pairing in view.pairings}
    for round_, order in enumerate(DROP_INS[size], 2):
        assert drop_in(size, round_, DropInOrder.BRACKETS_MANAGER) == numbers(order)
        minor = [p for p in view.pairings if p.stage is Stage.LOSERS and p.round == 2 * round_ - 2]
        came = [by_number[p.left_from.pairing] for p in minor if p.left_from and not p.left_from.winner]
        assert [(p.stage, p.round, p.index) for p in came] == [
            (Stage.WINNERS, round_, index) for index in numbers(order)
        ]


def test_the_first_losers_round_takes_losers_in_natural_pairs() -> None:
    first = [p for p in Play(DOUBLE, 16).view.pairings if p.stage is Stage.LOSERS and p.round == 1]
    assert [(p.left_from, p.right_from) for p in first] == [
        (Source(n, winner=False), Source(n + 1, winner=False)) for n in (1, 3, 5, 7)
    ]


@pytest.mark.parametrize("settings", [SINGLE, DOUBLE])
def test_the_best_seeds_get_the_byes_and_nobody_else(settings: Settings) -> None:
    for entrants in range(2, 65):
        view = Play(settings, entrants).view
        first = [p for p in view.pairings if p.round == 1 and p.stage in (Stage.KNOCKOUT, Stage.WINNERS)]
        byes = {max(p.left, p.right) for p in first if EMPTY in (p.left, p.right)}
        assert byes == set(range(1, 2 * len(first) - entrants + 1))
        assert all(p.outcome is not None and p.outcome.kind is Kind.BYE for p in first if EMPTY in (p.left, p.right))


def test_to_be_decided_is_not_a_bye() -> None:
    play = Play(SINGLE, 4, {1: LEFT_WINS})
    final = play.view.pairings[-1]
    assert (final.left, final.right, final.outcome) == (1, TO_BE_DECIDED, None)
    assert not final.playable


def test_without_surprises_everybody_ends_where_they_were_seeded() -> None:
    view = Play(SINGLE, 8).to_the_end(better_seed)
    assert places(view) == {1: 1, 2: 2, 3: 3, 4: 3, 5: 5, 6: 5, 7: 5, 8: 5}
    view = Play(THIRD, 8).to_the_end(better_seed)
    assert places(view) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5, 7: 5, 8: 5}
    view = Play(DOUBLE, 8).to_the_end(better_seed)
    assert places(view) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5, 7: 7, 8: 7}


def test_a_place_is_final_as_soon_as_somebody_is_out() -> None:
    play = Play(SINGLE, 8, {1: LEFT_WINS})
    lines = {line.seed: line for line in play.view.standings}
    assert (lines[8].place, lines[8].final) == (5, True)
    assert all((line.place, line.final) == (1, False) for seed, line in lines.items() if seed != 8)


def test_the_match_for_the_third_place_can_be_played_beside_the_final() -> None:
    view = Play(THIRD, 4, {1: LEFT_WINS, 2: RIGHT_WINS}).view
    assert [(p.stage, p.left, p.right, p.to_end) for p in view.pairings if p.playable] == [
        (Stage.THIRD_PLACE, 4, 2, 1),
        (Stage.KNOCKOUT, 1, 3, 0),
    ]
    lines = {line.seed: line for line in view.standings}
    assert [lines[seed].place for seed in (1, 2, 3, 4)] == [1, 3, 1, 3]
    assert not any(line.final for line in view.standings)


def test_of_three_the_third_place_is_nobodys_match() -> None:
    view = Play(THIRD, 3).to_the_end(better_seed)
    assert places(view) == {1: 1, 2: 2, 3: 3}
    assert Play(THIRD, 2).to_the_end(better_seed).champion == 1


def test_after_a_double_forfeit_an_empty_slot_goes_on_as_a_bye() -> None:
    view = Play(SINGLE, 4, {1: NOBODY_CAME, 2: LEFT_WINS}).view
    final = view.pairings[-1]
    assert (final.left, final.right) == (EMPTY, 2)
    assert final.outcome == Outcome(Kind.BYE, 1)
    assert view.champion == 2
    # Nobody reached the final beside the champion: nobody is second.
    assert places(view) == {2: 1, 1: 3, 3: 3, 4: 3}


def test_before_a_match_for_the_third_place_who_leaves_the_semi_final_empty_is_behind_it() -> None:
    view = Play(THIRD, 4, {1: CALLED_OFF, 2: LEFT_WINS}).view
    # 2 is champion and 3 third, both with a bye.
    assert places(view) == {2: 1, 3: 3, 1: 4, 4: 4}
    assert view.done


def test_a_cancelled_pairing_is_one_empty_slot_and_not_the_end() -> None:
    view = Play(SINGLE, 8, {1: CALLED_OFF}).view
    semi_final = view.pairings[4]
    assert (semi_final.left, semi_final.right, semi_final.outcome) == (EMPTY, TO_BE_DECIDED, None)
    assert not view.done


def test_there_may_be_no_champion() -> None:
    for settings in (SINGLE, THIRD, DOUBLE):
        for entrants in (2, 4, 8):
            view = Play(settings, entrants).to_the_end(lambda _: NOBODY_CAME)
            assert view.champion is None
            assert all(line.place > 1 and line.final for line in view.standings)


def test_a_bye_is_enough_for_who_is_the_only_one_left() -> None:
    for settings in (SINGLE, THIRD, DOUBLE):
        assert Play(settings, 3).to_the_end(lambda _: NOBODY_CAME).champion == 1


def test_in_the_losers_bracket_an_empty_slot_is_a_bye_at_once() -> None:
    # 3 entrants: the first of the winners bracket has a bye, so nobody comes from there.
    view = Play(DOUBLE, 3, {2: RIGHT_WINS}).view
    first = next(p for p in view.pairings if p.stage is Stage.LOSERS)
    assert (first.left, first.right, first.outcome) == (EMPTY, 2, Outcome(Kind.BYE, 1))


def test_a_double_forfeit_in_the_winners_bracket_leaves_an_empty_slot_in_the_losers_bracket_too() -> None:
    play = Play(DOUBLE, 4, {1: NOBODY_CAME, 2: LEFT_WINS})
    view = play.view
    assert sides(view, Stage.LOSERS, 1) == [(EMPTY, 3)]
    assert sides(view, Stage.WINNERS, 2) == [(EMPTY, 2)]
    # 2 has won the winners bracket without a match there: nobody drops in, and 3 wins the other one likewise.
    assert sides(view, Stage.LOSERS, 2) == [(EMPTY, 3)]
    assert sides(view, Stage.GRAND_FINAL, 1) == [(2, 3)]
    # They end where they would have by losing again at once.
    assert {seed: place for seed, place in places(view).items() if seed in (1, 4)} == {1: 4, 4: 4}


def test_who_is_out_drops_into_the_losers_bracket_all_the_same() -> None:
    walkover = Outcome(Kind.WALKOVER, 0)
    play = Play(DOUBLE, 4, {1: walkover}, out={4: 0})
    assert sides(play.view, Stage.LOSERS, 1) == [(4, TO_BE_DECIDED)]


def grand_final(*outcomes: Outcome, settings: Settings = DOUBLE) -> tuple[View, list[Pairing]]:
    """Of four: 1 comes from the winners bracket, 2 from the losers bracket."""
    play = Play(settings, 4)
    while not any(p.stage is Stage.GRAND_FINAL and p.playable for p in play.view.pairings):
        play.outcomes.update({p.number: better_seed(p) for p in play.view.pairings if p.playable})
    first = next(p for p in play.view.pairings if p.stage is Stage.GRAND_FINAL)
    assert (first.left, first.right) == (1, 2)
    play.outcomes.update({first.number + position: outcome for position, outcome in enumerate(outcomes)})
    return play.view, [p for p in play.view.pairings if p.stage is Stage.GRAND_FINAL]


def test_the_reset_is_skipped_when_the_winners_bracket_wins() -> None:
    view, (_, reset) = grand_final(LEFT_WINS)
    assert (view.done, view.champion) == (True, 1)
    assert (reset.skipped, reset.outcome, reset.left, reset.right) == (True, None, EMPTY, EMPTY)


def test_the_reset_is_played_when_both_have_lost_once() -> None:
    view, (first, reset) = grand_final(RIGHT_WINS)
    assert (view.done, view.champion) == (False, None)
    assert (reset.left, reset.right, reset.playable) == (1, 2, True)
    assert first.to_end == reset.to_end == 0
    assert grand_final(RIGHT_WINS, LEFT_WINS)[0].champion == 1
    assert grand_final(RIGHT_WINS, RIGHT_WINS)[0].champion == 2


@pytest.mark.parametrize("nobody", [NOBODY_CAME, CALLED_OFF])
def test_a_grand_final_that_nobody_wins_has_no_champion_and_no_reset(nobody: Outcome) -> None:
    view, (_, reset) = grand_final(nobody)
    assert (view.done, view.champion, reset.skipped) == (True, None, True)
    assert places(view) == {1: 2, 2: 2, 3: 3, 4: 4}
    assert grand_final(RIGHT_WINS, nobody)[0].champion is None


def test_a_simple_grand_final_is_one_pairing() -> None:
    view, finals = grand_final(RIGHT_WINS, settings=Settings("double_elimination", grand_final=GrandFinal.SIMPLE))
    assert (view.champion, len(finals)) == (2, 1)


def test_without_a_grand_final_the_winners_bracket_has_the_champion() -> None:
    view = Play(Settings("double_elimination", grand_final=GrandFinal.NONE), 8).to_the_end(better_seed)
    assert Stage.GRAND_FINAL not in {p.stage for p in view.pairings}
    assert places(view) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5, 7: 7, 8: 7}
    assert view.pairings[-1].stage is Stage.LOSERS
    assert view.pairings[-1].to_end == 0


def test_an_empty_winners_side_of_the_grand_final_is_a_bye_without_a_reset() -> None:
    # 1-4 and 2-3 of the winners bracket are played; nobody comes to its final; 3 beats 4 below.
    play = Play(DOUBLE, 4, {1: LEFT_WINS, 2: LEFT_WINS, 3: RIGHT_WINS, 4: NOBODY_CAME})
    view = play.view
    final, reset = view.pairings[-2:]
    assert (final.left, final.right, final.outcome) == (EMPTY, 3, Outcome(Kind.BYE, 1))
    assert reset.skipped
    assert (view.done, view.champion) == (True, 3)


def test_one_of_two_is_champion_of_a_double_elimination_after_two_or_three_matches() -> None:
    assert len(Play(DOUBLE, 2).to_the_end(lambda _: LEFT_WINS).pairings) == 3
    play = Play(DOUBLE, 2)
    assert play.to_the_end(lambda p: RIGHT_WINS if p.stage is Stage.GRAND_FINAL else LEFT_WINS).champion == 2
    assert len(play.outcomes) == 3


def test_walkovers_and_byes_count_as_what_they_are() -> None:
    view = Play(SINGLE, 3, {2: Outcome(Kind.WALKOVER, 1)}).view
    lines = {line.seed: line for line in view.standings}
    assert (lines[1].played, lines[1].won) == (0, 0)
    assert (lines[3].played, lines[3].won, lines[3].scored) == (1, 1, 0)
    assert (lines[2].played, lines[2].lost) == (1, 1)


def test_an_outcome_without_two_sides_is_not_looked_at() -> None:
    view = Play(SINGLE, 3, {1: Outcome(Kind.PLAYED, 1), 3: Outcome(Kind.PLAYED, NO_SIDE)}).view
    assert view.pairings[0].outcome == Outcome(Kind.BYE, 0)
    assert view.pairings[2].outcome is None


def test_rounds_are_best_of_what_was_said_of_them_of_their_stage_and_of_all() -> None:
    settings = Settings(
        "double_elimination",
        best_of=1,
        best_of_rounds=(
            RoundBestOf(Stage.WINNERS, 0, 3),
            RoundBestOf(Stage.WINNERS, 3, 5),
            RoundBestOf(Stage.GRAND_FINAL, 2, 5),
        ),
    )
    view = Play(settings, 8).view
    said = {(p.stage, p.round): p.best_of for p in view.pairings}
    assert [said[Stage.WINNERS, round_] for round_ in (1, 2, 3)] == [3, 3, 5]
    assert {said[Stage.LOSERS, round_] for round_ in (1, 2, 3, 4)} == {1}
    assert [said[Stage.GRAND_FINAL, round_] for round_ in (1, 2)] == [1, 5]


FROM_THE_LAST = {2: [5], 3: [3, 5], 4: [3, 5], 5: [1, 3, 5], 8: [1, 3, 5], 9: [1, 1, 3, 5], 64: [1, 1, 1, 1, 3, 5]}
"""Best of each round of a knockout, by its size, with a final of 5 and semi-finals of 3 counted from the last round."""


@pytest.mark.parametrize("entrants", FROM_THE_LAST)
def test_a_final_is_best_of_what_was_said_of_the_last_round_however_many_take_part(entrants: int) -> None:
    lines = (RoundBestOf(Stage.KNOCKOUT, 0, 5, 0), RoundBestOf(Stage.KNOCKOUT, 0, 3, 1))
    settings = Settings("single_elimination", third_place=True, best_of_rounds=lines)
    said = {(p.stage, p.round): p.best_of for p in Play(settings, entrants).view.pairings}
    rounds = FROM_THE_LAST[entrants]
    assert [said[Stage.KNOCKOUT, round_] for round_ in range(1, len(rounds) + 1)] == rounds
    assert said.get((Stage.THIRD_PLACE, 1), 1) == 1


def test_each_bracket_of_a_double_elimination_has_a_last_round_and_counted_from_there_holds_first() -> None:
    lines = (
        RoundBestOf(Stage.WINNERS, 3, 1),
        RoundBestOf(Stage.WINNERS, 0, 5, 0),
        RoundBestOf(Stage.LOSERS, 0, 3, 0),
        RoundBestOf(Stage.GRAND_FINAL, 0, 5, 0),
    )
    view = Play(Settings("double_elimination", best_of=3, best_of_rounds=lines), 8).view
    said = {(p.stage, p.round): p.best_of for p in view.pairings}
    assert [said[Stage.WINNERS, round_] for round_ in (1, 2, 3)] == [3, 3, 5]
    assert {said[Stage.LOSERS, round_] for round_ in (1, 2, 3, 4)} == {3}
    # The last pairing of a grand final is the reset.
    assert [said[Stage.GRAND_FINAL, round_] for round_ in (1, 2)] == [3, 5]
