"""Checks of settings and of the number of entrants, shared by the formats."""

from collections.abc import Mapping
from typing import Final

from gameserver.domain.tournament.pairings import Stage
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings

OWN: Final = ("third_place", "grand_final", "drop_in_order", "rounds", "tiebreak_rules", "groups", "advance")
"""The settings that only some formats have, and what they are where they are left alone."""
BEST_OF: Final = (1, 3, 5)


def check_entrants(entrants: int, low: int, high: int) -> None:
    """Raise TournamentRefused unless there are `low` to `high` entrants."""
    if entrants < low:
        raise TournamentRefused(
            "entrants", f"This format needs at least {low} entrants; there are {entrants}.", "entrants"
        )
    if entrants > high:
        raise TournamentRefused(
            "entrants", f"This format takes at most {high} entrants; there are {entrants}.", "entrants"
        )


def check_own(settings: Settings, *own: str) -> None:
    """Raise TournamentRefused for a setting that belongs to another format."""
    untouched = Settings(settings.format)
    for name in OWN:
        if name not in own and getattr(settings, name) != getattr(untouched, name):
            raise TournamentRefused("settings", f"{settings.format} has no setting {name}; leave it out.", name)


def check_best_of(settings: Settings, rounds: Mapping[Stage, int]) -> None:
    """Raise TournamentRefused for a best of that is not 1, 3 or 5, or of a round that there is not.

    `rounds` says how many rounds each stage has. Counted from the last one a round may be missing: of how many a stage
    has, the entrants decide.
    """
    if settings.best_of not in BEST_OF:
        raise TournamentRefused("settings", f"The best of {settings.best_of} cannot be; take 1, 3 or 5.", "best_of")
    seen: set[tuple[Stage, int, int | None]] = set()
    for position, line in enumerate(settings.best_of_rounds):
        path = f"best_of_rounds[{position}]"
        name = line.stage.name.lower().replace("_", " ")
        if line.best_of not in BEST_OF:
            raise TournamentRefused(
                "settings", f"The best of {line.best_of} cannot be; take 1, 3 or 5.", f"{path}.best_of"
            )
        if line.stage not in rounds or (line.before_last is None and not rounds[line.stage]):
            raise TournamentRefused("settings", f"This tournament has no stage “{name}”.", f"{path}.stage")
        if not 0 <= line.round <= rounds[line.stage]:
            raise TournamentRefused(
                "settings",
                f"The stage “{name}” has {rounds[line.stage]} rounds, and no round {line.round}.",
                f"{path}.round",
            )
        if line.round and line.before_last is not None:
            sentence = f"A round of the stage “{name}” is counted from the first one or from the last, not from both."
            raise TournamentRefused("settings", sentence, f"{path}.before_last")
        place = (line.stage, line.round, line.before_last)
        if place in seen:
            raise TournamentRefused("settings", f"A round of the stage “{name}” is set twice.", path)
        seen.add(place)


def best_of(settings: Settings, stage: Stage, round_: int, last: int) -> int:
    """The best of how many a round is, of a stage whose last one is `last`.

    What was said of it, first as counted from the last, else of its stage, else of all.
    """
    said = {(line.round, line.before_last): line.best_of for line in settings.best_of_rounds if line.stage is stage}
    places = ((0, last - round_), (round_, None), (0, None))
    return next((said[place] for place in places if place in said), settings.best_of)
