"""Durations in buckets."""

import pytest

from wire.durations import BOUNDS_S, Durations


def test_a_duration_counts_in_the_first_bucket_that_it_fits_into() -> None:
    durations = Durations()
    for seconds in (0.0, 0.001, 0.0011, 5.0, 5.1):
        durations.add(seconds, "a")
    ((labels, counts, sum_s),) = durations.series()
    assert labels == ("a",)
    assert list(counts) == [2, 1, *[0] * (len(BOUNDS_S) - 3), 1, 1]
    assert sum_s == pytest.approx(10.1021)


def test_each_set_of_labels_is_a_series_of_its_own() -> None:
    durations = Durations()
    durations.add(1.0, "a", "OK")
    durations.add(1.0, "a", "INTERNAL")
    assert [labels for labels, _, _ in durations.series()] == [("a", "OK"), ("a", "INTERNAL")]
