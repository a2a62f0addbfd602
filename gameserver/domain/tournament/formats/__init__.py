"""The formats, one file each. A new one is added to FORMATS and nowhere else."""

from collections.abc import Mapping
from typing import Final

from gameserver.domain.tournament.formats.double import DoubleElimination
from gameserver.domain.tournament.formats.groups import Groups
from gameserver.domain.tournament.formats.interface import Format
from gameserver.domain.tournament.formats.round_robin import RoundRobin
from gameserver.domain.tournament.formats.single import SingleElimination
from gameserver.domain.tournament.formats.swiss import Swiss

_ALL: Final[tuple[Format, ...]] = (SingleElimination(), DoubleElimination(), RoundRobin(), Swiss(), Groups())

FORMATS: Final[Mapping[str, Format]] = {format_.name: format_ for format_ in _ALL}
"""By the name in `Settings.format`."""
