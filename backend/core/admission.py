"""Admission to places on the game servers.

While there is plenty, limits for each account and address hold. When places run short who plays keeps theirs, and what
is left is for who has little: an account that has a session gets no other one, and an address no more than is left
for all others (the rule of dynamic thresholds: Choudhury and Hahne, IEEE/ACM Trans. Networking 6(2), 1998). So the last
places cannot be taken by few, however many they ask for.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

SHORT: Final = Fraction(1, 5)
"""Places are short when no more than this share of them is free."""


class RefusalCode(Enum):
    """Reason for refusing a place now."""

    ACCOUNT = "account"
    """The account has as many sessions on as it may."""
    ADDRESS = "address"
    """The address has as many places as it may."""
    SHORT = "short"
    """Places are short, and they have theirs."""


class NotAdmitted(Exception):
    """Refusal of a place on the game servers, for now."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Usage:
    """Use that an account and its address make of the game servers now."""

    sessions: int
    """Sessions that the account has started."""
    places: int
    """Places of all sessions that were started from the address."""


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """Limits on the use of an account and an address. `places` of 0: no limit."""

    sessions: int
    places: int


def admit(held: Usage, wanted: int, most: AdmissionLimits, free: int, capacity: int) -> None:
    """Returns if `wanted` more places may go to the holder of `held`, with `free` places out of `capacity`.

    Raises NotAdmitted. That every server is full is said by `fleet.least_loaded`.
    """
    if held.sessions >= most.sessions:
        raise NotAdmitted(RefusalCode.ACCOUNT)
    if most.places and held.places + wanted > most.places:
        raise NotAdmitted(RefusalCode.ADDRESS)
    if free > capacity * SHORT:
        return
    if held.sessions or (most.places and held.places and held.places + wanted > free):
        raise NotAdmitted(RefusalCode.SHORT)
