"""A connection's allowance: a burst, then a steady rate, and silence earns no more than the burst."""

from hypothesis import given
from hypothesis import strategies as st

from gameserver.service.limits import MESSAGES_BURST, MESSAGES_PER_S, Allowance


def taken(allowance: Allowance, now: int) -> int:
    """How many messages pass at one instant."""
    count = 0
    while allowance.take(now):
        count += 1
    return count


def test_a_new_connection_has_a_burst() -> None:
    assert taken(Allowance(0), 0) == MESSAGES_BURST


def test_a_second_earns_the_rate() -> None:
    allowance = Allowance(0)
    taken(allowance, 0)
    assert MESSAGES_PER_S <= taken(allowance, 1_000_000) <= MESSAGES_PER_S + 1


@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=30))
def test_over_any_time_no_more_than_burst_and_rate_pass(pauses: list[int]) -> None:
    allowance, now, passed = Allowance(0), 0, 0
    for pause in pauses:
        now += pause
        passed += taken(allowance, now)
    assert passed <= MESSAGES_BURST + (now * MESSAGES_PER_S) // 1_000_000 + 1 + now // 1_000_000
