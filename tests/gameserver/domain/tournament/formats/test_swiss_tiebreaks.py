"""Tiebreaks of a Swiss, held against exercises of FIDE and against its handbook."""

from random import Random

import pytest

from gameserver.domain.tournament.formats.interface import View
from gameserver.domain.tournament.formats.swiss_score import Absence, Score, buchholz
from gameserver.domain.tournament.pairings import EMPTY, Kind, Outcome, Pairing
from gameserver.domain.tournament.settings import Settings, TiebreakRules
from tests.support.harnesses.tournament_format import DRAWN, LEFT_WINS, RIGHT_WINS, Play, at_random, better_seed

# IA Mario Held, "Exercises in Tie-Breaking" (FIDE, C.07 of 2023, rev. 2403220900), pages 10 to 50: sixteen players,
# five rounds. Of each player, round by round: the opponent and the half points got; or a bye, a forfeit won or lost, a
# bye of half a point or none that they had asked for.
HELD: dict[int, list[tuple[int, int] | str]] = {
    1: [(9, 2), (13, 1), (2, 1), (15, 2), (4, 1)],
    2: [(10, 2), (7, 2), (1, 1), (16, 2), (3, 1)],
    3: [(11, 1), (6, 2), (8, 2), (4, 1), (2, 1)],
    4: [(12, 2), "half", (13, 2), (3, 1), (1, 1)],
    5: [(13, 0), (15, 0), (11, 2), (7, 1), (10, 2)],
    6: [(14, 0), (3, 0), "bye", (10, 2), (8, 2)],
    7: [(15, 2), (2, 0), (16, 0), (5, 1), (11, 0)],
    8: [(16, 1), (14, 2), (3, 0), (13, 2), (6, 0)],
    9: [(1, 0), (10, 0), "half", "lost", "bye"],
    10: [(2, 0), (9, 2), (15, 0), (6, 0), (5, 0)],
    11: [(3, 1), (16, 0), (5, 0), "won", (7, 2)],
    12: [(4, 0), "bye", "won", "zero", "zero"],
    13: [(5, 2), (1, 1), (4, 0), (8, 0), (14, 0)],
    14: [(6, 2), (8, 0), "lost", "zero", (13, 2)],
    15: [(7, 0), (5, 2), (10, 2), (1, 0), (16, 0)],
    16: [(8, 1), (11, 2), (7, 2), (2, 0), (15, 2)],
}


# What the exercises have as Buchholz, Buchholz Cut-1 and Sonneborn-Berger. By hand, player 4: 12 has 2 points and
# stayed away from the last two rounds, which count as half points for others: 3. The half point bye counts as 4's own
# 3.5. So 3 + 3.5 + 1.5 + 3.5 + 3.5 = 15; without the bye, cut first, 11.5; and 3 + 3.5/2 + 1.5 + 3.5/2 + 3.5/2 = 9.75.
HELD_TIEBREAKS = {
    1: (12.5, 11.0, 8.00),
    2: (13.0, 12.0, 9.50),
    3: (15.5, 13.0, 10.50),
    4: (15.0, 11.5, 9.75),
    5: (8.5, 7.5, 4.25),
    6: (12.0, 11.0, 6.50),
    7: (14.5, 12.5, 3.25),
    8: (13.5, 12.0, 5.25),
    9: (9.0, 7.5, 2.25),
    10: (13.0, 11.5, 1.50),
    11: (13.5, 12.0, 5.75),
    12: (11.5, 9.5, 4.00),
    13: (14.0, 12.0, 4.25),
    14: (11.0, 9.0, 4.50),
    15: (12.0, 11.0, 3.50),
    16: (12.5, 11.0, 7.25),
}


def test_tiebreaks_are_those_of_the_fide_exercises() -> None:
    by_seed = {seed: Score() for seed in HELD}
    for seed, rounds in HELD.items():
        for round_ in rounds:
            match round_:
                case (opponent, got):
                    by_seed[seed].played(int(got), int(opponent))
                case "bye" | "won":
                    by_seed[seed].not_played(2, Absence.AVAILABLE)
                case "half":
                    by_seed[seed].not_played(1, Absence.NOT_DRAWN)
                case "lost":
                    by_seed[seed].not_played(0, Absence.FORFEIT_LOSS)
                case _:
                    by_seed[seed].not_played(0, Absence.NOT_DRAWN)
    # The points as the exercises have them, in halves.
    assert [score.points for score in by_seed.values()] == [7, 8, 7, 7, 5, 6, 3, 5, 3, 2, 5, 4, 3, 4, 4, 7]
    for seed, (plain, cut, sonneborn_berger) in HELD_TIEBREAKS.items():
        found = [quarters / 4 for quarters in buchholz(by_seed[seed], by_seed, TiebreakRules.FIDE_2024)]
        assert found == [cut, plain, sonneborn_berger], seed


def test_a_walkover_lost_in_the_last_round_counts_for_opponents_as_it_was_scored() -> None:
    # FIDE C.07, 16.2.4 and 16.3.1. Before, it counted as a draw against oneself, like a round after a withdrawal.
    play = Play(Settings("swiss", rounds=2), 4)
    play.draw_if_due()
    play.decide(p1=LEFT_WINS, p2=RIGHT_WINS)
    play.draw_if_due()
    assert [sorted(pair) for pair in play.drawn[1]] == [[1, 2], [3, 4]]
    play.outcomes[3] = DRAWN
    # 3 has lost to 1, and does not come to the second round.
    play.outcomes[4] = Outcome(Kind.WALKOVER, int(play.drawn[1][1][0] == 3))
    buchholz_of = {line.seed: line.tiebreaks[1] / 4 for line in play.view.standings}
    # 1 has met 3, who has no point, and 2, who has 1.5.
    assert buchholz_of[1] == 1.5


def test_a_round_after_a_withdrawal_counts_for_opponents_as_a_draw() -> None:
    # FIDE C.07, 16.2.5 and 16.3.2; a forfeit in between counts as it was scored.
    score = Score()
    score.played(0, 1)
    score.not_played(0, Absence.NOT_DRAWN)
    score.not_played(0, Absence.FORFEIT_LOSS, 2)
    score.not_played(0, Absence.NOT_DRAWN)
    assert (score.points, score.adjusted) == (0, 2)
    # Once they are available again, only what they scored counts.
    score.not_played(2, Absence.AVAILABLE)
    assert (score.points, score.adjusted) == (2, 2)


def rounds_of(seed: int, view: View, rounds: int) -> list[Pairing | None]:
    """The entrant's pairing of each round, None where there is none."""
    by_round = {p.round: p for p in view.pairings if seed in (p.left, p.right)}
    return [by_round.get(round_) for round_ in range(1, rounds + 1)]


def by_the_handbook(seed: int, view: View, rounds: int, rules: TiebreakRules) -> tuple[float, float, float]:
    """Cut-1, Buchholz and Sonneborn-Berger, in points, computed article by article of C.07."""
    mine = {line.seed: rounds_of(line.seed, view, rounds) for line in view.standings}

    def result(who: int, pairing: Pairing | None) -> tuple[float, str, int]:
        """(points, category of 16.2, opponent)."""
        if pairing is None:
            return 0, "not drawn", EMPTY
        assert pairing.outcome is not None
        opponent = pairing.right if pairing.left == who else pairing.left
        winner = pairing.outcome.winner
        won = None if winner < 0 else (pairing.left, pairing.right)[winner] == who
        if pairing.outcome.kind in (Kind.PLAYED, Kind.FORFEIT):
            return {True: 1.0, False: 0.0, None: 0.5}[won], "played", opponent
        if pairing.outcome.kind is Kind.CANCELLED:
            return 0, "available", opponent
        return (1, "available", opponent) if won else (0, "forfeit loss", opponent)

    def own(who: int) -> float:
        return sum(result(who, pairing)[0] for pairing in mine[who])

    def adjusted(who: int) -> float:
        results = [result(who, pairing) for pairing in mine[who]]
        available = [number for number, (_, kind, _) in enumerate(results) if kind in ("played", "available")]
        return sum(
            0.5 if kind == "not drawn" and number > max(available, default=-1) else points
            for number, (points, kind, _) in enumerate(results)
        )

    contributions: list[tuple[float, float, bool]] = []
    for pairing in mine[seed]:
        points, kind, opponent = result(seed, pairing)
        if kind == "played":
            against = adjusted(opponent)
        else:
            against = own(seed)
            if rules is TiebreakRules.FIDE_2026:
                against = min(against, adjusted(opponent) if opponent else 0.5 * rounds)
        contributions.append((against, points, kind in ("forfeit loss", "not drawn")))
    voluntary = [against for against, _, is_voluntary in contributions if is_voluntary]
    total = sum(against for against, _, _ in contributions)
    cut = min(voluntary or [against for against, _, _ in contributions])
    return total - cut, total, sum(against * points for against, points, _ in contributions)


@pytest.mark.parametrize("rules", [TiebreakRules.FIDE_2024, TiebreakRules.FIDE_2026])
def test_tiebreaks_follow_the_handbook_whatever_was_not_played(rules: TiebreakRules) -> None:
    for number in range(60):
        random = Random(number)
        settings = Settings("swiss", rounds=random.randrange(3, 6), tiebreak_rules=rules)
        play, view = at_random(random, settings, random.randrange(5, 14), mishaps=0.3)
        for line in view.standings:
            expected = by_the_handbook(line.seed, view, len(play.drawn), rules)
            assert tuple(quarters / 4 for quarters in line.tiebreaks[:3]) == expected, f"random.Random({number})"


def test_the_edition_of_2026_caps_the_dummy_of_a_bye_at_a_draw_in_every_round() -> None:
    def buchholz_of_the_winner(rules: TiebreakRules) -> float:
        view = Play(Settings("swiss", rounds=3, tiebreak_rules=rules), 3).to_the_end(better_seed)
        # Each has one bye; 1 wins both matches, and has 3 points.
        assert view.standings[0].points == 6
        return view.standings[0].tiebreaks[1] / 4

    # 2 has 2 points, 3 has 1; the dummy has 3 points of one's own, or the 1.5 of three draws.
    assert buchholz_of_the_winner(TiebreakRules.FIDE_2024) == 6
    assert buchholz_of_the_winner(TiebreakRules.FIDE_2026) == 4.5
