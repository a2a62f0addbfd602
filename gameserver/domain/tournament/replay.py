"""Application of a tournament's records to its state, one function for each kind of record.

Everything that is announced comes from here, live and after a restart alike, so that the numbering of events goes on
unchanged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from gameserver.domain.match.records import JournalError
from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament import commands
from gameserver.domain.tournament.best_of import decided, points
from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.pairings import NO_SIDE, Outcome, Stage
from gameserver.domain.tournament.records import (
    Begun,
    Called,
    CheckedIn,
    CommandAccepted,
    Drawn,
    EntrantState,
    MatchEnded,
    Phase,
    Played,
    PlayedMatch,
    Restored,
    RoundDrawn,
    Seeds,
    StandingsTable,
    TournamentEnded,
    TournamentEvent,
    TournamentOpened,
    TournamentRecord,
    TournamentReported,
    WalkedOver,
)
from gameserver.domain.tournament.spec import REPLAYS, Entrant, fitting
from gameserver.domain.tournament.state import Call, TournamentState, in_call_order


def _acted(state: TournamentState, record: CommandAccepted) -> None:
    act, at = record.act, record.at
    match act:
        case commands.CheckIn():
            entrant = state.numbers[record.by]
            state.here.add(entrant)
            if state.states[entrant] == EntrantState.EXPECTED:
                state.stands(entrant, EntrantState.IN)
        case commands.Withdraw():
            _leave(state, state.numbers[record.by] if act.entrant is None else act.entrant, EntrantState.WITHDRAWN)
        case commands.Disqualify():
            _leave(state, act.entrant, EntrantState.DISQUALIFIED)
        case commands.Pause():
            state.paused_at = at
        case commands.Resume():
            away = max(0, at - state.paused_at)
            _move(state, lambda start: start + away, lambda deadline: deadline + away)
            state.paused_at = 0
        case commands.ExtendDeadline():
            if act.pairing:
                call = state.calls[act.pairing]
                state.calls[act.pairing] = replace(call, deadline=call.deadline + act.seconds * 1000)
                state.touched.add(act.pairing)
            else:
                state.deadline += act.seconds * 1000
        case commands.CorrectResult():
            _undo(state, act.pairing)
            played = points(state.games.get(act.pairing, ()))
            state.outcomes[act.pairing] = Outcome(act.kind, act.winner, played)
            state.calls.pop(act.pairing, None)
        case commands.Reopen():
            _undo(state, act.pairing)
            _clear(state, act.pairing)
        case commands.AddEntrant():
            _come_late(state, act.entrant)
        case commands.CallOff():
            state.called_off = True
            state.touched.update(state.calls)
            state.calls.clear()
        case commands.Confirm():
            state.deadline = at


def _move(state: TournamentState, start: Callable[[int], int], deadline: Callable[[int], int]) -> None:
    """Postpone calls and the deadline: what waits begins later, and is waited for longer."""
    state.deadline = (start if state.phase == Phase.DRAWN else deadline)(state.deadline)
    for number, call in state.calls.items():
        if not call.begun:
            moved = replace(call, starts_at=start(call.starts_at), deadline=deadline(call.deadline))
            state.calls[number] = moved
            state.touched.add(number)


def _come_late(state: TournamentState, entrant: Entrant) -> None:
    if state.phase == Phase.CHECK_IN:
        taken = sum(1 for entrant_state in state.states if entrant_state in (EntrantState.EXPECTED, EntrantState.IN))
        state.enter(entrant, taken < state.spec.places)
        return
    number = state.enter(entrant, has_place=True)
    state.stands(number, EntrantState.IN)
    state.seeds.append(number)
    seed = state.seed_of[number] = len(state.seeds)
    state.since[seed] = len(state.rounds_drawn) + 1
    state.exhausted = False
    state.stale = True


def _leave(state: TournamentState, entrant: int, entrant_state: EntrantState) -> None:
    had_place = state.states[entrant] in (EntrantState.EXPECTED, EntrantState.IN)
    state.stands(entrant, entrant_state)
    seed = state.seed_of.get(entrant)
    if seed:
        rounds = (
            pairing.round
            for pairing in state.view.pairings
            if seed in (pairing.left, pairing.right)
            and (pairing.number in state.called or pairing.number in state.outcomes)
        )
        state.out[seed] = max(rounds, default=0)
        state.exhausted = False
        state.stale = True
    elif had_place:
        for number, waiting in enumerate(state.states):
            if waiting == EntrantState.WAITING:
                state.stands(number, EntrantState.IN if number in state.here else EntrantState.EXPECTED)
                return


def _undo(state: TournamentState, pairing: int) -> None:
    """Forget what depends on how a pairing was decided, and that all is played: a new result is reviewed again."""
    if state.phase == Phase.REVIEW:
        state.phase = Phase.PLAYING
    for dependent in state.format.dependents(state.settings, state.history, pairing):
        _clear(state, dependent)
    if state.pairings[pairing].stage == Stage.SWISS:
        state.rounds_drawn = state.rounds_drawn[: state.pairings[pairing].round]
        state.exhausted = False
    state.stale = True


def _clear(state: TournamentState, pairing: int) -> None:
    state.outcomes.pop(pairing, None)
    state.games.pop(pairing, None)
    state.calls.pop(pairing, None)
    state.called.discard(pairing)
    state.touched.add(pairing)


def _checked_in(state: TournamentState, record: CheckedIn) -> None:
    free = state.spec.places
    for number, entrant_state in enumerate(state.states):
        if entrant_state == EntrantState.EXPECTED:
            state.stands(number, EntrantState.ABSENT)
        elif entrant_state == EntrantState.IN:
            free -= 1
    if state.spec.waiting_from:
        for number, entrant_state in enumerate(state.states):
            if entrant_state == EntrantState.WAITING and free > 0 and number in state.here:
                state.stands(number, EntrantState.IN)
                free -= 1


def _drawn(state: TournamentState, record: Drawn) -> Sequence[TournamentEvent]:
    state.phase, state.drawn_at = Phase.DRAWN, record.at
    state.deadline = record.at + state.spec.draw_s * 1000
    state.seeds = list(record.entrants)
    state.seed_of = {entrant: seed for seed, entrant in enumerate(state.seeds, 1)}
    state.settings = fitting(state.spec.settings, len(state.seeds))
    state.format = FORMATS[state.settings.format]
    state.rounds = state.format.rounds(state.settings, len(state.seeds))
    state.changed.update(state.seeds)
    state.stale = True
    return (Seeds(record.entrants),)


def _round_drawn(state: TournamentState, record: RoundDrawn) -> None:
    if record.pairs:
        state.rounds_drawn += (record.pairs,)
    else:
        state.exhausted = True
    if state.phase == Phase.REVIEW:
        state.phase = Phase.PLAYING  # somebody came late to a Swiss that had ended early
    state.stale = True


def _call(state: TournamentState, record: Called) -> None:
    number = record.pairing
    pairing = state.pairings.get(number)
    if pairing is None or not pairing.playable or number in state.calls:
        raise ValueError(f"calls pairing {number}, which cannot be played")
    if (record.match, record.attempt) != state.next_match(pairing):
        raise ValueError(f"calls match {record.match}, attempt {record.attempt}, which does not come next")
    state.phase = Phase.PLAYING
    state.calls[number] = Call(number, record.match, record.attempt, record.starts_at, record.deadline)
    numbers = state.matches.setdefault(number, [])
    if record.match not in numbers:
        numbers.append(record.match)
    state.pairing_of[record.match] = number
    state.attempts[record.match] = record.attempt
    state.called.add(number)
    state.ready = [other for other in state.ready if other.number != number]
    state.touched.add(number)


def _begun(state: TournamentState, record: Begun) -> None:
    call = _call_of(state, record.match, record.attempt)
    state.calls[call.pairing] = replace(call, begun=True)
    state.games.setdefault(call.pairing, []).append(PlayedMatch(record.match, record.attempt, None, NO_SIDE))
    state.touched.add(call.pairing)


def _call_of(state: TournamentState, match: int, attempt: int) -> Call:
    call = state.calls.get(state.pairing_of.get(match, 0))
    if call is None or (call.match, call.attempt) != (match, attempt):
        raise ValueError(f"names match {match}, attempt {attempt}, which nobody is called to")
    return call


def _match_ended(state: TournamentState, record: MatchEnded) -> None:
    call = _call_of(state, record.match, record.attempt)
    if not call.begun:
        raise ValueError(f"ends match {record.match}, which has not begun")
    pairing, result = state.pairings[call.pairing], record.result
    games = state.games[call.pairing]
    winner = result.winner
    if result.outcome == MatchOutcome.DRAW and not pairing.may_draw:
        replays = sum(1 for game in games if game.match == record.match) - 1
        winner = NO_SIDE if replays < REPLAYS else int(pairing.right < pairing.left)
    games[-1] = PlayedMatch(record.match, record.attempt, result, winner)
    del state.calls[call.pairing]
    state.rested_from[pairing.left] = state.rested_from[pairing.right] = record.at
    outcome = decided(pairing, games)
    if outcome:
        state.outcomes[call.pairing] = outcome
        state.stale = True
    else:
        state.ready = in_call_order([*state.ready, pairing])
    state.touched.add(call.pairing)


def _walked_over(state: TournamentState, record: WalkedOver) -> None:
    number = record.pairing
    if number not in state.pairings or not state.pairings[number].playable:
        raise ValueError(f"walks over pairing {number}, which cannot be played")
    state.phase = Phase.PLAYING
    state.calls.pop(number, None)
    state.outcomes[number] = Outcome(record.kind, record.winner, points(state.games.get(number, ())))
    state.stale = True


def _restored(state: TournamentState, record: Restored) -> None:
    now, timing = state.paused_at or record.at, state.timing
    _move(
        state,
        lambda start: max(start, now + timing.call_countdown_ms),
        lambda deadline: max(deadline, now + timing.return_ms),
    )


def _played(state: TournamentState, record: Played) -> None:
    state.phase, state.deadline = Phase.REVIEW, record.at + state.spec.review_s * 1000


def _ended(state: TournamentState, record: TournamentEnded) -> Sequence[TournamentEvent]:
    # A journal names entrants in a table, the core their seeds too: those follow from the records before.
    lines = tuple(
        line
        if line.standing.seed
        else replace(line, standing=replace(line.standing, seed=state.seed_of.get(line.entrant, 1)))
        for line in record.result.standings
    )
    result = replace(record.result, standings=lines)
    state.phase, state.result = Phase.OVER, result
    if state.table == lines:
        return (result,)
    state.table = lines
    return StandingsTable(lines), result


def _reported(state: TournamentState, record: TournamentReported) -> None:
    state.reported = True


_FOLDS: Final[dict[type, Callable[[TournamentState, Any], Sequence[TournamentEvent] | None]]] = {
    CommandAccepted: _acted,
    CheckedIn: _checked_in,
    Drawn: _drawn,
    RoundDrawn: _round_drawn,
    Called: _call,
    Begun: _begun,
    MatchEnded: _match_ended,
    WalkedOver: _walked_over,
    Restored: _restored,
    Played: _played,
    TournamentEnded: _ended,
    TournamentReported: _reported,
}


def apply(state: TournamentState, record: TournamentRecord) -> Sequence[TournamentEvent]:
    """Apply one record and return the events that it means. Raises ValueError when it does not fit."""
    fold_in = _FOLDS.get(type(record))
    if fold_in is None:
        raise ValueError("opens a journal that is open")
    if state.over and not isinstance(record, TournamentReported):
        raise ValueError("comes after the end")
    state.refresh(fold_in(state, record) or ())
    return state.news


def replay(
    records: Iterable[TournamentRecord], events: list[TournamentEvent] | None = None, timing: Timing = STANDARD
) -> TournamentState:
    """Replay a journal and return the state that it leads to; `timing` is the one that it was written with.

    Every event that it means is added to `events`, those of the opening first.
    Raises JournalError at the first record that does not fit.
    """
    state: TournamentState | None = None
    for position, record in enumerate(records):
        try:
            if state is None:
                if not isinstance(record, TournamentOpened):
                    raise ValueError("is not the opening")
                state = TournamentState(record, timing)
                announced: Sequence[TournamentEvent] = state.opening
            else:
                announced = apply(state, record)
        except Exception as error:
            # Whatever somebody has written into a journal is that journal's fault, and nobody else's.
            raise JournalError(position, f"{type(record).__name__} {error}") from error
        if events is not None:
            events += announced
    if state is None:
        raise JournalError(0, "the journal is empty")
    return state
