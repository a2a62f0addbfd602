"""Choice of the match that is shown to viewers who have not chosen one."""

import pytest

from gameserver.domain.tournament.featured import LINGERS, STAYS, Featured, Live, feature

NOW = 1_000_000


@pytest.mark.parametrize(
    ("live", "shown"),
    [
        ([], 0),
        ([Live(1, 2, 0, 0), Live(2, 1, 9, 0)], 2),
        ([Live(1, 1, 5, 2), Live(2, 1, 6, 6)], 2),
        ([Live(4, 1, 3, 2), Live(2, 1, 8, 9)], 2),
    ],
)
def test_the_closest_to_the_end_is_shown_then_the_closest_score_then_the_first(live: list[Live], shown: int) -> None:
    assert feature(Featured(), live, NOW).match == shown


def test_it_stays_for_ten_seconds() -> None:
    before = Featured(1, NOW)
    live = [Live(1, 2, 0, 0), Live(2, 1, 0, 0)]
    assert feature(before, live, NOW + STAYS - 1) == before
    assert feature(before, live, NOW + STAYS) == Featured(2, NOW + STAYS)


def test_it_stays_as_long_as_nothing_is_better() -> None:
    before = Featured(1, NOW)
    assert feature(before, [Live(1, 1, 0, 0), Live(2, 2, 0, 0)], NOW + 10 * STAYS) == before


def test_what_is_over_is_shown_for_five_seconds_more() -> None:
    over = feature(Featured(1, NOW), [Live(2, 1, 0, 0)], NOW + 100)
    assert over == Featured(1, NOW, NOW + 100)
    assert feature(over, [Live(2, 1, 0, 0)], NOW + 99 + LINGERS) == over
    assert feature(over, [Live(2, 1, 0, 0)], NOW + 100 + LINGERS).match == 2
    assert feature(over, [], NOW + 100 + LINGERS) == Featured()


def test_a_match_that_is_played_again_is_not_over() -> None:
    assert feature(Featured(1, NOW, NOW + 100), [Live(1, 1, 0, 0)], NOW + 200) == Featured(1, NOW)
