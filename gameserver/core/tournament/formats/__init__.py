"""The formats, one file each. A new one is added to FORMATS and nowhere else."""

from collections.abc import Mapping
from typing import Final

from gameserver.core.tournament.formats.double import DoubleElimination
from gameserver.core.tournament.formats.groups import Groups
from gameserver.core.tournament.formats.round_robin import RoundRobin
from gameserver.core.tournament.formats.single import SingleElimination
from gameserver.core.tournament.formats.swiss import Swiss
from gameserver.core.tournament.values import Format

_ALL: Final[tuple[Format, ...]] = (SingleElimination(), DoubleElimination(), RoundRobin(), Swiss(), Groups())

#: By the name in `Settings.format`.
FORMATS: Final[Mapping[str, Format]] = {format_.name: format_ for format_ in _ALL}
