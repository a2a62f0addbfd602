"""Friend lists."""

from typing import Final

from matchpoint.v1 import friend_pb2
from matchpoint.v1.friend_pb2 import Bond, Whereabouts

from backend.core.friends import Standing
from backend.service.social.notifications import Friend, FriendList
from backend.service.social.presence_status import Activity

BONDS: Final = {
    Standing.ASKS: Bond.BOND_ASKS,
    Standing.FRIEND: Bond.BOND_FRIEND,
    Standing.ASKED: Bond.BOND_ASKED,
    Standing.BLOCKED: Bond.BOND_BLOCKED,
}
WHEREABOUTS: Final = {
    Activity.AWAY: Whereabouts.WHEREABOUTS_AWAY,
    Activity.ONLINE: Whereabouts.WHEREABOUTS_ONLINE,
    Activity.IN_ROOM: Whereabouts.WHEREABOUTS_IN_ROOM,
    Activity.WATCHING: Whereabouts.WHEREABOUTS_WATCHING,
    Activity.IN_MATCH: Whereabouts.WHEREABOUTS_IN_MATCH,
}


def friend_message(friend: Friend) -> friend_pb2.Friend:
    message = friend_pb2.Friend(
        account_id=friend.account_id,
        name=friend.name,
        bond=BONDS[friend.standing],
        room_code=friend.room_code,
        session_id=friend.session_id,
    )
    if friend.activity is not None:
        message.whereabouts = WHEREABOUTS[friend.activity]
    return message


def friend_list_message(friends: FriendList) -> friend_pb2.FriendList:
    return friend_pb2.FriendList(
        friends=[friend_message(friend) for friend in friends.friends], revision=friends.revision
    )
