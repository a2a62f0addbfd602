"""A tournament from its check-in to its end: who is called, waited for and walked over. A pure state machine.

The caller gives the time (unix milliseconds, never decreasing) and carries out the effects. Nothing here waits, reads
a clock or does I/O.

    tournament = Tournament.open(Opened(spec, now), now)     # or Tournament.restore(records, now) after a restart
    host.carry_out(tournament.drain())
    ...
    tournament.present(now, entrant, True)                   # a connection of theirs is here, or (False) no more
    tournament.cut_off(now, entrant)                         # no more, and that is a fault of ours
    tournament.reachable(now, False)                         # nobody can come, and that is a fault of ours too
    tournament.act(now, account, CheckIn())                  # by an entrant, the organiser or ("") the house
    tournament.match_over(now, match, attempt, result)       # what was started has ended
    tournament.round_drawn(now, draw, pairs)                 # what was to be drawn is
    tournament.advance(now)                                  # at tournament.deadline
    effects = tournament.drain()                             # after each of these

    effects.records     append to the journal, in order, before anything else is done
    effects.durable     fsync before the events are announced
    effects.events      announce on topic 0, in order
    effects.starts      open these matches; after a restart: those that are on, to be taken up from their own journals
    effects.stops       end these: as a forfeit of a side, or void
    effects.draw        draw this round of a Swiss, where it holds nobody up: a large one takes a third of a second
    tournament.deadline when `advance` is due, or None; look again after each call
    tournament.snapshot()    for a viewer that joins

A match that is stopped as a forfeit still ends through `match_over`, maybe otherwise: it may have been over already.
One that is stopped as void has no result: what comes of it is not listened to.
"""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.match.records import Result
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament import commands
from gameserver.domain.tournament.effects import NO_EFFECTS, StartMatch, StopMatch, TournamentEffects
from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Pairing
from gameserver.domain.tournament.policy import authorize
from gameserver.domain.tournament.presence import Presence
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
    Restored,
    RoundDrawn,
    TournamentEnded,
    TournamentEvent,
    TournamentOpened,
    TournamentRecord,
    WalkedOver,
)
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.replay import apply, replay
from gameserver.domain.tournament.spec import PAUSE, draw
from gameserver.domain.tournament.state import Call, TournamentSnapshot, TournamentState
from gameserver.domain.tournament.statistics import result_of
from gameserver.domain.values import NOBODY, SIDES

_NEVER: Final = 1 << 62


class Tournament:
    """One tournament. See the module's text."""

    __slots__ = (
        "_deadline",
        "_draw",
        "_drawing",
        "_events",
        "_presence",
        "_records",
        "_starts",
        "_stops",
        "state",
    )

    def __init__(self, state: TournamentState) -> None:
        self.state = state
        self._presence = Presence(state)
        self._deadline: int | None = None
        self._records: list[TournamentRecord] = []
        self._events: list[TournamentEvent] = []
        self._starts: list[StartMatch] = []
        self._stops: list[StopMatch] = []
        self._draw: RoundToDraw | None = None
        self._drawing: RoundToDraw | None = None
        """The round that is being drawn."""

    @classmethod
    def open(cls, opened: TournamentOpened, now_ms: int, timing: Timing = STANDARD) -> "Tournament":
        """Open a tournament. Raises TournamentRefused for one that cannot be: nothing was begun then."""
        tournament = cls(TournamentState(opened, timing))
        tournament._records.append(opened)
        tournament._events += tournament.state.opening
        tournament._settle(now_ms)
        return tournament

    @classmethod
    def restore(cls, records: Sequence[TournamentRecord], now_ms: int, timing: Timing = STANDARD) -> "Tournament":
        """Restore the tournament of a journal, after a restart: nobody is there, and no deadline is near.

        Raises JournalError for a journal that does not hold together.
        """
        return cls.take_up(replay(records, timing=timing), now_ms)

    @classmethod
    def take_up(cls, state: TournamentState, now_ms: int) -> "Tournament":
        """Restore the tournament of a journal that was replayed already."""
        tournament = cls(state)
        tournament._presence.restart(now_ms)
        if not state.over:
            tournament._write(Restored(now_ms))
            for call in state.calls.values():
                if call.begun:
                    tournament._start(call)
                    tournament._stop_if_out(call)
            tournament._settle(now_ms)
        return tournament

    # Queries.

    @property
    def deadline(self) -> int | None:
        """Time at which `advance` is due, unix ms; None once it is over, or waits for a call."""
        return self._deadline

    @property
    def over(self) -> bool:
        """True once nothing more will happen."""
        return self.state.over

    def snapshot(self) -> TournamentSnapshot:
        """The full state, up to the last event."""
        return self.state.snapshot()

    def drain(self) -> TournamentEffects:
        """Return the effects since the last call."""
        if not (self._records or self._events or self._starts or self._stops or self._draw):
            return NO_EFFECTS
        effects = TournamentEffects(
            self._records, self._events, self._starts, self._stops, bool(self._records), self._draw
        )
        self._records, self._events, self._starts, self._stops, self._draw = [], [], [], [], None
        return effects

    # Events from outside.

    def advance(self, now_ms: int) -> None:
        """Let happen what is due by now. Early is harmless."""
        if self._deadline is not None and now_ms >= self._deadline:
            self._settle(now_ms)

    def present(self, now_ms: int, entrant: int, there: bool) -> None:
        """Take note whether a connection of the entrant is here. Raises TournamentRefused: entrant_unknown."""
        if not 0 <= entrant < len(self.state.entrants):
            raise TournamentRefused("entrant_unknown", "There is no such entrant.", "entrant")
        if there != self._presence.connected(entrant):
            self.advance(now_ms)
            self._presence.set_connected(entrant, there)
            self._settle(now_ms)

    def cut_off(self, now_ms: int, entrant: int) -> None:
        """Take note that a program between the entrant and us has failed, and with it their last connection.

        An outage of ours walks nobody over: a call waits for them beyond its deadline, until they have had as long to
        come back as after a restart.
        """
        if self._presence.connected(entrant):
            self.advance(now_ms)
            self._presence.cut_off(entrant, now_ms)
            self._settle(now_ms)

    def reachable(self, now_ms: int, yes: bool) -> None:
        """Take note whether any program of ours can bring people here.

        While there is none, those whom an outage keeps away are waited for, PAUSE at most; their time to come back
        begins with the first one that is there again.
        """
        if yes != self._presence.reachable:
            self.advance(now_ms)
            self._presence.set_reachable(yes, now_ms)
            self._settle(now_ms)

    def act(self, now_ms: int, by: str, act: commands.Command) -> int | None:
        """Carry out a command of the account `by`; empty is the house.

        Returns the number of the entrant that it was about; None for a command about a pairing or the tournament.
        Raises TournamentRefused with the codes of `policy.authorize`; the bracket is untouched then.
        """
        self.advance(now_ms)
        authorize(self.state, by, act)
        calls = dict(self.state.calls)
        if isinstance(act, commands.CheckIn) and self.state.numbers[by] in self.state.here:
            return self.state.numbers[by]
        self._write(CommandAccepted(by, act, now_ms))
        for number, call in calls.items():
            if call.begun:
                if number not in self.state.calls:
                    self._stops.append(StopMatch(call.match, call.attempt, NOBODY))
                elif isinstance(act, commands.Withdraw | commands.Disqualify):
                    self._stop_if_out(call)
        self._settle(now_ms)
        match act:
            case commands.CheckIn() | commands.Withdraw(None):
                return self.state.entrant_of(by)
            case commands.Withdraw(entrant) | commands.Disqualify(entrant):
                return entrant
            case commands.AddEntrant():
                return len(self.state.entrants) - 1
        return None

    def match_over(self, now_ms: int, match: int, attempt: int, result: Result) -> None:
        """Take in the end of a match. The same twice is nothing new, nor is the end of one that was called off.

        Raises TournamentRefused: pairing_unknown for a match that there is not, pairing_state for one that has
        not begun, or that ended otherwise.
        """
        state = self.state
        self.advance(now_ms)
        pairing = state.pairing_of.get(match)
        if pairing is None or not 1 <= attempt <= state.attempts[match]:
            raise TournamentRefused("pairing_unknown", "There is no such match.", "match")
        call = state.calls.get(pairing)
        if call and (call.match, call.attempt) == (match, attempt):
            if not call.begun:
                raise TournamentRefused("pairing_state", "That match has not begun.", "match")
            self._write(MatchEnded(match, attempt, result, now_ms))
            self._settle(now_ms)
            return
        for game in state.games.get(pairing, ()):
            if (game.match, game.attempt) == (match, attempt) and game.result not in (None, result):
                raise TournamentRefused("pairing_state", "That match is over, and ended otherwise.", "match")

    def round_drawn(self, now_ms: int, drawn: RoundToDraw, pairs: Pairs) -> None:
        """Take the round that was to be drawn; `pairs` is empty where there is no legal one.

        What has changed meanwhile, such as an entrant who left, has another round drawn: then this one is nothing.
        """
        self.advance(now_ms)
        if drawn == self._drawing:
            self._drawing = None
        if not self.state.over and drawn == self.state.view.to_draw:
            self._write(RoundDrawn(pairs, now_ms))
            self._settle(now_ms)

    # Consequences.

    def _write(self, record: TournamentRecord) -> None:
        self._events += apply(self.state, record)
        self._records.append(record)

    def _deadline_of(self, call: Call) -> int:
        sides = self.state.sides(self.state.pairings[call.pairing])
        return max(call.deadline, *(self._presence.waits_until(entrant) for entrant in sides))

    def _start(self, call: Call) -> None:
        left, right = self.state.sides(self.state.pairings[call.pairing])
        self._starts.append(StartMatch(call.match, call.attempt, call.pairing, left, right))

    def _stop_if_out(self, call: Call) -> None:
        out = self._sides_out(self.state.pairings[call.pairing])
        if out:
            self._stops.append(StopMatch(call.match, call.attempt, out[0]))

    def _sides_out(self, pairing: Pairing) -> list[int]:
        out = self.state.out
        return [side for side in SIDES if (pairing.right if side else pairing.left) in out]

    def _settle(self, now: int) -> None:
        """Do all that is due, and find out what is due next."""
        state = self.state
        while not state.over:
            if state.called_off:
                self._end(now)
            elif state.paused_at:
                self._deadline = state.paused_at + PAUSE
                if now < self._deadline:
                    return
                self._write(CommandAccepted("", commands.Resume(), now))
            elif state.phase == Phase.CHECK_IN:
                self._deadline = state.deadline
                if now < state.deadline and EntrantState.EXPECTED in state.states:
                    return
                self._make_draw(now)
            elif state.view.to_draw is not None:
                if state.view.to_draw != self._drawing:
                    self._draw = self._drawing = state.view.to_draw
                self._deadline = None
                return
            elif state.view.done and state.spec.review_s and state.phase != Phase.REVIEW:
                self._write(Played(now))
            elif state.view.done and now < state.deadline and state.phase == Phase.REVIEW:
                self._deadline = state.deadline
                return
            elif state.view.done:
                self._end(now)
            elif state.phase == Phase.DRAWN and now < state.deadline:
                self._deadline = state.deadline
                return
            elif not self._walk_over(now) and not self._begin(now):
                self._deadline = min(self._call(now), self._next_call_due())
                if self._deadline == _NEVER:
                    self._deadline = None
                if self._deadline is None or now < self._deadline:
                    return
        self._deadline = None

    def _make_draw(self, now: int) -> None:
        state = self.state
        if state.spec.check_in_s:
            self._write(CheckedIn(now))
        field = [(n, state.entrants[n]) for n, now_in in enumerate(state.states) if now_in == EntrantState.IN]
        if len(field) < 2:
            self._end(now)
        else:
            self._write(Drawn(draw(state.spec, field), now))

    def _end(self, now: int) -> None:
        self._write(TournamentEnded(result_of(self.state, now), now))

    def _walk_over(self, now: int) -> bool:
        """Decide one pairing of entrants who are out; return whether there was one."""
        state = self.state
        if not state.out:
            return False
        called = [state.pairings[call.pairing] for call in state.calls.values() if not call.begun]
        for pairing in called + state.ready:
            if out := self._sides_out(pairing):
                self._decide_without(now, pairing, out)
                return True
        return False

    def _decide_without(self, now: int, pairing: Pairing, missing: Sequence[int]) -> None:
        number = pairing.number
        if len(missing) == 2:
            self._write(WalkedOver(number, Kind.DOUBLE_FORFEIT, NO_SIDE, now))
        else:
            kind = Kind.FORFEIT if self.state.under_way(number) else Kind.WALKOVER
            self._write(WalkedOver(number, kind, 1 - missing[0], now))

    def _begin(self, now: int) -> bool:
        """Begin what can begin, and decide where the time is up; return whether a pairing was decided."""
        state = self.state
        for call in list(state.calls.values()):
            if call.begun or now < min(call.starts_at, call.deadline):
                continue
            pairing = state.pairings[call.pairing]
            missing = [side for side in SIDES if not self._presence.here(state.sides(pairing)[side])]
            if not missing:
                self._write(Begun(call.match, call.attempt, now))
                self._start(call)
            elif now >= self._deadline_of(call):
                self._decide_without(now, pairing, missing)
                return True
        return False

    def _call(self, now: int) -> int:
        """Call whom rest and numbers allow; return when the next one has rested, unix ms, _NEVER when nobody rests."""
        state, spec = self.state, self.state.spec
        if not state.ready:
            return _NEVER
        # Seeds that are called, or on.
        busy: set[int] = set()
        for number in state.calls:
            busy.update((state.pairings[number].left, state.pairings[number].right))
        for pairing in [pairing for pairing in state.ready if pairing.number in state.games]:
            # Between two matches of a best of N: nobody else may have these two.
            busy.update((pairing.left, pairing.right))
            self._call_to(now, pairing, spec.between_s * 1000)
        first, rest = _NEVER, spec.rest_s * 1000
        for pairing in list(state.ready):
            if spec.at_once and len(state.calls) >= spec.at_once:
                return _NEVER
            left, right = pairing.left, pairing.right
            if left in busy or right in busy:
                continue
            ended = state.rested_from
            rested = max(ended.get(left, -_NEVER), ended.get(right, -_NEVER)) + rest
            if rested > now:
                first = min(first, rested)
            else:
                busy.update((left, right))
                self._call_to(now, pairing, state.timing.call_countdown_ms)
        return first

    def _call_to(self, now: int, pairing: Pairing, countdown: int) -> None:
        match, attempt = self.state.next_match(pairing)
        deadline = now + self.state.spec.call_s * 1000
        self._write(Called(pairing.number, match, attempt, now, now + countdown, deadline))

    def _next_call_due(self) -> int:
        """Time at which the next of the calls can begin, or expires, unix ms."""
        state, due = self.state, _NEVER
        for call in state.calls.values():
            if not call.begun:
                left, right = state.sides(state.pairings[call.pairing])
                both = self._presence.here(left) and self._presence.here(right)
                due = min(due, call.starts_at if both else self._deadline_of(call))
        return due
