"""Invariants of a tournament that is over, whatever has happened in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gameserver.domain.match.records import Outcome as MatchOutcome
from gameserver.domain.tournament import commands
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.pairings import NO_SIDE, Kind, Stage
from gameserver.domain.tournament.records import (
    Begun,
    CommandAccepted,
    EntrantState,
    MatchEnded,
    TournamentEvent,
    TournamentRecord,
)
from gameserver.domain.tournament.replay import replay
from gameserver.domain.tournament.settings import GrandFinal
from gameserver.domain.tournament.state import TournamentSnapshot, TournamentState

KNOCKOUTS: Final = {"single_elimination": 1, "double_elimination": 2}
"""Losses after which an entrant of a format is out."""


def check_journal(
    records: Sequence[TournamentRecord], told: Sequence[TournamentEvent], snapshot: TournamentSnapshot
) -> None:
    """Hold the journal against what was told and what came of it: each match begins and ends in it once at most."""
    seen: list[TournamentEvent] = []
    assert replay(records, seen).snapshot() == snapshot, "the journal replayed gives the same tournament"
    assert seen == told
    ended = Counter((r.match, r.attempt) for r in records if isinstance(r, MatchEnded))
    begun = Counter((r.match, r.attempt) for r in records if isinstance(r, Begun))
    assert all(times == 1 for times in begun.values()), "no match is begun twice"
    assert all(times == 1 for times in ended.values()), "every match is counted once"
    assert ended.keys() <= begun.keys()


def check_bracket(tournament: Tournament, records: Sequence[TournamentRecord], *, rewritten: bool) -> None:
    """Hold result, byes and eliminations against the rules. `rewritten`: an organiser has changed results."""
    state = tournament.state
    check_memo(state)
    _check_result(state, records)
    _check_byes(state)
    if not rewritten:
        _check_eliminated(state)


def check_memo(state: TournamentState) -> None:
    """Hold the view against one made without what the format remembers."""
    if state.seeds:
        anew = state.format.view(state.settings, replace(state.history, memo={}))
        assert state.view == anew, "what a format remembers changes nothing of what it says"


def _check_result(state: TournamentState, records: Sequence[TournamentRecord]) -> None:
    snapshot = state.snapshot()
    outcome = snapshot.result
    assert outcome is not None
    assert outcome.cancelled == any(
        isinstance(r, CommandAccepted) and isinstance(r.act, commands.CallOff) for r in records
    )
    if outcome.cancelled:
        assert outcome.champion is None
        return
    assert all(line.outcome or line.pairing.skipped for line in snapshot.pairings), "every pairing is decided"
    if outcome.champion is not None:
        assert state.format.name not in KNOCKOUTS or outcome.standings[0].entrant == outcome.champion
        first = [line for line in outcome.standings if line.standing.place == 1 and not line.standing.group]
        assert outcome.champion in [line.entrant for line in first]
    games = [g for line in snapshot.pairings for g in line.games if g.result]
    counted = [g for g in games if g.result and g.result.outcome != MatchOutcome.VOID]
    assert outcome.event.matches == len(counted)
    assert sum(e.matches for e in outcome.entrants) == 2 * len(counted)
    assert sum(e.points_for for e in outcome.entrants) == outcome.event.points


def _check_byes(state: TournamentState) -> None:
    byes: Counter[int] = Counter()
    for pairing in state.view.pairings:
        outcome = pairing.outcome
        if outcome and outcome.kind == Kind.BYE:
            assert pairing.number not in state.games, "a bye is not a match"
            sides = [pairing.left, pairing.right]
            assert 0 in sides
            if outcome.winner == NO_SIDE:
                assert sides == [0, 0]
            else:
                assert sides[outcome.winner] > 0
                assert sides[1 - outcome.winner] == 0
                byes[sides[outcome.winner]] += pairing.stage == Stage.SWISS
    assert all(times < 2 for times in byes.values()), "nobody has two byes in a Swiss"


def _check_eliminated(state: TournamentState) -> None:
    """Nobody plays who has lost as often as one may, or who is out."""
    lives = KNOCKOUTS.get(state.format.name)
    if lives is None:
        return
    lost: Counter[int] = Counter()
    for pairing in sorted(state.view.pairings, key=lambda p: (p.stage == Stage.THIRD_PLACE, p.stage, p.number)):
        outcome = pairing.outcome
        if outcome and outcome.kind != Kind.BYE and min(pairing.left, pairing.right) > 0:
            for side, seed in enumerate((pairing.left, pairing.right)):
                lost[seed] += outcome.winner != side and pairing.stage != Stage.THIRD_PLACE
    assert all(times <= lives for times in lost.values())
    champion = state.view.champion
    if champion is not None:
        assert lost[champion] < lives
        settings = state.settings
        if settings.grand_final == GrandFinal.DOUBLE:
            for seed, entrant in enumerate(state.seeds, 1):
                beaten = lost[seed] == lives or state.states[entrant] != EntrantState.IN
                assert beaten or seed == champion, "there is one champion"
