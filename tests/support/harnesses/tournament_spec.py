"""Specs of tournaments by chance."""

from dataclasses import replace
from random import Random
from typing import Final

from gameserver.domain.pong.bots import Strength
from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import GrandFinal, Settings
from gameserver.domain.tournament.spec import RANGES, Entrant, Seeding, Spec

ORGANISER: Final = "organiser"


def random_spec(random: Random) -> Spec:
    """Choose a format, settings and entrants that can play by them."""
    pick, chance = random.choice, random.random
    name = pick(sorted(FORMATS))
    least = 4 if name == "groups" else 2
    size = chance()
    if size < 0.75:
        entrants = random.randint(least, 6)
    elif size < 0.99:
        entrants = random.randint(6, 10)
    else:
        entrants = pick((random.randint(11, 63), 32, 64)) if name != "round_robin" else 14
    settings = Settings(name, best_of=pick((1, 1, 1, 1, 3, 3, 5)))
    if name == "double_elimination":
        settings = replace(settings, grand_final=pick(tuple(GrandFinal)))
    elif name in ("single_elimination", "groups") and chance() < 0.4 and entrants >= 4:
        settings = replace(settings, third_place=True)
    try:
        FORMATS[name].check(settings, entrants)
    except TournamentRefused:
        settings = Settings(name)
    waiting = random.randint(1, 3) if chance() < 0.2 else 0
    some = [
        Entrant(f"Bot {n}", bot=Strength.EASY, rating=random.randint(0, 3))
        if chance() < 0.3
        else Entrant(f"Player {n}", f"a{n}" if chance() < 0.9 else "", rating=random.randint(0, 3))
        for n in range(entrants + waiting)
    ]
    return Spec(
        settings,
        tuple(some),
        ORGANISER,
        pick(tuple(Seeding)),
        random.randint(0, RANGES["seed"][1]),
        entrants if waiting else 0,
        check_in_s=pick((0, 0, 60, 300)),
        call_s=pick((10, 60, 120)),
        rest_s=pick((0, 10, 60)),
        at_once=pick((0, 0, 0, 1, 2)),
        review_s=pick((0, 0, 30, 300)),
    )
