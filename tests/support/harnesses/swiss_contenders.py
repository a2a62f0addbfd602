"""Contenders of one round of a Swiss, written down in short for tests."""

from gameserver.domain.tournament.formats.interface import Contender
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.pairings import EMPTY


def people(points: str, met: str = "", byes: tuple[int, ...] = ()) -> list[Contender]:
    """`points` are half points by seed, `met` is "1-2 3-4"."""
    contenders = [Contender(seed, int(word)) for seed, word in enumerate(points.split(), 1)]
    for pair in met.split():
        one, other = map(int, pair.split("-"))
        contenders[one - 1].met.add(other)
        contenders[other - 1].met.add(one)
    for seed in byes:
        contenders[seed - 1].had_bye = True
    return contenders


def drawn(contenders: list[Contender]) -> str:
    """The pairs, and the one who is left: "1-5 2-6 7"."""
    pairs = draw(contenders)
    assert pairs
    return " ".join(str(left) if right == EMPTY else f"{min(left, right)}-{max(left, right)}" for left, right in pairs)
