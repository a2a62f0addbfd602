"""What each record of a tournament's journal does to its facts. Nothing else changes them.

Everything that is announced comes from here, live and after a restart alike, so that the numbering of events goes on
unchanged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from gameserver.core.journal import JournalError
from gameserver.core.journal import Outcome as MatchOutcome
from gameserver.core.tournament import acts
from gameserver.core.tournament.best_of import decided, points
from gameserver.core.tournament.facts import Call, Facts, in_order
from gameserver.core.tournament.formats import FORMATS
from gameserver.core.tournament.journal import (
    Acted,
    Begun,
    Called,
    CheckedIn,
    Drawn,
    Ended,
    EntrantState,
    Event,
    Game,
    MatchEnded,
    Opened,
    Phase,
    Played,
    Record,
    Reported,
    Restored,
    RoundDrawn,
    Seeds,
    Table,
    WalkedOver,
)
from gameserver.core.tournament.spec import COUNTDOWN, REPLAYS, RETURN, Entrant, fitting
from gameserver.core.tournament.values import NO_SIDE, Outcome, Stage


def _acted(facts: Facts, record: Acted) -> None:
    act, at = record.act, record.at
    match act:
        case acts.CheckIn():
            entrant = facts.numbers[record.by]
            facts.here.add(entrant)
            if facts.states[entrant] == EntrantState.EXPECTED:
                facts.stands(entrant, EntrantState.IN)
        case acts.Withdraw():
            _leave(facts, facts.numbers[record.by] if act.entrant is None else act.entrant, EntrantState.WITHDRAWN)
        case acts.Disqualify():
            _leave(facts, act.entrant, EntrantState.DISQUALIFIED)
        case acts.Pause():
            facts.paused_at = at
        case acts.Resume():
            away = max(0, at - facts.paused_at)
            _move(facts, lambda start: start + away, lambda deadline: deadline + away)
            facts.paused_at = 0
        case acts.ExtendDeadline():
            if act.pairing:
                call = facts.calls[act.pairing]
                facts.calls[act.pairing] = replace(call, deadline=call.deadline + act.seconds * 1000)
                facts.touched.add(act.pairing)
            else:
                facts.deadline += act.seconds * 1000
        case acts.CorrectResult():
            _undo(facts, act.pairing)
            played = points(facts.games.get(act.pairing, ()))
            facts.outcomes[act.pairing] = Outcome(act.kind, act.winner, played)
            facts.calls.pop(act.pairing, None)
        case acts.Reopen():
            _undo(facts, act.pairing)
            _clear(facts, act.pairing)
        case acts.AddEntrant():
            _come_late(facts, act.entrant)
        case acts.CallOff():
            facts.called_off = True
            facts.touched.update(facts.calls)
            facts.calls.clear()
        case acts.Confirm():
            facts.deadline = at


def _move(facts: Facts, start: Callable[[int], int], deadline: Callable[[int], int]) -> None:
    """Begin what waits later, and wait longer for it."""
    facts.deadline = (start if facts.phase == Phase.DRAWN else deadline)(facts.deadline)
    for number, call in facts.calls.items():
        if not call.begun:
            moved = replace(call, starts_at=start(call.starts_at), deadline=deadline(call.deadline))
            facts.calls[number] = moved
            facts.touched.add(number)


def _come_late(facts: Facts, entrant: Entrant) -> None:
    if facts.phase == Phase.CHECK_IN:
        taken = sum(1 for state in facts.states if state in (EntrantState.EXPECTED, EntrantState.IN))
        facts.enter(entrant, taken < facts.spec.places)
        return
    number = facts.enter(entrant, has_place=True)
    facts.stands(number, EntrantState.IN)
    facts.seeds.append(number)
    seed = facts.seed_of[number] = len(facts.seeds)
    facts.since[seed] = len(facts.rounds_drawn) + 1
    facts.exhausted = False
    facts.stale = True


def _leave(facts: Facts, entrant: int, state: EntrantState) -> None:
    had_place = facts.states[entrant] in (EntrantState.EXPECTED, EntrantState.IN)
    facts.stands(entrant, state)
    seed = facts.seed_of.get(entrant)
    if seed:
        rounds = (
            pairing.round
            for pairing in facts.view.pairings
            if seed in (pairing.left, pairing.right)
            and (pairing.number in facts.called or pairing.number in facts.outcomes)
        )
        facts.out[seed] = max(rounds, default=0)
        facts.exhausted = False
        facts.stale = True
    elif had_place:
        for number, waiting in enumerate(facts.states):
            if waiting == EntrantState.WAITING:
                facts.stands(number, EntrantState.IN if number in facts.here else EntrantState.EXPECTED)
                return


def _undo(facts: Facts, pairing: int) -> None:
    """Forget what depends on how a pairing was decided, and that all is played: a new result is reviewed anew."""
    if facts.phase == Phase.REVIEW:
        facts.phase = Phase.PLAYING
    for dependent in facts.format.dependents(facts.settings, facts.history, pairing):
        _clear(facts, dependent)
    if facts.pairings[pairing].stage == Stage.SWISS:
        facts.rounds_drawn = facts.rounds_drawn[: facts.pairings[pairing].round]
        facts.exhausted = False
    facts.stale = True


def _clear(facts: Facts, pairing: int) -> None:
    facts.outcomes.pop(pairing, None)
    facts.games.pop(pairing, None)
    facts.calls.pop(pairing, None)
    facts.called.discard(pairing)
    facts.touched.add(pairing)


def _checked_in(facts: Facts, record: CheckedIn) -> None:
    free = facts.spec.places
    for number, state in enumerate(facts.states):
        if state == EntrantState.EXPECTED:
            facts.stands(number, EntrantState.ABSENT)
        elif state == EntrantState.IN:
            free -= 1
    if facts.spec.waiting_from:
        for number, state in enumerate(facts.states):
            if state == EntrantState.WAITING and free > 0 and number in facts.here:
                facts.stands(number, EntrantState.IN)
                free -= 1


def _drawn(facts: Facts, record: Drawn) -> Sequence[Event]:
    facts.phase, facts.drawn_at = Phase.DRAWN, record.at
    facts.deadline = record.at + facts.spec.draw_s * 1000
    facts.seeds = list(record.entrants)
    facts.seed_of = {entrant: seed for seed, entrant in enumerate(facts.seeds, 1)}
    facts.settings = fitting(facts.spec.settings, len(facts.seeds))
    facts.format = FORMATS[facts.settings.format]
    facts.rounds = facts.format.rounds(facts.settings, len(facts.seeds))
    facts.changed.update(facts.seeds)
    facts.stale = True
    return (Seeds(record.entrants),)


def _round_drawn(facts: Facts, record: RoundDrawn) -> None:
    if record.pairs:
        facts.rounds_drawn += (record.pairs,)
    else:
        facts.exhausted = True
    if facts.phase == Phase.REVIEW:
        facts.phase = Phase.PLAYING  # somebody came late to a Swiss that had ended early
    facts.stale = True


def _call(facts: Facts, record: Called) -> None:
    number = record.pairing
    pairing = facts.pairings.get(number)
    if pairing is None or not pairing.playable or number in facts.calls:
        raise ValueError(f"calls pairing {number}, which cannot be played")
    if (record.match, record.attempt) != facts.next_match(pairing):
        raise ValueError(f"calls match {record.match}, attempt {record.attempt}, which does not come next")
    facts.phase = Phase.PLAYING
    facts.calls[number] = Call(number, record.match, record.attempt, record.starts_at, record.deadline)
    numbers = facts.matches.setdefault(number, [])
    if record.match not in numbers:
        numbers.append(record.match)
    facts.pairing_of[record.match] = number
    facts.attempts[record.match] = record.attempt
    facts.called.add(number)
    facts.ready = [other for other in facts.ready if other.number != number]
    facts.touched.add(number)


def _begun(facts: Facts, record: Begun) -> None:
    call = _call_of(facts, record.match, record.attempt)
    facts.calls[call.pairing] = replace(call, begun=True)
    facts.games.setdefault(call.pairing, []).append(Game(record.match, record.attempt, None, NO_SIDE))
    facts.touched.add(call.pairing)


def _call_of(facts: Facts, match: int, attempt: int) -> Call:
    call = facts.calls.get(facts.pairing_of.get(match, 0))
    if call is None or (call.match, call.attempt) != (match, attempt):
        raise ValueError(f"names match {match}, attempt {attempt}, which nobody is called to")
    return call


def _match_ended(facts: Facts, record: MatchEnded) -> None:
    call = _call_of(facts, record.match, record.attempt)
    if not call.begun:
        raise ValueError(f"ends match {record.match}, which has not begun")
    pairing, result = facts.pairings[call.pairing], record.result
    games = facts.games[call.pairing]
    winner = result.winner
    if result.outcome == MatchOutcome.DRAW and not pairing.may_draw:
        replays = sum(1 for game in games if game.match == record.match) - 1
        winner = NO_SIDE if replays < REPLAYS else int(pairing.right < pairing.left)
    games[-1] = Game(record.match, record.attempt, result, winner)
    del facts.calls[call.pairing]
    facts.rested_from[pairing.left] = facts.rested_from[pairing.right] = record.at
    outcome = decided(pairing, games)
    if outcome:
        facts.outcomes[call.pairing] = outcome
        facts.stale = True
    else:
        facts.ready = in_order([*facts.ready, pairing])
    facts.touched.add(call.pairing)


def _walked_over(facts: Facts, record: WalkedOver) -> None:
    number = record.pairing
    if number not in facts.pairings or not facts.pairings[number].playable:
        raise ValueError(f"walks over pairing {number}, which cannot be played")
    facts.phase = Phase.PLAYING
    facts.calls.pop(number, None)
    facts.outcomes[number] = Outcome(record.kind, record.winner, points(facts.games.get(number, ())))
    facts.stale = True


def _restored(facts: Facts, record: Restored) -> None:
    now = facts.paused_at or record.at
    _move(facts, lambda start: max(start, now + COUNTDOWN), lambda deadline: max(deadline, now + RETURN))


def _played(facts: Facts, record: Played) -> None:
    facts.phase, facts.deadline = Phase.REVIEW, record.at + facts.spec.review_s * 1000


def _ended(facts: Facts, record: Ended) -> Sequence[Event]:
    # A journal names entrants in a table, the core their seeds too: those follow from the records before.
    lines = tuple(
        line
        if line.standing.seed
        else replace(line, standing=replace(line.standing, seed=facts.seed_of.get(line.entrant, 1)))
        for line in record.result.standings
    )
    result = replace(record.result, standings=lines)
    facts.phase, facts.result = Phase.OVER, result
    if facts.table == lines:
        return (result,)
    facts.table = lines
    return Table(lines), result


def _reported(facts: Facts, record: Reported) -> None:
    facts.reported = True


_FOLDS: Final[dict[type, Callable[[Facts, Any], Sequence[Event] | None]]] = {
    Acted: _acted,
    CheckedIn: _checked_in,
    Drawn: _drawn,
    RoundDrawn: _round_drawn,
    Called: _call,
    Begun: _begun,
    MatchEnded: _match_ended,
    WalkedOver: _walked_over,
    Restored: _restored,
    Played: _played,
    Ended: _ended,
    Reported: _reported,
}


def apply(facts: Facts, record: Record) -> Sequence[Event]:
    """Fold one record in and return the events that it means. Raises ValueError when it does not fit."""
    fold_in = _FOLDS.get(type(record))
    if fold_in is None:
        raise ValueError("opens a journal that is open")
    if facts.over and not isinstance(record, Reported):
        raise ValueError("comes after the end")
    return facts.tell(fold_in(facts, record) or ())


def fold(records: Iterable[Record], told: list[Event] | None = None) -> Facts:
    """The state that a journal leads to. Raises JournalError at the first record that does not fit.

    Every event that it means is added to `told`, those of the opening first.
    """
    facts: Facts | None = None
    for position, record in enumerate(records):
        try:
            if facts is None:
                if not isinstance(record, Opened):
                    raise ValueError("is not the opening")
                facts = Facts(record)
                events: Sequence[Event] = facts.opening
            else:
                events = apply(facts, record)
        except Exception as error:
            # Whatever somebody has written into a journal is that journal's fault, and nobody else's.
            raise JournalError(position, f"{type(record).__name__} {error}") from error
        if told is not None:
            told += events
    if facts is None:
        raise JournalError(0, "the journal is empty")
    return facts
