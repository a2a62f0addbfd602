"""Policy of a tournament: who may give which command, and when. Refuses before anything is changed."""

from typing import Final

from gameserver.domain.tournament import commands
from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Pairing
from gameserver.domain.tournament.records import EntrantState, Phase
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.spec import ENTRANTS_MAX, refuse_duplicate
from gameserver.domain.tournament.state import ACTIVE_STATES, TournamentState

_OWN: Final = (commands.CheckIn, commands.Withdraw)
"""Commands that entrants may give themselves."""
_EXTEND_MAX: Final = 3_600
_WITH_WINNER: Final = (Kind.PLAYED, Kind.FORFEIT, Kind.WALKOVER)
_WITHOUT: Final = (Kind.DOUBLE_FORFEIT, Kind.CANCELLED)


def authorize(state: TournamentState, by: str, act: commands.Command) -> None:
    """Raise TournamentRefused unless `by` (an account; empty is the house) may do that now.

    Codes: tournament_over, not_organiser, not_entrant, entrant_unknown, entrant_out, entrants, duplicate, settings,
    pairing_unknown, pairing_state, pairing_locked, already_paused, not_paused, too_late.
    """
    if state.over:
        raise TournamentRefused("tournament_over", "The tournament is over: nothing can be changed any more.")
    if by and by != state.spec.organiser and not isinstance(act, _OWN):
        raise TournamentRefused("not_organiser", "Only the organiser can do this.")
    match act:
        case commands.CheckIn():
            _check_in(state, by)
        case commands.Withdraw():
            if by and act.entrant is not None and act.entrant != state.entrant_of(by):
                raise TournamentRefused("not_organiser", "One can withdraw only oneself; an organiser disqualifies.")
            _out(state, _own(state, by) if act.entrant is None else act.entrant)
        case commands.Disqualify():
            _out(state, act.entrant)
        case commands.Pause():
            if state.paused_at:
                raise TournamentRefused("already_paused", "The tournament is paused already.")
        case commands.Resume():
            if not state.paused_at:
                raise TournamentRefused("not_paused", "The tournament is not paused.")
        case commands.ExtendDeadline():
            _extend(state, act)
        case commands.CorrectResult():
            _correct(state, act)
        case commands.Reopen():
            pairing = _pairing(state, act.pairing)
            if act.pairing not in state.outcomes:
                sentence = "was not played" if pairing.decided else "is not decided yet"
                raise TournamentRefused("pairing_state", f"That pairing {sentence}: there is nothing to reopen.")
        case commands.AddEntrant():
            _add(state, act)
        case commands.CallOff():
            pass
        case commands.Confirm():
            if state.phase != Phase.REVIEW:
                raise TournamentRefused("too_late", "Results are confirmed once all is played, while under review.")


def _own(state: TournamentState, by: str) -> int:
    entrant = state.entrant_of(by)
    if entrant is None:
        raise TournamentRefused("not_entrant", "You do not take part in this tournament.")
    return entrant


def _check_in(state: TournamentState, by: str) -> None:
    entrant = _own(state, by)
    if state.states[entrant] not in ACTIVE_STATES:
        raise TournamentRefused("entrant_out", "You are out of this tournament.")
    if state.phase != Phase.CHECK_IN:
        raise TournamentRefused("too_late", "The check-in is over.")


def _out(state: TournamentState, entrant: int) -> None:
    if not 0 <= entrant < len(state.entrants):
        raise TournamentRefused("entrant_unknown", "There is no such entrant.", "entrant")
    if state.states[entrant] not in ACTIVE_STATES:
        raise TournamentRefused("entrant_out", f"{state.entrants[entrant].name} is out already.", "entrant")


def _pairing(state: TournamentState, number: int) -> Pairing:
    pairing = state.pairings.get(number)
    if pairing is None:
        raise TournamentRefused("pairing_unknown", "There is no such pairing.", "pairing")
    return pairing


def _extend(state: TournamentState, act: commands.ExtendDeadline) -> None:
    if not 1 <= act.seconds <= _EXTEND_MAX:
        raise TournamentRefused("settings", f"Between 1 and {_EXTEND_MAX} seconds can be added.", "seconds")
    if not act.pairing:
        if state.phase not in (Phase.CHECK_IN, Phase.REVIEW):
            raise TournamentRefused("too_late", "The check-in is over, and the review has not begun.")
        return
    _pairing(state, act.pairing)
    call = state.calls.get(act.pairing)
    if call is None or call.begun:
        raise TournamentRefused("pairing_state", "Nobody is waited for in that pairing.", "pairing")


def _correct(state: TournamentState, act: commands.CorrectResult) -> None:
    pairing = _pairing(state, act.pairing)
    if pairing.left <= 0 or pairing.right <= 0 or pairing.skipped:
        raise TournamentRefused("pairing_state", "That pairing has no two sides.", "pairing")
    call = state.calls.get(act.pairing)
    if call and call.begun:
        raise TournamentRefused("pairing_state", "A match of that pairing is on; wait for its end.", "pairing")
    if act.winner not in (NO_SIDE, 0, 1):
        raise TournamentRefused("settings", "The winner is the left side, the right side, or nobody.", "winner")
    level = act.kind == Kind.PLAYED and pairing.may_draw
    if not (act.kind in _WITH_WINNER and (act.winner != NO_SIDE or level)) and not (
        act.kind in _WITHOUT and act.winner == NO_SIDE
    ):
        raise TournamentRefused("settings", "That kind of result and that winner do not go together.", "winner")
    for dependent in state.format.dependents(state.settings, state.history, act.pairing):
        if state.games.get(dependent):
            sentence = "A match that follows from it has begun already; reopen it to play both again."
            raise TournamentRefused("pairing_locked", sentence, "pairing")


def _add(state: TournamentState, act: commands.AddEntrant) -> None:
    if len(state.entrants) >= ENTRANTS_MAX:
        raise TournamentRefused("entrants", f"At most {ENTRANTS_MAX} can enter, those who wait included.")
    refuse_duplicate(act.entrant, state.numbers, "entrant")
    if state.phase == Phase.CHECK_IN:
        taking_part = sum(
            1 for entrant_state in state.states if entrant_state in (EntrantState.EXPECTED, EntrantState.IN)
        )
        if taking_part < state.spec.places:
            FORMATS[state.spec.settings.format].check(state.spec.settings, taking_part + 1)
        return
    if not state.format.takes_late:
        raise TournamentRefused("too_late", "The draw is made: nobody can come in any more.")
    if 2 * len(state.rounds_drawn) > state.rounds:
        raise TournamentRefused("too_late", "More than half of the rounds are drawn: nobody can come in any more.")
    state.format.check(state.settings, len(state.seeds) + 1)
