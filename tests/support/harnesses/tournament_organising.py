"""Acts of an organiser in a test."""

from dataclasses import replace

import pytest

from gameserver.domain.tournament.commands import Command
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings
from tests.support.harnesses.tournament import Hall, S, bots, single


def refused(hall: Hall, by: str, act: Command) -> str:
    """The code of the no; nothing has changed."""
    before, written = hall.tournament.snapshot(), list(hall.records)
    with pytest.raises(TournamentRefused) as no:
        hall.act(by, act)
    assert no.value.sentence.endswith(".")
    assert hall.tournament.snapshot() == before
    assert hall.records == written
    return no.value.code


def swiss(count: int, rounds: int) -> Hall:
    return Hall(replace(single(*bots(count)), settings=Settings("swiss", rounds=rounds))).go(10 * S)
