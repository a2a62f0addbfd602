"""Rate limits for each account, network address and room.

The numbers are an operator's (docs/operations.md). Addresses are networks (`wire.addresses`): behind one there may be a
school or an office, so what an address may do at once is enough for a class that comes in together.
"""

from dataclasses import dataclass, fields
from typing import Final

from backend.service.ports import Clock
from wire.limits import Buckets
from wire.refusal import Reason, Refused

REMEMBERED: Final = 8_192
"""Accounts, addresses or rooms that each limit remembers; the one unused for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Rate: a burst, and tokens per minute in the long run."""

    at_once: int
    per_minute: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits, with their defaults."""

    guests_per_address: Rate = Rate(40, 12)
    """New guests."""
    names_per_account: Rate = Rate(10, 2)
    """Other names taken."""
    sessions_per_account: int = 5
    """Sessions that one account has started and that are on."""
    starts_per_address: Rate = Rate(90, 60)
    """Sessions started."""
    places_per_address: int = 128
    """Places on game servers that one address holds; 0 means as many as there are."""
    rooms_per_address: Rate = Rate(20, 6)
    """Rooms opened."""
    commands_per_account: Rate = Rate(30, 240)
    """Lobby commands, over all connections."""
    changes_per_account: Rate = Rate(15, 60)
    """Changes to rooms."""
    changes_per_address_and_room: Rate = Rate(60, 300)
    """Changes to one room from one address."""
    changes_per_room: Rate = Rate(120, 900)
    """Changes to one room."""
    lines_per_account: Rate = Rate(8, 40)
    """Chat lines."""
    lines_per_address_and_room: Rate = Rate(20, 90)
    """Chat lines in one room from one address."""
    lines_per_room: Rate = Rate(40, 300)
    """Chat lines in one room."""
    wrong_codes_per_account: Rate = Rate(5, 6)
    wrong_codes_per_address: Rate = Rate(20, 6)
    """Codes of rooms that do not exist."""
    requests_per_address: Rate = Rate(20, 4)
    """Requests for friendship."""
    requests_per_address_and_account: Rate = Rate(8, 0.1)
    """Requests for friendship from one address to one account."""
    guests_list: bool = False
    """True if tournaments of guests stand in public lists."""


RATES: Final = tuple(field.name for field in fields(Limits) if isinstance(field.default, Rate))
"""The names of all rates: a setting each."""
NO_LIMITS: Final = Limits(
    **dict.fromkeys(RATES, Rate(1_000_000, 60_000_000)),
    sessions_per_account=1_000_000,
    places_per_address=0,
    guests_list=True,
)
"""Limits that are never reached, for tests of other things."""


class Allowance:
    """Token buckets of one rate, one for each key."""

    def __init__(self, rate: Rate, clock: Clock, sentence: str) -> None:
        """`sentence` tells a person what to do when it is used up."""
        self._buckets = Buckets(rate.at_once, rate.per_minute / 60, REMEMBERED)
        self._clock = clock
        self._sentence = sentence

    def take(self, key: str) -> None:
        """Counts one use. Raises Refused (TOO_MANY) when it is used up; an empty key is not counted."""
        if key and not self._buckets.take(key, self._clock.monotonic_s()):
            raise self.refused()

    def used_up(self, key: str) -> bool:
        """True if the next use would be refused. Counts nothing."""
        return bool(key) and not self._buckets.has(key, self._clock.monotonic_s())

    def untouched(self, key: str) -> bool:
        """True if nothing of it is used."""
        return self._buckets.is_full(key, self._clock.monotonic_s())

    def refused(self) -> Refused:
        return Refused(Reason.REASON_TOO_MANY, self._sentence)
