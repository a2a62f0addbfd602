"""Visibility of an account's history: its matches, its totals, its place in a ranking."""

from enum import Enum


class Audience(Enum):
    """Audience to which an account shows its history; it always sees its own."""

    EVERYBODY = "everybody"
    FRIENDS = "friends"
    NOBODY = "nobody"

    def includes(self, *, itself: bool, friend: bool) -> bool:
        """True if the account itself, or a friend of it, is shown the history."""
        return itself or self is Audience.EVERYBODY or (self is Audience.FRIENDS and friend)
