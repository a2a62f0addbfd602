"""Deferred commit: the time at which an input counts, the time at which a crossing is decided, and their records.

Match time only: the lifecycle, which owns it, decides when a match runs, stops and ends.
"""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.match.admission import GRACE_MOST, RATED_GRACE_MOST, InputAdmission
from gameserver.domain.match.records import Checkpoint, Decided, Grace, Input, MatchEvent, Occupant, Opened, Record
from gameserver.domain.match.state import MatchState
from gameserver.domain.pong.bots import Bot, skill_of
from gameserver.domain.pong.events import Volley
from gameserver.domain.pong.intents import STILL, Intent
from gameserver.domain.values import LEFT, NEVER, NOBODY, RIGHT

_UNLIMITED: Final = NEVER


def _admission(side: int, now: int, opened: Opened, secret: bytes) -> InputAdmission:
    """Admission for a side of a match. Raises RuleError for a bot's level out of range."""
    occupant: Occupant = opened.right if side else opened.left
    # After a restart a bot makes a new plan: the last one was never written.
    bot = Bot(side, skill_of(occupant.bot, occupant.bot_reaction_ms), secret) if occupant.bot else None
    return InputAdmission(
        side,
        now,
        bot=bot,
        rtt_most=occupant.rtt_most_us or NEVER,
        grace_most=RATED_GRACE_MOST if opened.rated else GRACE_MOST,
    )


class DeferredCommit:
    """Admits inputs and decides what falls due, in the order of match time."""

    __slots__ = ("_events", "_records", "admissions", "decided_t", "state")

    def __init__(self, state: MatchState, now: int, secret: bytes) -> None:
        """Begin at server time `now`, µs; `secret` seeds the bots. Raises RuleError for a bot's level out of range."""
        self.state: Final = state
        self._records: list[Record] = []
        self._events: list[MatchEvent] = []
        self.decided_t = 0
        """Match time of the last decision."""
        self.admissions: Final = (
            _admission(LEFT, now, state.opened, secret),
            _admission(RIGHT, now, state.opened, secret),
        )

    # Records and events.

    @property
    def has_output(self) -> bool:
        """True if something was written or announced since the last `take_output`."""
        return bool(self._records or self._events)

    def take_output(self) -> tuple[list[Record], list[MatchEvent]]:
        """Return the records and events since the last call, and forget them."""
        output = self._records, self._events
        self._records, self._events = [], []
        return output

    def write_opening(self) -> None:
        """Write the first record of a new match, which `state` has been made of, and announce the first serve."""
        self._records.append(self.state.opened)
        self._events.extend(self.state.game.opening())

    def write(self, record: Record) -> Sequence[MatchEvent]:
        """Add a record to the journal, apply it to the state and announce what it means.

        Raises AssertionError once the match has a result: nothing may stand behind it in the journal.
        """
        if self.state.result is not None:
            raise AssertionError(f"a match that is over writes {type(record).__name__}")
        self._records.append(record)
        events = self.state.apply(record)
        self._events += events
        return events

    # Inputs.

    def admit(
        self, admission: InputAdmission, seq: int, t: int, intent: Intent, arrival: int, latest: int = _UNLIMITED
    ) -> None:
        """Admit an input dated `t` that arrived at `arrival`. None counts after `latest`, the time of a freeze."""
        state, side = self.state, admission.side
        low = max(state.last_te[side], state.floor[side])
        te = admission.effective(t, arrival, low, state.grace[side])
        if latest != _UNLIMITED:
            te = max(min(te, latest), low)
        elif te > arrival:
            admission.hold(seq, te, intent, arrival, t)
            return
        self._apply(admission, Input(side, seq, te, intent, arrival, t))

    def _apply(self, admission: InputAdmission, record: Input) -> None:
        admission.applied(record.te, record.intent, self.state.game)
        self.write(record)

    def stop(self, t: int) -> None:
        """Stop both paddles at `t`, by recorded inputs; held inputs and bots' plans are dropped."""
        state = self.state
        for admission in self.admissions:
            side = admission.side
            if not state.game.still(side):
                te = max(t, state.last_te[side], state.floor[side])
                self.write(Input(side, 0, te, STILL, t, te))
            admission.stop()

    # Time.

    def next_t(self) -> int:
        """Match time at which `step` has something to do."""
        left, right = self.admissions
        return min(self._commit_t(), left.next_t, right.next_t)

    def _commit_t(self) -> int:
        """Match time at which the due event is decided at the latest."""
        due = self.state.game.due
        if due is None:
            return NEVER
        if due.side == NOBODY:
            return due.t
        complete = self.admissions[due.side].mark >= due.t or not self.waits_for(due.side)
        return due.t if complete else due.t + self.state.grace[due.side]

    def step(self, t: int) -> bool:
        """Do the next thing that is due by `t`, in the order of match time; return whether there was one."""
        left, right = self.admissions
        first = left if left.next_t <= right.next_t else right
        commit = self._commit_t()
        if first.next_t <= t and first.next_t <= commit:
            self._play_next(first)
            return True
        if commit <= t:
            due = self.state.game.due
            assert due is not None
            waited = due.side != NOBODY and not self.admissions[due.side].bot
            self.decide(waited and commit > due.t, t if waited else commit)
            return True
        return False

    def _play_next(self, admission: InputAdmission) -> None:
        """Apply the side's next input: of its bot, or the first that is held."""
        bot, state, side = admission.bot, self.state, admission.side
        earliest = max(state.last_te[side], state.floor[side])
        if bot:
            t = max(bot.next_t, earliest)
            seq, intent = admission.bot_move(bot, state.game.paddle(side, t), state.opened.ruleset.paddle_half_height)
            self._apply(admission, Input(side, seq, t, intent, t, t))
            return
        held = admission.release()
        if held.intent is not None:
            te = max(held.te, earliest)
            self._apply(admission, Input(side, held.seq, te, held.intent, held.arrival, held.claimed))

    # Decisions.

    def is_complete(self, side: int) -> bool:
        """Report whether the due event depends on `side`, and its inputs up to then are complete."""
        due = self.state.game.due
        return due is not None and due.side == side and self.admissions[side].mark >= due.t

    def waits_for(self, side: int) -> bool:
        """Report whether more inputs of `side` can still come: it is a person who is present."""
        return side != NOBODY and not self.admissions[side].bot and self.state.present(side)

    def decide(self, late: bool, at: int) -> None:
        """Let the due event happen at match time `at`; `late` when its inputs were not complete by the deadline."""
        state, game = self.state, self.state.game
        due = game.due
        assert due is not None
        admission = self.admissions[due.side] if due.side != NOBODY else None
        saved = admission is not None and self._owes_hit_to_credit(admission)
        points = sum(game.score)
        events = self.write(Decided(state.decisions + 1, due.t, late, at))
        self.decided_t = due.t
        if admission and not admission.bot:
            admission.crossed(due.t, at)
            if saved:
                admission.revoke_credit(at, for_good=True)
                self.write(Grace(admission.side, state.grace[admission.side], 0, admission.rtt, True))
        if sum(game.score) != points:
            self.write(Checkpoint(game.snapshot(), game.state_hash(), due.t, state.seq, state.progress()))
        for event in events:
            if isinstance(event, Volley):
                self.show(event, at)
                self.latch_grace(self.admissions[RIGHT if event.vx > 0 else LEFT], at)

    def _owes_hit_to_credit(self, admission: InputAdmission) -> bool:
        """Report whether the due crossing is a hit that would be a miss without lag credit."""
        if admission.uncredited is None:
            return False
        game, side = self.state.game, admission.side
        return game.survives(side, game.track(side)) and not game.survives(side, admission.uncredited)

    def show(self, volley: Volley, at: int) -> None:
        """Show the bots a volley that was decided at `at`."""
        for admission in self.admissions:
            admission.show(volley, at)

    def latch_grace(self, admission: InputAdmission, at: int) -> None:
        """Fix a person's grace for the coming crossing."""
        if admission.bot is None:
            admission.accrue_credit(at)
            self.write(Grace(admission.side, admission.grace(), admission.credit, admission.rtt, False))
