"""A match in a test: two sides, a clock that the test turns, and all that the match made."""

from collections.abc import Sequence

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import (
    Clock,
    Ended,
    MatchEvent,
    Occupant,
    Opened,
    Outcome,
    Record,
    Result,
)
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.intents import Intent
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from gameserver.domain.timing import STANDARD
from gameserver.domain.values import SIDES

BUDGET = STANDARD.budget_us


COUNTDOWN = STANDARD.countdown_us


S = 1_000_000


NOW = 50 * S


ANN, BOB, BOT = Occupant("Ann", "a"), Occupant("Bob", "b"), Occupant("Bot", bot=Strength.EASY)


class DrivenMatch:
    """A match whose time the test drives; it keeps what was written and announced."""

    def __init__(self, left: Occupant = ANN, right: Occupant = BOB, ruleset: Ruleset = CLASSIC, seed: int = 1) -> None:
        self.now = NOW
        self.records: list[Record] = []
        self.events: list[MatchEvent] = []
        self.match = Match.open(Opened(ruleset, ruleset.hash(), seed, left, right), NOW)
        self.beat = NOW
        self.drain()

    def drain(self) -> None:
        effects = self.match.drain()
        self.records += effects.records
        self.events += effects.events
        if any(isinstance(record, Ended) for record in effects.records):
            assert effects.durable

    def go(self, until: int, awake: Sequence[int] = SIDES) -> None:
        """Let server time pass; those who are awake send something every 250 ms."""
        self.beat = max(self.beat, self.now)
        while self.match.deadline is not None:
            due = min(self.match.deadline, self.beat, until)
            self.now = max(self.now, due)
            if self.now >= until:
                break
            if due == self.beat:
                self.beat += 250_000
                for side in awake:
                    if not self.match.state.bots()[side] and self.match.state.present(side):
                        self.send(side)
            else:
                self.match.advance(self.now)
            self.drain()
        self.now = max(self.now, until)
        self.match.advance(self.now)
        self.drain()

    def come(self, *sides: int) -> "DrivenMatch":
        for side in sides:
            self.match.connect(self.now, side)
        self.drain()
        return self

    def start(self) -> "DrivenMatch":
        self.come(*SIDES)
        self.go(self.now + COUNTDOWN)
        return self

    def send(self, side: int, *inputs: tuple[int, int, Intent], mark: int = -1, epoch: int = -1) -> None:
        at = self.match.clock.epoch if epoch < 0 else epoch
        self.match.receive(self.now, side, at, inputs, mark, 20_000)
        self.drain()

    def of(self, kind: type) -> list[MatchEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def clock(self) -> Clock:
        return self.match.clock

    @property
    def cause(self) -> str:
        return self.match.clock.cause.name

    @property
    def t(self) -> int:
        return self.match.match_t(self.now)

    @property
    def result(self) -> Result:
        assert self.match.result is not None
        return self.match.result


def verify_so_far(court: DrivenMatch) -> bool:
    court.match.end(court.now)
    court.drain()
    return verify(court.records).outcome == Outcome.VOID
