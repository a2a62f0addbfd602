"""The rounds of a Swiss are drawn outside the engine, which goes on meanwhile."""

from gameserver.domain.tournament.commands import AddEntrant, CallOff, Reopen, Withdraw
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.records import Phase, RoundDrawn, TournamentOpened, TournamentRecord
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import Entrant, Spec
from tests.support.harnesses.tournament import HOST, people
from tests.support.harnesses.tournament_simulation import START, won

NOW = START + 60_000


class Engine:
    """A Swiss whose draws the test makes when it likes."""

    def __init__(self, entrants: int, rounds: int) -> None:
        self.records: list[TournamentRecord] = []
        self.wanted: list[RoundToDraw] = []
        self.tournament = Tournament.open(
            TournamentOpened(Spec(Settings("swiss", rounds=rounds), people(entrants), HOST), START), START
        )
        self.drain()

    def drain(self) -> None:
        effects = self.tournament.drain()
        self.records += effects.records
        if effects.draw:
            self.wanted.append(effects.draw)

    def answer(self, wanted: RoundToDraw) -> Pairs:
        """The round that was wanted is drawn now."""
        pairs = draw(wanted.contenders, wanted.rounds_after)
        self.tournament.round_drawn(NOW, wanted, pairs)
        self.drain()
        return pairs

    def act(self, by: str, act: Withdraw | AddEntrant | Reopen | CallOff) -> None:
        self.tournament.act(NOW, by, act)
        self.drain()

    def play(self) -> None:
        """Everybody comes, and the left side wins each match of the round."""
        tournament, now = self.tournament, NOW
        for entrant in range(len(tournament.state.entrants)):
            tournament.present(now, entrant, True)
        while tournament.state.ready or tournament.state.calls:
            now = max(now, tournament.deadline or now)
            tournament.advance(now)
            for call in list(tournament.state.calls.values()):
                if call.begun:
                    tournament.match_over(now, call.match, call.attempt, won(0))
        self.drain()

    @property
    def rounds(self) -> list[Pairs]:
        return [record.pairs for record in self.records if isinstance(record, RoundDrawn)]


def test_nothing_happens_until_the_round_is_drawn_and_it_is_wanted_once() -> None:
    engine = Engine(4, 2)
    engine.tournament.advance(NOW)
    engine.drain()
    assert (len(engine.wanted), engine.rounds, engine.tournament.deadline) == (1, [], None)
    pairs = engine.answer(engine.wanted[0])
    assert engine.rounds == [pairs]
    assert engine.tournament.deadline is not None
    engine.answer(engine.wanted[0])
    assert engine.rounds == [pairs], "the same answer again is nothing new"


def test_a_round_whose_contenders_have_changed_meanwhile_is_drawn_anew() -> None:
    engine = Engine(5, 2)
    (first,) = engine.wanted
    engine.act("a4", Withdraw())
    assert len(engine.wanted) == 2
    engine.answer(first)
    assert engine.rounds == []
    assert engine.answer(engine.wanted[1]) == ((1, 3), (4, 2))


def test_a_round_that_is_wanted_again_after_it_was_not_is_drawn() -> None:
    engine = Engine(4, 2)
    engine.answer(engine.wanted[0])
    engine.play()
    (_, second) = engine.wanted
    engine.act(HOST, Reopen(1))
    engine.answer(second)
    assert len(engine.rounds) == 1
    engine.play()
    assert engine.wanted[2] == second
    engine.answer(engine.wanted[2])
    assert len(engine.rounds) == 2


def test_a_swiss_without_a_legal_round_is_over_until_somebody_comes_late() -> None:
    engine = Engine(3, 3)
    engine.answer(engine.wanted[0])
    engine.play()
    wanted = engine.wanted[-1]
    engine.tournament.round_drawn(NOW, wanted, ())
    engine.drain()
    assert engine.tournament.over
    assert engine.rounds[-1] == ()
    again = Tournament.restore(engine.records, NOW)
    assert again.snapshot() == engine.tournament.snapshot()


def test_while_the_results_are_reviewed_a_late_entrant_brings_another_round() -> None:
    engine = Engine(4, 3)
    engine.tournament.state.spec = Spec(Settings("swiss", rounds=3), people(4), HOST, review_s=60)
    engine.answer(engine.wanted[0])
    engine.play()
    engine.tournament.round_drawn(NOW, engine.wanted[-1], ())
    engine.drain()
    phases = [engine.tournament.state.phase]
    engine.act(HOST, AddEntrant(Entrant("Late", "late")))
    assert len(engine.wanted[-1].contenders) == 5
    engine.answer(engine.wanted[-1])
    phases.append(engine.tournament.state.phase)
    assert phases == [Phase.REVIEW, Phase.PLAYING]


def test_a_round_that_is_drawn_after_the_tournament_was_called_off_is_nothing() -> None:
    engine = Engine(4, 2)
    engine.act(HOST, CallOff())
    engine.answer(engine.wanted[0])
    assert engine.tournament.over
    assert engine.rounds == []


def test_a_restart_wants_the_round_again() -> None:
    engine = Engine(4, 2)
    again = Tournament.restore(engine.records, NOW)
    assert again.drain().draw == engine.wanted[0]
