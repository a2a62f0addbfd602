"""What formats and the engine of a tournament say to each other.

A *pairing* is a place in the bracket where two entrants meet. It is decided by one match, or by the best of 3 or 5. A
format knows entrants by their seed alone: 1 is the best. Whose seed that is, when something is played, and who has not
come, are the engine's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, Protocol

#: A side of a pairing that will never be filled: whoever is on the other side has a bye.
EMPTY: Final = 0
#: A side of a pairing that is not decided yet.
TO_BE_DECIDED: Final = -1
#: No side won.
NO_SIDE: Final = -1


class TournamentRefused(ValueError):
    """A setting or an act that cannot be. Nothing has changed.

    `field` is a path, `code` says which kind of no it is.
    """

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


class Stage(IntEnum):
    """The part of the bracket that a pairing belongs to."""

    #: Single elimination, and the knockout after groups.
    KNOCKOUT = 1
    #: Double elimination: nobody here has lost.
    WINNERS = 2
    #: Double elimination: everybody here has lost once.
    LOSERS = 3
    #: Double elimination: the last pairing, and after it the reset.
    GRAND_FINAL = 4
    #: Between the losers of the semi-finals.
    THIRD_PLACE = 5
    #: Everybody in a group meets everybody, a round robin without groups being one group.
    GROUP = 6
    SWISS = 7


class Kind(IntEnum):
    """How a pairing was decided. BYE is made by formats; everything else is told to them."""

    PLAYED = 1
    #: Begun, and given up.
    FORFEIT = 2
    #: Never begun: one side did not come, or was out.
    WALKOVER = 3
    #: Neither came, or both are out: an empty slot goes on.
    DOUBLE_FORFEIT = 4
    #: Nobody on the other side. Not a match: no statistics.
    BYE = 5
    #: Called off by the organiser: nobody wins, and an empty slot goes on.
    CANCELLED = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a pairing was decided. `winner` is 0 (left), 1 (right) or NO_SIDE; a drawn one is PLAYED with NO_SIDE.

    `matches` has the points (left, right) of each match that was played, in order.
    """

    kind: Kind
    winner: int = NO_SIDE
    matches: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A side comes from another pairing: its winner, or its loser."""

    pairing: int
    winner: bool = True


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A side comes from a group: whoever has this place in it. Both from 1."""

    group: int
    place: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """A place in the bracket."""

    #: From 1, in the order in which the format would have them played. It never changes.
    number: int
    stage: Stage
    #: From 1 within its stage.
    round: int
    #: From 1 within its round, from the top of the bracket down.
    index: int
    #: A seed, EMPTY or TO_BE_DECIDED.
    left: int
    right: int
    left_from: Source | None = None
    right_from: Source | None = None
    #: Which group, from 1; 0 where there are none.
    group: int = 0
    best_of: int = 1
    #: Rounds from here to the end of the tournament: 0 for a (grand) final and its reset, 1 for a third place match.
    to_end: int = 0
    outcome: Outcome | None = None
    #: It will not be played, because it turned out not to be needed: a reset.
    skipped: bool = False
    #: A drawn match is a result here. Elsewhere it is played again.
    may_draw: bool = False
    #: In the first round of a knockout after groups.
    left_place: GroupPlace | None = None
    right_place: GroupPlace | None = None

    @property
    def playable(self) -> bool:
        """Both sides are known, and nothing is decided."""
        return self.left > 0 and self.right > 0 and self.outcome is None and not self.skipped

    @property
    def decided(self) -> bool:
        """Nothing more will happen here."""
        return self.outcome is not None or self.skipped


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the table, best first."""

    seed: int
    #: 1 is the best. Those who share a place have the same, and the next one is counted past them (1, 2, 3, 3, 5).
    place: int
    #: 0 where there are none.
    group: int = 0
    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    #: Tournament points, in halves: a win or a Swiss bye is 2, a draw 1. 0 in knockouts.
    points: int = 0
    #: Points for and against in all matches.
    scored: int = 0
    conceded: int = 0
    #: In the order of `Format.tiebreaks`, each multiplied by 4 so that it is whole.
    tiebreaks: tuple[int, ...] = ()
    #: Nothing can change their place any more.
    final: bool = False


class GrandFinal(IntEnum):
    """How a double elimination ends."""

    #: With the winners bracket's final: its winner is champion, the losers bracket's winner second.
    NONE = 0
    #: One pairing.
    SIMPLE = 1
    #: A second one if the one from the winners bracket loses the first: then both have lost once.
    DOUBLE = 2


class DropInOrder(IntEnum):
    """The order in which losers of the winners bracket come into the losers bracket of a double elimination."""

    #: That of brackets-manager.js. Tournaments opened before there was a choice are played by it.
    BRACKETS_MANAGER = 0
    #: Those who have met meet again as late as possible, and as rarely.
    LATE_REMATCH = 2


class TiebreakRules(IntEnum):
    """The edition of the FIDE Handbook, C.07, by which the tiebreaks of a Swiss are computed."""

    #: Not said: another format, or a Swiss opened before there was a choice, which is computed by FIDE_2024.
    UNSPECIFIED = 0
    #: In force from 1 August 2024.
    FIDE_2024 = 1
    #: In force from 1 March 2026.
    FIDE_2026 = 2


@dataclass(frozen=True, slots=True)
class RoundBestOf:
    """The best of how many in one round (round 0: in every round of the stage).

    With `before_last` the round is counted from the stage's last one, which is 0, and `round` is 0.
    """

    stage: Stage
    round: int
    best_of: int
    before_last: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a format may be told. What does not belong to it has to be left as it is here."""

    format: str
    #: Single elimination, groups.
    third_place: bool = False
    #: Double elimination.
    grand_final: GrandFinal = GrandFinal.DOUBLE
    #: Double elimination.
    drop_in_order: DropInOrder = DropInOrder.BRACKETS_MANAGER
    #: Swiss; 0 means as many as a knockout would have.
    rounds: int = 0
    #: Swiss.
    tiebreak_rules: TiebreakRules = TiebreakRules.UNSPECIFIED
    #: Groups: how many (0: of about four entrants), and how many go on from each (0: two, or one of two).
    groups: int = 0
    advance: int = 0
    #: 1, 3 or 5.
    best_of: int = 1
    #: Where it is otherwise.
    best_of_rounds: tuple[RoundBestOf, ...] = ()


#: The pairings of a round of a Swiss: each (left, right) from the top of the table, the bye (seed, EMPTY) last.
Pairs = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Contender:
    """Somebody who is in a round of a Swiss that is to be drawn."""

    seed: int
    #: Half points.
    points: int
    met: set[int] = field(default_factory=set)
    had_bye: bool = False
    #: Has won a round without playing it.
    was_spared: bool = False
    #: In the round before: 1 met somebody with fewer points, or had a bye, -1 met somebody with more, 0 neither.
    floated: int = 0
    #: How often left less how often right, and what it was last: -1 right, 1 left, 0 neither.
    leaning: int = 0
    last: int = 0

    def was_drawn(self, opponent: int, side: int) -> None:
        """They met `opponent`, on `side` (0 left, 1 right); or had a bye."""
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
    """What has happened so far: all that a format may know."""

    #: Seeds are 1 to this; late entrants have the highest.
    entrants: int
    #: By pairing. BYE is not among them.
    outcomes: Mapping[int, Outcome] = field(default_factory=dict)
    #: Who is out for good: seed to the round in which they left (0: before the first). Their pairings that are left are
    #: decided by the engine; a Swiss draw leaves them out, a round robin may annul what they played.
    out: Mapping[int, int] = field(default_factory=dict)
    #: Late entrants of a Swiss, all who came after the seeds were set: seed to the first round that they are in.
    since: Mapping[int, int] = field(default_factory=dict)
    #: Rounds that were drawn so far, for formats that draw by results: each (left, right) in order, right EMPTY for
    #: the bye.
    drawn: tuple[Pairs, ...] = ()
    #: There is no legal draw of another round: everybody who is left has met.
    exhausted: bool = False
    #: What the format has worked out for earlier views of the same tournament: it may save work, and changes nothing
    #: of what a view says.
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class View:
    """All that follows from a history."""

    #: In the order of their numbers, from 1 and without a gap; those whose sides are not known yet too.
    pairings: tuple[Pairing, ...]
    #: First everybody's place in the whole tournament, best first, with group 0. After that, where there are groups,
    #: their tables one after another: so a seed has two lines there.
    standings: tuple[Standing, ...]
    #: Nothing is left to play or to draw.
    done: bool
    #: The seed; None while it is open, and when there is none.
    champion: int | None = None
    #: A round that is to be drawn now. A large one takes a while: the engine has it drawn as an effect, writes down
    #: what comes of it, and adds it to `History.drawn`.
    to_draw: RoundToDraw | None = None


class Format(Protocol):
    """A format: a pure function, and what it takes."""

    #: As in Settings.format.
    name: str
    #: What `Standing.tiebreaks` has, in order, by names such as "buchholz_cut_1".
    tiebreaks: tuple[str, ...]
    #: Somebody may come in while the rounds drawn so far are at most half of all.
    takes_late: bool

    def rounds(self, settings: Settings, entrants: int) -> int:
        """How many rounds a Swiss or a round robin has; 0 elsewhere. `entrants`: who was there at the draw."""
        ...

    def check(self, settings: Settings, entrants: int) -> None:
        """Raise TournamentRefused for settings or a number of entrants that this format cannot take."""

    def view(self, settings: Settings, history: History) -> View:
        """What follows from what has happened. It asks no clock, draws no lot, and never raises for a real history."""
        ...

    def dependents(self, settings: Settings, history: History, pairing: int) -> frozenset[int]:
        """Pairings whose sides or places in the draw follow, directly or not, from how this one is decided."""
        ...
