"""Specification of a tournament: entrants, seeding, format and times; the draw of the seeds."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.rules import xorshift32
from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.settings import Settings

ENTRANTS_MAX: Final = 256
"""Entrants, those who wait included."""
REPLAYS: Final = 2
"""Times that a level match is played again where somebody has to win; after that the better seed wins."""
PAUSE: Final = 3_600_000
"""A pause that nobody ends is over after this, ms: nothing gets stuck. Nor is anybody waited for longer than this who
cannot come because of us."""


class Seeding(IntEnum):
    """Sources of the seeds."""

    GIVEN = 1
    """The order of the entrants: the organiser's ranking."""
    RESULTS = 2
    """`Entrant.rating`, the highest first; the order among equals."""
    RANDOM = 3
    """By lot, from the stored seed."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Participant: an account, a person at a shared keyboard (no account), or a bot."""

    name: str
    account_id: str = ""
    bot: Strength = Strength.PERSON
    bot_reaction_ms: int = 0
    """Added to a bot's mean reaction time, ms."""
    rating: int = 0
    """Past results, for seeding; the higher the better."""
    rtt_most_us: int = 0
    """The round trip that a person is believed at most, µs (0: whatever is measured), and the name of their line."""
    line: str = ""

    @property
    def key(self) -> str:
        """Key that only one entrant may have; empty for a bot."""
        if self.account_id or self.bot:
            return self.account_id
        return "name " + unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", self.name).casefold())


@dataclass(frozen=True, slots=True)
class Spec:
    """A tournament. An entrant's place in `entrants` is their number, and their seat."""

    settings: Settings
    entrants: tuple[Entrant, ...]
    organiser: str = ""
    """The account that may pause it, correct it, call it off; empty: only the house."""
    seeding: Seeding = Seeding.GIVEN
    seed: int = 0
    """Of all chance: 32 bits."""
    waiting_from: int = 0
    """Entrants from this one on are the waiting list; 0: there is none."""
    check_in_s: int = 0
    """Seconds: to check in (0: nobody has to) ..."""
    call_s: int = 60
    """... until somebody who is called has to be there ..."""
    rest_s: int = 10
    """... of rest between two pairings of an entrant ..."""
    between_s: int = 5
    """... between two matches of a pairing ..."""
    draw_s: int = 5
    """... and for which the draw is shown before anybody is called."""
    at_once: int = 0
    """Pairings that may be on at once; 0: any number. At one keyboard it is 1."""
    review_s: int = 0
    """For how long all results can still be corrected once all is played, seconds; 0: it is over at once."""

    @property
    def places(self) -> int:
        """Entrants that can take part; the others wait. ENTRANTS_MAX where there is no waiting list."""
        return self.waiting_from or ENTRANTS_MAX


RANGES: Final = {
    "seed": (0, 0xFFFFFFFF),
    "check_in_s": (0, 3_600),
    "call_s": (10, 900),
    "rest_s": (0, 600),
    "between_s": (0, 10),
    "draw_s": (0, 60),
    "at_once": (0, 128),
    "review_s": (0, 3_600),
}
"""Inclusive ranges of the numbers of a Spec."""


def check(spec: Spec) -> None:
    """Raise TournamentRefused for a tournament that cannot be: "settings", "entrants" or "duplicate"."""
    for name, (low, high) in RANGES.items():
        if not low <= getattr(spec, name) <= high:
            raise TournamentRefused("settings", f"{name} has to be from {low} to {high}.", name)
    if spec.settings.format not in FORMATS:
        raise TournamentRefused("settings", f"The format has to be one of {', '.join(FORMATS)}.", "settings.format")
    total = len(spec.entrants)
    if total > ENTRANTS_MAX:
        raise TournamentRefused("entrants", f"At most {ENTRANTS_MAX} can enter, those who wait included.", "entrants")
    if spec.waiting_from and not 2 <= spec.waiting_from <= total:
        raise TournamentRefused("settings", "The waiting list begins after 2 places, and not past the last entrant.")
    taking_part = spec.waiting_from or total
    if taking_part < 2:
        raise TournamentRefused("entrants", "A tournament needs at least two entrants: invite somebody, or add a bot.")
    FORMATS[spec.settings.format].check(spec.settings, taking_part)
    keys: set[str] = set()
    for number, entrant in enumerate(spec.entrants):
        refuse_duplicate(entrant, keys, f"entrants[{number}]")
        keys.add(entrant.key)


def refuse_duplicate(entrant: Entrant, keys: Iterable[str], field: str) -> None:
    """Raise TournamentRefused (duplicate) when the entrant's key is among `keys`."""
    if entrant.key and entrant.key in keys:
        raise TournamentRefused("duplicate", f"{entrant.name} is in this tournament already.", field)


def fitting(settings: Settings, entrants: int) -> Settings:
    """Return settings that this number of entrants can play by: the given ones, if possible.

    When too many stayed away for them, the format's own choice of rounds and groups; if even that asks for more, a
    single elimination.
    """
    own = replace(settings, rounds=0, groups=0, advance=0, best_of_rounds=())
    for attempt in (settings, replace(settings, best_of_rounds=()), own):
        try:
            FORMATS[attempt.format].check(attempt, entrants)
        except TournamentRefused:
            continue
        return attempt
    return Settings("single_elimination", best_of=settings.best_of)


def draw(spec: Spec, field: Sequence[tuple[int, Entrant]]) -> tuple[int, ...]:
    """Draw the seeds: return the numbers of those who take part, the first with seed 1."""
    numbers = [number for number, _ in field]
    if spec.seeding == Seeding.RESULTS:
        ratings = {number: entrant.rating for number, entrant in field}
        numbers.sort(key=lambda number: -ratings[number])
    elif spec.seeding == Seeding.RANDOM:
        shuffle(numbers, spec.seed)
    return tuple(numbers)


def shuffle(numbers: list[int], seed: int) -> None:
    """Put them into an order that only the seed decides (Fisher-Yates, from the end, with xorshift32)."""
    random = xorshift32((seed ^ 0x9E3779B9) & 0xFFFFFFFF or 1)
    for last in range(len(numbers) - 1, 0, -1):
        random = xorshift32(random)
        other = random % (last + 1)
        numbers[last], numbers[other] = numbers[other], numbers[last]
