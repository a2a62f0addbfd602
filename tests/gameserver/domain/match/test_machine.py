"""Acts of people, lines and servers in any order: the match ends, and its journal is a proof of it."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gameserver.domain.match.deadlines import OVERSLEPT
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import (
    Clock,
    Decided,
    Ended,
    Forfeit,
    MatchEvent,
    Occupant,
    Opened,
    Outcome,
    Record,
    Result,
)
from gameserver.domain.match.state import replay
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.events import Goal
from gameserver.domain.pong.intents import DOWN, STILL, UP, Intent, Target
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import SIDES
from tests.support.harnesses.match_resuming import everything, taken_up

sides = st.sampled_from(SIDES)
intents: st.SearchStrategy[Intent] = st.one_of(
    st.sampled_from([UP, STILL, DOWN]), st.builds(Target, st.integers(0, 90_000))
)
people = st.sampled_from([Occupant("person"), Occupant("bot", bot=Strength.HARD)])


class AnyMatch(RuleBasedStateMachine):
    match: Match

    @initialize(
        left=people,
        right=people,
        seed=st.integers(0, 2**32 - 1),
        ruleset=st.builds(Ruleset, points_to_win=st.integers(1, 5), time_limit_s=st.integers(30, 90)),
    )
    def open(self, left: Occupant, right: Occupant, seed: int, ruleset: Ruleset) -> None:
        self.now = 10**9
        self.records: list[Record] = []
        self.events: list[MatchEvent] = []
        self.seqs = [0, 0]
        self.leaving: set[int] = set()
        self.match = Match.open(Opened(ruleset, ruleset.hash(), seed, left, right), self.now)
        self.carry_out()

    def carry_out(self) -> None:
        effects = self.match.drain()
        self.records += effects.records
        self.events += effects.events
        assert effects.durable == any(isinstance(record, Ended) for record in effects.records)

    @rule(side=sides, rtt=st.integers(0, 300_000))
    def connect(self, side: int, rtt: int) -> None:
        self.match.connect(self.now, side, rtt)
        self.carry_out()

    @rule(side=sides, outage=st.booleans())
    def lose(self, side: int, outage: bool) -> None:
        self.match.lose(self.now, side, outage=outage)
        self.carry_out()

    @rule(leaving=st.sets(sides, min_size=1))
    def suspend(self, leaving: set[int]) -> None:
        """A gateway is about to end; the ones cut off by that are lost, or come again before."""
        people = [side for side in leaving if not self.match.state.bots()[side]]
        self.match.suspend(self.now, people)
        self.leaving.update(people)
        self.carry_out()

    @rule(settles=st.booleans())
    def hand_over(self, settles: bool) -> None:
        """The game server is about to end, and the next one takes the journal up."""
        self.match.suspend(self.now, SIDES)
        self.carry_out()
        if settles:
            self.wait(150_000, awake=True)
        self.restart()

    @rule(
        side=sides,
        intent=intents,
        lead=st.integers(-400_000, 100_000),
        mark=st.one_of(st.none(), st.integers(-200_000, 100_000)),
        stale=st.booleans(),
        again=st.booleans(),
    )
    def receive(self, side: int, intent: Intent, lead: int, mark: int | None, stale: bool, again: bool) -> None:
        if self.match.state.bots()[side]:
            return
        self.seqs[side] += not again
        t = self.match.match_t(self.now)
        epoch = self.match.clock.epoch - (stale and mark is None)
        marked = -1 if mark is None else max(0, t + mark)
        self.match.receive(self.now, side, epoch, [(self.seqs[side], max(0, t + lead), intent)], marked, 50_000)
        self.carry_out()

    @rule(wait=st.integers(0, 3_000_000), awake=st.booleans())
    def wait(self, wait: int, awake: bool) -> None:
        """Time passes; those who are awake say so every 200 ms."""
        until = self.now + wait
        while self.now < until:
            due = self.match.deadline
            step = min(until, self.now + 200_000)
            self.now = max(self.now, min(step, due)) if due is not None else step
            if awake and self.now == step:
                for side in SIDES:
                    if self.match.state.present(side) and not self.match.state.bots()[side]:
                        t = self.match.match_t(self.now)
                        self.match.receive(self.now, side, self.match.clock.epoch, (), t)
            self.match.advance(self.now)
            self.carry_out()
            assert self.match.deadline is None or self.match.deadline > self.now

    @rule(late=st.integers(0, 5_000_000))
    def stall(self, late: int) -> None:
        """The server was busy. Within a second all that fell due happens at once; after it that was no time at all."""
        due, written = self.match.deadline, self.match.state.written_t
        pauses, spent, told = list(self.match.state.pauses), list(self.match.state.spent), len(self.records)
        self.now += late
        self.match.advance(self.now)
        self.carry_out()
        if due is not None and self.now - due > OVERSLEPT:
            decided = [record for record in self.records[told:] if isinstance(record, Decided)]
            assert all(record.t1 <= written for record in decided)
            assert (self.match.state.pauses, self.match.state.spent) == (pauses, spent)
            assert not any(isinstance(record, Forfeit) for record in self.records[told:])
        assert self.match.deadline is None or self.match.deadline > self.now

    @rule()
    def restart(self) -> None:
        self.now += 1_000_000_000
        state = taken_up(self.records) or replay(self.records)
        self.match = Match.restore(state, self.now)
        self.carry_out()

    @precondition(lambda self: len(self.records) > 200)
    @rule(side=sides)
    def resign(self, side: int) -> None:
        self.match.resign(self.now, side)
        self.carry_out()

    @invariant()
    def the_journal_folds_to_what_is_live(self) -> None:
        if not hasattr(self, "match"):
            return
        state, live = replay(self.records), self.match.state
        assert everything(taken_up(self.records) or state) == everything(state)
        assert state.seq == live.seq == len(self.events)
        assert state.game.snapshot() == live.game.snapshot()
        assert (state.clock, state.attendance, state.spent) == (live.clock, live.attendance, live.spent)

    @invariant()
    def times_and_epochs_only_grow(self) -> None:
        clocks = [event for event in getattr(self, "events", []) if isinstance(event, Clock)]
        assert [clock.epoch for clock in clocks] == list(range(1, len(clocks) + 1))

    def teardown(self) -> None:
        """Left alone, every match ends, and its journal proves how."""
        if not hasattr(self, "match"):
            return
        for side in self.leaving:
            self.match.lose(self.now, side, outage=True)
            self.carry_out()
        steps = 0
        while self.match.deadline is not None:
            self.now = max(self.now, self.match.deadline)
            self.match.advance(self.now)
            self.carry_out()
            steps += 1
            assert steps < 100_000
        assert isinstance(self.events[-1], Result)
        result = verify(self.records)
        assert result == self.match.result == self.events[-1]
        goals = [event for event in self.events if isinstance(event, Goal)]
        assert len(goals) == result.left + result.right
        assert result.outcome in Outcome


AnyMatch.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyMatch = AnyMatch.TestCase
