"""Durations counted in buckets, by labels: what a histogram of Prometheus is made of when it is scraped."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the buckets, seconds; one more bucket has all that took longer."""


class Durations:
    """Counts of durations. There is one series for each set of labels, so labels come from a bounded set."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums_s: dict[tuple[str, ...], float] = {}

    def add(self, seconds: float, *labels: str) -> None:
        """Counts one more."""
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * (len(BOUNDS_S) + 1)
            self._sums_s[labels] = 0.0
        counts[bisect_left(BOUNDS_S, seconds)] += 1
        self._sums_s[labels] += seconds

    def series(self) -> Iterator[tuple[tuple[str, ...], Sequence[int], float]]:
        """Yields labels, the count of each bucket, and the sum in seconds."""
        for labels, counts in self._counts.items():
            yield labels, counts, self._sums_s[labels]
