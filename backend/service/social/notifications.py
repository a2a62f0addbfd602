"""Notifications about friends."""

from dataclasses import dataclass

from backend.core.friends import Standing
from backend.service.notifications import Notification
from backend.service.social.presence_status import Activity


@dataclass(frozen=True, slots=True)
class Friend:
    """Somebody on a friend list. Without a friendship, activity, room and session are not shown."""

    account_id: str
    name: str
    standing: Standing
    activity: Activity | None = None
    room_code: str = ""
    """Room of a friend while it can be joined, or empty."""
    session_id: str = ""
    """Session of a friend while it can be watched, or empty."""


@dataclass(frozen=True, eq=False)
class FriendList(Notification):
    """Everything between an account and others, in the order in which it is shown."""

    friends: tuple[Friend, ...]
    revision: int
    """Grows with each list of a backend; a list with a smaller one is out of date."""


@dataclass(frozen=True, eq=False)
class RoomInvitation(Notification):
    """A friend invites the account to their room."""

    account_id: str
    """Account of the friend."""
    name: str
    room_code: str
