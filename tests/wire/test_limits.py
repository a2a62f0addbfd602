"""Token buckets: a burst, then a steady rate, and silence earns no more than the burst."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.limits import Bucket, Buckets

BURST, RATE = 240, 120


def bucket(now: float = 0, second: float = 1_000_000) -> Bucket:
    """By a clock in microseconds, as in the game server, or in seconds."""
    return Bucket(BURST, RATE, now, second=second)


def taken(bucket: Bucket, now: float) -> int:
    """Counts those that pass at one instant."""
    count = 0
    while bucket.take(now):
        count += 1
    return count


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(burst=3, rate=2, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.4), bucket.take(0.5), bucket.take(0.6)] == [False, True, False]
    assert [bucket.take(1_000.0) for _ in range(4)] == [True, True, True, False]


def test_more_than_there_are_take_none() -> None:
    bucket = Bucket(burst=3, rate=2, now=0.0)
    assert [bucket.take(0.0, 2), bucket.take(0.0, 2), bucket.take(0.0), bucket.take(0.0)] == [True, False, True, False]


@pytest.mark.parametrize(("now", "second"), [(0, 1_000_000), (0.0, 1.0), (1_234_567.891, 1.0), (10**13 + 1, 1_000_000)])
def test_a_new_bucket_has_its_burst_and_a_second_earns_the_rate(now: float, second: float) -> None:
    fresh = bucket(now, second)
    assert taken(fresh, now) == BURST
    assert taken(fresh, now + second) == RATE


def test_what_is_spent_beyond_the_burst_has_to_be_earned_first() -> None:
    bucket = Bucket(burst=3, rate=2, now=0.0)
    bucket.spend(0.0, 3)
    assert bucket.wait(0.0) == 0
    bucket.spend(0.0, 4)
    assert bucket.wait(0.0) == pytest.approx(2.0, abs=0.01)
    assert bucket.wait(2.0) == 0
    assert not bucket.take(0.0)


@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=30))
def test_over_any_time_no_more_than_burst_and_rate_pass(pauses: list[int]) -> None:
    fresh, now, passed = bucket(), 0, 0
    for pause in pauses:
        now += pause
        passed += taken(fresh, now)
    assert passed <= BURST + now * RATE // 1_000_000 + 1


def test_each_key_has_a_bucket_of_its_own_and_the_one_unused_for_longest_is_forgotten() -> None:
    buckets = Buckets(burst=1, rate=0.1, limit=2)
    assert [buckets.take(key, 0.0) for key in ("a", "b", "a")] == [True, True, False]
    assert buckets.take("c", 0.0)
    assert [buckets.take(key, 0.0) for key in ("a", "b")] == [False, True]
