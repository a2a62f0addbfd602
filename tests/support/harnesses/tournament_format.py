"""Plays tournaments as an engine would, with every mishap there is, and watches that the bracket keeps its word."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.formats.interface import Format, History, Pairs, View
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.pairings import EMPTY, NO_SIDE, TO_BE_DECIDED, Kind, Outcome, Pairing, Stage
from gameserver.domain.tournament.settings import Settings

LEFT_WINS, RIGHT_WINS = Outcome(Kind.PLAYED, 0, ((11, 7),)), Outcome(Kind.PLAYED, 1, ((5, 11),))
DRAWN = Outcome(Kind.PLAYED, NO_SIDE, ((9, 9),))
NOBODY_CAME = Outcome(Kind.DOUBLE_FORFEIT)
CALLED_OFF = Outcome(Kind.CANCELLED)
NOBODY: Mapping[int, int] = {}


@dataclass
class Play:
    """One tournament. `outcomes`, `out` and `drawn` are all that the format is told."""

    settings: Settings
    entrants: int
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    out: dict[int, int] = field(default_factory=dict)
    since: dict[int, int] = field(default_factory=dict)
    drawn: tuple[Pairs, ...] = ()
    exhausted: bool = False

    @property
    def format(self) -> Format:
        return FORMATS[self.settings.format]

    @property
    def history(self) -> History:
        return History(self.entrants, self.outcomes, self.out, self.since, self.drawn, self.exhausted)

    @property
    def view(self) -> View:
        return self.format.view(self.settings, self.history)

    def draw_if_due(self) -> View:
        """The view, with the next round drawn if it is due."""
        view = self.view
        if view.to_draw is not None:
            pairs = draw(view.to_draw.contenders, view.to_draw.rounds_after)
            self.exhausted = not pairs
            if pairs:
                self.drawn += (pairs,)
            view = self.view
        return view

    def decide(self, **by_number: Outcome) -> None:
        """decide(p3=LEFT_WINS)."""
        self.outcomes.update({int(number[1:]): outcome for number, outcome in by_number.items()})

    def to_the_end(self, decide: Callable[[Pairing], Outcome]) -> View:
        """Every pairing is decided so, as soon as it can be."""
        while not (view := self.draw_if_due()).done:
            playable = [pairing for pairing in view.pairings if pairing.playable]
            assert playable, "nothing can be played, and it is not over"
            self.outcomes.update({pairing.number: decide(pairing) for pairing in playable})
        return view


def better_seed(pairing: Pairing) -> Outcome:
    """No surprises."""
    return LEFT_WINS if pairing.left < pairing.right else RIGHT_WINS


def any_outcome(random: Random, pairing: Pairing, out: Mapping[int, int] = NOBODY, mishaps: float = 0.0) -> Outcome:
    """An outcome that an engine may report. An entrant who is out plays no more."""
    gone = (pairing.left in out, pairing.right in out)
    if all(gone):
        return NOBODY_CAME
    if any(gone):
        return Outcome(Kind.WALKOVER, 1 if gone[0] else 0)
    winner = random.randrange(2)
    if random.random() < mishaps:
        return random.choice([NOBODY_CAME, CALLED_OFF, Outcome(Kind.WALKOVER, winner), Outcome(Kind.FORFEIT, winner)])
    if pairing.may_draw and random.random() < 0.1:
        return DRAWN
    loser = random.randrange(11)
    return Outcome(Kind.PLAYED, winner, ((loser, 11) if winner else (11, loser),))


def at_random(random: Random, settings: Settings, entrants: int, mishaps: float = 0.1) -> tuple[Play, View]:
    """A whole tournament in which anything happens, watched at every step."""
    play = Play(settings, entrants)
    play.format.check(settings, entrants)
    leaving = random.choice([0.0, 0.02, 0.2]) if mishaps else 0.0
    before = None
    for _ in range(4 * entrants * entrants):
        view = play.draw_if_due()
        watch(play, before, view)
        if view.done:
            return play, view
        before = view
        playable = [pairing for pairing in view.pairings if pairing.playable]
        # Large fields go on in larger steps.
        least = 1 if entrants < 16 else 1 + 4 * len(playable) // 5
        for pairing in random.sample(playable, random.randint(least, len(playable))):
            play.outcomes[pairing.number] = any_outcome(random, pairing, play.out, mishaps)
        for seed in range(1, entrants + 1):
            if seed not in play.out and random.random() < leaving / 4:
                play.out[seed] = len(play.drawn)
        settings_rounds = play.format.rounds(settings, entrants)
        if (
            play.format.takes_late
            and mishaps
            and 2 * (len(play.drawn) + 1) <= settings_rounds
            and random.random() < 0.2
        ):
            play.entrants += 1
            play.since[play.entrants] = len(play.drawn) + 1
    raise AssertionError("it does not end")


def watch(play: Play, before: View | None, view: View) -> None:
    """Hold a view against the invariants of every moment."""
    pairings = view.pairings
    assert [pairing.number for pairing in pairings] == list(range(1, len(pairings) + 1))
    playable = [pairing for pairing in pairings if pairing.playable]
    assert view.done or playable or view.to_draw is not None, "stuck"
    assert not (view.done and (playable or view.to_draw is not None))
    for pairing in pairings:
        sides = {pairing.left, pairing.right}
        assert len(sides) == 2 or sides <= {EMPTY, TO_BE_DECIDED}, "nobody meets themselves"
        if pairing.outcome is not None and pairing.outcome.kind is Kind.BYE:
            assert EMPTY in sides
            winner = {0: pairing.left, 1: pairing.right, NO_SIDE: EMPTY}[pairing.outcome.winner]
            assert winner == max(sides)
        elif pairing.outcome is not None:
            assert min(sides) > 0
            assert pairing.outcome == play.outcomes[pairing.number]
        for source in (pairing.left_from, pairing.right_from):
            assert source is None or source.pairing < pairing.number

    overall = [line for line in view.standings if line.group == 0]
    assert sorted(line.seed for line in overall) == list(range(1, play.entrants + 1))
    assert [line.place for line in overall] == sorted(line.place for line in overall)
    assert all(line.played == line.won + line.drawn + line.lost for line in view.standings)
    assert all(len(line.tiebreaks) in (0, len(play.format.tiebreaks)) for line in view.standings)
    if view.champion is not None:
        assert view.done
        assert [line.seed for line in overall if line.place == 1] == [view.champion]
    if view.done:
        assert all(line.final for line in overall)

    nobody_twice(pairings)
    nobody_after_elimination(pairings)
    if before is not None:
        for was, now in zip(before.pairings, pairings, strict=False):
            assert (was.number, was.stage, was.round, was.index) == (now.number, now.stage, now.round, now.index)
            assert was.left in (now.left, TO_BE_DECIDED)
            assert was.right in (now.right, TO_BE_DECIDED)
            assert was.outcome in (now.outcome, None)
        assert len(pairings) >= len(before.pairings)
        places = {(line.seed, line.group): line.place for line in view.standings}
        assert all(places[line.seed, line.group] == line.place for line in before.standings if line.final)


def nobody_twice(pairings: tuple[Pairing, ...]) -> None:
    """In a round of any stage nobody is in two pairings; in brackets, nobody is in two that are open."""
    seats = Counter((p.stage, p.round, seed) for p in pairings for seed in (p.left, p.right) if seed > 0)
    assert not seats or max(seats.values()) == 1
    opened = Counter(seed for p in pairings if p.playable and p.stage is not Stage.GROUP for seed in (p.left, p.right))
    assert not opened or max(opened.values()) == 1


def nobody_after_elimination(pairings: tuple[Pairing, ...]) -> None:
    """One loss ends a knockout but for the third place; two end a double elimination."""
    losses: Counter[int] = Counter()
    for pairing in pairings:
        if pairing.stage in (Stage.GROUP, Stage.SWISS):
            continue
        lives = 2 if pairing.stage in (Stage.WINNERS, Stage.LOSERS, Stage.GRAND_FINAL) else 1
        for side, seed in enumerate((pairing.left, pairing.right)):
            if seed > 0:
                assert losses[seed] < lives or pairing.stage is Stage.THIRD_PLACE
                assert pairing.stage is not Stage.WINNERS or losses[seed] == 0
                losses[seed] += pairing.outcome is not None and pairing.outcome.winner != side
