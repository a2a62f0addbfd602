"""Groups that feed a knockout."""

import pytest

from gameserver.domain.tournament.formats.groups import Groups, advancing, crossed, dealt
from gameserver.domain.tournament.formats.interface import View
from gameserver.domain.tournament.formats.tree import depth, seed_order
from gameserver.domain.tournament.pairings import EMPTY, TO_BE_DECIDED, GroupPlace, Kind, Outcome, Stage
from gameserver.domain.tournament.settings import Settings
from tests.support.harnesses.tournament_format import LEFT_WINS, NOBODY_CAME, Play, better_seed

GROUPS = Settings("groups")


def first_round(groups: int, advance: int) -> str:
    """The first round of the knockout from the top down, as "A1-B2"; a bye is "A1"."""
    entries = crossed(groups, advance)
    order = seed_order(1 << depth(len(entries)))
    names = [f"{chr(64 + e.group)}{e.place}" for e in entries]
    pairs = [
        "-".join(names[seed - 1] for seed in order[x : x + 2] if seed <= len(names)) for x in range(0, len(order), 2)
    ]
    return " ".join(pairs)


def knockout(view: View) -> list[tuple[int, int]]:
    return [(p.left, p.right) for p in view.pairings if p.stage is Stage.KNOCKOUT]


def test_seeds_are_dealt_out_in_turn_and_back() -> None:
    assert dealt(Settings("groups", groups=3), 9) == ((1, 6, 7), (2, 5, 8), (3, 4, 9))
    assert dealt(Settings("groups", groups=2), 5) == ((1, 4, 5), (2, 3))


def test_groups_that_are_not_said_are_of_about_four_and_two_go_on() -> None:
    for entrants in range(4, 65):
        groups = dealt(GROUPS, entrants)
        assert all(3 <= len(seeds) <= 5 for seeds in groups)
        assert advancing(GROUPS, groups) == 2
    assert advancing(Settings("groups", groups=2), dealt(Settings("groups", groups=2), 4)) == 1


def test_winners_meet_seconds_of_other_groups() -> None:
    # The usual cross of two groups, as in any semi-finals after groups.
    assert first_round(2, 2) == "A1-B2 B1-A2"
    assert first_round(4, 1) == "A1-D1 B1-C1"
    # Three groups: the first two winners have the byes.
    assert first_round(3, 2) == "A1 B2-C2 B1 C1-A2"


@pytest.mark.parametrize("groups", range(2, 17))
def test_two_of_a_group_meet_in_the_final_at_the_earliest(groups: int) -> None:
    entries = crossed(groups, 2)
    rounds = depth(len(entries))
    position = {seed: place for place, seed in enumerate(seed_order(1 << rounds))}
    of = {entry: position[seed] for seed, entry in enumerate(entries, 1)}
    assert len(of) == 2 * groups
    for group in range(1, groups + 1):
        meet = (of[GroupPlace(group, 1)] ^ of[GroupPlace(group, 2)]).bit_length()
        assert meet == rounds


@pytest.mark.parametrize(("groups", "advance"), [(g, a) for g in (1, 2, 3, 4, 5, 8) for a in (2, 3, 4)])
def test_winners_come_first_then_seconds_and_so_on(groups: int, advance: int) -> None:
    entries = crossed(groups, advance)
    assert [entry.place for entry in entries] == [place for place in range(1, advance + 1) for _ in range(groups)]
    assert len(set(entries)) == groups * advance


def test_a_side_of_the_knockout_is_known_when_its_group_is_complete() -> None:
    play = Play(GROUPS, 8)
    view = play.view
    assert [(p.left_place, p.right_place) for p in view.pairings if p.stage is Stage.KNOCKOUT] == [
        (GroupPlace(1, 1), GroupPlace(2, 2)),
        (GroupPlace(2, 1), GroupPlace(1, 2)),
        (None, None),
    ]
    first = {p.number: better_seed(p) for p in view.pairings if p.group == 1}
    play.outcomes.update(first)
    # Group 1 is 1, 4, 5, 8.
    assert knockout(play.view) == [(1, TO_BE_DECIDED), (TO_BE_DECIDED, 4), (TO_BE_DECIDED, TO_BE_DECIDED)]
    lines = {(line.seed, line.group): line for line in play.view.standings}
    assert [(lines[seed, 1].place, lines[seed, 1].final) for seed in (1, 4, 5, 8)] == [
        (place, True) for place in (1, 2, 3, 4)
    ]
    assert not lines[2, 2].final
    # In the whole tournament, 5 is behind four who go on.
    assert (lines[5, 0].place, lines[5, 0].final) == (5, True)
    assert (lines[8, 0].place, lines[8, 0].final) == (7, True)
    assert (lines[1, 0].place, lines[1, 0].final) == (1, False)


def test_without_surprises_the_first_seeds_are_in_the_final() -> None:
    view = Play(GROUPS, 16).to_the_end(better_seed)
    assert view.champion == 1
    assert knockout(view)[-1] == (1, 2)
    overall = {line.seed: line.place for line in view.standings if line.group == 0}
    assert [overall[1], overall[2]] == [1, 2]
    # Of four groups of four, thirds share the 9th place, fourths the 13th.
    assert sorted(overall.values()) == [1, 2, 3, 3, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13]


def test_equals_go_on_by_their_seeds() -> None:
    play = Play(Settings("groups", groups=1), 4)
    play.outcomes.update({p.number: LEFT_WINS for p in play.view.pairings if p.stage is Stage.GROUP})
    # 1-4 2-3 | 4-3 1-2 | 2-4 3-1: 1 and 2 have won two, 1 beat 2; nobody else matters.
    assert knockout(play.view) == [(1, 2)]
    drawn = Outcome(Kind.PLAYED, matches=((9, 9),))
    play.outcomes.update({p.number: drawn for p in play.view.pairings if p.stage is Stage.GROUP})
    assert {line.place for line in play.view.standings if line.group == 1} == {1}
    assert knockout(play.view) == [(1, 2)]


def test_who_came_too_seldom_does_not_go_on_and_leaves_an_empty_slot() -> None:
    play = Play(Settings("groups", groups=2), 6)
    # Of group 1 (1, 4, 5) only 1 came.
    for p in play.view.pairings:
        if p.group == 1:
            play.outcomes[p.number] = (
                NOBODY_CAME if 1 not in (p.left, p.right) else Outcome(Kind.WALKOVER, int(p.right == 1))
            )
        elif p.group == 2:
            play.outcomes[p.number] = better_seed(p)
    # Group 2 is 2, 3, 6: its winner meets the second of group 1, who is nobody.
    assert knockout(play.view)[:2] == [(1, 3), (2, EMPTY)]
    lines = {line.seed: line for line in play.view.standings if line.group == 0}
    assert lines[4].place == lines[5].place == 5
    assert lines[4].final


def test_when_nobody_comes_there_is_no_champion() -> None:
    view = Play(GROUPS, 8).to_the_end(lambda _: NOBODY_CAME)
    assert (view.done, view.champion) == (True, None)


def test_the_knockout_depends_on_the_groups_that_feed_it() -> None:
    play = Play(Settings("groups", groups=4, advance=1), 16)
    semi_one, semi_two, final = [p.number for p in play.view.pairings if p.stage is Stage.KNOCKOUT]
    by_group = {p.group: p.number for p in play.view.pairings if p.stage is Stage.GROUP}
    assert Groups().dependents(play.settings, play.history, by_group[1]) == {semi_one, final}
    assert Groups().dependents(play.settings, play.history, by_group[2]) == {semi_two, final}
    assert Groups().dependents(play.settings, play.history, semi_one) == {final}
    assert Groups().dependents(play.settings, play.history, final) == set()


def test_the_match_for_the_third_place_is_in_the_knockout() -> None:
    view = Play(Settings("groups", third_place=True), 8).to_the_end(better_seed)
    assert [p.stage for p in view.pairings][-2:] == [Stage.THIRD_PLACE, Stage.KNOCKOUT]
    overall = [line.place for line in view.standings if line.group == 0]
    assert overall == [1, 2, 3, 4, 5, 5, 7, 7]
