"""Friendship between two accounts, as values.

Each of the two has a stance towards the other, and how they stand follows from both. So the two cannot see it
differently, and requests that cross make friends without a rule of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

FRIENDS: Final = 200
"""Friends of one account at most."""
REQUESTS: Final = 50
"""Open requests of one account at most, each way; of those that come to it only those of accounts."""
GUEST_REQUESTS: Final = 20
"""Open requests of guests to one account at most: however many there are, accounts can still ask."""
BLOCKS: Final = 200
"""Accounts that one account may have blocked."""


class Stance(Enum):
    """Stance of one of the two towards the other."""

    NONE = "none"
    WANTS = "wants"
    """Wants to be friends: has asked or accepted."""
    DECLINES = "declines"
    """Has declined the other's request, which stays open and is not shown again."""
    BLOCKS = "blocks"


class Standing(Enum):
    """Standing of the other, seen from one side."""

    FRIEND = "friend"
    ASKED = "asked"
    """I have asked."""
    ASKS = "asks"
    """The other has asked; I can answer."""
    BLOCKED = "blocked"
    """I have blocked the other."""


class RefusalCode(Enum):
    """Reason for which a change was refused."""

    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    NOT_ASKED = "not asked"
    TOO_MANY = "too many"


class FriendRefused(Exception):
    """A wish that the rules refuse; nothing has changed."""

    def __init__(self, code: RefusalCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Bond:
    """Bond between two accounts, seen from one of them."""

    mine: Stance = Stance.NONE
    theirs: Stance = Stance.NONE

    @property
    def turned(self) -> "Bond":
        """The bond as the other account sees it."""
        return Bond(self.theirs, self.mine)

    @property
    def standing(self) -> Standing | None:
        """Standing of the other; None when nothing is to be seen."""
        if self.mine is Stance.BLOCKS:
            return Standing.BLOCKED
        if self.mine is Stance.WANTS:
            return Standing.FRIEND if self.theirs is Stance.WANTS else Standing.ASKED
        if self.mine is Stance.NONE and self.theirs is Stance.WANTS:
            return Standing.ASKS
        return None


@dataclass(frozen=True, slots=True)
class Counts:
    """Number of bonds of an account, by standing."""

    friends: int = 0
    asked: int = 0
    asks: int = 0
    blocked: int = 0
    guests_ask: int = 0
    """Guests among those who ask."""

    @classmethod
    def of(cls, bonds: Iterable[Bond], guests_ask: int = 0) -> "Counts":
        found = [bond.standing for bond in bonds]
        return cls(
            guests_ask=guests_ask,
            friends=found.count(Standing.FRIEND),
            asked=found.count(Standing.ASKED),
            asks=found.count(Standing.ASKS),
            blocked=found.count(Standing.BLOCKED),
        )


def ask(bond: Bond, mine: Counts, theirs: Counts, *, guest: bool = False) -> Bond:
    """I would like to be friends. Raises FriendRefused: unknown (also when the other blocks me), blocked, too many."""
    if bond.mine is Stance.BLOCKS:
        raise FriendRefused(RefusalCode.BLOCKED, "You have blocked them; end the block first.")
    if bond.theirs is Stance.BLOCKS:
        raise FriendRefused(RefusalCode.UNKNOWN, "")
    if bond.mine is Stance.WANTS:
        return bond
    if bond.theirs is Stance.WANTS:
        return _friends(bond, mine, theirs)
    if mine.asked >= REQUESTS:
        raise FriendRefused(
            RefusalCode.TOO_MANY, f"You have asked {REQUESTS} people already; take one request back first."
        )
    if guest and theirs.guests_ask >= GUEST_REQUESTS:
        raise FriendRefused(
            RefusalCode.TOO_MANY,
            "Many guests have asked them already; make an account of your own, or try again later.",
        )
    if not guest and theirs.asks - theirs.guests_ask >= REQUESTS:
        raise FriendRefused(RefusalCode.TOO_MANY, "They have too many open requests; try again later.")
    return replace(bond, mine=Stance.WANTS)


def answer(bond: Bond, accept: bool, mine: Counts, theirs: Counts) -> Bond:
    """I accept or decline. Raises FriendRefused: not asked, too many."""
    if bond.standing is not Standing.ASKS:
        raise FriendRefused(RefusalCode.NOT_ASKED, "They have not asked, or have taken it back.")
    return _friends(bond, mine, theirs) if accept else replace(bond, mine=Stance.DECLINES)


def remove(bond: Bond) -> Bond:
    """I end the friendship, or take my request back. Without either nothing changes."""
    return Bond() if bond.mine is Stance.WANTS else bond


def block(bond: Bond, mine: Counts) -> Bond:
    """I want nothing to do with the other. Raises FriendRefused: too many."""
    if bond.mine is not Stance.BLOCKS and mine.blocked >= BLOCKS:
        raise FriendRefused(RefusalCode.TOO_MANY, f"You have blocked {BLOCKS} people already; end another block first.")
    return Bond(Stance.BLOCKS, bond.theirs if bond.theirs is Stance.BLOCKS else Stance.NONE)


def unblock(bond: Bond) -> Bond:
    return replace(bond, mine=Stance.NONE) if bond.mine is Stance.BLOCKS else bond


def _friends(bond: Bond, mine: Counts, theirs: Counts) -> Bond:
    if mine.friends >= FRIENDS:
        raise FriendRefused(RefusalCode.TOO_MANY, f"You have {FRIENDS} friends already; remove one first.")
    if theirs.friends >= FRIENDS:
        raise FriendRefused(RefusalCode.TOO_MANY, f"They have {FRIENDS} friends already and can have no more.")
    return replace(bond, mine=Stance.WANTS)
