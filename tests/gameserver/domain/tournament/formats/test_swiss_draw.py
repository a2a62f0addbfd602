"""The draw of one round of a Swiss: who meets whom, who floats and who has the bye."""

from itertools import combinations
from random import Random

import pytest

from gameserver.domain.tournament.formats.interface import Contender
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.pairings import EMPTY, Kind, Outcome
from gameserver.domain.tournament.settings import Settings
from tests.support.harnesses.swiss_contenders import drawn, people
from tests.support.harnesses.tournament_format import LEFT_WINS, RIGHT_WINS, Play


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
    """Figures that the draw makes as small as can be, the first before the second."""
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
