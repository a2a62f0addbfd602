"""Re-simulates a journal and proves the stored result."""

from collections.abc import Sequence

from gameserver.domain.match.admission import AHEAD, CREDIT_EVER
from gameserver.domain.match.records import (
    Cause,
    Clock,
    Decided,
    Ended,
    Input,
    JournalError,
    Opened,
    Outcome,
    Record,
    Result,
)
from gameserver.domain.match.state import MatchState, replay
from gameserver.domain.match.stats import as_counted
from gameserver.domain.pong.events import Goal, Miss, Volley
from gameserver.domain.pong.intents import Direction
from gameserver.domain.pong.rules import H, Pong
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.values import LEFT, NOBODY, RIGHT

__all__ = ["JournalError", "verify"]

PongLog = list[Volley | Miss | Goal]


def verify(records: Sequence[Record], timing: Timing = STANDARD) -> Result:
    """Prove a journal, which was written with that timing, and return its result.

    Replays it as the server did, checks every admission and decision against the rules, and plays the match again from
    its inputs alone, sorted by (te, position). Raises JournalError at the first record that differs.
    """
    replay(records, timing=timing)
    state: MatchState | None = None
    log: PongLog = []
    for position, record in enumerate(records):
        try:
            if state is None:
                assert isinstance(record, Opened)
                state = MatchState(record, timing)
                log.append(state.game.volley)
                continue
            _check(state, record)
            log += [e for e in state.apply(record) if isinstance(e, Volley | Miss | Goal)]
        except Exception as error:
            raise JournalError(position, f"{type(record).__name__} {error}") from error
    if state is None or state.result is None:
        raise JournalError(len(records), "the journal does not come to an end")
    _same_again(records, log)
    return state.result


def _check(state: MatchState, record: Record) -> None:
    if isinstance(record, Input):
        _check_input(state, record)
    elif isinstance(record, Decided):
        due = state.game.due
        if due and record.at < due.t:
            raise ValueError(f"is decided at {record.at}, before it fell due at {due.t}")
    elif isinstance(record, Clock):
        if record.epoch != state.clock.epoch + 1:
            raise ValueError(f"has epoch {record.epoch} after {state.clock.epoch}")
    elif isinstance(record, Ended):
        _check_end(state, record.result)


def _check_input(state: MatchState, record: Input) -> None:
    side, te, claimed, arrival = record.side, record.te, record.claimed, record.arrival
    low = max(state.last_te[side], state.floor[side])
    if te < low:
        raise ValueError(f"counts at {te}, but the side's stream had passed {low}")
    if isinstance(record.intent, Direction):
        if record.intent.dir not in (-1, 0, 1):
            raise ValueError(f"has direction {record.intent.dir}")
    elif state.opened.ruleset.directions_only or not 0 <= record.intent.y <= H:
        raise ValueError("has a target that the ruleset does not allow")
    if not record.seq:
        if te != max(state.clock.match_t, low):
            raise ValueError("is the referee's, but not at a stop of the clock")
        return
    if record.seq <= state.last_seq[side]:
        raise ValueError(f"has number {record.seq} after {state.last_seq[side]}")
    frozen = state.clock.match_t if state.clock.cause in (Cause.PAUSE, Cause.RESTORE) else arrival
    earliest = arrival - state.grace[side]
    fair = (
        (te == claimed and earliest - CREDIT_EVER <= te <= arrival + AHEAD)
        or te == low
        or te == arrival < claimed
        or te == frozen < claimed
        or claimed < te <= earliest <= te + CREDIT_EVER
    )
    if not fair:
        raise ValueError(f"counts at {te}, which its date {claimed} and its arrival {arrival} do not give")


def _check_end(state: MatchState, result: Result) -> None:
    left, right = state.game.score
    if (result.left, result.right) != (left, right):
        raise ValueError(f"says {result.left}:{result.right}, but it was played to {left}:{right}")
    over = state.game.due is None
    if over != (result.outcome in (Outcome.PLAYED, Outcome.DRAW)):
        raise ValueError(f"says {result.outcome.name}, but the play was {'over' if over else 'not over'}")
    out = state.forfeited
    if not over and result.outcome != (Outcome.VOID if out in (None, NOBODY) else Outcome.FORFEIT):
        raise ValueError(f"says {result.outcome.name}, but {'nobody' if out is None else out} forfeited")
    winner = state.game.winner if over else NOBODY if out in (None, NOBODY) else RIGHT if out == LEFT else LEFT
    if result.winner != winner:
        raise ValueError(f"names winner {result.winner}, but {winner} won")
    if result.duration_us != state.clock.match_t:
        raise ValueError(f"says {result.duration_us} µs, but the clock stopped at {state.clock.match_t}")
    if result.stats != as_counted(state.stats.total(result.duration_us, state.bots()), result.stats):
        raise ValueError("has statistics that the journal does not give")


def _same_again(records: Sequence[Record], log: PongLog) -> None:
    """Play the match from its inputs alone and compare what was decided, event by event."""
    opened = records[0]
    assert isinstance(opened, Opened)
    decided = sum(isinstance(record, Decided) for record in records)
    again = simulate(opened, [record for record in records if isinstance(record, Input)], decided)
    for number, (was, now) in enumerate(zip(log, again, strict=False)):
        if was != now:
            raise JournalError(number, f"the inputs alone make {now}, the journal has {was}")
    if len(log) != len(again):
        raise JournalError(len(log), f"the inputs alone make {len(again)} events, the journal has {len(log)}")


def simulate(opened: Opened, inputs: Sequence[Input], decisions: int) -> PongLog:
    """The match of these inputs as a server without latency would have logged it: `decisions` of them."""
    game = Pong(opened.ruleset, opened.seed)
    log: PongLog = [game.volley]
    waiting = sorted(inputs, key=lambda record: record.te)
    at = 0
    for _ in range(decisions):
        due = game.due
        if due is None:
            break
        while at < len(waiting) and waiting[at].te <= due.t:
            record = waiting[at]
            game.admit(record.side, record.intent, record.te, record.seq)
            at += 1
        log += [event for event in game.decide() if isinstance(event, Volley | Miss | Goal)]
    return log
