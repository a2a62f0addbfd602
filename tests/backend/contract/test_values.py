"""Mapping of accounts, friends, results and session specs to messages, and back."""

import pytest
from matchpoint.v1 import account_pb2, friend_pb2, result_pb2, session_pb2
from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.contract.accounts import AUDIENCES, history_of
from backend.contract.friends import BONDS, WHEREABOUTS, friend_message
from backend.contract.records import OUTCOMES, recorded_result
from backend.contract.session_specs import ORIGINS, session_spec, session_spec_message
from backend.core.friends import Standing
from backend.core.privacy import Audience
from backend.service.models import Outcome
from backend.service.session_specs import Origin
from backend.service.social.notifications import Friend
from backend.service.social.presence_status import Activity
from wire.refusal import Refused

DUEL = SessionSpec(
    origin=session_pb2.Origin.ORIGIN_BOT,
    ruleset=Ruleset(id="classic", points_to_win=5),
    seats=[
        SeatSpec(seat=0, account_id="ada", name="Ada", rating=1_025, rtt_most_us=50_000, line="key"),
        SeatSpec(seat=1, name="Bot (hard)", bot=BotStrength.BOT_STRENGTH_HARD, bot_reaction_ms=-20),
    ],
    seed=7,
    join_within_s=60,
    public=True,
    rated=True,
)
CUP = SessionSpec(
    origin=session_pb2.Origin.ORIGIN_ROOM,
    ruleset=Ruleset(id="classic"),
    seats=[SeatSpec(seat=seat, name=f"Entrant {seat}") for seat in range(7)],
    tournament=TournamentSpec(title="Cup", organiser_account_id="ada", waiting_from=6, at_once=2, best_of=3),
)
CUP.tournament.format.swiss.rounds = 3


def test_every_value_of_the_contract_that_can_be_sent_has_one_here() -> None:
    assert {*AUDIENCES} == {*account_pb2.Audience.values()} - {0}
    assert {*AUDIENCES.values()} == {*Audience}
    assert ({*BONDS}, {*BONDS.values()}) == ({*Standing}, {*friend_pb2.Bond.values()} - {0})
    assert ({*WHEREABOUTS}, {*WHEREABOUTS.values()}) == ({*Activity}, {*friend_pb2.Whereabouts.values()} - {0})
    assert ({*OUTCOMES}, {*OUTCOMES.values()}) == (
        {*result_pb2.Outcome.values()} - {0},
        {*Outcome} - {Outcome.UNKNOWN},
    )
    assert ({*ORIGINS}, {*ORIGINS.values()}) == ({*session_pb2.Origin.values()} - {0}, {*Origin} - {Origin.UNKNOWN})


def test_origins_have_the_numbers_that_older_directories_store() -> None:
    assert all(int(message) == int(origin) for message, origin in ORIGINS.items())


@pytest.mark.parametrize("message", [DUEL, CUP, SessionSpec()])
def test_a_session_spec_comes_back_byte_for_byte(message: SessionSpec) -> None:
    assert session_spec_message(session_spec(message)).SerializeToString() == message.SerializeToString()


def test_the_waiting_list_is_not_among_the_entrants() -> None:
    cup, duel = session_spec(CUP), session_spec(DUEL)
    assert (cup.entrants, cup.matches_at_once, cup.organiser_account_id) == (6, 2, "ada")
    assert (duel.entrants, duel.matches_at_once, duel.organiser_account_id) == (2, 1, "")


def test_a_result_is_stored_as_it_was_reported_whatever_is_new_in_it() -> None:
    document = result_pb2.Result(outcome=result_pb2.Outcome.OUTCOME_VOID).SerializeToString() + b"\xf8\x07\x01"
    result = recorded_result(result_pb2.Result.FromString(document))
    assert (result.document, result.outcome, result.winner) == (document, Outcome.VOID, None)


def test_of_somebody_who_is_no_friend_nothing_is_told_but_the_name() -> None:
    message = friend_message(Friend("bob", "Bob", Standing.BLOCKED))
    assert message == friend_pb2.Friend(account_id="bob", name="Bob", bond=friend_pb2.Bond.BOND_BLOCKED)


def test_an_audience_that_is_unknown_is_refused_and_none_leaves_it() -> None:
    assert history_of(account_pb2.AccountSettings()) is None
    with pytest.raises(Refused, match="INVALID_FIELD"):
        history_of(account_pb2.AccountSettings(history=9))  # type: ignore[arg-type]
