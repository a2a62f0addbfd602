"""Deferred commit: when an input counts, when a crossing is decided, and what is written of it.

Match time only: the lifecycle, which owns it, decides when a match runs, stops and ends.
"""

from collections.abc import Sequence
from typing import Final

from gameserver.domain.match.admission import RATED_GRACE_MOST, InputAdmission
from gameserver.domain.match.records import Checkpoint, Decided, Grace, Input, MatchEvent, Record
from gameserver.domain.match.state import MatchState
from gameserver.domain.pong.bots import Bot, skill_of
from gameserver.domain.pong.intents import STILL, Intent
from gameserver.domain.pong.rules import Volley
from gameserver.domain.values import LEFT, NEVER, NOBODY, RIGHT

_UNLIMITED: Final = NEVER


class DeferredCommit:
    """Admits inputs and decides what falls due, in the order of match time."""

    __slots__ = ("decided_t", "events", "records", "seats", "state")

    def __init__(self, state: MatchState, now: int, secret: bytes) -> None:
        """`now` is server time, `secret` what bots think from. Raises RuleError for a bot's level out of range."""
        opened = state.opened
        self.state = state
        #: What was written and announced, until the match's caller fetches it.
        self.records: list[Record] = []
        self.events: list[MatchEvent] = []
        #: Match time of the last decision.
        self.decided_t = 0
        self.seats = (InputAdmission(LEFT, now), InputAdmission(RIGHT, now))
        for seat, occupant in zip(self.seats, (opened.left, opened.right), strict=True):
            if occupant.rtt_most_us:
                seat.rtt_most = occupant.rtt_most_us
            if opened.rated:
                seat.grace_most = RATED_GRACE_MOST
            if occupant.bot:
                # Another tenure's bot thinks anew: what the last one had in mind was never written.
                seat.bot = Bot(seat.side, skill_of(occupant.bot, occupant.bot_reaction_ms), secret)

    def write(self, record: Record) -> Sequence[MatchEvent]:
        """Add a record to the journal, fold it and announce what it means."""
        self.records.append(record)
        events = self.state.apply(record)
        self.events += events
        return events

    # Inputs.

    def admit(
        self, seat: InputAdmission, seq: int, t: int, intent: Intent, arrival: int, latest: int = _UNLIMITED
    ) -> None:
        """An input dated `t` that arrived at `arrival`. None counts after `latest`, the time of a freeze."""
        state, side = self.state, seat.side
        low = max(state.last_te[side], state.floor[side])
        te = seat.effective(t, arrival, low, state.grace[side])
        if latest != _UNLIMITED:
            te = max(min(te, latest), low)
        elif te > arrival:
            seat.hold(seq, te, intent, arrival, t)
            return
        self._apply(seat, Input(side, seq, te, intent, arrival, t))

    def _apply(self, seat: InputAdmission, record: Input) -> None:
        paid, seat.paid = seat.paid, 0
        if paid and seat.shadow is None:
            seat.shadow = self.state.game.track(seat.side)
        if seat.shadow is not None:
            seat.shadow_t = max(seat.shadow_t, record.te + paid)
            seat.shadow.admit(record.intent, seat.shadow_t)
        if record.te > seat.mark:
            # Another input at the same microsecond may follow.
            seat.mark = record.te - 1
        self.write(record)

    def stop(self, t: int) -> None:
        """Both paddles stand still from `t` on, by recorded inputs; held inputs and bots' plans are dropped."""
        state = self.state
        for seat in self.seats:
            side = seat.side
            if not state.game.still(side):
                te = max(t, state.last_te[side], state.floor[side])
                self.write(Input(side, 0, te, STILL, t, te))
            if seat.bot:
                seat.bot.forget()
                seat.next_t = NEVER
            seat.shadow = None

    # Time.

    def next_t(self) -> int:
        """Match time at which `step` has something to do."""
        left, right = self.seats
        return min(self._commit_t(), left.next_t, right.next_t)

    def _commit_t(self) -> int:
        """Match time at which the due event is decided at the latest."""
        due = self.state.game.due
        if due is None:
            return NEVER
        if due.side == NOBODY:
            return due.t
        complete = self.seats[due.side].mark >= due.t or not self.waits_for(due.side)
        return due.t if complete else due.t + self.state.grace[due.side]

    def step(self, t: int) -> bool:
        """The next thing that is due by `t`, in the order of match time; whether there was one."""
        left, right = self.seats
        first = left if left.next_t <= right.next_t else right
        commit = self._commit_t()
        if first.next_t <= t and first.next_t <= commit:
            self._act(first)
            return True
        if commit <= t:
            due = self.state.game.due
            assert due is not None
            waited = due.side != NOBODY and not self.seats[due.side].bot
            self.decide(waited and commit > due.t, t if waited else commit)
            return True
        return False

    def _act(self, seat: InputAdmission) -> None:
        bot, state, side = seat.bot, self.state, seat.side
        earliest = max(state.last_te[side], state.floor[side])
        if bot:
            t = max(bot.next_t, earliest)
            bot.seq += 1
            intent = bot.act(state.game.paddle(side, t), state.opened.ruleset.paddle_half_height)
            self._apply(seat, Input(side, bot.seq, t, intent, t, t))
            seat.next_t = bot.next_t
            return
        held = seat.release()
        if held.intent is not None:
            te = max(held.te, earliest)
            self._apply(seat, Input(side, held.seq, te, held.intent, held.arrival, held.claimed))

    # Decisions.

    def marked(self, side: int) -> bool:
        """Whether the due event waits for `side`, whose inputs are complete."""
        due = self.state.game.due
        return due is not None and due.side == side and self.seats[side].mark >= due.t

    def waits_for(self, side: int) -> bool:
        """Whether more inputs of `side` can still come: a person who is there."""
        return side != NOBODY and not self.seats[side].bot and self.state.present(side)

    def decide(self, late: bool, at: int) -> None:
        """Let the due event happen at match time `at`; `late` when its inputs were not complete by the deadline."""
        state, game = self.state, self.state.game
        due = game.due
        assert due is not None
        seat = self.seats[due.side] if due.side != NOBODY else None
        saved = seat is not None and self._owed_to_credit(seat)
        points = sum(game.score)
        events = self.write(Decided(state.decisions + 1, due.t, late, at))
        self.decided_t = due.t
        if seat and not seat.bot:
            seat.crossed(due.t, at)
            if saved:
                seat.owe_nothing(at, for_good=True)
                self.write(Grace(seat.side, state.grace[seat.side], 0, seat.rtt, True))
        if sum(game.score) != points:
            self.write(Checkpoint(game.snapshot(), game.state_hash(), due.t, state.seq, state.progress()))
        for event in events:
            if isinstance(event, Volley):
                self.show(event, at)
                self.grant(self.seats[RIGHT if event.vx > 0 else LEFT], at)

    def _owed_to_credit(self, seat: InputAdmission) -> bool:
        """Whether the due crossing is a hit that would be a miss without lag credit."""
        if seat.shadow is None:
            return False
        game, side = self.state.game, seat.side
        return game.survives(side, game.track(side)) and not game.survives(side, seat.shadow)

    def show(self, volley: Volley, at: int) -> None:
        """Bots see a volley that was decided at `at`."""
        for seat in self.seats:
            if seat.bot:
                seat.bot.see(volley, at)
                seat.next_t = seat.bot.next_t

    def grant(self, seat: InputAdmission, at: int) -> None:
        """Latch the grace for the coming crossing of a person."""
        if seat.bot is None:
            seat.accrue(at)
            self.write(Grace(seat.side, seat.grace(), seat.credit, seat.rtt, False))
