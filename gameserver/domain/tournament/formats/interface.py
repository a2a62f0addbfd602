"""Interface between the formats and the engine of a tournament: a history in, a view of it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gameserver.domain.tournament.pairings import EMPTY, Outcome, Pairing, Standing
from gameserver.domain.tournament.settings import Settings

Pairs = tuple[tuple[int, int], ...]
"""The pairings of a round of a Swiss: each (left, right) from the top of the table, the bye (seed, EMPTY) last."""


@dataclass(slots=True)
class Contender:
    """Entrant in a round of a Swiss that is to be drawn."""

    seed: int
    points: int
    """Half points."""
    met: set[int] = field(default_factory=set)
    had_bye: bool = False
    was_spared: bool = False
    """Has won a round without playing it."""
    floated: int = 0
    """In the round before: 1 met somebody with fewer points, or had a bye, -1 met somebody with more, 0 neither."""
    leaning: int = 0
    """Times on the left less times on the right; `last`: the last side, -1 right, 1 left, 0 neither."""
    last: int = 0

    def was_drawn(self, opponent: int, side: int) -> None:
        """Add a round: against `opponent`, on `side` (0 left, 1 right), or a bye."""
        if opponent == EMPTY:
            self.had_bye = True
            return
        self.met.add(opponent)
        self.last = -1 if side else 1
        self.leaning += self.last


@dataclass(frozen=True, slots=True)
class RoundToDraw:
    """A round of a Swiss that is to be drawn, so that `rounds_after` more can be. `formats.swiss_draw` draws it."""

    contenders: tuple[Contender, ...]
    rounds_after: int


@dataclass(frozen=True, slots=True)
class History:
    """History of a tournament: all that a format may know."""

    entrants: int
    """Seeds are 1 to this; late entrants have the highest."""
    outcomes: Mapping[int, Outcome] = field(default_factory=dict)
    """By pairing. BYE is not among them."""
    out: Mapping[int, int] = field(default_factory=dict)
    """Entrants who are out for good: seed to the round in which they left (0: before the first). The engine decides the
    pairings they leave open; a Swiss draw leaves them out, a round robin may annul what they played."""
    since: Mapping[int, int] = field(default_factory=dict)
    """Late entrants of a Swiss, all who came after the seeds were set: seed to the first round that they are in."""
    drawn: tuple[Pairs, ...] = ()
    """Rounds that were drawn so far, for formats that draw by results: each (left, right) in order, right EMPTY for
    the bye."""
    exhausted: bool = False
    """There is no legal draw of another round: everybody who is left has met."""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Memo of the format's work for earlier views of the same tournament: it may save work, and changes nothing
    of what a view says."""


@dataclass(frozen=True, slots=True)
class View:
    """All that follows from a history."""

    pairings: tuple[Pairing, ...]
    """In the order of their numbers, from 1 and without a gap; those whose sides are not known yet too."""
    standings: tuple[Standing, ...]
    """First everybody's place in the whole tournament, best first, with group 0. After that, where there are groups,
    their tables one after another: so a seed has two lines there."""
    done: bool
    """Nothing is left to play or to draw."""
    champion: int | None = None
    """The seed; None while it is open, and when there is none."""
    to_draw: RoundToDraw | None = None
    """A round that is to be drawn now. A large one takes a while: the engine has it drawn as an effect, writes down
    what comes of it, and adds it to `History.drawn`."""


class Format(Protocol):
    """A format: a pure function, and what it takes."""

    name: str
    """As in Settings.format."""
    tiebreaks: tuple[str, ...]
    """Names of `Standing.tiebreaks`, in order, such as "buchholz_cut_1"."""
    takes_late: bool
    """Somebody may come in while the rounds drawn so far are at most half of all."""

    def rounds(self, settings: Settings, entrants: int) -> int:
        """Number of rounds of a Swiss or a round robin; 0 elsewhere. `entrants`: their number at the draw."""
        ...

    def check(self, settings: Settings, entrants: int) -> None:
        """Raise TournamentRefused for settings or a number of entrants that this format cannot take."""

    def view(self, settings: Settings, history: History) -> View:
        """Return what follows from a history. It asks no clock, draws no lot, and never raises for a real history."""
        ...

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        """Pairings whose sides or places in the draw follow, directly or not, from how this one is decided."""
        ...
