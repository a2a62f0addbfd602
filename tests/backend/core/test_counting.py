"""Rules on matches that count, and on those that move ratings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.counting import PAIR_A_DAY, PLAY_US, POINTS, Played, counts, rates

MATCH = Played(
    void=False,
    local=False,
    points=15,
    play_us=90_000_000,
    played_out=True,
    people=("ada", "bob"),
    guests=False,
)
RESIGNED_AT_ONCE = replace(MATCH, points=0, play_us=300_000, played_out=False)


def test_a_match_between_two_accounts_counts_and_moves_their_ratings() -> None:
    assert counts(MATCH)
    assert rates(MATCH, 0)


def test_what_is_given_up_at_once_does_not_count() -> None:
    assert not counts(RESIGNED_AT_ONCE)
    assert not rates(RESIGNED_AT_ONCE, 0)


@pytest.mark.parametrize(
    "enough", [replace(RESIGNED_AT_ONCE, points=POINTS), replace(RESIGNED_AT_ONCE, play_us=PLAY_US)]
)
def test_what_is_given_up_after_some_play_counts(enough: Played) -> None:
    assert counts(enough)
    assert rates(enough, 0)


def test_one_quick_point_by_a_short_ruleset_counts_and_moves_no_rating() -> None:
    quick = replace(MATCH, points=1, play_us=2_000_000)
    assert counts(quick)
    assert not rates(quick, 0)


def test_guests_results_move_nobodys_rating() -> None:
    assert counts(replace(MATCH, guests=True))
    assert not rates(replace(MATCH, guests=True), 0)


def test_a_bot_moves_nobodys_rating() -> None:
    assert counts(replace(MATCH, people=("ada",)))
    assert not rates(replace(MATCH, people=("ada",)), 0)


def test_two_who_play_each_other_all_day_move_their_ratings_ten_times() -> None:
    assert rates(MATCH, PAIR_A_DAY - 1)
    assert not rates(MATCH, PAIR_A_DAY)
    assert counts(MATCH)


@given(st.booleans(), st.booleans(), st.integers(0, 42), st.integers(0, 10**9), st.booleans(), st.integers(0, 30))
def test_what_moves_a_rating_counts_too(
    void: bool, local: bool, points: int, play_us: int, played_out: bool, between: int
) -> None:
    played = Played(void, local, points, play_us, played_out, ("ada", "bob"), guests=False)
    assert counts(played) or not rates(played, between)
