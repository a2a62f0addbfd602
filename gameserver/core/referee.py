"""Deferred commit: when an input counts, when a crossing is decided, and what is written of it.

Match time only: when it runs, stops and ends is for `gameserver.core.match`, which owns the one referee of a match.
"""

from collections.abc import Sequence
from typing import Final

from gameserver.core.bots import NEVER, Bot, skill_of
from gameserver.core.game import Event
from gameserver.core.games.pong import Volley
from gameserver.core.journal import Checkpoint, Decided, Facts, Grace, Input, Record
from gameserver.core.seat import RATED_GRACE_MOST, Seat
from gameserver.core.values import LEFT, NOBODY, RIGHT, STILL, Intent

_UNLIMITED: Final = NEVER


class Referee:
    """Admits inputs and decides what falls due, in the order of match time."""

    __slots__ = ("decided_t", "events", "facts", "records", "seats")

    def __init__(self, facts: Facts, now: int, secret: bytes) -> None:
        """`now` is server time, `secret` what bots think from. Raises RuleError for a bot's level out of range."""
        opened = facts.opened
        self.facts = facts
        #: What was written and announced, until the match's caller fetches it.
        self.records: list[Record] = []
        self.events: list[Event] = []
        #: Match time of the last decision.
        self.decided_t = 0
        self.seats = (Seat(LEFT, now), Seat(RIGHT, now))
        for seat, occupant in zip(self.seats, (opened.left, opened.right), strict=True):
            if occupant.rtt_most_us:
                seat.rtt_most = occupant.rtt_most_us
            if opened.rated:
                seat.grace_most = RATED_GRACE_MOST
            if occupant.bot:
                # Another tenure's bot thinks anew: what the last one had in mind was never written.
                seat.bot = Bot(seat.side, skill_of(occupant.bot, occupant.bot_reaction_ms), secret)

    def write(self, record: Record) -> Sequence[Event]:
        """Add a record to the journal, fold it and announce what it means."""
        self.records.append(record)
        events = self.facts.apply(record)
        self.events += events
        return events

    # Inputs.

    def admit(self, seat: Seat, seq: int, t: int, intent: Intent, arrival: int, latest: int = _UNLIMITED) -> None:
        """An input dated `t` that arrived at `arrival`. None counts after `latest`, the time of a freeze."""
        facts, side = self.facts, seat.side
        low = max(facts.last_te[side], facts.floor[side])
        te = seat.effective(t, arrival, low, facts.grace[side])
        if latest != _UNLIMITED:
            te = max(min(te, latest), low)
        elif te > arrival:
            seat.hold(seq, te, intent, arrival, t)
            return
        self._apply(seat, Input(side, seq, te, intent, arrival, t))

    def _apply(self, seat: Seat, record: Input) -> None:
        paid, seat.paid = seat.paid, 0
        if paid and seat.shadow is None:
            seat.shadow = self.facts.game.track(seat.side)
        if seat.shadow is not None:
            seat.shadow_t = max(seat.shadow_t, record.te + paid)
            seat.shadow.admit(record.intent, seat.shadow_t)
        if record.te > seat.mark:
            # Another input at the same microsecond may follow.
            seat.mark = record.te - 1
        self.write(record)

    def stop(self, t: int) -> None:
        """Both paddles stand still from `t` on, by recorded inputs; held inputs and bots' plans are dropped."""
        facts = self.facts
        for seat in self.seats:
            side = seat.side
            if not facts.game.still(side):
                te = max(t, facts.last_te[side], facts.floor[side])
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
        due = self.facts.game.due
        if due is None:
            return NEVER
        if due.side == NOBODY:
            return due.t
        complete = self.seats[due.side].mark >= due.t or not self.waits_for(due.side)
        return due.t if complete else due.t + self.facts.grace[due.side]

    def step(self, t: int) -> bool:
        """The next thing that is due by `t`, in the order of match time; whether there was one."""
        left, right = self.seats
        first = left if left.next_t <= right.next_t else right
        commit = self._commit_t()
        if first.next_t <= t and first.next_t <= commit:
            self._act(first)
            return True
        if commit <= t:
            due = self.facts.game.due
            assert due is not None
            waited = due.side != NOBODY and not self.seats[due.side].bot
            self.decide(waited and commit > due.t, t if waited else commit)
            return True
        return False

    def _act(self, seat: Seat) -> None:
        bot, facts, side = seat.bot, self.facts, seat.side
        earliest = max(facts.last_te[side], facts.floor[side])
        if bot:
            t = max(bot.next_t, earliest)
            bot.seq += 1
            intent = bot.act(facts.game.paddle(side, t), facts.opened.ruleset.paddle_half_height)
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
        due = self.facts.game.due
        return due is not None and due.side == side and self.seats[side].mark >= due.t

    def waits_for(self, side: int) -> bool:
        """Whether more inputs of `side` can still come: a person who is there."""
        return side != NOBODY and not self.seats[side].bot and self.facts.present(side)

    def decide(self, late: bool, at: int) -> None:
        """Let the due event happen at match time `at`; `late` when its inputs were not complete by the deadline."""
        facts, game = self.facts, self.facts.game
        due = game.due
        assert due is not None
        seat = self.seats[due.side] if due.side != NOBODY else None
        saved = seat is not None and self._owed_to_credit(seat)
        points = sum(game.score)
        events = self.write(Decided(facts.decisions + 1, due.t, late, at))
        self.decided_t = due.t
        if seat and not seat.bot:
            seat.crossed(due.t, at)
            if saved:
                seat.owe_nothing(at, for_good=True)
                self.write(Grace(seat.side, facts.grace[seat.side], 0, seat.rtt, True))
        if sum(game.score) != points:
            self.write(Checkpoint(game.snapshot(), game.state_hash(), due.t, facts.seq, facts.progress()))
        for event in events:
            if isinstance(event, Volley):
                self.show(event, at)
                self.grant(self.seats[RIGHT if event.vx > 0 else LEFT], at)

    def _owed_to_credit(self, seat: Seat) -> bool:
        """Whether the due crossing is a hit that would be a miss without lag credit."""
        if seat.shadow is None:
            return False
        game, side = self.facts.game, seat.side
        return game.survives(side, game.track(side)) and not game.survives(side, seat.shadow)

    def show(self, volley: Volley, at: int) -> None:
        """Bots see a volley that was decided at `at`."""
        for seat in self.seats:
            if seat.bot:
                seat.bot.see(volley, at)
                seat.next_t = seat.bot.next_t

    def grant(self, seat: Seat, at: int) -> None:
        """Latch the grace for the coming crossing of a person."""
        if seat.bot is None:
            seat.accrue(at)
            self.write(Grace(seat.side, seat.grace(), seat.credit, seat.rtt, False))
