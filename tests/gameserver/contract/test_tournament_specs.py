"""Versions of a format's rules: a new tournament has the newest, one that was opened before keeps its own."""

import pytest
from matchpoint.v1 import tournament_pb2 as tournaments
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import SeatSpec, SessionSpec

from gameserver.contract import tournament_specs
from gameserver.domain.tournament.settings import DropInOrder, TiebreakRules
from wire.refusal import Refused


def session(format_: tournaments.TournamentFormat) -> SessionSpec:
    seats = [SeatSpec(seat=seat, name=f"Player {seat}", account_id=f"account-{seat}") for seat in range(4)]
    return SessionSpec(seats=seats, tournament=tournaments.TournamentSpec(format=format_))


SWISS = tournaments.TournamentFormat(swiss=tournaments.Swiss(rounds=2))
DOUBLE = tournaments.TournamentFormat(double_elimination=tournaments.DoubleElimination())


def test_a_new_swiss_is_ranked_by_the_edition_in_force() -> None:
    spec = session(SWISS)
    tournament_specs.fill(spec)
    assert tournament_specs.tournament_of(spec).settings.tiebreak_rules is TiebreakRules.FIDE_2026


def test_an_edition_that_was_asked_for_is_kept() -> None:
    spec = session(SWISS)
    spec.tournament.format.swiss.tiebreak_rules = tournaments.TIEBREAK_RULES_FIDE_2024
    tournament_specs.fill(spec)
    assert tournament_specs.tournament_of(spec).settings.tiebreak_rules is TiebreakRules.FIDE_2024


def test_a_new_double_elimination_has_the_order_with_late_rematches() -> None:
    spec = session(DOUBLE)
    tournament_specs.fill(spec)
    assert tournament_specs.tournament_of(spec).settings.drop_in_order is DropInOrder.LATE_REMATCH


def test_a_journal_from_before_there_was_a_choice_keeps_its_bracket_and_its_table() -> None:
    for format_ in (SWISS, DOUBLE):
        spec = session(format_)
        tournament_specs.fill(spec)
        if format_ is SWISS:
            spec.tournament.format.swiss.ClearField("tiebreak_rules")
        else:
            spec.tournament.format.double_elimination.ClearField("drop_in_order")
        settings = tournament_specs.tournament_of(spec).settings
        assert settings.tiebreak_rules is TiebreakRules.UNSPECIFIED
        assert settings.drop_in_order is DropInOrder.BRACKETS_MANAGER


@pytest.mark.parametrize("format_", [SWISS, DOUBLE])
def test_a_version_that_there_is_not_is_refused(format_: tournaments.TournamentFormat) -> None:
    spec = session(format_)
    if spec.tournament.format.HasField("swiss"):
        spec.tournament.format.swiss.tiebreak_rules = 9  # type: ignore[assignment]
    else:
        spec.tournament.format.double_elimination.drop_in_order = 9  # type: ignore[assignment]
    with pytest.raises(Refused) as refused:
        tournament_specs.fill(spec)
    assert refused.value.reason == Reason.REASON_INVALID_FIELD


def test_a_match_of_a_tournament_believes_its_entrants_what_the_backend_said_of_their_lines() -> None:
    spec = session(SWISS)
    tournament_specs.fill(spec)
    spec.seats[2].rtt_most_us, spec.seats[2].line = 50_000, "line-2"
    entrants = tournament_specs.tournament_of(spec).entrants
    match = tournament_specs.match_spec(spec, entrants[1], entrants[2])
    assert [(seat.rtt_most_us, seat.line) for seat in match.seats] == [(0, ""), (50_000, "line-2")]
