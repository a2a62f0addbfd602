"""Who sees the history of an account: its matches, its totals, its place in a ranking."""

from enum import Enum


class Audience(Enum):
    """Whom an account shows its history, beside itself."""

    EVERYBODY = "everybody"
    FRIENDS = "friends"
    NOBODY = "nobody"

    def includes(self, *, itself: bool, friend: bool) -> bool:
        """Whether somebody is shown it who is the account itself, or a friend of it."""
        return itself or self is Audience.EVERYBODY or (self is Audience.FRIENDS and friend)
