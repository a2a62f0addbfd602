"""Entrance of a tournament: its spec, the check-in and the draw of the seeds."""

from dataclasses import replace

import pytest

from gameserver.domain.tournament.commands import CheckIn, Withdraw
from gameserver.domain.tournament.records import CheckedIn, Drawn, EntrantState, Phase
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import Entrant, Seeding, Spec, check, shuffle
from tests.support.harnesses.tournament import HOST, Hall, S, bots, people, single, states
from tests.support.harnesses.tournament_simulation import START

# Who comes in.


def refusal(spec: Spec) -> str:
    with pytest.raises(TournamentRefused) as refused:
        check(spec)
    assert refused.value.sentence
    return refused.value.code


def test_one_entrant_is_no_tournament() -> None:
    assert refusal(single(*people(1))) == "entrants"
    assert refusal(single()) == "entrants"


def test_an_account_enters_once() -> None:
    assert refusal(single(*people(2), Entrant("Other name", "a0"))) == "duplicate"


def test_two_people_at_one_keyboard_have_two_names_however_they_are_written() -> None:
    assert refusal(single(Entrant("Zoë"), Entrant("ZOË"))) == "duplicate"
    check(single(Entrant("Zoë"), Entrant("Zoe")))


def test_bots_may_have_the_same_name() -> None:
    bot = bots(1)[0]
    check(single(bot, bot))


FOUR = single(*people(4))


@pytest.mark.parametrize(
    "spec",
    [
        replace(FOUR, call_s=9),
        replace(FOUR, check_in_s=-1),
        replace(FOUR, at_once=129),
        replace(FOUR, waiting_from=1),
        replace(FOUR, waiting_from=5),
        replace(FOUR, seed=1 << 32),
        replace(FOUR, settings=Settings("penalty_shootout")),
        replace(FOUR, settings=Settings("single_elimination", best_of=2)),
    ],
)
def test_settings_that_cannot_be_are_refused(spec: Spec) -> None:
    assert refusal(spec) == "settings"


# Check-in.


def check_in(count: int, waiting_from: int = 0) -> Hall:
    return Hall(replace(single(*people(count)), check_in_s=60, waiting_from=waiting_from))


def test_the_draw_is_made_as_soon_as_everybody_has_checked_in() -> None:
    hall = check_in(3)
    for entrant in range(3):
        assert hall.tournament.snapshot().status.phase == Phase.CHECK_IN
        hall.act(f"a{entrant}", CheckIn())
    assert hall.tournament.snapshot().status.phase == Phase.DRAWN
    assert hall.now == START


def test_who_has_not_checked_in_by_the_deadline_is_out() -> None:
    hall = check_in(4).act("a0", CheckIn()).act("a2", CheckIn()).go(60 * S)
    assert states(hall) == [EntrantState.IN, EntrantState.ABSENT, EntrantState.IN, EntrantState.ABSENT]
    assert hall.all(Drawn)[0].entrants == (0, 2)


def test_the_waiting_list_comes_in_for_them_in_order_if_it_has_checked_in() -> None:
    hall = check_in(6, waiting_from=3)
    for entrant in (0, 4, 5):
        hall.act(f"a{entrant}", CheckIn())
    hall.go(60 * S)
    assert hall.all(Drawn)[0].entrants == (0, 4, 5)
    assert states(hall)[3] == EntrantState.WAITING


def test_a_place_that_somebody_gives_up_is_the_first_ones_who_wait() -> None:
    hall = check_in(4, waiting_from=2).act("a1", Withdraw())
    assert states(hall)[2:] == [EntrantState.EXPECTED, EntrantState.WAITING]


def test_bots_and_people_at_the_keyboard_need_not_check_in() -> None:
    hall = Hall(replace(single(*bots(2), Entrant("Ann"), Entrant("Bob")), check_in_s=60))
    assert hall.all(Drawn)
    assert hall.all(CheckedIn)


def test_checking_in_twice_is_nothing_new() -> None:
    hall = check_in(3).act("a0", CheckIn())
    before = list(hall.records)
    hall.act("a0", CheckIn())
    assert hall.records == before


def test_who_alone_has_come_is_champion_by_walkover() -> None:
    hall = check_in(3).act("a1", CheckIn()).go(60 * S)
    assert hall.result.champion == 1
    assert [line.entrant for line in hall.result.standings] == [1]


def test_without_anybody_there_is_no_champion() -> None:
    assert check_in(3).go(60 * S).result.champion is None


def test_too_few_for_the_settings_play_by_settings_that_fit() -> None:
    spec = Spec(Settings("groups", groups=4, advance=2), people(16), HOST, check_in_s=60)
    hall = Hall(spec)
    for entrant in range(3):
        hall.act(f"a{entrant}", CheckIn())
    hall.go(60 * S)
    assert hall.tournament.state.settings.format == "single_elimination"
    assert len(hall.tournament.snapshot().pairings) == 3


def test_too_few_for_so_many_groups_play_in_fewer() -> None:
    hall = Hall(Spec(Settings("groups", groups=4, advance=2), people(16), HOST, check_in_s=60))
    for entrant in range(6):
        hall.act(f"a{entrant}", CheckIn())
    settings = hall.go(60 * S).tournament.state.settings
    assert (settings.format, settings.groups) == ("groups", 0)


# The draw.


def test_seeds_by_results_put_the_highest_first_and_keep_the_order_of_equals() -> None:
    some = tuple(replace(entrant, rating=rating) for entrant, rating in zip(people(4), (5, 9, 5, 7), strict=True))
    hall = Hall(replace(single(*some), seeding=Seeding.RESULTS))
    assert hall.all(Drawn)[0].entrants == (1, 3, 0, 2)


def test_a_random_draw_follows_from_the_stored_seed() -> None:
    def drawn(seed: int) -> tuple[int, ...]:
        return Hall(replace(single(*people(8)), seeding=Seeding.RANDOM, seed=seed)).all(Drawn)[0].entrants

    assert drawn(7) == drawn(7)
    assert len({drawn(seed) for seed in range(20)}) > 15
    assert sorted(drawn(3)) == list(range(8))


def test_every_order_is_drawn_about_as_often() -> None:
    seen: dict[tuple[int, ...], int] = {}
    for seed in range(6_000):
        numbers = [0, 1, 2]
        shuffle(numbers, seed)
        seen[tuple(numbers)] = seen.get(tuple(numbers), 0) + 1
    assert len(seen) == 6
    assert all(800 < times < 1200 for times in seen.values()), seen


def test_the_draw_is_shown_before_anybody_is_called() -> None:
    hall = Hall(single(*people(2))).go(4_999)
    assert not hall.called
    assert hall.go(1).called == [1]
