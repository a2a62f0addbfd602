"""Admission to game servers, with plenty of places and with few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.admission import AdmissionLimits, NotAdmitted, RefusalCode, Usage, admit

MOST = AdmissionLimits(sessions=5, places=128)
NOTHING = Usage(sessions=0, places=0)


def why(
    held: Usage, wanted: int = 1, *, free: int = 1_000, capacity: int = 1_000, most: AdmissionLimits = MOST
) -> RefusalCode | None:
    try:
        admit(held, wanted, most, free, capacity)
    except NotAdmitted as refused:
        return refused.code
    return None


def test_an_account_has_so_many_sessions_on_and_no_more() -> None:
    assert why(Usage(sessions=4, places=4)) is None
    assert why(Usage(sessions=5, places=5)) is RefusalCode.ACCOUNT


def test_an_address_has_so_many_places_whoever_asks_from_there() -> None:
    assert why(Usage(sessions=0, places=127)) is None
    assert why(Usage(sessions=0, places=128)) is RefusalCode.ADDRESS
    assert why(Usage(sessions=0, places=100), wanted=29) is RefusalCode.ADDRESS


def test_when_places_are_short_a_newcomer_goes_before_somebodys_second() -> None:
    assert why(Usage(sessions=1, places=1), free=200) is RefusalCode.SHORT
    assert why(Usage(sessions=1, places=1), free=201) is None
    assert why(NOTHING, free=1) is None


def test_when_places_are_short_an_address_gets_no_more_than_is_left_for_all_others() -> None:
    assert why(Usage(sessions=0, places=100), free=100) is RefusalCode.SHORT
    assert why(Usage(sessions=0, places=99), free=100) is None


def test_on_a_small_server_for_one_house_the_limit_of_an_address_can_be_lifted() -> None:
    lifted = AdmissionLimits(sessions=5, places=0)
    assert why(Usage(sessions=0, places=9), free=1, capacity=10, most=lifted) is None


@given(addresses=st.integers(1, 40), capacity=st.integers(20, 2_000), wishes=st.integers(1, 300))
def test_however_few_addresses_ask_for_everything_a_newcomer_finds_a_place(
    addresses: int, capacity: int, wishes: int
) -> None:
    held = [0] * addresses
    for _ in range(wishes):
        for index, places in enumerate(held):
            free = capacity - sum(held)
            if free and why(Usage(sessions=0, places=places), free=free, capacity=capacity) is None:
                held[index] += 1
    free = capacity - sum(held)
    if addresses < capacity // 10:
        assert free >= 1
        assert why(NOTHING, free=free, capacity=capacity) is None


def test_a_refusal_says_whose_limit_it_is() -> None:
    with pytest.raises(NotAdmitted, match="account"):
        admit(Usage(sessions=9, places=900), 1, MOST, 0, 1)
