"""Ranges of the contract, checked on control messages."""

from dataclasses import replace

import pytest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import CreateSessionRequest, SeatSpec, SessionSpec

from gameserver.contract.match_messages import ruleset_of
from gameserver.domain.pong.ruleset import CLASSIC
from wire.ranges import check, fill_defaults
from wire.refusal import Refused


def request(**ruleset: int) -> CreateSessionRequest:
    seats = [SeatSpec(seat=0, name="left"), SeatSpec(seat=1, name="right")]
    return CreateSessionRequest(session_id="s" * 22, spec=SessionSpec(ruleset=Ruleset(**ruleset), seats=seats))  # type: ignore[arg-type]


@pytest.mark.parametrize("points", [0, 1, 21])
def test_both_ends_of_a_range_and_the_default_are_accepted(points: int) -> None:
    check(request(points_to_win=points))


def test_a_value_outside_is_refused_with_its_path_and_what_it_has_to_be() -> None:
    with pytest.raises(Refused) as caught:
        check(request(points_to_win=22))
    assert caught.value.reason == Reason.REASON_INVALID_FIELD
    assert caught.value.field == "spec.ruleset.points_to_win"
    assert "1 to 21" in caught.value.sentence


def test_lists_and_texts_are_measured_by_their_length_in_characters() -> None:
    crowd = request()
    for _ in range(255):
        crowd.spec.seats.add(seat=1, name="one too many")
    with pytest.raises(Refused, match=r"seats has to be 2 to 256 items"):
        check(crowd)
    korean = request()
    korean.spec.seats[0].name = "가" * 80
    check(korean)
    korean.spec.seats[1].name = "가" * 81
    with pytest.raises(Refused) as caught:
        check(korean)
    assert caught.value.field == "spec.seats[1].name"


def test_a_filled_ruleset_has_every_default_and_stays_the_same_when_filled_again() -> None:
    filled = fill_defaults(Ruleset(points_to_win=5))
    assert ruleset_of(filled) == replace(CLASSIC, points_to_win=5)
    assert fill_defaults(filled) == filled


def test_the_contract_and_the_game_have_the_same_defaults() -> None:
    assert ruleset_of(fill_defaults(Ruleset())) == CLASSIC


def test_unknown_rules_are_refused_by_name() -> None:
    with pytest.raises(Refused, match='has to be "classic"') as caught:
        fill_defaults(Ruleset(id="calvinball"), "ruleset.")
    assert (caught.value.reason, caught.value.field) == (Reason.REASON_INVALID_FIELD, "ruleset.id")
