"""Whole tournaments on a simulated clock: people who come late, leave or are put out, organisers, restarts anywhere.

`Simulation(seed).run()` plays one to its end and asserts at every step what has to hold of all of them.
"""

import heapq
import random
from typing import Final

from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.match.records import Result
from gameserver.domain.match.stats import PongStats, SideStats
from gameserver.domain.timing import STANDARD
from gameserver.domain.tournament import commands
from gameserver.domain.tournament.effects import StartMatch, StopMatch
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.formats.interface import RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.pairings import Kind
from gameserver.domain.tournament.records import (
    Called,
    EntrantState,
    Phase,
    TournamentEvent,
    TournamentOpened,
    TournamentRecord,
    WalkedOver,
)
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.replay import replay
from gameserver.domain.tournament.spec import PAUSE, Entrant
from gameserver.domain.values import NOBODY
from tests.support.harnesses.tournament_invariants import KNOCKOUTS, check_bracket, check_journal, check_memo
from tests.support.harnesses.tournament_mirror import Mirror
from tests.support.harnesses.tournament_spec import ORGANISER, random_spec

RETURN = STANDARD.return_ms

MATCH: Final = 90_000
"""The longest match, ms."""
START: Final = 1_700_000_000_000
_SIDE: Final = SideStats(4, 2, (), 120_000, 9, 200_000, 5, None)
STATS: Final = PongStats((), 5, 8, 120_000, _SIDE, _SIDE)


def result(outcome: MatchOutcome, winner: int, left: int = 0, right: int = 0, duration_us: int = 60_000_000) -> Result:
    """Result of a match, with statistics that are the same for all."""
    return Result(outcome, winner, left, right, duration_us, STATS)


def won(side: int, loser_has: int = 5) -> Result:
    """A match that was played to its end."""
    return result(MatchOutcome.PLAYED, side, *((11, loser_has) if side == 0 else (loser_has, 11)))


class Simulation:
    """One tournament, all of whose chances follow from `seed`."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        chance = self.random.random
        self.spec = random_spec(self.random)
        self.trouble = self.random.choice((0.0, 0.1, 0.4))
        """Chance of trouble at each step: interventions, comings and goings, restarts."""
        self.level = self.random.choice((0.0, 0.0, 0.08))
        self.restarts_left = self.random.choice((0, 0, 1, 1, 3))
        self.slack = 0
        self.rewritten = False
        self.now = START
        self.records: list[TournamentRecord] = []
        self.told: list[TournamentEvent] = []
        self.mirror = Mirror()
        self.on: dict[tuple[int, int], StartMatch] = {}
        """Matches that are on."""
        self.ends: list[tuple[int, int, int, int]] = []
        """(when, tie-break, match, attempt) at which they end."""
        self.returns: list[tuple[int, int]] = []
        self.drawing: RoundToDraw | None = None
        """A round that is being drawn."""
        self.away_until = 0
        """While nobody can come because of us: until when, and who would be there."""
        self.kept_away: set[int] = set()
        self.cancelled: list[StopMatch] = []
        self.count = 0
        self.there = {n for n, e in enumerate(self.spec.entrants) if not e.bot and chance() < 0.9}
        self.tournament = Tournament.open(TournamentOpened(self.spec, START, f"s{seed}"), START)
        for entrant in sorted(self.there):
            self.tournament.present(START, entrant, True)

    # The host.

    def carry_out(self) -> None:
        """Carry out the effects, as a host does."""
        effects = self.tournament.drain()
        self.drawing = effects.draw or self.drawing
        if not effects.records and not effects.starts:
            return
        assert effects.durable == bool(effects.records)
        self.records += effects.records
        self.told += effects.events
        self.mirror.see(effects.events)
        for start in effects.starts:
            self._starts(start)
        for record in effects.records:
            if isinstance(record, Called):
                self._called(record)
            elif isinstance(record, WalkedOver):
                self._walked_over(record)
        if self.random.random() < 0.1:
            self.mirror.check(self.tournament.snapshot())
            check_memo(self.tournament.state)
        for stop in effects.stops:
            self._stops(stop)

    def _starts(self, start: StartMatch) -> None:
        busy = {entrant for other in self.on.values() for entrant in (other.left, other.right)}
        assert not busy & {start.left, start.right}, "nobody is in two matches at once"
        assert start.left != start.right
        self.on[start.match, start.attempt] = start
        self._ends_at(self.now + self.random.randint(15_000, MATCH), start.match, start.attempt)

    def _ends_at(self, when: int, match: int, attempt: int) -> None:
        self.count += 1
        heapq.heappush(self.ends, (when, self.count, match, attempt))

    def _stops(self, stop: StopMatch) -> None:
        key = stop.match, stop.attempt
        if key not in self.on:
            return
        if stop.side == NOBODY:
            del self.on[key]
            self.cancelled.append(stop)
        elif self.random.random() < 0.8:
            del self.on[key]
            outcome = result(MatchOutcome.FORFEIT, 1 - stop.side, 3, 2)
            self.tournament.match_over(self.now, *key, outcome)
            self.carry_out()

    def _called(self, record: Called) -> None:
        state = self.tournament.state
        if self.spec.at_once:
            assert len(state.calls) <= self.spec.at_once
        assert record.deadline >= record.starts_at > record.at
        for entrant in state.sides(state.pairings[record.pairing]):
            assert state.states[entrant] == EntrantState.IN, "nobody who is out or eliminated is called"

    def _walked_over(self, record: WalkedOver) -> None:
        state = self.tournament.state
        for side, seed in enumerate((state.pairings[record.pairing].left, state.pairings[record.pairing].right)):
            ours = state.seeds[seed - 1] in self.kept_away and seed not in state.out
            assert side == record.winner or not ours, "an outage of ours walks nobody over"

    def _match_ends(self) -> None:
        _, _, match, attempt = heapq.heappop(self.ends)
        if self.on.pop((match, attempt), None) is None:
            return
        self.tournament.match_over(self.now, match, attempt, self._result())

    def _result(self) -> Result:
        chance = self.random.random()
        side = self.random.randint(0, 1)
        if chance < self.level:
            return result(MatchOutcome.DRAW, NOBODY, 7, 7)
        if chance > 0.97:
            return result(MatchOutcome.VOID, NOBODY, 1, 1)
        if chance > 0.9:
            return result(MatchOutcome.FORFEIT, side, 2, 4)
        return won(side, self.random.randint(0, 9))

    # What disturbs it.

    def disturb(self) -> None:
        """Something happens that nobody had to expect."""
        chance = self.random.random()
        if chance < 0.35:
            self._come_or_go()
        elif chance < 0.5:
            self._act(self.random.choice(self.spec.entrants).account_id, self._own_act())
        elif chance < 0.98:
            self._act(self.random.choice((ORGANISER, ORGANISER, ORGANISER, "", "", "stranger")), self._organisers_act())
        elif chance < 0.99:
            self._act(ORGANISER, commands.CallOff())
        elif self.cancelled:
            stop = self.random.choice(self.cancelled)
            self.tournament.match_over(self.now, stop.match, stop.attempt, result(MatchOutcome.VOID, NOBODY))
            assert not self.tournament.drain().records, "a match that was called off has no result"

    def _outage(self) -> None:
        """Everybody's way is lost at once, and nobody can come for a moment, or for long."""
        self.kept_away = set(self.there)
        for entrant in sorted(self.there):
            self.tournament.cut_off(self.now, entrant)
        self.there.clear()
        self.away_until = self.now + self.random.choice((1_000, RETURN, 300_000, PAUSE - 60_000))
        self.tournament.reachable(self.now, False)
        self.slack += self.away_until - self.now + RETURN + 30_000

    def _back(self) -> None:
        self.away_until = 0
        self.tournament.reachable(self.now, True)
        self.returns = sorted((self.now + self.random.randint(0, 15_000), entrant) for entrant in self.kept_away)

    def _come_or_go(self) -> None:
        if self.away_until:
            return
        if self.random.random() < 0.1:
            self._outage()
            return
        entrant = self.random.randrange(len(self.tournament.state.entrants))
        self.kept_away.discard(entrant)
        if entrant in self.there:
            self.there.discard(entrant)
        else:
            self.there.add(entrant)
        self.tournament.present(self.now, entrant, entrant in self.there)

    def _own_act(self) -> commands.Command:
        return commands.CheckIn() if self.random.random() < 0.8 else commands.Withdraw()

    def _organisers_act(self) -> commands.Command:
        pick, number = self.random.choice, self.random.randint
        state = self.tournament.state
        decided, called = sorted(state.outcomes), sorted(state.calls)
        anything = number(0, len(state.pairings) + 1)
        pairing = pick(decided) if decided and number(0, 3) else anything
        waiting = pick(called) if called and number(0, 3) else anything
        entrant = number(0, len(state.entrants))
        late = Entrant(f"Late {len(self.records)}", pick(("", "a0", f"late{len(self.records)}")))
        kinds = (Kind.PLAYED, Kind.FORFEIT, Kind.WALKOVER, Kind.DOUBLE_FORFEIT, Kind.CANCELLED, Kind.BYE)
        return pick(
            (
                commands.Resume() if state.paused_at else commands.Pause(),
                commands.Resume() if number(0, 3) else commands.Pause(),
                commands.Disqualify(entrant),
                commands.Withdraw(entrant),
                commands.ExtendDeadline(waiting, number(0, 90)),
                commands.CorrectResult(pairing, pick(kinds), number(-1, 1)),
                commands.CorrectResult(pairing, Kind.PLAYED, number(0, 1)),
                commands.Reopen(pairing),
                commands.AddEntrant(late),
                commands.Confirm(),
            )
        )

    def _act(self, by: str, act: commands.Command) -> None:
        self.tournament.advance(self.now)
        self.carry_out()
        before = self.tournament.snapshot()
        self.mirror.check(before)
        try:
            self.tournament.act(self.now, by, act)
        except TournamentRefused:
            assert not self.tournament.drain().records
            assert before == self.tournament.snapshot(), "the bracket is untouched"
            return
        if isinstance(act, commands.ExtendDeadline):
            self.slack += act.seconds * 1000
        elif isinstance(act, commands.Pause):
            self.slack += PAUSE
        elif isinstance(act, commands.CorrectResult | commands.Reopen):
            self.rewritten = True
            self.slack += self.spec.review_s * 1000

    def restart(self) -> None:
        """The game server dies: what was not written is forgotten, and who was there has to come again."""
        if self.random.random() < 0.3:
            self.disturb()
        elif self.random.random() < 0.7:
            self.step(self.now)
        effects = self.tournament.drain()
        kept = self.random.randint(0, len(effects.records))
        # What was written was written in one piece with the events of it; what was not, nobody has seen.
        records = list(effects.records)[:kept]
        self.records += records
        self.slack += RETURN + 30_000
        seen: list[TournamentEvent] = []
        state = replay(self.records, seen)
        assert seen[: len(self.told)] == self.told, "the numbering of events goes on unchanged"
        self.mirror.see(seen[len(self.told) :])
        self.told = seen
        on = {
            (c.match, c.attempt): when
            for when, _, *key in self.ends
            for c in state.calls.values()
            if key == [c.match, c.attempt]
        }
        self.now += self.random.randint(0, 30_000)
        self.tournament = Tournament.restore(self.records, self.now)
        self.drawing = None
        assert self.tournament.over or all(
            call.deadline >= (state.paused_at or self.now) + RETURN
            for number, call in self.tournament.state.calls.items()
            if not call.begun and number in state.calls
        ), "an outage of ours walks nobody over"
        effects = self.tournament.drain()
        self.drawing = effects.draw
        self.records += effects.records
        self.told += effects.events
        self.mirror.see(effects.events)
        self.mirror.check(self.tournament.snapshot())
        self.on.clear()
        self.ends.clear()
        for start in effects.starts:
            self._starts(start)
            if (start.match, start.attempt) in on and self.random.random() < 0.5:
                self._ends_at(max(self.now, on[start.match, start.attempt]), start.match, start.attempt)
        assert set(self.on) == {(c.match, c.attempt) for c in self.tournament.state.calls.values() if c.begun}
        for stop in effects.stops:
            self._stops(stop)
        self.kept_away |= self.there
        self.there.clear()
        if self.away_until:
            self.away_until = max(self.now, self.away_until)
            self.tournament.reachable(self.now, False)
        else:
            self.returns = sorted((self.now + self.random.randint(0, 15_000), entrant) for entrant in self.kept_away)

    # The course of it.

    def run(self) -> "Simulation":
        """To the end, with all that has to hold."""
        tournament, chance = self.tournament, self.random.random
        self.carry_out()
        if self.spec.check_in_s:
            for entrant in self.spec.entrants:
                if entrant.account_id and chance() < 0.85 and tournament.state.phase == Phase.CHECK_IN:
                    tournament.act(self.now, entrant.account_id, commands.CheckIn())
                    self.carry_out()
        steps = 0
        while not self.tournament.over:
            steps += 1
            assert steps < 20_000, "it terminates"
            due = self.tournament.deadline
            assert due is not None or self.on or self.drawing, "nothing is stuck"
            times = [time for time in (due, self.ends[0][0] if self.ends else None) if time is not None]
            if self.returns:
                times.append(self.returns[0][0])
            if self.away_until:
                times.append(self.away_until)
            if self.drawing:
                times.append(self.now + self.random.randint(0, 300))
            at = max(self.now, min(times))
            if chance() < self.trouble:
                self.now = self.random.randint(self.now, at)
                self.disturb()
            elif self.restarts_left and chance() < 0.03:
                self.restarts_left -= 1
                self.now = self.random.choice((at, self.random.randint(self.now, at)))
                self.restart()
            else:
                self.now = at
                self.step(at)
            self.carry_out()
        self.check()
        return self

    def step(self, at: int) -> None:
        """Do what is due next."""
        if self.away_until and self.away_until <= at:
            self._back()
        elif self.returns and self.returns[0][0] <= at:
            entrant = self.returns.pop(0)[1]
            self.there.add(entrant)
            self.kept_away.discard(entrant)
            self.tournament.present(at, entrant, True)
        elif self.ends and self.ends[0][0] <= at:
            self._match_ends()
        elif self.drawing and self.tournament.deadline is None:
            drawn, self.drawing = self.drawing, None
            self.tournament.round_drawn(at, drawn, draw(drawn.contenders, drawn.rounds_after))
        else:
            self.tournament.advance(at)

    def check(self) -> None:
        """Hold the end against the rules."""
        state = self.tournament.state
        snapshot = state.snapshot()
        self.mirror.check(snapshot)
        check_journal(self.records, self.told, snapshot)
        assert self.tournament.deadline is None
        assert not state.calls
        assert not self.on, "nothing is on after the end"
        check_bracket(self.tournament, self.records, rewritten=self.rewritten)
        self._check_time()

    def _check_time(self) -> None:
        """Rounds times deadlines: it took no longer than everybody's being as slow as they may."""
        state, spec = self.tournament.state, self.spec
        between = max(spec.rest_s, spec.between_s) * 1000
        once = spec.call_s * 1000 + MATCH + between + 30_000
        again = 3 if self.level else 1
        if spec.at_once or self.rewritten or state.format.name not in KNOCKOUTS:
            calls = sum(1 for r in self.records if isinstance(r, Called))
            most = (calls + 2) * once
        else:
            rounds = len({(p.stage, p.round) for p in state.view.pairings})
            most = (rounds + 1) * max((p.best_of for p in state.view.pairings), default=1) * again * once
        most += (spec.check_in_s + spec.draw_s + spec.review_s) * 1000 + self.slack
        assert self.now - START <= most, f"took {(self.now - START) / 1000:.0f} s, at most {most / 1000:.0f} s"
