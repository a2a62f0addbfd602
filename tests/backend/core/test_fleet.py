"""Choice of the game server for the next session."""

import pytest

from backend.core.fleet import AllFull, Load, NoServer, least_loaded


def test_the_server_with_the_smallest_share_in_use_is_chosen() -> None:
    assert least_loaded([Load("small", 1, 2), Load("large", 10, 100)]) == "large"


def test_equal_servers_are_chosen_by_name_so_that_the_choice_is_certain() -> None:
    assert least_loaded([Load("b", 0, 10), Load("a", 0, 10)]) == "a"


def test_a_draining_server_is_not_chosen() -> None:
    assert least_loaded([Load("a", 0, 10, draining=True), Load("b", 9, 10)]) == "b"


def test_without_a_server_that_takes_sessions_there_is_no_server() -> None:
    with pytest.raises(NoServer):
        least_loaded([Load("a", 0, 10, draining=True)])


def test_when_every_server_is_at_its_capacity_all_are_full() -> None:
    with pytest.raises(AllFull):
        least_loaded([Load("a", 10, 10), Load("b", 3, 2)])
