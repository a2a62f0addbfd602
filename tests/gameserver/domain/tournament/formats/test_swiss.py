"""Swiss: the draw, and the table."""

from functools import partial
from itertools import combinations
from random import Random

import pytest

from gameserver.domain.tournament.formats.interface import Contender, View
from gameserver.domain.tournament.formats.swiss import Swiss
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.formats.swiss_score import Absence, Score, buchholz
from gameserver.domain.tournament.pairings import EMPTY, Kind, Outcome, Pairing, Stage
from gameserver.domain.tournament.settings import RoundBestOf, Settings, TiebreakRules
from tests.gameserver.domain.tournament.formats.play import (
    CALLED_OFF,
    DRAWN,
    LEFT_WINS,
    NOBODY_CAME,
    RIGHT_WINS,
    Play,
    any_outcome,
    at_random,
    better_seed,
)

SWISS = Settings("swiss")


def people(points: str, met: str = "", byes: tuple[int, ...] = ()) -> list[Contender]:
    """`points` are half points by seed, `met` is "1-2 3-4"."""
    contenders = [Contender(seed, int(word)) for seed, word in enumerate(points.split(), 1)]
    for pair in met.split():
        one, other = map(int, pair.split("-"))
        contenders[one - 1].met.add(other)
        contenders[other - 1].met.add(one)
    for seed in byes:
        contenders[seed - 1].had_bye = True
    return contenders


def drawn(contenders: list[Contender]) -> str:
    """The pairs, whoever is left: "1-5 2-6 7"."""
    pairs = draw(contenders)
    assert pairs
    return " ".join(str(left) if right == EMPTY else f"{min(left, right)}-{max(left, right)}" for left, right in pairs)


def test_the_top_half_meets_the_bottom_half_in_order() -> None:
    # FIDE Handbook C.04.3, the example of a score group of eight; and C.07 exercises, round 1 of sixteen.
    assert drawn(people("0 0 0 0 0 0 0 0")) == "1-5 2-6 3-7 4-8"
    assert drawn(people("0 " * 16)) == "1-9 2-10 3-11 4-12 5-13 6-14 7-15 8-16"


@pytest.mark.parametrize(
    ("met", "pairs"),
    [
        # FIDE Handbook C.04.3: the transpositions of 5 6 7 8 in their order, 5 6 8 7, 5 7 6 8, 5 7 8 6, ...; the first
        # that is legal.
        ("4-8", "1-5 2-6 3-8 4-7"),
        ("3-7", "1-5 2-6 3-8 4-7"),
        ("2-6", "1-5 2-7 3-6 4-8"),
        ("1-5", "1-6 2-5 3-7 4-8"),
        ("1-5 2-6 3-7 4-8", "1-6 2-5 3-8 4-7"),
    ],
)
def test_who_has_met_gives_way_as_near_as_can_be(met: str, pairs: str) -> None:
    assert drawn(people("0 0 0 0 0 0 0 0", met)) == pairs


def test_the_bye_goes_to_the_lowest_who_had_none() -> None:
    assert drawn(people("2 2 0 0 0")).endswith(" 5")
    assert drawn(people("2 2 0 0 0", byes=(5,))).endswith(" 4")
    assert drawn(people("2 2 0 0 0", byes=(3, 4, 5))).endswith(" 2")


def test_the_bye_costs_nobody_a_meeting_among_equals() -> None:
    # 5, 6 and 7 have nothing, and 5 has met 6. With a bye for 7 both would have to meet somebody with two half points.
    assert drawn(people("2 2 2 2 0 0 0", "5-6")) == "1-3 2-4 5-7 6"


def test_who_has_won_without_playing_has_the_bye_only_if_nobody_else_can() -> None:
    contenders = people("2 2 0 0 0", byes=(3,))
    contenders[4].was_spared = True
    assert drawn(contenders).endswith(" 4")
    contenders[3].had_bye = contenders[1].had_bye = contenders[0].had_bye = True
    assert drawn(contenders).endswith(" 5")


def test_leaders_who_have_not_met_meet() -> None:
    # 3 and 4 have met. Both ways two pairs are a point apart: those at the top do not pay for it.
    assert drawn(people("8 8 7 7 6 6", "3-4")) == "1-2 3-5 4-6"


def test_who_has_just_floated_floats_again_last() -> None:
    contenders = people("4 4 4 2 2 2")
    assert drawn(contenders) == "1-2 3-4 5-6"
    contenders[2].floated = 1
    assert drawn(contenders) == "1-3 2-4 5-6"
    contenders[3].floated = -1
    assert drawn(contenders) == "1-3 2-5 4-6"


def test_the_rounds_before_say_who_floated_and_who_was_spared() -> None:
    play = Play(Settings("swiss", rounds=3), 5)
    play.draw_if_due()
    play.decide(p1=LEFT_WINS, p2=RIGHT_WINS)
    play.draw_if_due()
    # 1, 2 and 5 have a point. 5, the lowest of them, had the bye, which is a float: so 2 floats.
    assert play.drawn == (((1, 3), (4, 2), (5, EMPTY)), ((5, 1), (3, 2), (4, EMPTY)))
    play.decide(p4=RIGHT_WINS, p5=Outcome(Kind.WALKOVER, 0))
    play.draw_if_due()
    # 2 and 3 have a point and had no bye. 3 stands lower, but has won without playing.
    assert play.drawn[-1] == ((1, 4), (3, 5), (2, EMPTY))


def test_the_lowest_of_a_group_floats_down_to_the_highest_of_the_next() -> None:
    # 1 2 3 have two points, 4 to 8 one: 3 floats down to 4; 1-2, and of 5 6 7 8 the halves.
    assert drawn(people("4 4 4 2 2 2 2 2")) == "1-2 3-4 5-7 6-8"


def test_who_has_met_everybody_in_the_group_floats() -> None:
    assert drawn(people("4 4 2 2 0 0", "1-2")) == "1-3 2-4 5-6"


def test_no_legal_pairing_is_none() -> None:
    assert draw(people("0 0", "1-2")) == ()
    assert draw(people("0")) == ()
    assert draw([]) == ()
    # 1 has met everybody.
    assert draw(people("0 0 0 0", "1-2 1-3 1-4")) == ()
    # Everybody has had a bye.
    assert draw(people("0 0 0", byes=(1, 2, 3))) == ()


def test_nobody_is_left_twice_more_than_right_while_it_can_be_helped() -> None:
    contenders = people("0 0 0 0")
    for _ in range(3):
        pairs = draw(contenders)
        for left, right in pairs:
            contenders[left - 1].was_drawn(right, 0)
            contenders[right - 1].was_drawn(left, 1)
    assert all(abs(one.leaning) <= 1 for one in contenders)


def every_pairing(seeds: list[int]) -> list[list[tuple[int, int]]]:
    """All ways to pair an even number of people."""
    if not seeds:
        return [[]]
    first, *rest = seeds
    return [
        [(first, other), *others]
        for other in rest
        for others in every_pairing([seed for seed in rest if seed != other])
    ]


def every_round(contenders: list[Contender]) -> list[list[tuple[int, int]]]:
    """All that nobody meets again in, and that give nobody a second bye."""
    seeds = [one.seed for one in contenders]
    them = {one.seed: one for one in contenders}
    if len(seeds) % 2 == 0:
        rounds = every_pairing(seeds)
    else:
        rounds = [
            [*pairs, (seed, EMPTY)]
            for seed in seeds
            if not them[seed].had_bye
            for pairs in every_pairing([other for other in seeds if other != seed])
        ]
    return [pairs for pairs in rounds if not any(right in them[left].met for left, right in pairs)]


def badness(pairs: list[tuple[int, int]], contenders: list[Contender]) -> tuple[object, ...]:
    """What the draw makes as small as can be, the first before the second."""
    them = {one.seed: one for one in contenders}
    order = sorted(contenders, key=lambda one: (-one.points, one.seed))
    groups: dict[int, list[int]] = {}
    for one in order:
        groups.setdefault(one.points, []).append(one.seed)
    bye: tuple[bool, int] = (False, 0)
    gaps = top = floats = apart = 0
    for pair in pairs:
        upper, lower = sorted(pair, key=lambda seed: order.index(them[seed]) if seed else len(order))
        above = groups[them[upper].points]
        down = len(above) - 1 - above.index(upper) + len(above) * (them[upper].floated > 0)
        if lower == EMPTY:
            bye = (them[upper].was_spared, them[upper].points)
            floats += down**2
            continue
        below = groups[them[lower].points]
        gap = them[upper].points - them[lower].points
        gaps += gap**2
        if gap:
            top += them[upper].points
            floats += down**2 + (below.index(lower) + len(below) * (them[lower].floated < 0)) ** 2
        else:
            apart += 2**8 - (below.index(lower) - above.index(upper))
    return bye, gaps, top, floats, apart


def test_no_other_legal_pairing_is_better() -> None:
    """Against all pairings there are, by the rules as they are written, for small fields."""
    for number in range(150):
        random = Random(number)
        seeds = range(1, random.choice([4, 5, 6, 7, 8]) + 1)
        met = [f"{one}-{other}" for one, other in combinations(seeds, 2) if random.random() < 0.25]
        byes = tuple(seed for seed in seeds if random.random() < 0.25)
        contenders = people(" ".join(str(random.randrange(0, 6)) for _ in seeds), " ".join(met), byes)
        for one in contenders:
            one.floated, one.was_spared = random.choice([-1, 0, 0, 1]), random.random() < 0.2
        legal = every_round(contenders)
        found = draw(contenders)
        if not found:
            assert not legal, f"random.Random({number})"
        else:
            best = min(badness(pairs, contenders) for pairs in legal)
            assert badness(list(found), contenders) == best, f"random.Random({number})"


# IA Mario Held, "Exercises in Tie-Breaking" (FIDE, C.07 of 2023, rev. 2403220900), pages 10 to 50: sixteen players,
# five rounds. Of each player, round by round: the opponent and the half points got; or a bye, a forfeit won or lost, a
# bye of half a point or none that they had asked for.
HELD: dict[int, list[tuple[int, int] | str]] = {
    1: [(9, 2), (13, 1), (2, 1), (15, 2), (4, 1)],
    2: [(10, 2), (7, 2), (1, 1), (16, 2), (3, 1)],
    3: [(11, 1), (6, 2), (8, 2), (4, 1), (2, 1)],
    4: [(12, 2), "half", (13, 2), (3, 1), (1, 1)],
    5: [(13, 0), (15, 0), (11, 2), (7, 1), (10, 2)],
    6: [(14, 0), (3, 0), "bye", (10, 2), (8, 2)],
    7: [(15, 2), (2, 0), (16, 0), (5, 1), (11, 0)],
    8: [(16, 1), (14, 2), (3, 0), (13, 2), (6, 0)],
    9: [(1, 0), (10, 0), "half", "lost", "bye"],
    10: [(2, 0), (9, 2), (15, 0), (6, 0), (5, 0)],
    11: [(3, 1), (16, 0), (5, 0), "won", (7, 2)],
    12: [(4, 0), "bye", "won", "zero", "zero"],
    13: [(5, 2), (1, 1), (4, 0), (8, 0), (14, 0)],
    14: [(6, 2), (8, 0), "lost", "zero", (13, 2)],
    15: [(7, 0), (5, 2), (10, 2), (1, 0), (16, 0)],
    16: [(8, 1), (11, 2), (7, 2), (2, 0), (15, 2)],
}
# What the exercises have as Buchholz, Buchholz Cut-1 and Sonneborn-Berger. By hand, player 4: 12 has 2 points and
# stayed away from the last two rounds, which count as half points for others: 3. The half point bye counts as 4's own
# 3.5. So 3 + 3.5 + 1.5 + 3.5 + 3.5 = 15; without the bye, cut first, 11.5; and 3 + 3.5/2 + 1.5 + 3.5/2 + 3.5/2 = 9.75.
HELD_TIEBREAKS = {
    1: (12.5, 11.0, 8.00),
    2: (13.0, 12.0, 9.50),
    3: (15.5, 13.0, 10.50),
    4: (15.0, 11.5, 9.75),
    5: (8.5, 7.5, 4.25),
    6: (12.0, 11.0, 6.50),
    7: (14.5, 12.5, 3.25),
    8: (13.5, 12.0, 5.25),
    9: (9.0, 7.5, 2.25),
    10: (13.0, 11.5, 1.50),
    11: (13.5, 12.0, 5.75),
    12: (11.5, 9.5, 4.00),
    13: (14.0, 12.0, 4.25),
    14: (11.0, 9.0, 4.50),
    15: (12.0, 11.0, 3.50),
    16: (12.5, 11.0, 7.25),
}


def test_tiebreaks_are_those_of_the_fide_exercises() -> None:
    by_seed = {seed: Score() for seed in HELD}
    for seed, rounds in HELD.items():
        for round_ in rounds:
            match round_:
                case (opponent, got):
                    by_seed[seed].played(int(got), int(opponent))
                case "bye" | "won":
                    by_seed[seed].not_played(2, Absence.AVAILABLE)
                case "half":
                    by_seed[seed].not_played(1, Absence.NOT_DRAWN)
                case "lost":
                    by_seed[seed].not_played(0, Absence.FORFEIT_LOSS)
                case _:
                    by_seed[seed].not_played(0, Absence.NOT_DRAWN)
    # The points as the exercises have them, in halves.
    assert [score.points for score in by_seed.values()] == [7, 8, 7, 7, 5, 6, 3, 5, 3, 2, 5, 4, 3, 4, 4, 7]
    for seed, (plain, cut, sonneborn_berger) in HELD_TIEBREAKS.items():
        found = [quarters / 4 for quarters in buchholz(by_seed[seed], by_seed, TiebreakRules.FIDE_2024)]
        assert found == [cut, plain, sonneborn_berger], seed


def test_a_walkover_lost_in_the_last_round_counts_for_opponents_as_it_was_scored() -> None:
    # FIDE C.07, 16.2.4 and 16.3.1. Before, it counted as a draw against oneself, like a round after a withdrawal.
    play = Play(Settings("swiss", rounds=2), 4)
    play.draw_if_due()
    play.decide(p1=LEFT_WINS, p2=RIGHT_WINS)
    play.draw_if_due()
    assert [sorted(pair) for pair in play.drawn[1]] == [[1, 2], [3, 4]]
    play.outcomes[3] = DRAWN
    # 3 has lost to 1, and does not come to the second round.
    play.outcomes[4] = Outcome(Kind.WALKOVER, int(play.drawn[1][1][0] == 3))
    buchholz_of = {line.seed: line.tiebreaks[1] / 4 for line in play.view.standings}
    # 1 has met 3, who has no point, and 2, who has 1.5.
    assert buchholz_of[1] == 1.5


def test_a_round_after_a_withdrawal_counts_for_opponents_as_a_draw() -> None:
    # FIDE C.07, 16.2.5 and 16.3.2; a forfeit in between counts as it was scored.
    score = Score()
    score.played(0, 1)
    score.not_played(0, Absence.NOT_DRAWN)
    score.not_played(0, Absence.FORFEIT_LOSS, 2)
    score.not_played(0, Absence.NOT_DRAWN)
    assert (score.points, score.adjusted) == (0, 2)
    # Once they are available again, only what they scored counts.
    score.not_played(2, Absence.AVAILABLE)
    assert (score.points, score.adjusted) == (2, 2)


def rounds_of(seed: int, view: View, rounds: int) -> list[Pairing | None]:
    """The entrant's pairing of each round, None where there is none."""
    by_round = {p.round: p for p in view.pairings if seed in (p.left, p.right)}
    return [by_round.get(round_) for round_ in range(1, rounds + 1)]


def by_the_handbook(seed: int, view: View, rounds: int, rules: TiebreakRules) -> tuple[float, float, float]:
    """Cut-1, Buchholz and Sonneborn-Berger, in points, computed article by article of C.07."""
    mine = {line.seed: rounds_of(line.seed, view, rounds) for line in view.standings}

    def result(who: int, pairing: Pairing | None) -> tuple[float, str, int]:
        """(points, category of 16.2, opponent)."""
        if pairing is None:
            return 0, "not drawn", EMPTY
        assert pairing.outcome is not None
        opponent = pairing.right if pairing.left == who else pairing.left
        winner = pairing.outcome.winner
        won = None if winner < 0 else (pairing.left, pairing.right)[winner] == who
        if pairing.outcome.kind in (Kind.PLAYED, Kind.FORFEIT):
            return {True: 1.0, False: 0.0, None: 0.5}[won], "played", opponent
        if pairing.outcome.kind is Kind.CANCELLED:
            return 0, "available", opponent
        return (1, "available", opponent) if won else (0, "forfeit loss", opponent)

    def own(who: int) -> float:
        return sum(result(who, pairing)[0] for pairing in mine[who])

    def adjusted(who: int) -> float:
        results = [result(who, pairing) for pairing in mine[who]]
        available = [number for number, (_, kind, _) in enumerate(results) if kind in ("played", "available")]
        return sum(
            0.5 if kind == "not drawn" and number > max(available, default=-1) else points
            for number, (points, kind, _) in enumerate(results)
        )

    contributions: list[tuple[float, float, bool]] = []
    for pairing in mine[seed]:
        points, kind, opponent = result(seed, pairing)
        if kind == "played":
            against = adjusted(opponent)
        else:
            against = own(seed)
            if rules is TiebreakRules.FIDE_2026:
                against = min(against, adjusted(opponent) if opponent else 0.5 * rounds)
        contributions.append((against, points, kind in ("forfeit loss", "not drawn")))
    voluntary = [against for against, _, is_voluntary in contributions if is_voluntary]
    total = sum(against for against, _, _ in contributions)
    cut = min(voluntary or [against for against, _, _ in contributions])
    return total - cut, total, sum(against * points for against, points, _ in contributions)


@pytest.mark.parametrize("rules", [TiebreakRules.FIDE_2024, TiebreakRules.FIDE_2026])
def test_tiebreaks_follow_the_handbook_whatever_was_not_played(rules: TiebreakRules) -> None:
    for number in range(60):
        random = Random(number)
        settings = Settings("swiss", rounds=random.randrange(3, 6), tiebreak_rules=rules)
        play, view = at_random(random, settings, random.randrange(5, 14), mishaps=0.3)
        for line in view.standings:
            expected = by_the_handbook(line.seed, view, len(play.drawn), rules)
            assert tuple(quarters / 4 for quarters in line.tiebreaks[:3]) == expected, f"random.Random({number})"


def test_the_edition_of_2026_caps_the_dummy_of_a_bye_at_a_draw_in_every_round() -> None:
    def buchholz_of_the_winner(rules: TiebreakRules) -> float:
        view = Play(Settings("swiss", rounds=3, tiebreak_rules=rules), 3).to_the_end(better_seed)
        # Each has one bye; 1 wins both matches, and has 3 points.
        assert view.standings[0].points == 6
        return view.standings[0].tiebreaks[1] / 4

    # 2 has 2 points, 3 has 1; the dummy has 3 points of one's own, or the 1.5 of three draws.
    assert buchholz_of_the_winner(TiebreakRules.FIDE_2024) == 6
    assert buchholz_of_the_winner(TiebreakRules.FIDE_2026) == 4.5


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
