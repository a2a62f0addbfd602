"""Admission: what lateness costs, what grace and credit pay for, and what nobody gets."""

from hypothesis import given
from hypothesis import strategies as st

from gameserver.domain.match.admission import (
    AHEAD,
    BURST,
    CREDIT_EVERY,
    CREDIT_MOST,
    GRACE_MOST,
    HELD_MOST,
    SLACK_AIM,
    SLACK_LEAST,
    SLACK_MOST,
    InputAdmission,
)
from gameserver.domain.pong.intents import UP

G = 50_000
T = 10_000_000


def seat() -> InputAdmission:
    made = InputAdmission(0, 0)
    made.accrue_credit(T)
    return made


def test_lateness_within_the_grace_costs_nothing() -> None:
    s = seat()
    assert s.effective(T - G, T, 0, G) == T - G
    assert (s.credit, s.paid) == (CREDIT_MOST, 0)


def test_lateness_beyond_the_grace_is_paid_from_the_credit() -> None:
    s = seat()
    assert s.effective(T - G - 15_000, T, 0, G) == T - G - 15_000
    assert (s.credit, s.paid) == (CREDIT_MOST - 15_000, 15_000)


def test_what_credit_cannot_pay_is_pulled_forward() -> None:
    s = seat()
    assert s.effective(T - 1_000_000, T, 0, G) == T - G - CREDIT_MOST
    assert s.credit == 0
    assert s.effective(T - 500_000, T + BURST + 1, 0, G) == T + BURST + 1 - G - BURST // CREDIT_EVERY


def test_messages_that_arrive_together_pay_once_the_largest() -> None:
    s = seat()
    for owed in (8_000, 15_000, 5_000):
        assert s.effective(T - G - owed, T, 0, G) == T - G - owed
    assert s.credit == CREDIT_MOST - 15_000


def test_credit_grows_by_2_ms_a_second_up_to_25() -> None:
    s = seat()
    s.effective(T - G - 100_000, T, 0, G)
    s.accrue_credit(T + 5_000_000)
    assert s.credit == 10_000
    s.accrue_credit(T + 10**9)
    assert s.credit == CREDIT_MOST


def test_after_a_save_there_is_no_credit_for_the_rest_of_the_match() -> None:
    s = seat()
    s.revoke_credit(T, for_good=True)
    assert s.effective(T + 10**9 - G - 5_000, T + 10**9, 0, G) == T + 10**9 - G


def test_after_a_restart_the_credit_begins_at_nothing_and_grows() -> None:
    s = seat()
    s.revoke_credit(T, for_good=False)
    s.accrue_credit(T + 1_000_000)
    assert s.credit == 2_000


@given(
    st.lists(
        st.tuples(st.integers(0, 40_000), st.integers(-300_000, 300_000)),
        min_size=1,
        max_size=40,
    ),
    st.integers(0, GRACE_MOST),
)
def test_effective_times_never_go_back_nor_beyond_what_is_allowed(steps: list[tuple[int, int]], grace: int) -> None:
    s, arrival, last = InputAdmission(0, 0), T, 0
    for wait, lead in steps:
        arrival += wait
        te = s.effective(arrival + lead, arrival, last, grace)
        assert te >= last
        assert te >= arrival - grace - CREDIT_MOST
        assert te <= max(arrival + AHEAD, last)
        if lead > AHEAD:
            assert te == max(arrival, last)
        assert 0 <= s.credit <= CREDIT_MOST
        last = te


def test_the_grace_is_half_the_round_trip_and_a_slack_that_learns() -> None:
    s = seat()
    s.rtt = 60_000
    assert s.grace() == 30_000 + SLACK_MOST
    for _ in range(20):
        s.crossed(T, T + 30_000 + 15_000)
    assert s.grace() == 30_000 + SLACK_LEAST
    for _ in range(20):
        s.crossed(T, T + 30_000 + 1_000)
    assert s.grace() == 30_000 + SLACK_MOST
    s.rtt = 1_000_000
    assert s.grace() == GRACE_MOST


def test_who_dates_inputs_back_by_all_of_the_slack_is_left_with_6_ms() -> None:
    s = seat()
    s.rtt = 60_000
    for crossing in range(20):
        arrival = T + crossing * 2_000_000
        back = s.grace()
        assert s.effective(arrival - back, arrival, 0, back) == arrival - back
        s.crossed(arrival, arrival + 30_000)
    assert s.grace() == 30_000 + SLACK_AIM


def test_one_late_input_costs_slack_for_some_crossings_only() -> None:
    s = seat()
    s.rtt = 60_000
    s.effective(T, T + 30_000 + 400_000, 0, s.grace())
    s.crossed(T, T + 30_000)
    assert s.grace() == 30_000 + SLACK_AIM
    for _ in range(4):
        s.crossed(T, T + 30_000)
    assert s.grace() == 30_000 + SLACK_MOST


def test_no_more_is_held_than_a_hand_can_do() -> None:
    s = seat()
    for n in range(HELD_MOST + 5):
        s.hold(n, T + n, UP, T, T + n)
    assert s.next_t == T
    assert [s.release().seq for _ in range(HELD_MOST)] == list(range(HELD_MOST))
    assert s.next_t > 1 << 60


def test_a_mark_passes_only_what_is_not_held_before_it() -> None:
    s = seat()
    s.hold(1, T + 10_000, UP, T, T + 10_000)
    s.pass_mark(T + 20_000, T + 9_000)
    assert s.mark == -1
    s.release()
    assert s.mark == -1
    s.release()
    assert s.mark == T + 20_000


def test_a_mark_from_far_ahead_passes_only_its_arrival() -> None:
    s = seat()
    s.pass_mark(T + 10**9, T)
    assert s.mark == T
