"""Properties of a tournament of any format and size: it ends, and it is fair."""

from collections import Counter
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.formats.interface import History
from gameserver.domain.tournament.formats.tree import depth
from gameserver.domain.tournament.pairings import Stage
from gameserver.domain.tournament.settings import GrandFinal, Settings
from tests.support.harnesses.tournament_format import LEFT_WINS, RIGHT_WINS, Play, any_outcome, at_random, watch

SETTINGS = [
    Settings("single_elimination"),
    Settings("single_elimination", third_place=True),
    Settings("double_elimination", grand_final=GrandFinal.NONE),
    Settings("double_elimination", grand_final=GrandFinal.SIMPLE),
    Settings("double_elimination", grand_final=GrandFinal.DOUBLE),
    Settings("round_robin"),
    Settings("swiss"),
    Settings("groups"),
    Settings("groups", third_place=True, advance=1, groups=2),
]


def shown(settings: Settings) -> str:
    return f"{settings.format}-{settings.grand_final.name}-{settings.third_place}".lower()


every_format = pytest.mark.parametrize("settings", SETTINGS, ids=shown)
seeds = st.integers(0, 2**32 - 1)
steady = examples(derandomize=True, deadline=None, database=None)
"""The same tournaments each time: what fails is printed, and fails again."""


def most_pairings(settings: Settings, entrants: int) -> int:
    """The most pairings that a tournament may have."""
    size = 1 << depth(entrants)
    return {
        "single_elimination": size,
        "double_elimination": 2 * size,
        "round_robin": entrants * (entrants - 1) // 2,
        "swiss": depth(entrants) * (entrants + depth(entrants) + 1) // 2 + depth(entrants),
        "groups": entrants * (entrants - 1) // 2 + size,
    }[settings.format]


def test_every_format_is_tried() -> None:
    assert {settings.format for settings in SETTINGS} == set(FORMATS)
    assert all(name == format_.name for name, format_ in FORMATS.items())


@every_format
@given(entrants=st.integers(2, 24), seed=seeds)
@examples(steady, max_examples=50)
def test_whatever_happens_it_ends_and_keeps_its_word(settings: Settings, entrants: int, seed: int) -> None:
    entrants = max(entrants, 4) if settings.format == "groups" else entrants
    play, view = at_random(Random(seed), settings, entrants, mishaps=Random(seed).choice([0.05, 0.3, 0.9]))
    assert len(view.pairings) <= most_pairings(settings, play.entrants)


@every_format
def test_every_size_from_2_to_64_ends_with_all_mishaps(settings: Settings) -> None:
    for entrants in range(4 if settings.format == "groups" else 2, 65):
        at_random(Random(entrants), settings, entrants, mishaps=0.15)


@every_format
def test_every_size_from_2_to_64_played_in_full_has_its_number_of_matches_and_one_champion(settings: Settings) -> None:
    for entrants in range(4 if settings.format == "groups" else 2, 65):
        random = Random(entrants)
        play = Play(settings, entrants)
        view = play.to_the_end(partial(any_outcome, random))
        watch(play, None, view)
        matches = len(play.outcomes)
        match settings.format:
            case "single_elimination":
                assert matches == entrants - 1 + (settings.third_place and entrants > 3)
            case "double_elimination":
                reset = settings.grand_final is GrandFinal.DOUBLE and not view.pairings[-1].skipped
                expected = {GrandFinal.NONE: 2 * entrants - 3, GrandFinal.SIMPLE: 2 * entrants - 2}
                assert matches == expected.get(settings.grand_final, 2 * entrants - 2 + reset)
            case "round_robin":
                assert matches == entrants * (entrants - 1) // 2
            case "swiss":
                assert matches == depth(entrants) * (entrants // 2)
        if settings.format in ("single_elimination", "double_elimination", "groups"):
            assert view.champion is not None
            # 1, 2, 3, 3, 5: several may share a place, and the next one is counted past them.
            places = [line.place for line in view.standings if line.group == 0]
            assert places[:2] == [1, 2]
            if settings.format != "groups":
                firsts = {place: position for position, place in reversed(list(enumerate(places, 1)))}
                assert all(place == position for place, position in firsts.items())


@every_format
@given(entrants=st.integers(4, 20), seed=seeds)
@examples(steady, max_examples=25)
def test_only_dependents_follow_from_another_outcome(settings: Settings, entrants: int, seed: int) -> None:
    random = Random(seed)
    play, view = at_random(random, settings, entrants)
    changed = random.choice([pairing for pairing in view.pairings if pairing.number in play.outcomes])
    dependents = play.format.dependents(settings, play.history, changed.number)
    assert all(number > changed.number for number in dependents)
    otherwise = LEFT_WINS if changed.outcome and changed.outcome.winner else RIGHT_WINS
    history = play.history
    after = play.format.view(
        settings,
        History(
            history.entrants, {**history.outcomes, changed.number: otherwise}, history.out, history.since, history.drawn
        ),
    )
    for was, now in zip(view.pairings, after.pairings, strict=True):
        if was.number not in dependents:
            assert (was.left, was.right) == (now.left, now.right)


@every_format
@given(entrants=st.integers(4, 12), seed=seeds)
@examples(steady, max_examples=10)
def test_an_outcome_taken_back_leaves_a_bracket_that_ends_again(settings: Settings, entrants: int, seed: int) -> None:
    random = Random(seed)
    play, view = at_random(random, settings, entrants)
    again = random.choice([pairing for pairing in view.pairings if pairing.number in play.outcomes])
    gone = play.format.dependents(settings, play.history, again.number) | {again.number}
    for number in gone:
        play.outcomes.pop(number, None)
    play.drawn = play.drawn[: again.round] if again.stage is Stage.SWISS else play.drawn
    watch(play, None, play.view)
    play.to_the_end(lambda pairing: LEFT_WINS)


@given(entrants=st.integers(2, 32), rounds=st.integers(1, 12), seed=seeds)
@examples(steady, max_examples=40)
def test_in_a_swiss_nobody_meets_anybody_twice_or_has_a_second_bye(entrants: int, rounds: int, seed: int) -> None:
    settings = Settings("swiss", rounds=min(rounds, entrants - 1 + entrants % 2))
    play, _ = at_random(Random(seed), settings, entrants)
    pairs = Counter(frozenset(pair) for drawn in play.drawn for pair in drawn)
    assert not pairs or max(pairs.values()) == 1
    assert all(sum(right == 0 for _, right in drawn) <= 1 for drawn in play.drawn)


@pytest.mark.parametrize("entrants", [255, 256])
def test_a_swiss_of_256_ends(entrants: int) -> None:
    play, view = at_random(Random(entrants), Settings("swiss"), entrants, mishaps=0.05)
    assert len(play.drawn) == 8
    assert view.done
