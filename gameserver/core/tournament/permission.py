"""Who may do what to a tournament, and when: everything that is refused, before anything is changed."""

from typing import Final

from gameserver.core.tournament import acts
from gameserver.core.tournament.facts import ALIVE, Facts
from gameserver.core.tournament.formats import FORMATS
from gameserver.core.tournament.journal import EntrantState, Phase
from gameserver.core.tournament.spec import ENTRANTS_MAX, refuse_duplicate
from gameserver.core.tournament.values import NO_SIDE, Kind, Pairing, TournamentRefused

#: What its entrants may do themselves.
_OWN: Final = (acts.CheckIn, acts.Withdraw)
_EXTEND_MAX: Final = 3_600
_WITH_WINNER: Final = (Kind.PLAYED, Kind.FORFEIT, Kind.WALKOVER)
_WITHOUT: Final = (Kind.DOUBLE_FORFEIT, Kind.CANCELLED)


def refuse(facts: Facts, by: str, act: acts.Act) -> None:
    """Raise TournamentRefused unless `by` (an account; empty is the house) may do that now.

    Codes: tournament_over, not_organiser, not_entrant, entrant_unknown, entrant_out, entrants, duplicate, settings,
    pairing_unknown, pairing_state, pairing_locked, already_paused, not_paused, too_late.
    """
    if facts.over:
        raise TournamentRefused("tournament_over", "The tournament is over: nothing can be changed any more.")
    if by and by != facts.spec.organiser and not isinstance(act, _OWN):
        raise TournamentRefused("not_organiser", "Only the organiser can do this.")
    match act:
        case acts.CheckIn():
            _check_in(facts, by)
        case acts.Withdraw():
            if by and act.entrant is not None and act.entrant != facts.entrant_of(by):
                raise TournamentRefused("not_organiser", "One can withdraw only oneself; an organiser disqualifies.")
            _out(facts, _own(facts, by) if act.entrant is None else act.entrant)
        case acts.Disqualify():
            _out(facts, act.entrant)
        case acts.Pause():
            if facts.paused_at:
                raise TournamentRefused("already_paused", "The tournament is paused already.")
        case acts.Resume():
            if not facts.paused_at:
                raise TournamentRefused("not_paused", "The tournament is not paused.")
        case acts.ExtendDeadline():
            _extend(facts, act)
        case acts.CorrectResult():
            _correct(facts, act)
        case acts.Reopen():
            pairing = _pairing(facts, act.pairing)
            if act.pairing not in facts.outcomes:
                sentence = "was not played" if pairing.decided else "is not decided yet"
                raise TournamentRefused("pairing_state", f"That pairing {sentence}: there is nothing to reopen.")
        case acts.AddEntrant():
            _add(facts, act)
        case acts.CallOff():
            pass
        case acts.Confirm():
            if facts.phase != Phase.REVIEW:
                raise TournamentRefused("too_late", "Results are confirmed once all is played, while under review.")


def _own(facts: Facts, by: str) -> int:
    entrant = facts.entrant_of(by)
    if entrant is None:
        raise TournamentRefused("not_entrant", "You do not take part in this tournament.")
    return entrant


def _check_in(facts: Facts, by: str) -> None:
    entrant = _own(facts, by)
    if facts.states[entrant] not in ALIVE:
        raise TournamentRefused("entrant_out", "You are out of this tournament.")
    if facts.phase != Phase.CHECK_IN:
        raise TournamentRefused("too_late", "The check-in is over.")


def _out(facts: Facts, entrant: int) -> None:
    if not 0 <= entrant < len(facts.entrants):
        raise TournamentRefused("entrant_unknown", "There is no such entrant.", "entrant")
    if facts.states[entrant] not in ALIVE:
        raise TournamentRefused("entrant_out", f"{facts.entrants[entrant].name} is out already.", "entrant")


def _pairing(facts: Facts, number: int) -> Pairing:
    pairing = facts.pairings.get(number)
    if pairing is None:
        raise TournamentRefused("pairing_unknown", "There is no such pairing.", "pairing")
    return pairing


def _extend(facts: Facts, act: acts.ExtendDeadline) -> None:
    if not 1 <= act.seconds <= _EXTEND_MAX:
        raise TournamentRefused("settings", f"Between 1 and {_EXTEND_MAX} seconds can be added.", "seconds")
    if not act.pairing:
        if facts.phase not in (Phase.CHECK_IN, Phase.REVIEW):
            raise TournamentRefused("too_late", "The check-in is over, and the review has not begun.")
        return
    _pairing(facts, act.pairing)
    call = facts.calls.get(act.pairing)
    if call is None or call.begun:
        raise TournamentRefused("pairing_state", "Nobody is waited for in that pairing.", "pairing")


def _correct(facts: Facts, act: acts.CorrectResult) -> None:
    pairing = _pairing(facts, act.pairing)
    if pairing.left <= 0 or pairing.right <= 0 or pairing.skipped:
        raise TournamentRefused("pairing_state", "That pairing has no two sides.", "pairing")
    call = facts.calls.get(act.pairing)
    if call and call.begun:
        raise TournamentRefused("pairing_state", "A match of that pairing is on; wait for its end.", "pairing")
    if act.winner not in (NO_SIDE, 0, 1):
        raise TournamentRefused("settings", "The winner is the left side, the right side, or nobody.", "winner")
    level = act.kind == Kind.PLAYED and pairing.may_draw
    if not (act.kind in _WITH_WINNER and (act.winner != NO_SIDE or level)) and not (
        act.kind in _WITHOUT and act.winner == NO_SIDE
    ):
        raise TournamentRefused("settings", "That kind of result and that winner do not go together.", "winner")
    for dependent in facts.format.dependents(facts.settings, facts.history, act.pairing):
        if facts.games.get(dependent):
            sentence = "A match that follows from it has begun already; reopen it to play both again."
            raise TournamentRefused("pairing_locked", sentence, "pairing")


def _add(facts: Facts, act: acts.AddEntrant) -> None:
    if len(facts.entrants) >= ENTRANTS_MAX:
        raise TournamentRefused("entrants", f"At most {ENTRANTS_MAX} can enter, those who wait included.")
    refuse_duplicate(act.entrant, facts.numbers, "entrant")
    if facts.phase == Phase.CHECK_IN:
        taking_part = sum(1 for state in facts.states if state in (EntrantState.EXPECTED, EntrantState.IN))
        if taking_part < facts.spec.places:
            FORMATS[facts.spec.settings.format].check(facts.spec.settings, taking_part + 1)
        return
    if not facts.format.takes_late:
        raise TournamentRefused("too_late", "The draw is made: nobody can come in any more.")
    if 2 * len(facts.rounds_drawn) > facts.rounds:
        raise TournamentRefused("too_late", "More than half of the rounds are drawn: nobody can come in any more.")
    facts.format.check(facts.settings, len(facts.seeds) + 1)
