"""Settings that no format takes: each a typed refusal that says which setting it is about."""

import pytest

from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.pairings import Stage
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import GrandFinal, RoundBestOf, Settings

NAMES = sorted(FORMATS)


def refused(settings: Settings, entrants: int = 8) -> tuple[str, str]:
    with pytest.raises(TournamentRefused) as refusal:
        FORMATS[settings.format].check(settings, entrants)
    assert refusal.value.sentence.endswith(".")
    return refusal.value.code, refusal.value.field


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("single_elimination", 2, 64),
        ("double_elimination", 2, 64),
        ("round_robin", 2, 64),
        ("swiss", 2, 256),
        ("groups", 4, 64),
    ],
)
def test_a_format_takes_so_many_entrants(name: str, low: int, high: int) -> None:
    for entrants in range(low, high + 1):
        FORMATS[name].check(Settings(name), entrants)
    assert refused(Settings(name), low - 1) == ("entrants", "entrants")
    assert refused(Settings(name), high + 1) == ("entrants", "entrants")


@pytest.mark.parametrize(
    ("setting", "taken_by"),
    [
        (Settings("", third_place=True), {"single_elimination", "groups"}),
        (Settings("", grand_final=GrandFinal.SIMPLE), {"double_elimination"}),
        (Settings("", rounds=3), {"swiss"}),
        (Settings("", groups=2), {"groups"}),
        (Settings("", advance=1), {"groups"}),
    ],
)
def test_a_setting_of_another_format_is_refused(setting: Settings, taken_by: set[str]) -> None:
    default = Settings("")
    fields = ("third_place", "grand_final", "rounds", "groups", "advance")
    (changed,) = [field for field in fields if getattr(setting, field) != getattr(default, field)]
    for name in NAMES:
        settings = Settings(name, **{field: getattr(setting, field) for field in fields})
        if name in taken_by:
            FORMATS[name].check(settings, 8)
        else:
            assert refused(settings) == ("settings", changed)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("best_of", [-1, 0, 2, 4, 6, 7])
def test_a_best_of_is_1_3_or_5(name: str, best_of: int) -> None:
    assert refused(Settings(name, best_of=best_of)) == ("settings", "best_of")
    stage = next(stage for stage in Stage if stage_of(name, stage))
    line = RoundBestOf(stage, 1, best_of)
    assert refused(Settings(name, best_of_rounds=(line,))) == ("settings", "best_of_rounds[0].best_of")


def stage_of(name: str, stage: Stage) -> bool:
    return (
        stage
        in {
            "single_elimination": {Stage.KNOCKOUT},
            "double_elimination": {Stage.WINNERS, Stage.LOSERS, Stage.GRAND_FINAL},
            "round_robin": {Stage.GROUP},
            "swiss": {Stage.SWISS},
            "groups": {Stage.GROUP, Stage.KNOCKOUT},
        }[name]
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_round_that_there_is_not_is_refused(name: str) -> None:
    for stage in Stage:
        settings = Settings(name, best_of_rounds=(RoundBestOf(stage, 0, 3),))
        if stage_of(name, stage):
            FORMATS[name].check(settings, 8)
            for round_ in (-1, 99):
                beyond = Settings(name, best_of_rounds=(RoundBestOf(stage, round_, 3),))
                assert refused(beyond) == ("settings", "best_of_rounds[0].round")
        else:
            assert refused(settings) == ("settings", "best_of_rounds[0].stage")


def test_a_round_set_twice_is_refused() -> None:
    final = RoundBestOf(Stage.KNOCKOUT, 3, 5)
    settings = Settings("single_elimination", best_of_rounds=(final, RoundBestOf(Stage.KNOCKOUT, 3, 3)))
    assert refused(settings) == ("settings", "best_of_rounds[1]")


@pytest.mark.parametrize("name", NAMES)
def test_counted_from_the_last_a_round_is_taken_of_every_stage_of_the_format_however_few_there_are(name: str) -> None:
    for stage in Stage:
        for before_last in (0, 1, 62):
            line = RoundBestOf(stage, 0, 3, before_last)
            settings = Settings(name, best_of_rounds=(line,), third_place=name in ("single_elimination", "groups"))
            if stage_of(name, stage) or (stage is Stage.THIRD_PLACE and settings.third_place):
                for entrants in (4, 8, 64):
                    FORMATS[name].check(settings, entrants)
            else:
                assert refused(settings) == ("settings", "best_of_rounds[0].stage")


def test_a_round_is_counted_from_one_end_and_from_each_end_once() -> None:
    final = RoundBestOf(Stage.KNOCKOUT, 0, 5, 0)
    both = (RoundBestOf(Stage.KNOCKOUT, 3, 3), final, RoundBestOf(Stage.KNOCKOUT, 0, 3))
    FORMATS["single_elimination"].check(Settings("single_elimination", best_of_rounds=both), 8)
    twice = Settings("single_elimination", best_of_rounds=(final, RoundBestOf(Stage.KNOCKOUT, 0, 3, 0)))
    assert refused(twice) == ("settings", "best_of_rounds[1]")
    unclear = Settings("single_elimination", best_of_rounds=(RoundBestOf(Stage.KNOCKOUT, 3, 5, 0),))
    assert refused(unclear) == ("settings", "best_of_rounds[0].before_last")


@pytest.mark.parametrize("rounds", [-1, 8, 21])
def test_a_swiss_of_8_has_at_most_7_rounds(rounds: int) -> None:
    assert refused(Settings("swiss", rounds=rounds)) == ("settings", "rounds")
    FORMATS["swiss"].check(Settings("swiss", rounds=7), 8)
    FORMATS["swiss"].check(Settings("swiss", rounds=7), 7)


@pytest.mark.parametrize(
    ("groups", "advance", "field"),
    [
        (-1, 0, "groups"),
        # Groups of one.
        (5, 0, "groups"),
        # Everybody would go on.
        (2, 4, "advance"),
        (4, 2, "advance"),
        (2, -1, "advance"),
        # Nobody would be left to play against.
        (1, 1, "advance"),
    ],
)
def test_groups_that_cannot_be_are_refused(groups: int, advance: int, field: str) -> None:
    assert refused(Settings("groups", groups=groups, advance=advance)) == ("settings", field)


def test_there_are_at_most_16_groups() -> None:
    FORMATS["groups"].check(Settings("groups", groups=16), 64)
    assert refused(Settings("groups", groups=17), 64) == ("settings", "groups")
